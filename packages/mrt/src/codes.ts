/**
 * Types and subtypes of MRT records (RFC 6396 §4 and §5, RFC 8050 §4, RFC 6397 §3; IANA, Multi-threaded Routing Toolkit), and those of the old
 * MRT (RFC 6396, Appendix B).
 */

/** The `type` of a record. */
export const MrtType = {
  Null: 0,
  Start: 1,
  Die: 2,
  IAmDead: 3,
  PeerDown: 4,
  Bgp: 5,
  Rip: 6,
  Idrp: 7,
  RipNg: 8,
  Bgp4Plus: 9,
  Bgp4Plus01: 10,
  OspfV2: 11,
  TableDump: 12,
  TableDumpV2: 13,
  Bgp4mp: 16,
  Bgp4mpEt: 17,
  Isis: 32,
  IsisEt: 33,
  OspfV3: 48,
  OspfV3Et: 49,
} as const;

/** Subtypes of TABLE_DUMP: the AFI of the route. 3 and 4 are an old way to write AS numbers of four octets. */
export const TableDumpSubtype = { Ipv4: 1, Ipv6: 2, Ipv4FourOctetAs: 3, Ipv6FourOctetAs: 4 } as const;

/** Subtypes of TABLE_DUMP_V2. */
export const TableDumpV2Subtype = {
  PeerIndexTable: 1,
  RibIpv4Unicast: 2,
  RibIpv4Multicast: 3,
  RibIpv6Unicast: 4,
  RibIpv6Multicast: 5,
  RibGeneric: 6,
  GeoPeerTable: 7,
  RibIpv4UnicastAddPath: 8,
  RibIpv4MulticastAddPath: 9,
  RibIpv6UnicastAddPath: 10,
  RibIpv6MulticastAddPath: 11,
  RibGenericAddPath: 12,
} as const;

/** Subtypes of BGP4MP and BGP4MP_ET. Entry and Snapshot are deprecated. */
export const Bgp4mpSubtype = {
  StateChange: 0,
  Message: 1,
  Entry: 2,
  Snapshot: 3,
  MessageAs4: 4,
  StateChangeAs4: 5,
  MessageLocal: 6,
  MessageAs4Local: 7,
  MessageAddPath: 8,
  MessageAs4AddPath: 9,
  MessageLocalAddPath: 10,
  MessageAs4LocalAddPath: 11,
} as const;

/** Subtypes of BGP, BGP4PLUS and BGP4PLUS_01, the records of MRT before RFC 6396. */
export const OldBgpSubtype = { Null: 0, Update: 1, PrefUpdate: 2, StateChange: 3, Sync: 4, Open: 5, Notify: 6, Keepalive: 7 } as const;

/** Record types with a field of microseconds. */
export function hasMicroseconds(type: number): boolean {
  return type === MrtType.Bgp4mpEt || type === MrtType.IsisEt || type === MrtType.OspfV3Et;
}

/** Octets of a record's header (RFC 6396 §2). */
export const MRT_HEADER_LENGTH = 12;

const TYPE_NAMES: Readonly<Record<number, string>> = {
  0: 'NULL',
  1: 'START',
  2: 'DIE',
  3: 'I_AM_DEAD',
  4: 'PEER_DOWN',
  5: 'BGP',
  6: 'RIP',
  7: 'IDRP',
  8: 'RIPNG',
  9: 'BGP4PLUS',
  10: 'BGP4PLUS_01',
  11: 'OSPFv2',
  12: 'TABLE_DUMP',
  13: 'TABLE_DUMP_V2',
  16: 'BGP4MP',
  17: 'BGP4MP_ET',
  32: 'ISIS',
  33: 'ISIS_ET',
  48: 'OSPFv3',
  49: 'OSPFv3_ET',
};

const BGP4MP_NAMES = [
  'STATE_CHANGE',
  'MESSAGE',
  'ENTRY',
  'SNAPSHOT',
  'MESSAGE_AS4',
  'STATE_CHANGE_AS4',
  'MESSAGE_LOCAL',
  'MESSAGE_AS4_LOCAL',
  'MESSAGE_ADDPATH',
  'MESSAGE_AS4_ADDPATH',
  'MESSAGE_LOCAL_ADDPATH',
  'MESSAGE_AS4_LOCAL_ADDPATH',
];
const OLD_BGP_NAMES = ['NULL', 'UPDATE', 'PREF_UPDATE', 'STATE_CHANGE', 'SYNC', 'OPEN', 'NOTIFY', 'KEEPALIVE'];

const SUBTYPE_NAMES: Readonly<Record<number, readonly (string | undefined)[]>> = {
  5: OLD_BGP_NAMES,
  9: OLD_BGP_NAMES,
  10: OLD_BGP_NAMES,
  12: [undefined, 'AFI_IPv4', 'AFI_IPv6', 'AFI_IPv4_32BIT_AS', 'AFI_IPv6_32BIT_AS'],
  13: [
    undefined,
    'PEER_INDEX_TABLE',
    'RIB_IPV4_UNICAST',
    'RIB_IPV4_MULTICAST',
    'RIB_IPV6_UNICAST',
    'RIB_IPV6_MULTICAST',
    'RIB_GENERIC',
    'GEO_PEER_TABLE',
    'RIB_IPV4_UNICAST_ADDPATH',
    'RIB_IPV4_MULTICAST_ADDPATH',
    'RIB_IPV6_UNICAST_ADDPATH',
    'RIB_IPV6_MULTICAST_ADDPATH',
    'RIB_GENERIC_ADDPATH',
  ],
  16: BGP4MP_NAMES,
  17: BGP4MP_NAMES,
};

/** Whether the type is one of IANA's. */
export function isKnownType(type: number): boolean {
  return TYPE_NAMES[type] !== undefined;
}

/** Whether the type is one of those of BGP, and has this subtype. */
export function isKnownSubtype(type: number, subtype: number): boolean {
  return SUBTYPE_NAMES[type]?.[subtype] !== undefined;
}

/** 'TABLE_DUMP_V2/RIB_IPV4_UNICAST'; what has no name is a number: 'BGP4MP/99'. */
export function formatMrtType(type: number, subtype: number): string {
  return `${TYPE_NAMES[type] ?? type}/${SUBTYPE_NAMES[type]?.[subtype] ?? subtype}`;
}
