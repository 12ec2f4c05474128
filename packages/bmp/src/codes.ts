/**
 * Numbers of BMP (IANA, BGP Monitoring Protocol Parameters): RFC 7854, RFC 8671 for Adj-RIB-Out, RFC 9069 for Loc-RIB, RFC 9736 for TLVs of Peer Up,
 * and the draft of version 4 (draft-ietf-grow-bmp-tlv).
 */

/** Octets of the common header (RFC 7854 §4.1). */
export const BMP_HEADER_LENGTH = 6;
/** Octets of the per-peer header (RFC 7854 §4.2). */
export const BMP_PEER_HEADER_LENGTH = 42;

export const BMP_VERSION = 3;
/** Of the draft: messages may have TLVs that older ones have no place for. */
export const BMP_VERSION_4 = 4;

export const BmpType = {
  RouteMonitoring: 0,
  StatisticsReport: 1,
  PeerDown: 2,
  PeerUp: 3,
  Initiation: 4,
  Termination: 5,
  RouteMirroring: 6,
} as const;

/** The `peerType` of a peer. A Local instance is a peer in a VRF without a route distinguisher; LocRib is no peer, but the router itself. */
export const BmpPeerType = { Global: 0, Rd: 1, Local: 2, LocRib: 3 } as const;

/** TLVs of Initiation and of Peer Up. */
export const BmpInformation = { String: 0, SysDescr: 1, SysName: 2, VrfTableName: 3, AdminLabel: 4 } as const;

/** TLVs of Termination, and the numbers in its Reason. */
export const BmpTermination = { String: 0, Reason: 1 } as const;
export const BmpTerminationReason = {
  AdministrativelyClosed: 0,
  Unspecified: 1,
  OutOfResources: 2,
  Redundant: 3,
  PermanentlyClosed: 4,
} as const;

export const BmpPeerDownReason = {
  /** We closed the session, and sent this NOTIFICATION. */
  LocalNotification: 1,
  /** We closed the session without a NOTIFICATION, because of this event of the state machine. */
  LocalFsmEvent: 2,
  /** The peer sent this NOTIFICATION. */
  RemoteNotification: 3,
  /** The peer closed the session without a NOTIFICATION. */
  RemoteNoNotification: 4,
  /** The session goes on, but is no longer monitored. */
  Deconfigured: 5,
  /** Loc-RIB is no longer monitored; TLVs follow (RFC 9069 §5.3). */
  LocalTlvs: 6,
} as const;

/** TLVs of Route Mirroring, and the numbers in its Information. */
export const BmpMirroring = { BgpMessage: 0, Information: 1 } as const;
export const BmpMirroringInformation = { ErroredPdu: 0, MessagesLost: 1 } as const;

/** TLVs of Route Monitoring in version 4. */
export const BmpV4Tlv = { StatelessParsing: 1, Group: 2, VrfTableName: 3, BgpMessage: 4, PathStatus: 5 } as const;
