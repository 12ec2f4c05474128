/**
 * Walking a canonical block (canonical.ts): it was checked when it was interned, so nothing is checked here.
 */
import { AttributeFlag, readU16 } from '@tsbgp/wire';
import { NONE } from '../columns.ts';

/** Octets of the attribute header at `offset`: 3, or 4 with Extended Length. */
export function headerLength(data: Uint8Array, offset: number): number {
  return (data[offset]! & AttributeFlag.ExtendedLength) === 0 ? 3 : 4;
}

/** Octets of the value of the attribute whose header is at `offset`. */
export function valueLength(data: Uint8Array, offset: number): number {
  return (data[offset]! & AttributeFlag.ExtendedLength) === 0 ? data[offset + 2]! : readU16(data, offset + 2);
}

/** Offset of the header of the attribute with this code in `data[start, end)`, or NONE. Blocks never begin at offset 0. */
export function findAttribute(data: Uint8Array, start: number, end: number, code: number): number {
  let offset = start;
  while (offset < end) {
    if (data[offset + 1] === code) return offset;
    offset += headerLength(data, offset) + valueLength(data, offset);
  }
  return NONE;
}
