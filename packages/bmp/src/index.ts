/** @tsbgp/bmp: the BGP Monitoring Protocol between octets and values, a station, and what an exporter sends. Nothing runs on import, nothing needs Node. */
export {
  BMP_HEADER_LENGTH,
  BMP_PEER_HEADER_LENGTH,
  BMP_VERSION,
  BMP_VERSION_4,
  BmpInformation,
  BmpMirroring,
  BmpMirroringInformation,
  BmpPeerDownReason,
  BmpPeerType,
  BmpTermination,
  BmpTerminationReason,
  BmpType,
  BmpV4Tlv,
} from './codes.ts';
export { type BmpContexts, bmpContext, bmpContexts } from './context.ts';
export { appendInitiation, appendStatistics, appendTermination, BmpRouteSource, type BmpStatisticValues } from './exporter.ts';
export { BmpFault } from './fault.ts';
export { BMP_LENGTH_MAX, BmpFramer } from './framing.ts';
export { appendBmp, type BmpOptions, decodeBmp, encodeBmp } from './messages/message.ts';
export type * from './messages/values.ts';
export { type BmpPeer, bmpPeerKey } from './peer.ts';
export {
  BMP_PEERS_MAX,
  BMP_ROUTERS_MAX,
  type BmpConnection,
  type BmpRib,
  type BmpRouter,
  type BmpRouterPeer,
  type BmpRoutes,
  type BmpServer,
  BmpStation,
  type BmpStationHandler,
  type BmpStationOptions,
  ribOf,
} from './station.ts';
export { type BmpStatisticForm, type BmpStatisticName, BmpStatistics, bmpStatisticName } from './statistics-types.ts';
export { type BmpIndexedTlv, type BmpTlv, bmpText, bmpTextTlv } from './tlv.ts';
