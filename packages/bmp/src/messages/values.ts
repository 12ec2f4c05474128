/** The messages of BMP. Octets in them (BGP messages, TLVs) are views of what was decoded. `version4`: of the draft's version. */
import type { Family } from '@tsbgp/wire';
import type { BmpPeer } from '../peer.ts';
import type { BmpIndexedTlv, BmpTlv } from '../tlv.ts';

/** Route Monitoring (RFC 7854 §4.6): an UPDATE, as if it came from the peer. */
export interface BmpRouteMonitoring {
  type: 'route-monitoring';
  peer: BmpPeer;
  /** A BGP message with its header: see `bmpContext` for how to decode it. */
  update: Uint8Array;
  /** Of version 3: octets after the UPDATE, which no RFC has; some routers put TLVs there. */
  trailing?: Uint8Array;
  /** Of version 4: the other TLVs. Undefined: the message is of version 3. */
  tlvs?: BmpIndexedTlv[];
}

/** One statistic: a counter of 32 bits, a gauge of 64, a gauge of one family, or octets of another length. */
export type BmpStatistic =
  | { type: number; counter: number }
  | { type: number; gauge: bigint }
  | { type: number; family: Family; gauge: bigint }
  | { type: number; bytes: Uint8Array };

/** Statistics Report (RFC 7854 §4.8). */
export interface BmpStatisticsReport {
  type: 'statistics-report';
  peer: BmpPeer;
  statistics: BmpStatistic[];
  version4?: boolean;
}

/** Peer Down (RFC 7854 §4.9, RFC 9069 §5.3). */
export interface BmpPeerDown {
  type: 'peer-down';
  peer: BmpPeer;
  /** `BmpPeerDownReason`. */
  reason: number;
  /** The NOTIFICATION with its header, of reasons 1 and 3. Absent when the router left it out, against RFC 7854 §4.9. */
  notification?: Uint8Array;
  /** Event of the state machine (RFC 4271 §8.1), of reason 2; 0 when none is known. */
  fsmEvent?: number;
  /** Of reason 6, and in version 4 of every reason. */
  tlvs?: BmpTlv[];
  /** What follows a reason that is not known. */
  data?: Uint8Array;
  version4?: boolean;
}

/** Peer Up (RFC 7854 §4.10). */
export interface BmpPeerUp {
  type: 'peer-up';
  peer: BmpPeer;
  localAddress: string;
  localPort: number;
  remotePort: number;
  /** OPENs with their headers. Those of a Loc-RIB are made up (RFC 9069 §5.2). */
  sentOpen: Uint8Array;
  receivedOpen: Uint8Array;
  /** `BmpInformation`. */
  information: BmpTlv[];
  version4?: boolean;
}

/** Initiation (RFC 7854 §4.3): the first message of a router. */
export interface BmpInitiation {
  type: 'initiation';
  /** `BmpInformation`. */
  information: BmpTlv[];
  version4?: boolean;
}

/** Termination (RFC 7854 §4.5): the last message of a router. */
export interface BmpTermination {
  type: 'termination';
  /** `BmpTermination`. */
  information: BmpTlv[];
  version4?: boolean;
}

/** Route Mirroring (RFC 7854 §4.7): BGP messages as they came. */
export interface BmpRouteMirroring {
  type: 'route-mirroring';
  peer: BmpPeer;
  /** `BmpMirroring`. */
  tlvs: BmpTlv[];
  version4?: boolean;
}

/** A message of a type that is not known: it is kept as it is. */
export interface BmpUnknown {
  type: 'unknown';
  code: number;
  body: Uint8Array;
  version4?: boolean;
}

/** Any message, to be told apart by `type`. */
export type BmpMessage =
  | BmpRouteMonitoring
  | BmpStatisticsReport
  | BmpPeerDown
  | BmpPeerUp
  | BmpInitiation
  | BmpTermination
  | BmpRouteMirroring
  | BmpUnknown;
