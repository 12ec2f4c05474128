/**
 * TUNNEL_ENCAPSULATION, path attribute 23 (RFC 9012): tunnels to the next hop and their parameters. SR Policies use it for their candidate
 * paths (RFC 9830, RFC 9831).
 *
 *     | tunnel type, 2 octets | length, 2 octets | sub-TLV … |
 *     sub-TLV: | type | length, 1 octet, 2 from type 128 on | value … |
 *
 * TLVs that do not add up: treat-as-withdraw (RFC 9012 §13). Types that are not known are kept.
 *
 *     tunnel-15 (preference flags=0 preference=100, segment-list (weight flags=0 weight=1, segment-a flags=0 label=16000))
 */
import { AttributeCode, UpdateError } from '../codes.ts';
import { IPV4, octets, U8, U16, U24, U32 } from '../parts/fields.ts';
import {
  ANY_ADDRESS_TO_END,
  HEX_TO_END,
  IPV6,
  LABEL,
  listToEnd,
  reserved,
  SID_TO_END,
  TEXT_TO_END,
  trailing,
} from '../parts/tlv-fields.ts';
import type { AttributeCodec } from './codec.ts';
import { OPTIONAL_TRANSITIVE, treatAsWithdraw } from './fields.ts';
import { PREFIX_SID_TLVS } from './prefix-sid.ts';
import { tlvAttribute } from './shapes.ts';
import { ENDPOINT_STRUCTURE, structureReserved } from './srv6.ts';
import { type Tlv, type TlvHeader, type TlvRow, type TlvTable, tlvEnd, tlvsAreWhole } from './tlv.ts';

const tunnelHeader: TlvHeader = { codeOctets: 2, lengthOctets: () => 2 };
/** RFC 9012 §3. */
const subTlvHeader: TlvHeader = { codeOctets: 1, lengthOctets: (code) => (code < 128 ? 1 : 2) };
const segmentHeader: TlvHeader = { codeOctets: 1, lengthOctets: () => 1 };

const label = trailing(LABEL);
/** A SID and its structure. Both may be missing; with both the value has `length` octets. */
function srv6(length: number): TlvRow['fields'] {
  return { sid: trailing(IPV6), structure: trailing(ENDPOINT_STRUCTURE), structureReserved: structureReserved(length) };
}

const SRV6_SID = {
  flags: U8,
  reserved: reserved(1),
  sid: IPV6,
  structure: trailing(ENDPOINT_STRUCTURE),
  structureReserved: structureReserved(26),
};

/** RFC 9830 §2.4.4, RFC 9831 §2. */
const SEGMENTS: TlvTable = {
  header: segmentHeader,
  rows: [
    { code: 1, name: 'segment-a', fields: { flags: U8, reserved: reserved(1), label: LABEL } },
    { code: 3, name: 'segment-c', fields: { flags: U8, algorithm: U8, node: IPV4, label } },
    { code: 4, name: 'segment-d', fields: { flags: U8, algorithm: U8, node: IPV6, label } },
    { code: 5, name: 'segment-e', fields: { flags: U8, reserved: reserved(1), interface: U32, node: IPV4, label } },
    { code: 6, name: 'segment-f', fields: { flags: U8, reserved: reserved(1), local: IPV4, remote: IPV4, label } },
    {
      code: 7,
      name: 'segment-g',
      fields: { flags: U8, reserved: reserved(1), localInterface: U32, local: IPV6, remoteInterface: U32, remote: IPV6, label },
    },
    { code: 8, name: 'segment-h', fields: { flags: U8, reserved: reserved(1), local: IPV6, remote: IPV6, label } },
    { code: 9, name: 'weight', fields: { flags: U8, reserved: reserved(1), weight: U32 } },
    { code: 13, name: 'segment-b', fields: SRV6_SID },
    { code: 14, name: 'segment-i', fields: { flags: U8, algorithm: U8, node: IPV6, ...srv6(42) } },
    {
      code: 15,
      name: 'segment-j',
      fields: { flags: U8, algorithm: U8, localInterface: U32, local: IPV6, remoteInterface: U32, remote: IPV6, ...srv6(66) },
    },
    { code: 16, name: 'segment-k', fields: { flags: U8, algorithm: U8, local: IPV6, remote: IPV6, ...srv6(58) } },
  ],
};

/** All sub-TLVs except the encapsulation. Source: IANA, BGP Tunnel Encapsulation Attribute Sub-TLVs, 2026-11. */
const COMMON_SUB_TLVS: readonly TlvRow[] = [
  { code: 2, name: 'protocol-type', fields: { ethertype: U16 } },
  { code: 4, name: 'color', fields: { community: octets(8) } },
  { code: 5, name: 'load-balancing-block', fields: { length: U16 } },
  { code: 6, name: 'tunnel-egress-endpoint', fields: { reserved: reserved(4), afi: U16, address: ANY_ADDRESS_TO_END } },
  { code: 7, name: 'ds-field', fields: { value: U8 } },
  { code: 8, name: 'udp-destination-port', fields: { port: U16 } },
  { code: 9, name: 'embedded-label-handling', fields: { value: U8 } },
  { code: 10, name: 'mpls-label-stack', fields: { labels: listToEnd(LABEL) } },
  { code: 11, name: 'prefix-sid', fields: {}, holds: PREFIX_SID_TLVS },
  { code: 12, name: 'preference', fields: { flags: U8, reserved: reserved(1), preference: U32 } },
  { code: 13, name: 'binding-sid', fields: { flags: U8, reserved: reserved(1), sid: SID_TO_END } },
  { code: 14, name: 'explicit-null-label-policy', fields: { flags: U8, reserved: reserved(1), policy: U8 } },
  { code: 15, name: 'priority', fields: { priority: U8, reserved: reserved(1) } },
  { code: 20, name: 'srv6-binding-sid', fields: SRV6_SID },
  { code: 128, name: 'segment-list', fields: { reserved: reserved(1) }, holds: SEGMENTS },
  { code: 129, name: 'candidate-path-name', fields: { reserved: reserved(1), text: TEXT_TO_END } },
  { code: 130, name: 'policy-name', fields: { reserved: reserved(1), text: TEXT_TO_END } },
];

/** The fields of the encapsulation depend on the tunnel type (RFC 9012 §3.2). */
function subTlvs(encapsulation: TlvRow['fields']): TlvTable {
  return { header: subTlvHeader, rows: [{ code: 1, name: 'encapsulation', fields: encapsulation }, ...COMMON_SUB_TLVS] };
}

const virtualNetwork = { flags: U8, vni: U24, mac: octets(6), reserved: reserved(2) };

/** Tunnels whose encapsulation has fields; other tunnels are named by their number. Source: IANA, BGP Tunnel Encapsulation Attribute Tunnel Types. */
export const TUNNEL_TLVS: TlvTable = {
  header: tunnelHeader,
  rows: [
    { code: 1, name: 'l2tpv3', fields: {}, holds: subTlvs({ session: U32, cookie: HEX_TO_END }) },
    { code: 2, name: 'gre', fields: {}, holds: subTlvs({ key: U32 }) },
    { code: 8, name: 'vxlan', fields: {}, holds: subTlvs(virtualNetwork) },
    { code: 9, name: 'nvgre', fields: {}, holds: subTlvs(virtualNetwork) },
    { code: 11, name: 'mpls-in-gre', fields: {}, holds: subTlvs({ key: U32 }) },
  ],
  others: { name: 'tunnel', holds: subTlvs({ octets: HEX_TO_END }) },
};

export const tunnelEncapsulation: AttributeCodec<Tlv[], 'tunnel-encapsulation'> = tlvAttribute(
  {
    code: AttributeCode.TunnelEncapsulation,
    type: 'tunnel-encapsulation',
    name: 'TUNNEL_ENCAPSULATION',
    label: 'tunnel encap.',
    flags: OPTIONAL_TRANSITIVE,
    check(bytes, start, end) {
      for (let at = start; at < end; ) {
        const next = tlvEnd(tunnelHeader, bytes, at, end);
        if (next < 0) return treatAsWithdraw(UpdateError.OptionalAttribute, 'TUNNEL_ENCAPSULATION whose TLVs do not add up');
        if (!tlvsAreWhole(subTlvHeader, bytes, at + 4, next)) {
          return treatAsWithdraw(UpdateError.OptionalAttribute, 'TUNNEL_ENCAPSULATION whose sub-TLVs do not add up');
        }
        at = next;
      }
      return undefined;
    },
  },
  TUNNEL_TLVS,
);
