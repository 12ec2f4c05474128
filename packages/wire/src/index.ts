/** @tsbgp/wire: BGP-4 between octets and values. Nothing runs on import. What only tsbgp itself needs is in scan.ts. */
export { addressBytes, formatAddress, formatIpv4, formatIpv6, parseAddress, parseIpv4, parseIpv6 } from './address.ts';
export type { AggregatorValue } from './attributes/aggregator.ts';
export { aigpMetric } from './attributes/aigp.ts';
export { type AsPathSegment, asPathLength } from './attributes/as-path.ts';
export { mergeAsPaths, narrowAs, reconcileAs4 } from './attributes/as4.ts';
export { type Attribute, findAttribute, type KnownAttribute, type PathAttribute, type UnknownAttribute } from './attributes/attribute.ts';
export type { AttributeSet } from './attributes/attribute-set.ts';
export {
  attributeCode,
  attributeName,
  encodeAttributes,
  formatAttribute,
  formatAttributeValue,
  makeAttributeSet,
  parseAttribute,
} from './attributes/attributes.ts';
export type { MsdValue, SegmentRange } from './attributes/bgp-ls-fields.ts';
export type { BgpsecPath, BgpsecSignature, SecurePathSegment, SignatureBlock } from './attributes/bgpsec-path.ts';
export type { AttributeCodec, AttributeFact, ExportRule } from './attributes/codec.ts';
export type { Domain } from './attributes/d-path.ts';
export type { MpReachNlri } from './attributes/mp-reach-nlri.ts';
export type { MpUnreachNlri } from './attributes/mp-unreach-nlri.ts';
export type { Origin } from './attributes/origin.ts';
export type { PeDistinguisherLabel } from './attributes/pe-distinguisher-labels.ts';
export type { PmsiTunnel } from './attributes/pmsi-tunnel.ts';
export { ATTRIBUTE_CODECS, attributeCodec, attributeCodecByName } from './attributes/registry.ts';
export type { EndpointStructure } from './attributes/srv6.ts';
export { isUnknown, type KnownTlv, type Tlv, type TlvField, type UnknownTlv } from './attributes/tlv.ts';
export { assert, ByteWriter, equalBytes, fromHex, readU16, readU24, readU32, readU64, toHex, writeU16, writeU32 } from './bytes.ts';
export type { AddPathCapability, AddPathFamily, PathsLimitCapability } from './capabilities/add-path.ts';
export type { BgpsecCapability } from './capabilities/bgpsec.ts';
export { decodeCapabilities, encodeCapability, formatCapability, parseCapability } from './capabilities/capabilities.ts';
export { CapabilityCode } from './capabilities/code.ts';
export type { CapabilityCodec } from './capabilities/codec.ts';
export type { DynamicCapability, MultisessionCapability } from './capabilities/dynamic.ts';
export type { EmptyCapability } from './capabilities/empty.ts';
export type { ExtendedNextHopCapability } from './capabilities/extended-next-hop.ts';
export type { FourOctetAsCapability } from './capabilities/four-octet-as.ts';
export type {
  GracefulRestartCapability,
  GracefulRestartFamily,
  LongLivedGracefulRestartCapability,
} from './capabilities/graceful-restart.ts';
export type { FqdnCapability, SoftwareVersionCapability } from './capabilities/identity.ts';
export type { MultipleLabelsCapability } from './capabilities/multiple-labels.ts';
export type { MultiprotocolCapability } from './capabilities/multiprotocol.ts';
export { type Negotiated, type NegotiateOptions, negotiate } from './capabilities/negotiate.ts';
export type { OrfFamily, OutboundRouteFilteringCapability } from './capabilities/outbound-route-filtering.ts';
export {
  CAPABILITIES,
  type Capability,
  capabilityCodec,
  capabilityCodecByType,
  type KnownCapability,
  type UnknownCapability,
} from './capabilities/registry.ts';
export { formatRole, Role, type RoleCapability, roleMismatch, roleOpposite } from './capabilities/role.ts';
export {
  AS_TRANS,
  AttributeCode,
  AttributeFlag,
  CeaseSubcode,
  EXTENDED_MESSAGE_LENGTH_MAX,
  FsmError,
  HEADER_LENGTH,
  HeaderError,
  MESSAGE_LENGTH_MAX,
  MessageType,
  NotificationCode,
  OpenError,
  UpdateError,
} from './codes.ts';
export {
  decodeExtendedCommunity,
  type ExtendedCommunity,
  encodeExtendedCommunity,
  formatExtendedCommunity,
  parseExtendedCommunity,
} from './communities/extended.ts';
export { decodeIpv6ExtendedCommunity, formatIpv6ExtendedCommunity, parseIpv6ExtendedCommunity } from './communities/ipv6-extended.ts';
export { formatLargeCommunity, type LargeCommunity, parseLargeCommunity } from './communities/large.ts';
export { formatCommunity, parseCommunity } from './communities/standard.ts';
export { DEFAULT_CONTEXT, STORED_CONTEXT, usesAigp, type WireContext } from './context.ts';
export { Afi, afiOf, type Family, formatFamily, IPV4_UNICAST, IPV6_UNICAST, makeFamily, parseFamily, Safi, safiOf } from './family.ts';
export { Fault, type FaultAction, strongest, ValueError } from './fault.ts';
export { attributeFromJson } from './json/attributes.ts';
export { capabilityFromJson } from './json/capabilities.ts';
export { faultFromJson, messageFromJson } from './json/messages.ts';
export { toJson } from './json.ts';
export {
  type ControlMessage,
  type ControlMessageType,
  decodeControlBody,
  encodeControlMessage,
  frameMessage,
} from './messages/control-message.ts';
export { messageLength, messageType, writeHeader } from './messages/header.ts';
export { KEEPALIVE, type KeepaliveMessage, keepaliveBytes } from './messages/keepalive.ts';
export { type Dissection, decodeMessage, dissectMessage, encodeMessage, type Message } from './messages/message.ts';
export {
  decodeNotificationBody,
  encodeNotificationBody,
  formatNotification,
  hardReset,
  type NotificationMessage,
  notification,
  notificationOf,
  parseNotification,
  shutdownMessage,
  shutdownMessageData,
  unwrapHardReset,
} from './messages/notification.ts';
export { notificationCodeName, notificationSubcodeName } from './messages/notification-names.ts';
export {
  decodeOpenBody,
  encodeOpenBody,
  type OpenDecodeOptions,
  type OpenMessage,
  openAs,
  openAsField,
  openFault,
} from './messages/open.ts';
export {
  decodeOperationalBody,
  encodeOperationalBody,
  type OperationalMessage,
  OperationalType,
  operationalName,
} from './messages/operational.ts';
export { decodeRouteRefreshBody, encodeRouteRefreshBody, RefreshSubtype, type RouteRefreshMessage } from './messages/route-refresh.ts';
export { type AddressPrefixOrf, type Orf, type OrfGroup, OrfType } from './messages/route-refresh-orf.ts';
export { splitUpdate } from './messages/split-update.ts';
export { decodeUpdate, encodeUpdate, endOfRib, type UpdateMessage } from './messages/update.ts';
export type { BgpLsNlri, BgpLsObject, BgpLsUnknown } from './nlri/bgp-ls.ts';
export type { BgpLsDescriptor } from './nlri/bgp-ls-descriptor.ts';
export type { EvpnNlri, EvpnRoute } from './nlri/evpn.ts';
export {
  appendTypedNlri,
  decodeTypedNlriList,
  encodeTypedNlri,
  FAMILY_CODECS,
  familyCodec,
  type TypedNlri,
  type TypedNlriList,
} from './nlri/families.ts';
export type { FamilyCodec, FamilyNlri } from './nlri/family-codec.ts';
export type { FlowSpecNlri } from './nlri/flowspec.ts';
export type { FlowSpecBits, FlowSpecComponent, FlowSpecNumber } from './nlri/flowspec-component.ts';
export { canonicalPrefix, type IpPrefix } from './nlri/ip-prefix.ts';
export { nlriFromJson } from './nlri/json.ts';
export type { LabeledUnicastNlri } from './nlri/labeled-unicast.ts';
export type { McastVpnNlri, McastVpnRoute } from './nlri/mcast-vpn.ts';
export type { MupEndpoint, MupNlri, MupRoute } from './nlri/mup.ts';
export { formatNlri, type Nlri, parseNlri } from './nlri/nlri.ts';
export type { RouteTargetNlri } from './nlri/route-target.ts';
export type { SrPolicyNlri } from './nlri/sr-policy.ts';
export type { UnknownRoute } from './nlri/typed-routes.ts';
export type { VplsNlri } from './nlri/vpls.ts';
export type { VpnNlri } from './nlri/vpn.ts';
export type { Labels } from './parts/labels.ts';
export { maskAddress, type Prefix, parsePrefix, parsePrefixOrAddress, sharesBits } from './parts/prefix-bits.ts';
export { formatRd, parseRd } from './parts/route-distinguisher.ts';
export type { LabelRange } from './parts/tlv-fields.ts';
export { type DecodedAttributes, decodeAttributes, openAttributeSet } from './scan/decode-attributes.ts';
export { allSpans, type Span, type SpanMark, SpanRecorder, spansAt } from './spans.ts';
export { formatMessage, parseMessage } from './text/message.ts';
export { formatFault, parseFault } from './text/update.ts';
