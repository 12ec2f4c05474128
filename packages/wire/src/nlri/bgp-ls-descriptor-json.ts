/** The JSON form of the descriptors in BGP-LS NLRI. */
import { NO_FAMILY } from '../family.ts';
import { type Form, list, OCTETS, optional, refuse, TEXT, U8, U16, U32, unsigned } from '../parts/json-form.ts';
import { CANDIDATE_PATH } from './bgp-ls-candidate-path.ts';
import { type BgpLsDescriptor, MULTI_TOPOLOGY_ID_MAX } from './bgp-ls-descriptor.ts';
import { type JsonMembers, jsonByName, jsonOfShape } from './json-members.ts';

function descriptor(depth: number): Form<unknown> {
  const number = { value: U32 };
  const text = { value: TEXT };
  const node = { descriptors: list(depth === 0 ? descriptor(1) : (json, path) => refuse(path, json, 'nothing: a node holds no nodes')) };
  const members: Readonly<Record<BgpLsDescriptor['name'], JsonMembers>> = {
    'local-node': node,
    'remote-node': node,
    as: number,
    'bgp-ls-identifier': number,
    'ospf-area': number,
    'bgp-confederation-member': number,
    'igp-router-id': text,
    'bgp-router-id': text,
    'ipv4-interface': text,
    'ipv4-neighbor': text,
    'ipv6-interface': text,
    'ipv6-neighbor': text,
    'srv6-sid': text,
    'link-identifiers': { local: U32, remote: U32 },
    'multi-topology': { ids: list(unsigned(MULTI_TOPOLOGY_ID_MAX)), reserved: optional(OCTETS) },
    'ospf-route-type': { value: U8 },
    'ip-reachability': { prefix: TEXT, trailingBits: optional(unsigned(0x7f)) },
    'ipv4-router-id-local': text,
    'ipv6-router-id-local': text,
    'candidate-path': jsonOfShape(CANDIDATE_PATH.shape, NO_FAMILY),
    unknown: { code: U16, bytes: OCTETS },
  };
  return jsonByName(members, false);
}

export const DESCRIPTORS: Form<unknown> = list(descriptor(0));
