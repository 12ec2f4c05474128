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
export { appendMrt, encodeMrt, type MrtTime, mrtTime } from './write.ts';
