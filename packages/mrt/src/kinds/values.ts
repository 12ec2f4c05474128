/**
 * What MRT records say, one interface per kind of record. Octets in values (`message`, `attributes`) are views of the record that was decoded,
 * so that nothing is copied for records that are only counted or passed on.
 */
import type { Family, TypedNlri } from '@tsbgp/wire';

/** A peer of the collector (RFC 6396 §4.3.1). */
export interface MrtPeer {
  bgpId: string;
  address: string;
  as: number;
  /** The AS number has four octets in the record. */
  fourOctetAs: boolean;
}

/** PEER_INDEX_TABLE: the peers that the RIB records after it refer to by their index. */
export interface PeerIndexTable {
  type: 'peer-index-table';
  collectorBgpId: string;
  viewName: string;
  peers: MrtPeer[];
}

/** Degrees, north and east positive. NaN: kept private by the operator (RFC 6397 §3). */
export interface GeoPosition {
  latitude: number;
  longitude: number;
}

/** GEO_PEER_TABLE (RFC 6397): where the peers are. */
export interface GeoPeerTable {
  type: 'geo-peer-table';
  collectorBgpId: string;
  viewName: string;
  collector: GeoPosition;
  peers: (MrtPeer & GeoPosition)[];
}

/** One route of a prefix (RFC 6396 §4.3.4). */
export interface RibEntry {
  /** Into `peers` of the peer index table. */
  peerIndex: number;
  /** When the route was received, in seconds since 1970. */
  originatedTime: number;
  /** In ADD-PATH subtypes only (RFC 8050 §4.3). */
  pathIdentifier?: number;
  /** Path attributes, with MP_REACH_NLRI in the short form of RFC 6396 §4.3.4: see `decodeRibAttributes`. */
  attributes: Uint8Array;
}

/** TABLE_DUMP_V2 RIB records of all families, with or without ADD-PATH: the routes of one NLRI. */
export interface RibRecord {
  type: 'rib';
  family: Family;
  /** Of an ADD-PATH subtype. */
  addPath: boolean;
  /** RIB_GENERIC, which names its family. Families other than IPv4 and IPv6 unicast and multicast have no other subtype. */
  generic: boolean;
  sequence: number;
  nlri: TypedNlri;
  entries: RibEntry[];
}

/** TABLE_DUMP (RFC 6396 §4.2): one route of one peer. */
export interface TableDumpRecord {
  type: 'table-dump';
  view: number;
  sequence: number;
  prefix: string;
  /** Not used; 1. */
  status: number;
  originatedTime: number;
  peerAddress: string;
  peerAs: number;
  /** AS numbers have four octets in `attributes` and in the field of the peer's AS: an old, unregistered subtype. */
  fourOctetAs: boolean;
  attributes: Uint8Array;
}

/** What the records of BGP4MP begin with (RFC 6396 §4.4). */
export interface Bgp4mpPeer {
  peerAs: number;
  localAs: number;
  interfaceIndex: number;
  peerAddress: string;
  localAddress: string;
  /** AS numbers have four octets, in the record and in the message. */
  fourOctetAs: boolean;
}

/** BGP4MP_MESSAGE in its eight forms: a BGP message. */
export interface BgpMessageRecord extends Bgp4mpPeer {
  type: 'bgp-message';
  /** The collector sent it (_LOCAL subtypes). */
  local: boolean;
  /** NLRI in it have path identifiers (RFC 8050 §4.1). */
  addPath: boolean;
  /** The whole message, header included: see `decodeMrtMessage`. */
  message: Uint8Array;
}

/** BGP4MP_STATE_CHANGE. States are those of RFC 4271 §8.2.2, from 1 for Idle to 6 for Established. */
export interface StateChangeRecord extends Bgp4mpPeer {
  type: 'state-change';
  oldState: number;
  newState: number;
}

/** BGP4MP_ENTRY, deprecated (RFC 6396, Appendix B.2.5): one route of a table. */
export interface Bgp4mpEntryRecord extends Bgp4mpPeer {
  type: 'bgp4mp-entry';
  view: number;
  status: number;
  changedTime: number;
  family: Family;
  nextHop: string;
  prefix: string;
  attributes: Uint8Array;
}

/** BGP4MP_SNAPSHOT, deprecated: the name of a file with a table. */
export interface SnapshotRecord {
  type: 'bgp4mp-snapshot';
  view: number;
  fileName: string;
}

/** A message in a record of the old types BGP, BGP4PLUS and BGP4PLUS_01 (RFC 6396, Appendix B.2): AS numbers have two octets. */
export interface OldMessageRecord {
  type: 'old-message';
  /** `MrtType.Bgp` for IPv4 addresses; Bgp4Plus and Bgp4Plus01 for IPv6. */
  recordType: number;
  /** `OldBgpSubtype`: Update, PrefUpdate, Open, Notify or Keepalive. */
  subtype: number;
  peerAs: number;
  peerAddress: string;
  localAs: number;
  localAddress: string;
  /** The body of the message, without its header. */
  body: Uint8Array;
}

/** A change of state in a record of the old types. */
export interface OldStateChangeRecord {
  type: 'old-state-change';
  recordType: number;
  peerAs: number;
  peerAddress: string;
  oldState: number;
  newState: number;
}

/** BGP_SYNC of the old types: the name of a file with a table. */
export interface OldSyncRecord {
  type: 'old-sync';
  recordType: number;
  view: number;
  fileName: string;
}

/** A record of a type that is not BGP's, or of a subtype that is not known: kept as it is. */
export interface UnknownRecord {
  type: 'unknown';
  recordType: number;
  subtype: number;
  body: Uint8Array;
}

/** Any record's content, to be told apart by `type`. */
export type MrtValue =
  | PeerIndexTable
  | GeoPeerTable
  | RibRecord
  | TableDumpRecord
  | BgpMessageRecord
  | StateChangeRecord
  | Bgp4mpEntryRecord
  | SnapshotRecord
  | OldMessageRecord
  | OldStateChangeRecord
  | OldSyncRecord
  | UnknownRecord;
