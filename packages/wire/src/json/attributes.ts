/** Path attributes from JSON: a form for the value of each row of the table. */

import { formatIpv4, parseIpv4 } from '../address.ts';
import { AIGP_TLVS } from '../attributes/aigp.ts';
import type { AsPathSegment } from '../attributes/as-path.ts';
import type { KnownAttribute, PathAttribute } from '../attributes/attribute.ts';
import { BGP_LS_TLVS } from '../attributes/bgp-ls-tlvs.ts';
import { PREFIX_SID_TLVS } from '../attributes/prefix-sid.ts';
import { attributeCodecByName } from '../attributes/registry.ts';
import { TUNNEL_TLVS } from '../attributes/tunnel-encapsulation.ts';
import { parseExtendedCommunity } from '../communities/extended.ts';
import { parseIpv6ExtendedCommunity } from '../communities/ipv6-extended.ts';
import { parseLargeCommunity } from '../communities/large.ts';
import { parseCommunity } from '../communities/standard.ts';
import { type Family, formatFamily } from '../family.ts';
import { ValueError } from '../fault.ts';
import { nlriFromJson } from '../nlri/json.ts';
import type { Nlri } from '../nlri/nlri.ts';
import {
  ADDRESS,
  FAMILY,
  type Form,
  list,
  member,
  OCTETS,
  object,
  oneOf,
  optional,
  parsed,
  refuse,
  tagged,
  U8,
  U16,
  U24,
  U32,
  unsigned,
} from '../parts/json-form.ts';
import { tlvs } from './tlvs.ts';

type ValueOf<Type extends KnownAttribute['type']> = Extract<KnownAttribute, { type: Type }>['value'];

export const IPV4: Form<string> = parsed((text) => {
  const bytes = parseIpv4(text);
  if (bytes === undefined) throw new ValueError(`found "${text}", allowed is an IPv4 address, e.g. "192.0.2.1"`);
  return formatIpv4(bytes);
});

/** RFC 7607: AS 0 is nobody's. */
const ASN: Form<number> = unsigned(0xffff_ffff, 1);

const SEGMENTS: Form<AsPathSegment[]> = list(
  object<AsPathSegment>({ type: oneOf('sequence', 'set', 'confed-sequence', 'confed-set'), asns: list(ASN) }),
);

const AGGREGATOR = object<ValueOf<'aggregator'>>({ as: ASN, address: IPV4 });

function ofOneFamily<T extends { family: Family; nlri: Nlri[] }>(form: Form<T>): Form<T> {
  return (json, path) => {
    const value = form(json, path);
    const at = value.nlri.findIndex((nlri) => nlri.family !== value.family);
    if (at >= 0) refuse(`${member(path, 'nlri')}[${at}].family`, formatFamily(value.nlri[at]!.family), `"${formatFamily(value.family)}"`);
    return value;
  };
}

const VALUES: { readonly [Type in KnownAttribute['type']]: Form<ValueOf<Type>> } = {
  origin: oneOf('igp', 'egp', 'incomplete'),
  'as-path': SEGMENTS,
  'next-hop': IPV4,
  'multi-exit-disc': U32,
  'local-pref': U32,
  'atomic-aggregate': oneOf(true),
  aggregator: AGGREGATOR,
  communities: list(parsed(parseCommunity)),
  'originator-id': IPV4,
  'cluster-list': list(IPV4),
  'mp-reach-nlri': ofOneFamily(
    object<ValueOf<'mp-reach-nlri'>>({
      family: FAMILY,
      nextHops: list(ADDRESS),
      nextHopOctets: optional(OCTETS),
      nlri: list(nlriFromJson),
    }),
  ),
  'mp-unreach-nlri': ofOneFamily(object<ValueOf<'mp-unreach-nlri'>>({ family: FAMILY, nlri: list(nlriFromJson) })),
  'extended-communities': list(parsed(parseExtendedCommunity)),
  'as4-path': SEGMENTS,
  'as4-aggregator': AGGREGATOR,
  'pmsi-tunnel': object<ValueOf<'pmsi-tunnel'>>({ flags: U8, tunnelType: U8, labelField: U24, identifier: OCTETS }),
  'tunnel-encapsulation': tlvs(TUNNEL_TLVS),
  'ipv6-extended-communities': list(parsed(parseIpv6ExtendedCommunity)),
  aigp: tlvs(AIGP_TLVS),
  'pe-distinguisher-labels': list(object({ peAddress: ADDRESS, labelField: U24 })),
  'bgp-ls': tlvs(BGP_LS_TLVS),
  'large-communities': list(parsed(parseLargeCommunity)),
  'bgpsec-path': object<ValueOf<'bgpsec-path'>>({
    securePath: list(object({ prependCount: U8, flags: U8, as: U32 })),
    signatureBlocks: list(object({ algorithm: U8, signatures: list(object({ subjectKeyIdentifier: OCTETS, signature: OCTETS })) })),
  }),
  'only-to-customer': U32,
  'd-path': list(list(object({ globalAdministrator: U32, localAdministrator: U16, safi: U8 }))),
  'prefix-sid': tlvs(PREFIX_SID_TLVS),
  'attribute-set': object<ValueOf<'attribute-set'>>({ originAs: U32, attributes: OCTETS }),
};

/** Left out, the flags are those of the attribute's RFC. */
const KNOWN: readonly [string, Form<PathAttribute>][] = Object.entries(VALUES).map(([type, value]) => [
  type,
  object({
    type: oneOf(type),
    flags: optional(U8, () => attributeCodecByName(type)!.flags),
    value: value as Form<unknown>,
  }) as Form<PathAttribute>,
]);

const ATTRIBUTE: Form<PathAttribute> = tagged<PathAttribute>('type', {
  ...Object.fromEntries(KNOWN),
  unknown: object({ type: oneOf('unknown'), code: U8, flags: U8, bytes: OCTETS }),
});

/** The attribute whose JSON form (`toJson`) is `json`. Throws ValueError that names the place, as a JSON path that begins with `path`. */
export function attributeFromJson(json: unknown, path = ''): PathAttribute {
  return ATTRIBUTE(json, path);
}
