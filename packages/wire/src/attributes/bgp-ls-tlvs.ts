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
import type { TlvHeader, TlvRow, TlvTable } from './tlv.ts';

export const BGP_LS_HEADER: TlvHeader = { codeOctets: 2, lengthOctets: () => 2 };

function table(rows: readonly TlvRow[]): TlvTable {
  return { header: BGP_LS_HEADER, rows };
}

const opaque = { octets: HEX_TO_END };
const words = { values: listToEnd(U32) };
const peerSid = { flags: U8, weight: U8, reserved: reserved(2), sid: SID_OR_LABEL_TO_END, aboveLabel: aboveLabel(7) };
const endX = { behavior: U16, flags: U8, algorithm: U8, weight: U8, reserved: reserved(1) };

/** RFC 9514 §8. */
const SID_STRUCTURE: TlvRow = {
  code: 1252,
  name: 'srv6-sid-structure',
  fields: { locatorBlock: U8, locatorNode: U8, function: U8, argument: U8 },
};

const STRUCTURED = table([SID_STRUCTURE]);

/** RFC 9351 §3. */
const FLEX_ALGORITHM = table([
  { code: 1040, name: 'exclude-any-affinity', fields: words },
  { code: 1041, name: 'include-any-affinity', fields: words },
  { code: 1042, name: 'include-all-affinity', fields: words },
  { code: 1043, name: 'definition-flags', fields: opaque },
  { code: 1045, name: 'exclude-srlg', fields: words },
  { code: 1046, name: 'unsupported', fields: { protocol: U8, types: listToEnd(U16) } },
]);

const PREFIX_SID: TlvRow = {
  code: 1158,
  name: 'prefix-sid',
  fields: { flags: U8, algorithm: U8, reserved: reserved(2), sid: SID_OR_LABEL_TO_END, aboveLabel: aboveLabel(7) },
};

const NODE_ROWS: readonly TlvRow[] = [
  {
    code: 263,
    name: 'multi-topology',
    fields: { ids: listToEnd(MULTI_TOPOLOGY_ID), reserved: reservedBits((index) => (index % 2 === 0 ? 0xf0 : 0)) },
  },
  { code: 266, name: 'node-msd', fields: { depths: listToEnd(MSD) } },
  { code: 1024, name: 'node-flags', fields: { flags: U8 } },
  { code: 1025, name: 'opaque-node', fields: opaque },
  { code: 1026, name: 'node-name', fields: { text: TEXT_TO_END } },
  { code: 1027, name: 'is-is-area', fields: opaque },
  { code: 1028, name: 'ipv4-router-id-local', fields: { address: IPV4 } },
  { code: 1029, name: 'ipv6-router-id-local', fields: { address: IPV6 } },
  { code: 1030, name: 'ipv4-router-id-remote', fields: { address: IPV4 } },
  { code: 1031, name: 'ipv6-router-id-remote', fields: { address: IPV6 } },
  { code: 1032, name: 's-bfd-discriminators', fields: words },
  { code: 1034, name: 'sr-capabilities', fields: { flags: U8, reserved: reserved(1), ranges: listToEnd(SEGMENT_RANGE) } },
  { code: 1035, name: 'sr-algorithms', fields: { algorithms: listToEnd(U8) } },
  { code: 1036, name: 'sr-local-block', fields: { flags: U8, reserved: reserved(1), ranges: listToEnd(SEGMENT_RANGE) } },
  { code: 1037, name: 'srms-preference', fields: { preference: U8 } },
  { code: 1038, name: 'srv6-capabilities', fields: { flags: U16, reserved: reserved(2) } },
  {
    code: 1039,
    name: 'flexible-algorithm-definition',
    fields: { algorithm: U8, metricType: U8, calculationType: U8, priority: U8 },
    holds: FLEX_ALGORITHM,
  },
];

const PLAIN_LINK_ROWS: readonly TlvRow[] = [
  { code: 258, name: 'link-identifiers', fields: { local: U32, remote: U32 } },
  { code: 267, name: 'link-msd', fields: { depths: listToEnd(MSD) } },
  { code: 1088, name: 'administrative-group', fields: { groups: U32 } },
  { code: 1089, name: 'maximum-link-bandwidth', fields: { octetsPerSecond: F32 } },
  { code: 1090, name: 'maximum-reservable-bandwidth', fields: { octetsPerSecond: F32 } },
  { code: 1091, name: 'unreserved-bandwidth', fields: { octetsPerSecond: listToEnd(F32) } },
  { code: 1092, name: 'te-default-metric', fields: { metric: METRIC_TO_END } },
  { code: 1093, name: 'link-protection-type', fields: { capabilities: U8, reserved: reserved(1) } },
  { code: 1094, name: 'mpls-protocol-mask', fields: { mask: U8 } },
  { code: 1095, name: 'igp-metric', fields: { metric: IGP_METRIC_TO_END, reserved: IGP_METRIC_RESERVED } },
  { code: 1096, name: 'shared-risk-link-groups', fields: words },
  { code: 1097, name: 'opaque-link', fields: opaque },
  { code: 1098, name: 'link-name', fields: { text: TEXT_TO_END } },
  { code: 1099, name: 'adjacency-sid', fields: peerSid },
  {
    code: 1100,
    name: 'lan-adjacency-sid',
    fields: { flags: U8, weight: U8, reserved: reserved(2), adjacency: LAN_ADJACENCY, aboveLabel: aboveLabel(11, 13) },
  },
  { code: 1101, name: 'peer-node-sid', fields: peerSid },
  { code: 1102, name: 'peer-adjacency-sid', fields: peerSid },
  { code: 1103, name: 'peer-set-sid', fields: peerSid },
  { code: 1106, name: 'srv6-end-x-sid', fields: { ...endX, sid: IPV6 }, holds: STRUCTURED },
  { code: 1107, name: 'is-is-srv6-lan-end-x-sid', fields: { ...endX, neighbor: octets(6), sid: IPV6 }, holds: STRUCTURED },
  { code: 1108, name: 'ospf-srv6-lan-end-x-sid', fields: { ...endX, neighbor: IPV4, sid: IPV6 }, holds: STRUCTURED },
  { code: 1114, name: 'unidirectional-link-delay', fields: { flags: U8, microseconds: U24 } },
  {
    code: 1115,
    name: 'minimum-and-maximum-link-delay',
    fields: { flags: U8, minimumMicroseconds: U24, reserved: reserved(1), maximumMicroseconds: U24 },
  },
  { code: 1116, name: 'unidirectional-delay-variation', fields: { reserved: reserved(1), microseconds: U24 } },
  { code: 1117, name: 'unidirectional-link-loss', fields: { flags: U8, loss: U24 } },
  { code: 1118, name: 'unidirectional-residual-bandwidth', fields: { octetsPerSecond: F32 } },
  { code: 1119, name: 'unidirectional-available-bandwidth', fields: { octetsPerSecond: F32 } },
  { code: 1120, name: 'unidirectional-utilized-bandwidth', fields: { octetsPerSecond: F32 } },
  { code: 1173, name: 'extended-administrative-group', fields: words },
];

const LINK_ROWS: readonly TlvRow[] = [
  ...PLAIN_LINK_ROWS,
  // RFC 9294.
  {
    code: 1122,
    name: 'application-specific-link-attributes',
    fields: { applications: APPLICATION_MASKS, reserved: reservedBits((index) => (index === 2 || index === 3 ? 0xff : 0)) },
    holds: table(PLAIN_LINK_ROWS),
  },
];

const PREFIX_ROWS: readonly TlvRow[] = [
  { code: 1044, name: 'flexible-algorithm-prefix-metric', fields: { algorithm: U8, flags: U8, reserved: reserved(2), metric: U32 } },
  { code: 1152, name: 'igp-flags', fields: { flags: U8 } },
  { code: 1153, name: 'igp-route-tags', fields: words },
  { code: 1154, name: 'igp-extended-route-tags', fields: { values: listToEnd(U64) } },
  { code: 1155, name: 'prefix-metric', fields: { metric: U32 } },
  { code: 1156, name: 'ospf-forwarding-address', fields: { address: ANY_ADDRESS_TO_END } },
  { code: 1157, name: 'opaque-prefix', fields: opaque },
  PREFIX_SID,
  {
    code: 1159,
    name: 'range',
    fields: { flags: U8, reserved: reserved(1), size: U16 },
    holds: table([PREFIX_SID]),
  },
  { code: 1161, name: 'sid-label', fields: { sid: SID_OR_LABEL_TO_END, aboveLabel: aboveLabel(3) } },
  {
    code: 1162,
    name: 'srv6-locator',
    fields: { flags: U8, algorithm: U8, reserved: reserved(2), metric: U32 },
    holds: table([]),
  },
  { code: 1170, name: 'prefix-attribute-flags', fields: opaque },
  { code: 1171, name: 'source-router-id', fields: { address: ANY_ADDRESS_TO_END } },
  { code: 1174, name: 'source-ospf-router-id', fields: { address: IPV4 } },
];

const ENDPOINT_BEHAVIOR: TlvRow = {
  code: 1250,
  name: 'srv6-endpoint-behavior',
  fields: { behavior: U16, flags: U8, algorithm: U8 },
};

const SRV6_SID_ROWS: readonly TlvRow[] = [
  ENDPOINT_BEHAVIOR,
  {
    code: 1251,
    name: 'srv6-bgp-peer-node-sid',
    fields: { flags: U8, weight: U8, reserved: reserved(2), peerAs: U32, peerBgpIdentifier: IPV4 },
  },
  SID_STRUCTURE,
];

export const BGP_LS_TLVS: TlvTable = table([
  ...NODE_ROWS,
  ...LINK_ROWS,
  ...PREFIX_ROWS,
  ...SRV6_SID_ROWS,
  ...srPolicyRows(BGP_LS_HEADER, [ENDPOINT_BEHAVIOR, SID_STRUCTURE]),
  // RFC 9085 §2.2.3.
  { code: 1172, name: 'l2-bundle-member', fields: { descriptor: U32 }, holds: table(LINK_ROWS) },
]);
