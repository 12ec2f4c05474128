/**
 * TLVs of the BGP-LS attribute: of nodes, links, prefixes and SRv6 SIDs. Source: IANA, BGP-LS NLRI and Attribute TLVs, 2026-11; RFC 9552 §5.3,
 * RFC 8571, RFC 8814, RFC 9085, RFC 9086, RFC 9104, RFC 9247, RFC 9294, RFC 9351, RFC 9514.
 */
import { IPV4, octets, U8, U16, U24, U32 } from '../parts/fields.ts';
import { ANY_ADDRESS_TO_END, HEX_TO_END, IPV6, listToEnd, reserved, reservedBits, TEXT_TO_END, U64 } from '../parts/tlv-fields.ts';
import {
  APPLICATION_MASKS,
  aboveLabel,
  F32,
  IGP_METRIC_RESERVED,
  IGP_METRIC_TO_END,
  LAN_ADJACENCY,
  METRIC_TO_END,
  MSD,
  MULTI_TOPOLOGY_ID,
  SEGMENT_RANGE,
  SID_OR_LABEL_TO_END,
} from './bgp-ls-fields.ts';
import { srPolicyRows } from './bgp-ls-sr-policy-tlvs.ts';
import { type TlvHeader, type TlvRow, type TlvTable, tlvRow } from './tlv.ts';

export const BGP_LS_HEADER: TlvHeader = { codeOctets: 2, lengthOctets: () => 2 };

function table(rows: readonly TlvRow[]): TlvTable {
  return { header: BGP_LS_HEADER, rows };
}

const opaque = { octets: HEX_TO_END };
const words = { values: listToEnd(U32) };
const sid = { reserved: reserved(2), sid: SID_OR_LABEL_TO_END, aboveLabel: aboveLabel(7) };
const peerSid = { flags: U8, weight: U8, ...sid };
const endX = { behavior: U16, flags: U8, algorithm: U8, weight: U8, reserved: reserved(1) };

/** RFC 9514 §8. */
const SID_STRUCTURE: TlvRow = tlvRow(1252, 'srv6-sid-structure', { locatorBlock: U8, locatorNode: U8, function: U8, argument: U8 });

const STRUCTURED = table([SID_STRUCTURE]);

/** RFC 9351 §3. */
const FLEX_ALGORITHM = table([
  tlvRow(1040, 'exclude-any-affinity', words),
  tlvRow(1041, 'include-any-affinity', words),
  tlvRow(1042, 'include-all-affinity', words),
  tlvRow(1043, 'definition-flags', opaque),
  tlvRow(1045, 'exclude-srlg', words),
  tlvRow(1046, 'unsupported', { protocol: U8, types: listToEnd(U16) }),
]);

const PREFIX_SID: TlvRow = tlvRow(1158, 'prefix-sid', { flags: U8, algorithm: U8, ...sid });

const NODE_ROWS: readonly TlvRow[] = [
  tlvRow(263, 'multi-topology', { ids: listToEnd(MULTI_TOPOLOGY_ID), reserved: reservedBits((index) => (index % 2 === 0 ? 0xf0 : 0)) }),
  tlvRow(266, 'node-msd', { depths: listToEnd(MSD) }),
  tlvRow(1024, 'node-flags', { flags: U8 }),
  tlvRow(1025, 'opaque-node', opaque),
  tlvRow(1026, 'node-name', { text: TEXT_TO_END }),
  tlvRow(1027, 'is-is-area', opaque),
  tlvRow(1028, 'ipv4-router-id-local', { address: IPV4 }),
  tlvRow(1029, 'ipv6-router-id-local', { address: IPV6 }),
  tlvRow(1030, 'ipv4-router-id-remote', { address: IPV4 }),
  tlvRow(1031, 'ipv6-router-id-remote', { address: IPV6 }),
  tlvRow(1032, 's-bfd-discriminators', words),
  tlvRow(1034, 'sr-capabilities', { flags: U8, reserved: reserved(1), ranges: listToEnd(SEGMENT_RANGE) }),
  tlvRow(1035, 'sr-algorithms', { algorithms: listToEnd(U8) }),
  tlvRow(1036, 'sr-local-block', { flags: U8, reserved: reserved(1), ranges: listToEnd(SEGMENT_RANGE) }),
  tlvRow(1037, 'srms-preference', { preference: U8 }),
  tlvRow(1038, 'srv6-capabilities', { flags: U16, reserved: reserved(2) }),
  tlvRow(1039, 'flexible-algorithm-definition', { algorithm: U8, metricType: U8, calculationType: U8, priority: U8 }, FLEX_ALGORITHM),
];

const PLAIN_LINK_ROWS: readonly TlvRow[] = [
  tlvRow(258, 'link-identifiers', { local: U32, remote: U32 }),
  tlvRow(267, 'link-msd', { depths: listToEnd(MSD) }),
  tlvRow(1088, 'administrative-group', { groups: U32 }),
  tlvRow(1089, 'maximum-link-bandwidth', { octetsPerSecond: F32 }),
  tlvRow(1090, 'maximum-reservable-bandwidth', { octetsPerSecond: F32 }),
  tlvRow(1091, 'unreserved-bandwidth', { octetsPerSecond: listToEnd(F32) }),
  tlvRow(1092, 'te-default-metric', { metric: METRIC_TO_END }),
  tlvRow(1093, 'link-protection-type', { capabilities: U8, reserved: reserved(1) }),
  tlvRow(1094, 'mpls-protocol-mask', { mask: U8 }),
  tlvRow(1095, 'igp-metric', { metric: IGP_METRIC_TO_END, reserved: IGP_METRIC_RESERVED }),
  tlvRow(1096, 'shared-risk-link-groups', words),
  tlvRow(1097, 'opaque-link', opaque),
  tlvRow(1098, 'link-name', { text: TEXT_TO_END }),
  tlvRow(1099, 'adjacency-sid', peerSid),
  tlvRow(1100, 'lan-adjacency-sid', {
    flags: U8,
    weight: U8,
    reserved: reserved(2),
    adjacency: LAN_ADJACENCY,
    aboveLabel: aboveLabel(11, 13),
  }),
  tlvRow(1101, 'peer-node-sid', peerSid),
  tlvRow(1102, 'peer-adjacency-sid', peerSid),
  tlvRow(1103, 'peer-set-sid', peerSid),
  tlvRow(1106, 'srv6-end-x-sid', { ...endX, sid: IPV6 }, STRUCTURED),
  tlvRow(1107, 'is-is-srv6-lan-end-x-sid', { ...endX, neighbor: octets(6), sid: IPV6 }, STRUCTURED),
  tlvRow(1108, 'ospf-srv6-lan-end-x-sid', { ...endX, neighbor: IPV4, sid: IPV6 }, STRUCTURED),
  tlvRow(1114, 'unidirectional-link-delay', { flags: U8, microseconds: U24 }),
  tlvRow(1115, 'minimum-and-maximum-link-delay', { flags: U8, minimumMicroseconds: U24, reserved: reserved(1), maximumMicroseconds: U24 }),
  tlvRow(1116, 'unidirectional-delay-variation', { reserved: reserved(1), microseconds: U24 }),
  tlvRow(1117, 'unidirectional-link-loss', { flags: U8, loss: U24 }),
  tlvRow(1118, 'unidirectional-residual-bandwidth', { octetsPerSecond: F32 }),
  tlvRow(1119, 'unidirectional-available-bandwidth', { octetsPerSecond: F32 }),
  tlvRow(1120, 'unidirectional-utilized-bandwidth', { octetsPerSecond: F32 }),
  tlvRow(1173, 'extended-administrative-group', words),
];

const LINK_ROWS: readonly TlvRow[] = [
  ...PLAIN_LINK_ROWS,
  // RFC 9294.
  tlvRow(
    1122,
    'application-specific-link-attributes',
    { applications: APPLICATION_MASKS, reserved: reservedBits((index) => (index === 2 || index === 3 ? 0xff : 0)) },
    table(PLAIN_LINK_ROWS),
  ),
];

const PREFIX_ROWS: readonly TlvRow[] = [
  tlvRow(1044, 'flexible-algorithm-prefix-metric', { algorithm: U8, flags: U8, reserved: reserved(2), metric: U32 }),
  tlvRow(1152, 'igp-flags', { flags: U8 }),
  tlvRow(1153, 'igp-route-tags', words),
  tlvRow(1154, 'igp-extended-route-tags', { values: listToEnd(U64) }),
  tlvRow(1155, 'prefix-metric', { metric: U32 }),
  tlvRow(1156, 'ospf-forwarding-address', { address: ANY_ADDRESS_TO_END }),
  tlvRow(1157, 'opaque-prefix', opaque),
  PREFIX_SID,
  tlvRow(1159, 'range', { flags: U8, reserved: reserved(1), size: U16 }, table([PREFIX_SID])),
  tlvRow(1161, 'sid-label', { sid: SID_OR_LABEL_TO_END, aboveLabel: aboveLabel(3) }),
  tlvRow(1162, 'srv6-locator', { flags: U8, algorithm: U8, reserved: reserved(2), metric: U32 }, table([])),
  tlvRow(1170, 'prefix-attribute-flags', opaque),
  tlvRow(1171, 'source-router-id', { address: ANY_ADDRESS_TO_END }),
  tlvRow(1174, 'source-ospf-router-id', { address: IPV4 }),
];

const ENDPOINT_BEHAVIOR: TlvRow = tlvRow(1250, 'srv6-endpoint-behavior', { behavior: U16, flags: U8, algorithm: U8 });

const SRV6_SID_ROWS: readonly TlvRow[] = [
  ENDPOINT_BEHAVIOR,
  tlvRow(1251, 'srv6-bgp-peer-node-sid', { flags: U8, weight: U8, reserved: reserved(2), peerAs: U32, peerBgpIdentifier: IPV4 }),
  SID_STRUCTURE,
];

export const BGP_LS_TLVS: TlvTable = table([
  ...NODE_ROWS,
  ...LINK_ROWS,
  ...PREFIX_ROWS,
  ...SRV6_SID_ROWS,
  ...srPolicyRows(BGP_LS_HEADER, [ENDPOINT_BEHAVIOR, SID_STRUCTURE]),
  // RFC 9085 §2.2.3.
  tlvRow(1172, 'l2-bundle-member', { descriptor: U32 }, table(LINK_ROWS)),
]);
