/** @tsbgp/mrt: MRT records between octets and values. Nothing runs on import, nothing needs Node. */
export {
  decodeMrtMessage,
  decodeOldUpdate,
  decodeRibAttributes,
  decodeTableDumpAttributes,
  encodeRibAttributes,
  mrtContext,
} from './attributes.ts';
export { Bzip2Error, bunzip2 } from './bzip2/bunzip2.ts';
export { Bgp4mpSubtype, formatMrtType, MRT_HEADER_LENGTH, MrtType, OldBgpSubtype, TableDumpSubtype, TableDumpV2Subtype } from './codes.ts';
export { MrtDamage } from './damage.ts';
export { MRT_LENGTH_MAX, MrtFramer } from './framing.ts';
export type * from './kinds/values.ts';
export { type ReadMrtOptions, readMrt, readMrtBatches, recordsOf } from './read.ts';
export { MrtRecord } from './record.ts';
export { AttributeFacts } from './routes/attribute-facts.ts';
export { BgpdumpFormatter } from './routes/bgpdump.ts';
export { OctetCache } from './routes/octet-cache.ts';
export { asPathPattern, filterPrefix, type PrefixMatch, RouteFilter, type RouteFilterOptions } from './routes/route-filter.ts';
export { RouteJsonFormatter } from './routes/route-json.ts';
export { isPlainPrefix, RouteScanner } from './routes/route-scanner.ts';
export { NextHopPlace, RouteKind, RoutePeer, type RouteSink, RouteView } from './routes/route-view.ts';
export { TextBuffer } from './routes/text-buffer.ts';
export { appendMrt, encodeMrt, type MrtTime, mrtTime } from './write.ts';
