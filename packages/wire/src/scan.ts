/**
 * @tsbgp/wire/scan: what the other packages of tsbgp use to read UPDATEs without decoding them, and to frame messages.
 *
 * @internal Does not follow semantic versioning: any version may change or remove it.
 */
export { attributeHeaderLength, attributeValueLength } from './attributes/block.ts';
export { headerFault } from './messages/header.ts';
export { type FamilyRow, isWellFormed, nextHopForms, nextHopMeaning, rowOf } from './nlri/families.ts';
export { type NextHopMeaning, wholeNlri } from './nlri/family-codec.ts';
export type { NextHopForms } from './nlri/next-hop.ts';
export { decodeNlri } from './nlri/nlri.ts';
export { prefixesAreWhole } from './parts/prefix-bits.ts';
export { AttributeScan, keptFlags, UpdateScan } from './scan/update-scan.ts';
export { updateVerdict } from './scan/update-verdict.ts';
