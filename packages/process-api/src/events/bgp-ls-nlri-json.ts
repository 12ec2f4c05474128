/** NLRI of BGP-LS (RFC 9552 §5.2) in ExaBGP's JSON. */
import { type BgpLsDescriptor, type BgpLsNlri, formatIpv4 } from '@tsbgp/wire';
import type { ApiVersion } from './api-version.ts';
import { rawHex } from './attribute-octets.ts';
import type { NlriView } from './update-view.ts';

const TYPES: Readonly<Record<string, string>> = {
  node: 'bgpls-node',
  link: 'bgpls-link',
  'ipv4-prefix': 'bgpls-prefix-v4',
  'ipv6-prefix': 'bgpls-prefix-v6',
  'srv6-sid': 'bgpls-srv6-sid',
};

export function bgpLsNlriJson(value: BgpLsNlri, view: NlriView, nextHop: string | undefined, version: ApiVersion): string {
  const type = value.kind === 'unknown' ? undefined : TYPES[value.kind];
  if (value.kind === 'unknown' || type === undefined) {
    return `{ "code": ${view.octets[1]}, "parsed": false, "raw": "${rawHex(view.octets)}" }`;
  }
  const members = [`"ls-nlri-type": "${type}"`, `"l3-routing-topology": ${value.identifier}`, `"protocol-id": ${value.protocol}`];
  const { descriptors } = value;
  if (value.kind === 'link') {
    members.push(`"local-node-descriptors": ${nodeJson(descriptors, 'local-node', version)}`);
    members.push(`"remote-node-descriptors": ${nodeJson(descriptors, 'remote-node', version)}`);
    members.push(...linkMembers(descriptors, version));
  } else {
    members.push(`"node-descriptors": ${nodeJson(descriptors, 'local-node', version)}`);
    members.push(...restMembers(descriptors));
    if (nextHop !== undefined && version !== 6) members.push(`"nexthop": "${nextHop}"`);
  }
  if (value.rd !== undefined) members.push(`"rd": "${value.rd}"`);
  return `{ ${members.join(', ')} }`;
}

function nodeJson(descriptors: readonly BgpLsDescriptor[], name: 'local-node' | 'remote-node', version: ApiVersion): string {
  const node = descriptors.find((descriptor) => descriptor.name === name);
  const items = node !== undefined && 'descriptors' in node ? node.descriptors.map((each) => nodeMember(each, version)) : [];
  if (version === 4) return `{ ${items.join(', ')} }`;
  return items.length === 0 ? '[  ]' : `[ ${items.map((item) => `{ ${item} }`).join(', ')} ]`;
}

function nodeMember(descriptor: BgpLsDescriptor, version: ApiVersion): string {
  switch (descriptor.name) {
    case 'as':
      return `"autonomous-system": ${descriptor.value}`;
    case 'bgp-ls-identifier':
      return `"bgp-ls-identifier": "${descriptor.value}"`;
    case 'ospf-area': {
      const { value } = descriptor;
      return `"ospf-area-id": "${formatIpv4(Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value), 0)}"`;
    }
    case 'igp-router-id':
      return routerId(descriptor.value, version);
    case 'bgp-router-id':
      return `"bgp-router-id": "${descriptor.value}"`;
    case 'bgp-confederation-member':
      return `"confederation-member": ${descriptor.value}`;
    default:
      return `"${descriptor.name}": null`;
  }
}

/** IS-IS `0000.0000.0042-05`, OSPF `192.0.2.1-198.51.100.1`: after the hyphen the pseudonode or the interface of the designated router. */
function routerId(text: string, version: ApiVersion): string {
  const [id = '', rest] = text.split('-');
  if (/^[0-9a-f]{4}\./i.test(id)) {
    const router = `"router-id": "${id.replaceAll('.', '')}"`;
    return rest === undefined ? router : `${router}, "psn": "${rest}"`;
  }
  if (rest === undefined) return `"router-id": "${id}"`;
  const designated = `"designated-router-id": "${rest}"`;
  return version === 4 ? `${designated}, "router-id": "${id}"` : `"router-id": "${id}", ${designated}`;
}

function linkMembers(descriptors: readonly BgpLsDescriptor[], version: ApiVersion): string[] {
  const of = (...names: readonly BgpLsDescriptor['name'][]): string[] =>
    descriptors.flatMap((each) => (names.includes(each.name) && 'value' in each ? [`"${each.value}"`] : []));
  const interfaces = of('ipv4-interface', 'ipv6-interface');
  const neighbors = of('ipv4-neighbor', 'ipv6-neighbor');
  if (version === 4) {
    const member = (name: string, [value]: readonly string[]): string[] =>
      value === undefined ? [] : [`"${name}": { "${name}": ${value} }`];
    return [...member('interface-address', interfaces), ...member('neighbor-address', neighbors)];
  }
  const topologies = descriptors.flatMap((each) => (each.name === 'multi-topology' ? each.ids.map(String) : []));
  const links = descriptors.flatMap((each) =>
    each.name === 'link-identifiers' ? [`{ "link-local-id": ${each.local}, "link-remote-id": ${each.remote} }`] : [],
  );
  return [
    `"interface-addresses": [ ${interfaces.join(', ')} ]`,
    `"neighbor-addresses": [ ${neighbors.join(', ')} ]`,
    `"multi-topology-ids": [ ${topologies.join(', ')} ]`,
    `"link-identifiers": [ ${links.join(', ')} ]`,
  ];
}

function restMembers(descriptors: readonly BgpLsDescriptor[]): string[] {
  return descriptors.flatMap((each) => {
    if (each.name === 'ip-reachability') {
      return [`"ip-reachability-tlv": "${each.prefix.split('/')[0]}"`, `"ip-reach-prefix": "${each.prefix}"`];
    }
    if (each.name === 'multi-topology') return [`"multi-topology-ids": [ ${each.ids.join(', ')} ]`];
    if (each.name === 'srv6-sid') return [`"srv6-sid": "${each.value}"`];
    if (each.name === 'ospf-route-type') return [`"ospf-route-type": ${each.value}`];
    return [];
  });
}
