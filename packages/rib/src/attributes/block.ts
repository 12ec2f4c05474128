/**
 * Finding an attribute in a canonical block (canonical.ts). The block was checked when it was interned, so nothing is checked here.
 */
import { attributeHeaderLength, attributeValueLength } from '@tsbgp/wire/scan';
import { NONE } from '../columns.ts';

export { attributeHeaderLength as headerLength, attributeValueLength as valueLength };

/** Offset of the header of the attribute with this code in `data[start, end)`, or NONE. Blocks never begin at offset 0. */
export function findAttribute(data: Uint8Array, start: number, end: number, code: number): number {
  let offset = start;
  while (offset < end) {
    if (data[offset + 1] === code) return offset;
    offset += attributeHeaderLength(data, offset) + attributeValueLength(data, offset);
  }
  return NONE;
}
