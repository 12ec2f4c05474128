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
import { type Tlv, type TlvHeader, type TlvRow, type TlvTable, tlvEnd, tlvRow, tlvsAreWhole } from './tlv.ts';

const tunnelHeader: TlvHeader = { codeOctets: 2, lengthOctets: () => 2 };
/** RFC 9012 §3. */
const subTlvHeader: TlvHeader = { codeOctets: 1, lengthOctets: (code) => (code < 128 ? 1 : 2) };
const segmentHeader: TlvHeader = { codeOctets: 1, lengthOctets: () => 1 };

const flagged = { flags: U8, reserved: reserved(1) };
const interfaces = { localInterface: U32, local: IPV6, remoteInterface: U32, remote: IPV6 };
const label = trailing(LABEL);

/** A SID and its structure. Both may be missing; with both the value has `length` octets. */
function srv6(length: number): TlvRow['fields'] {
  return { sid: trailing(IPV6), structure: trailing(ENDPOINT_STRUCTURE), structureReserved: structureReserved(length) };
}

const SRV6_SID = { ...flagged, ...srv6(26), sid: IPV6 };

/** RFC 9830 §2.4.4, RFC 9831 §2. */
const SEGMENTS: TlvTable = {
  header: segmentHeader,
  rows: [
    tlvRow(1, 'segment-a', { ...flagged, label: LABEL }),
    tlvRow(3, 'segment-c', { flags: U8, algorithm: U8, node: IPV4, label }),
    tlvRow(4, 'segment-d', { flags: U8, algorithm: U8, node: IPV6, label }),
    tlvRow(5, 'segment-e', { ...flagged, interface: U32, node: IPV4, label }),
    tlvRow(6, 'segment-f', { ...flagged, local: IPV4, remote: IPV4, label }),
    tlvRow(7, 'segment-g', { ...flagged, ...interfaces, label }),
    tlvRow(8, 'segment-h', { ...flagged, local: IPV6, remote: IPV6, label }),
    tlvRow(9, 'weight', { ...flagged, weight: U32 }),
    tlvRow(13, 'segment-b', SRV6_SID),
    tlvRow(14, 'segment-i', { flags: U8, algorithm: U8, node: IPV6, ...srv6(42) }),
    tlvRow(15, 'segment-j', { flags: U8, algorithm: U8, ...interfaces, ...srv6(66) }),
    tlvRow(16, 'segment-k', { flags: U8, algorithm: U8, local: IPV6, remote: IPV6, ...srv6(58) }),
  ],
};

/** All sub-TLVs except the encapsulation. Source: IANA, BGP Tunnel Encapsulation Attribute Sub-TLVs, 2026-11. */
const COMMON_SUB_TLVS: readonly TlvRow[] = [
  tlvRow(2, 'protocol-type', { ethertype: U16 }),
  tlvRow(4, 'color', { community: octets(8) }),
  tlvRow(5, 'load-balancing-block', { length: U16 }),
  tlvRow(6, 'tunnel-egress-endpoint', { reserved: reserved(4), afi: U16, address: ANY_ADDRESS_TO_END }),
  tlvRow(7, 'ds-field', { value: U8 }),
  tlvRow(8, 'udp-destination-port', { port: U16 }),
  tlvRow(9, 'embedded-label-handling', { value: U8 }),
  tlvRow(10, 'mpls-label-stack', { labels: listToEnd(LABEL) }),
  tlvRow(11, 'prefix-sid', {}, PREFIX_SID_TLVS),
  tlvRow(12, 'preference', { ...flagged, preference: U32 }),
  tlvRow(13, 'binding-sid', { ...flagged, sid: SID_TO_END }),
  tlvRow(14, 'explicit-null-label-policy', { ...flagged, policy: U8 }),
  tlvRow(15, 'priority', { priority: U8, reserved: reserved(1) }),
  tlvRow(20, 'srv6-binding-sid', SRV6_SID),
  tlvRow(128, 'segment-list', { reserved: reserved(1) }, SEGMENTS),
  tlvRow(129, 'candidate-path-name', { reserved: reserved(1), text: TEXT_TO_END }),
  tlvRow(130, 'policy-name', { reserved: reserved(1), text: TEXT_TO_END }),
];

/** The fields of the encapsulation depend on the tunnel type (RFC 9012 §3.2). */
function subTlvs(encapsulation: TlvRow['fields']): TlvTable {
  return { header: subTlvHeader, rows: [tlvRow(1, 'encapsulation', encapsulation), ...COMMON_SUB_TLVS] };
}

const virtualNetwork = { flags: U8, vni: U24, mac: octets(6), reserved: reserved(2) };

/** Tunnels whose encapsulation has fields; other tunnels are named by their number. Source: IANA, BGP Tunnel Encapsulation Attribute Tunnel Types. */
export const TUNNEL_TLVS: TlvTable = {
  header: tunnelHeader,
  rows: [
    tlvRow(1, 'l2tpv3', {}, subTlvs({ session: U32, cookie: HEX_TO_END })),
    tlvRow(2, 'gre', {}, subTlvs({ key: U32 })),
    tlvRow(8, 'vxlan', {}, subTlvs(virtualNetwork)),
    tlvRow(9, 'nvgre', {}, subTlvs(virtualNetwork)),
    tlvRow(11, 'mpls-in-gre', {}, subTlvs({ key: U32 })),
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
