/** Canonical Huffman codes of bzip2: at most 20 bits, told by their lengths. */
import type { BitReader } from './bits.ts';

const LENGTH_MAX = 20;
/** Codes up to so many bits are found with one look into a table: nearly all symbols of a text. */
export const LOOKUP_BITS = 10;

/** The codes of one table, ready to be read. */
export interface HuffmanTable {
  /** The next LOOKUP_BITS bits -> length << 9 | symbol; 0 when the code is longer. */
  readonly lookup: Uint16Array;
  /** Length -> the first value that codes of this length do not have. */
  readonly limit: Int32Array;
  /** Length -> what to take from a code to get its place in `symbols`. */
  readonly base: Int32Array;
  readonly symbols: Uint16Array;
}

/** `lengths[symbol]`, 1 to 20 each. */
export function makeTable(lengths: Uint8Array): HuffmanTable {
  const lookup = new Uint16Array(1 << LOOKUP_BITS);
  const limit = new Int32Array(LENGTH_MAX + 2);
  const base = new Int32Array(LENGTH_MAX + 2);
  const symbols = new Uint16Array(lengths.length);
  let code = 0;
  let place = 0;
  for (let length = 1; length <= LENGTH_MAX; length++) {
    base[length] = code - place;
    for (let symbol = 0; symbol < lengths.length; symbol++) {
      if (lengths[symbol] !== length) continue;
      symbols[place++] = symbol;
      if (length <= LOOKUP_BITS) {
        const from = code << (LOOKUP_BITS - length);
        lookup.fill((length << 9) | symbol, from, from + (1 << (LOOKUP_BITS - length)));
      }
      code++;
    }
    limit[length] = code;
    code <<= 1;
  }
  return { lookup, limit, base, symbols };
}

/** The symbol whose code comes next, for codes that the look-up table does not have. Undefined for bits that are no code. Throws OutOfBits. */
export function slowSymbol(bits: BitReader, { limit, base, symbols }: HuffmanTable): number | undefined {
  let code = 0;
  for (let length = 1; length <= LENGTH_MAX; length++) {
    code = (code << 1) | bits.take(1);
    if (code < limit[length]!) return symbols[code - base[length]!];
  }
  return undefined;
}
