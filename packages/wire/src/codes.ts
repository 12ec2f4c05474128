/** Numbers of the BGP registries that code refers to by name. Source: IANA, BGP Parameters, 2026-11. */

export const MessageType = { Open: 1, Update: 2, Notification: 3, Keepalive: 4, RouteRefresh: 5, Operational: 6 } as const;
export type MessageType = (typeof MessageType)[keyof typeof MessageType];

/** Octets of a message header (RFC 4271 §4.1). */
export const HEADER_LENGTH = 19;
/** RFC 4271 §4.1. */
export const MESSAGE_LENGTH_MAX = 4096;
/** RFC 8654 §3; OPEN and KEEPALIVE keep the smaller bound. */
export const EXTENDED_MESSAGE_LENGTH_MAX = 65_535;

/** Type codes of path attributes: IANA's registry BGP Path Attributes without what is deprecated, whether this package reads them or not. */
export const AttributeCode = {
  Origin: 1,
  AsPath: 2,
  NextHop: 3,
  MultiExitDisc: 4,
  LocalPref: 5,
  AtomicAggregate: 6,
  Aggregator: 7,
  Communities: 8,
  OriginatorId: 9,
  ClusterList: 10,
  MpReachNlri: 14,
  MpUnreachNlri: 15,
  ExtendedCommunities: 16,
  As4Path: 17,
  As4Aggregator: 18,
  PmsiTunnel: 22,
  TunnelEncapsulation: 23,
  TrafficEngineering: 24,
  Ipv6ExtendedCommunities: 25,
  Aigp: 26,
  PeDistinguisherLabels: 27,
  BgpLs: 29,
  LargeCommunities: 32,
  BgpsecPath: 33,
  CommunityContainer: 34,
  OnlyToCustomer: 35,
  DPath: 36,
  ServiceFunctionPath: 37,
  BfdDiscriminator: 38,
  RouterCapabilities: 39,
  PrefixSid: 40,
  AttributeSet: 128,
} as const;

/** Attribute flags octet (RFC 4271 §4.3). */
export const AttributeFlag = { Optional: 0x80, Transitive: 0x40, Partial: 0x20, ExtendedLength: 0x10 } as const;

/** Error codes of a NOTIFICATION (RFC 4271 §4.5, RFC 7313 §5). */
export const NotificationCode = {
  MessageHeaderError: 1,
  OpenMessageError: 2,
  UpdateMessageError: 3,
  HoldTimerExpired: 4,
  FiniteStateMachineError: 5,
  Cease: 6,
  RouteRefreshMessageError: 7,
  SendHoldTimerExpired: 8,
} as const;

/** Subcodes of Message Header Error (RFC 4271 §6.1). */
export const HeaderError = { ConnectionNotSynchronized: 1, BadMessageLength: 2, BadMessageType: 3 } as const;

/** Subcodes of OPEN Message Error (RFC 4271 §6.2, RFC 5492 §5, RFC 9234 §4.2). */
export const OpenError = {
  UnsupportedVersionNumber: 1,
  BadPeerAs: 2,
  BadBgpIdentifier: 3,
  UnsupportedOptionalParameter: 4,
  UnacceptableHoldTime: 6,
  UnsupportedCapability: 7,
  RoleMismatch: 11,
} as const;

/** Subcodes of UPDATE Message Error (RFC 4271 §6.3). */
export const UpdateError = {
  MalformedAttributeList: 1,
  UnrecognizedWellKnownAttribute: 2,
  MissingWellKnownAttribute: 3,
  AttributeFlags: 4,
  AttributeLength: 5,
  InvalidOrigin: 6,
  InvalidNextHop: 8,
  OptionalAttribute: 9,
  InvalidNetworkField: 10,
  MalformedAsPath: 11,
} as const;

/** RFC 6608. */
export const FsmError = { Unspecified: 0, UnexpectedInOpenSent: 1, UnexpectedInOpenConfirm: 2, UnexpectedInEstablished: 3 } as const;

/** RFC 4486, RFC 8538 §3, RFC 9384. */
export const CeaseSubcode = {
  MaximumPrefixesReached: 1,
  AdministrativeShutdown: 2,
  PeerDeconfigured: 3,
  AdministrativeReset: 4,
  ConnectionRejected: 5,
  OtherConfigurationChange: 6,
  ConnectionCollisionResolution: 7,
  OutOfResources: 8,
  HardReset: 9,
  BfdDown: 10,
} as const;

/** AS_TRANS (RFC 6793 §9): written in place of an AS number that two octets cannot hold. */
export const AS_TRANS = 23_456;
