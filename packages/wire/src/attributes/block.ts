/** Where the parts of an attribute in a block of path attributes are (RFC 4271 §4.3). Nothing is checked: the octets must be there. */
import { readU16 } from '../bytes.ts';
import { AttributeFlag } from '../codes.ts';

/** Octets of the attribute header at `at`: 3, or 4 with Extended Length. */
export function attributeHeaderLength(block: Uint8Array, at: number): number {
  return (block[at]! & AttributeFlag.ExtendedLength) === 0 ? 3 : 4;
}

/** Octets of the value of the attribute whose header is at `at`. */
export function attributeValueLength(block: Uint8Array, at: number): number {
  return (block[at]! & AttributeFlag.ExtendedLength) === 0 ? block[at + 2]! : readU16(block, at + 2);
}
