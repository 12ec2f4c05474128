/**
 * NLRI from JSON. A form says which members an NLRI of a type has; whether they make sense together tells its text, which `parse` reads.
 */
import { parseExtendedCommunity } from '../communities/extended.ts';
import { type Family, NO_FAMILY } from '../family.ts';
import { toJson } from '../json.ts';
import { BGP_LS_KINDS } from '../nlri/bgp-ls.ts';
import { CANDIDATE_PATH } from '../nlri/bgp-ls-candidate-path.ts';
import { type BgpLsDescriptor, MULTI_TOPOLOGY_ID_MAX } from '../nlri/bgp-ls-descriptor.ts';
import { EVPN_ROUTES } from '../nlri/evpn.ts';
import { familyCodec } from '../nlri/families.ts';
import type { FlowSpecComponent } from '../nlri/flowspec-component.ts';
import { MCAST_VPN_ROUTES } from '../nlri/mcast-vpn.ts';
import { MUP_ROUTES } from '../nlri/mup.ts';
import { formatNlri, type Nlri, parseNlri } from '../nlri/nlri.ts';
import { ROUTE_KEY } from '../nlri/route-key.ts';
import { SR_POLICY_FIELDS } from '../nlri/sr-policy.ts';
import { VPLS_AUTO_DISCOVERY } from '../nlri/vpls.ts';
import { type Field, PREFIX, RD, type Shape } from '../parts/fields.ts';
import {
  BOOLEAN,
  checkAgrees,
  FAMILY,
  type Form,
  field,
  list,
  member,
  OCTETS,
  type Optional,
  object,
  oneOf,
  optional,
  parsed,
  placed,
  record,
  refuse,
  TEXT,
  tagged,
  U8,
  U16,
  U32,
  U64,
  unsigned,
} from './form.ts';

type Member = Form<unknown> | Optional<unknown>;
type MembersOf = (family: Family, json: Readonly<Record<string, unknown>>, path: string) => Readonly<Record<string, Member>>;

const LABELS: Form<number[]> = list(unsigned(0xf_ffff));
const LABEL_BITS: Optional<number[]> = optional(list(unsigned(0xf)));

/** The fields of a table, in its order. */
function fromShape(shape: Shape<object>, family: Family): Record<string, Member> {
  return Object.fromEntries(
    Object.entries(shape as Record<string, Field<unknown>>).map(([key, each]) => {
      const form = (each as unknown) === ROUTE_KEY ? OCTETS : field(each, family);
      return [key, 'optional' in each ? optional(form) : form];
    }),
  );
}

/** A route by its name; `unknown` ones have the octets, and what else the family adds to those. */
function routes(shapes: ReadonlyMap<string, Shape<object>>, unknown: Record<string, Member>): MembersOf {
  return (family, json, path) => {
    const route = json['route'];
    if (route === 'unknown') return { route: oneOf('unknown'), ...unknown };
    const shape = typeof route === 'string' ? shapes.get(route) : undefined;
    if (shape === undefined) refuse(member(path, 'route'), route, [...shapes.keys(), 'unknown'].join(', '));
    return { route: TEXT, ...fromShape(shape, family) };
  };
}

/** A number is exact as far as JSON's are, and decimal text beyond. */
const WIDE: Form<number | bigint> = (json, path) =>
  typeof json === 'string' ? U64(json, path) : unsigned(Number.MAX_SAFE_INTEGER)(json, path);

function operators(key: 'numbers' | 'bits', flags: readonly string[]): Readonly<Record<string, Member>> {
  const each = {
    ...Object.fromEntries(['and', ...flags].map((flag) => [flag, BOOLEAN])),
    value: WIDE,
    octets: optional(oneOf(1, 2, 4, 8)),
  };
  return { [key]: list(object<object>(each)) };
}

function component(family: Family): Form<unknown> {
  const numbers = operators('numbers', ['lt', 'gt', 'eq']);
  const bits = operators('bits', ['not', 'match']);
  const prefix = { prefix: field(PREFIX, family), offset: optional(U8) };
  const members: Readonly<Record<FlowSpecComponent['name'], Readonly<Record<string, Member>>>> = {
    'destination-prefix': prefix,
    'source-prefix': prefix,
    'ip-protocol': numbers,
    port: numbers,
    'destination-port': numbers,
    'source-port': numbers,
    'icmp-type': numbers,
    'icmp-code': numbers,
    'packet-length': numbers,
    dscp: numbers,
    'flow-label': numbers,
    'tcp-flags': bits,
    fragment: bits,
    unknown: { bytes: OCTETS },
  };
  return byName('code', members);
}

/** Objects told apart by their `name`. */
function byName(code: string | undefined, members: Readonly<Record<string, Readonly<Record<string, Member>>>>): Form<unknown> {
  const forms = Object.entries(members).map(([name, each]) => [
    name,
    object<object>({ ...(code !== undefined && { [code]: U8 }), name: TEXT, ...each }),
  ]);
  return tagged('name', Object.fromEntries(forms) as Record<string, Form<unknown>>);
}

function descriptor(depth: number): Form<unknown> {
  const number = { value: U32 };
  const text = { value: TEXT };
  const node = { descriptors: list(depth === 0 ? descriptor(1) : (json, path) => refuse(path, json, 'nothing: a node holds no nodes')) };
  const members: Readonly<Record<BgpLsDescriptor['name'], Readonly<Record<string, Member>>>> = {
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
    'candidate-path': fromShape(CANDIDATE_PATH.shape, NO_FAMILY),
    unknown: { code: U16, bytes: OCTETS },
  };
  return byName(undefined, members);
}

const DESCRIPTORS: Form<unknown> = list(descriptor(0));
const UNKNOWN_ROUTE = { routeType: U16, bytes: OCTETS };

const MEMBERS: Readonly<Record<Nlri['type'], MembersOf>> = {
  'ip-prefix': (family) => ({ prefix: field(PREFIX, family) }),
  'labeled-unicast': (family) => ({ labels: LABELS, labelBits: LABEL_BITS, prefix: field(PREFIX, family) }),
  vpn: (family) => ({ labels: optional(LABELS), labelBits: LABEL_BITS, rd: field(RD, family), prefix: field(PREFIX, family) }),
  'route-target': () => ({ length: unsigned(96), originAs: optional(U32), routeTarget: optional(parsed(parseExtendedCommunity)) }),
  vpls: (family, json) =>
    'peAddress' in json
      ? fromShape(VPLS_AUTO_DISCOVERY.shape, family)
      : {
          rd: field(RD, family),
          veId: U16,
          veBlockOffset: U16,
          veBlockSize: U16,
          labelBase: unsigned(0xf_ffff),
          labelBits: optional(unsigned(0xf)),
        },
  'mcast-vpn': routes(MCAST_VPN_ROUTES.shapes, UNKNOWN_ROUTE),
  evpn: routes(EVPN_ROUTES.shapes, UNKNOWN_ROUTE),
  mup: routes(MUP_ROUTES.shapes, { architecture: optional(U8), ...UNKNOWN_ROUTE }),
  flowspec: (family) => ({ rd: optional(field(RD, family)), components: list(component(family)) }),
  'sr-policy': (family) => fromShape(SR_POLICY_FIELDS.shape, family),
  'bgp-ls': (family, json) => ({
    rd: optional(field(RD, family)),
    kind: oneOf('unknown', ...BGP_LS_KINDS),
    ...(json['kind'] === 'unknown' ? { nlriType: U16, bytes: OCTETS } : { protocol: U8, identifier: U64, descriptors: DESCRIPTORS }),
  }),
  unknown: () => ({ bytes: OCTETS }),
};

/** The NLRI whose JSON form (`toJson`) is `json`. Throws ValueError that names the place, as a JSON path that begins with `path`. */
export function nlriFromJson(json: unknown, path = ''): Nlri {
  const given = record(json, path);
  const family = FAMILY(given['family'], member(path, 'family'));
  const type = typeOf(given['type'], family, member(path, 'type'));
  const members = { type: TEXT, family: FAMILY, pathIdentifier: optional(U32), ...MEMBERS[type](family, given, path) };
  const value = object<object>(members)(json, path) as Nlri;
  const nlri = placed(path, () => parseNlri(formatNlri(value), family));
  checkAgrees(json, toJson(nlri), path);
  return nlri;
}

/** The family tells the type; octets may be there instead where it has no codec, or where they make no sense to it. */
function typeOf(json: unknown, family: Family, path: string): Nlri['type'] {
  const codec = familyCodec(family);
  if (codec?.neverOctets === true) return oneOf(codec.type)(json, path);
  return codec === undefined ? oneOf('unknown')(json, path) : oneOf(codec.type, 'unknown')(json, path);
}
