/**
 * One block of a bzip2 stream, in the order of the steps that undo the compression:
 *
 * 1. Huffman codes, in groups of 50 symbols that choose one of two to six tables.
 * 2. Runs of zero and move-to-front: symbols become octets.
 * 3. The inverse of the Burrows-Wheeler transform.
 * 4. Four equal octets are followed by the count of further ones.
 */
import type { BitReader } from './bits.ts';
import { type HuffmanTable, LOOKUP_BITS, makeTable, slowSymbol } from './huffman.ts';

const GROUP_SIZE = 50;
const RUN_B = 1;
/** A run of octets in step 4 is written as four octets and a count. */
const RUN_BEFORE_COUNT = 4;

/** What is wrong with a block. */
export class BlockError extends Error {
  override readonly name = 'BlockError';
}

/** Reads the block whose magic number was taken. `tt` is memory for the transform: 4 octets for each octet a block may have. Throws BlockError, OutOfBits. */
export function readBlock(bits: BitReader, tt: Int32Array, emit: (chunk: Uint8Array) => void): void {
  const wanted = bits.take32();
  if (bits.take(1) === 1) throw new BlockError('a randomized block, which bzip2 has not written since 1998');
  const origin = bits.take(24);
  const octets = usedOctets(bits);
  const { tables, selectors } = readTables(bits, octets.length + 2);
  const count = readSymbols(bits, octets, tables, selectors, tt);
  if (origin >= count) throw new BlockError('the start of the transform lies outside the block');
  if (unfold(tt, count, origin, emit) !== wanted) throw new BlockError('the checksum of a block is wrong');
}

/** The octets that occur in the block, ascending: two levels of bit maps. */
function usedOctets(bits: BitReader): Uint8Array {
  const used: number[] = [];
  const ranges = bits.take(16);
  for (let range = 0; range < 16; range++) {
    if ((ranges & (0x8000 >>> range)) === 0) continue;
    const map = bits.take(16);
    for (let i = 0; i < 16; i++) if ((map & (0x8000 >>> i)) !== 0) used.push(range * 16 + i);
  }
  if (used.length === 0) throw new BlockError('a block without octets');
  return Uint8Array.from(used);
}

function readTables(bits: BitReader, alphabet: number): { tables: HuffmanTable[]; selectors: Uint8Array } {
  const groups = bits.take(3);
  const selectorCount = bits.take(15);
  if (groups < 2 || groups > 6 || selectorCount === 0) throw new BlockError(`found ${groups} tables and ${selectorCount} groups`);
  const order = Array.from({ length: groups }, (_, i) => i);
  const selectors = new Uint8Array(selectorCount);
  for (let i = 0; i < selectorCount; i++) {
    let place = 0;
    while (bits.take(1) === 1) if (++place >= groups) throw new BlockError('a group chooses a table that is not there');
    const [table] = order.splice(place, 1) as [number];
    order.unshift(table);
    selectors[i] = table;
  }
  const tables: HuffmanTable[] = [];
  for (let group = 0; group < groups; group++) {
    const lengths = new Uint8Array(alphabet);
    let length = bits.take(5);
    for (let symbol = 0; symbol < alphabet; symbol++) {
      for (;;) {
        if (length < 1 || length > 20) throw new BlockError(`found a code of ${length} bits`);
        if (bits.take(1) === 0) break;
        length += bits.take(1) === 0 ? 1 : -1;
      }
      lengths[symbol] = length;
    }
    tables.push(makeTable(lengths));
  }
  return { tables, selectors };
}

/** Steps 1 and 2. Writes the octets into `tt` and returns how many there are. */
function readSymbols(bits: BitReader, octets: Uint8Array, tables: readonly HuffmanTable[], selectors: Uint8Array, tt: Int32Array): number {
  const endOfBlock = octets.length + 1;
  const front = octets.slice();
  const { bytes, end } = bits;
  let { buffer, count: have, at } = bits;
  let count = 0;
  let group = 0;
  let left = 0;
  let table = tables[0]!;
  let lookup = table.lookup;
  let run = 0;
  let weight = 1;
  for (;;) {
    if (left === 0) {
      if (group >= selectors.length) throw new BlockError('a block has more symbols than groups');
      table = tables[selectors[group++]!]!;
      lookup = table.lookup;
      left = GROUP_SIZE;
    }
    left--;
    // Bits in locals and a look-up table, instead of bit by bit: 4 MiB/s -> 28 MiB/s.
    while (have <= 16 && at < end) {
      buffer = (buffer << 8) | bytes[at++]!;
      have += 8;
    }
    const found = have >= LOOKUP_BITS ? lookup[(buffer >>> (have - LOOKUP_BITS)) & ((1 << LOOKUP_BITS) - 1)]! : 0;
    let symbol: number;
    if (found !== 0) {
      have -= found >>> 9;
      symbol = found & 0x1ff;
    } else {
      bits.buffer = buffer;
      bits.count = have;
      bits.at = at;
      const slow = slowSymbol(bits, table);
      if (slow === undefined) throw new BlockError('found bits that are no code');
      symbol = slow;
      ({ buffer, count: have, at } = bits);
    }
    if (symbol <= RUN_B) {
      run += weight << symbol;
      weight <<= 1;
      if (run > tt.length - count) throw new BlockError('a block is longer than its stream allows');
      continue;
    }
    if (run > 0) {
      tt.fill(front[0]!, count, count + run);
      count += run;
      run = 0;
      weight = 1;
    }
    if (symbol === endOfBlock) break;
    if (count >= tt.length) throw new BlockError('a block is longer than its stream allows');
    const octet = front[symbol - 1]!;
    for (let i = symbol - 1; i > 0; i--) front[i] = front[i - 1]!;
    front[0] = octet;
    tt[count++] = octet;
  }
  bits.buffer = buffer;
  bits.count = have;
  bits.at = at;
  return count;
}

/** Steps 3 and 4. Returns the checksum of what it gave out. */
function unfold(tt: Int32Array, count: number, origin: number, emit: (chunk: Uint8Array) => void): number {
  const starts = new Int32Array(256);
  for (let i = 0; i < count; i++) starts[tt[i]! & 0xff]!++;
  let sum = 0;
  for (let octet = 0; octet < 256; octet++) {
    const occurrences = starts[octet]!;
    starts[octet] = sum;
    sum += occurrences;
  }
  // The octet stays in the low 8 bits, the place of its successor comes above them.
  for (let i = 0; i < count; i++) {
    const octet = tt[i]! & 0xff;
    tt[starts[octet]!++]! |= i << 8;
  }
  let chunk = new Uint8Array(CHUNK);
  let filled = 0;
  let crc = ~0;
  let place = tt[origin]! >>> 8;
  let last = -1;
  let repeats = 0;
  for (let i = 0; i < count; i++) {
    const entry = tt[place]!;
    const octet = entry & 0xff;
    place = entry >>> 8;
    let copies = 1;
    let value = octet;
    if (repeats === RUN_BEFORE_COUNT) {
      copies = octet;
      value = last;
      repeats = 0;
      last = -1;
    } else if (octet === last) repeats++;
    else {
      last = octet;
      repeats = 1;
    }
    for (; copies > 0; copies--) {
      if (filled === CHUNK) {
        emit(chunk);
        chunk = new Uint8Array(CHUNK);
        filled = 0;
      }
      chunk[filled++] = value;
      crc = (crc << 8) ^ CRC[(crc >>> 24) ^ value]!;
    }
  }
  if (filled > 0) emit(chunk.subarray(0, filled));
  return ~crc >>> 0;
}

/** Octets in a chunk that is given out. */
const CHUNK = 1 << 18;

/** The CRC of bzip2: polynomial 0x04c11db7, highest bit first. */
const CRC: Int32Array = Int32Array.from({ length: 256 }, (_, octet) => {
  let crc = octet << 24;
  for (let bit = 0; bit < 8; bit++) crc = (crc & 0x8000_0000) === 0 ? crc << 1 : (crc << 1) ^ 0x04c1_1db7;
  return crc;
});
