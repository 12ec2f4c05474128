/**
 * Unpacks bzip2, because Node's zlib and browsers do not know it. Streams after each other (as pbzip2 writes them) are one.
 *
 *     stream: | "BZh", level "1" to "9" | blocks, not aligned … | end: magic number, checksum of all blocks | to the next octet |
 */
import { BitReader, OutOfBits } from './bits.ts';
import { BlockError, readBlock } from './block.ts';

const BLOCK_MAGIC = [0x314159, 0x265359] as const;
const END_MAGIC = [0x177245, 0x385090] as const;
const LEVEL_OCTETS = 100_000;

/** A block with its tables is never longer than this: so many octets are enough to read one. */
const BLOCK_OCTETS_MAX = 1_200_000;

/** What is wrong with compressed octets. */
export class Bzip2Error extends Error {
  override readonly name = 'Bzip2Error';
}

/** Unpacks a stream of any length, block by block. Throws Bzip2Error after all that could be unpacked was given out. */
export async function* bunzip2(chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  let waiting: Uint8Array[] = [];
  let length = 0;
  const decoder = new Decoder();
  for await (const chunk of chunks) {
    waiting.push(chunk);
    length += chunk.length;
    if (length < 2 * BLOCK_OCTETS_MAX) continue;
    const rest = decoder.feed(joined(waiting, length));
    for (;;) {
      const unpacked = decoder.next(false);
      if (unpacked === undefined) break;
      yield* unpacked;
    }
    waiting = [rest()];
    length = waiting[0]!.length;
  }
  decoder.feed(joined(waiting, length));
  for (;;) {
    const unpacked = decoder.next(true);
    if (unpacked === undefined) return;
    yield* unpacked;
  }
}

class Decoder {
  #bits = new BitReader(new Uint8Array(0), 0, 0);
  /** Memory of a block; undefined between streams. */
  #tt: Int32Array | undefined;
  #streams = 0;

  /** Goes on with these octets, which begin where `rest` of the last call began. */
  feed(bytes: Uint8Array): () => Uint8Array {
    const next = new BitReader(bytes, 0, bytes.length);
    // Blocks are not aligned: the bits that are left of an octet are taken from it again.
    const begun = this.#bits.count % 8;
    if (begun > 0) next.take(8 - begun);
    this.#bits = next;
    return () => bytes.slice(this.#bits.at - Math.ceil(this.#bits.count / 8));
  }

  /** What the next block holds; undefined at the end, or, if there is more to come, when a block may not be whole. */
  next(isLast: boolean): Uint8Array[] | undefined {
    const bits = this.#bits;
    for (;;) {
      if (!isLast && bits.end - bits.position < BLOCK_OCTETS_MAX) return undefined;
      try {
        if (this.#tt === undefined) {
          if (bits.position >= bits.end && this.#streams > 0) return undefined;
          this.#begin(bits);
        }
        const magic = [bits.take(24), bits.take(24)];
        if (isEqual(magic, END_MAGIC)) {
          bits.take32();
          bits.align();
          this.#tt = undefined;
          continue;
        }
        if (!isEqual(magic, BLOCK_MAGIC)) throw new Bzip2Error('found neither a block nor the end of the stream');
        const chunks: Uint8Array[] = [];
        readBlock(bits, this.#tt!, (chunk) => chunks.push(chunk));
        return chunks;
      } catch (error) {
        if (error instanceof OutOfBits) throw new Bzip2Error('the file ends within a block');
        if (error instanceof BlockError) throw new Bzip2Error(error.message);
        throw error;
      }
    }
  }

  #begin(bits: BitReader): void {
    const level = (bits.take(24) === 0x425a68 ? bits.take(8) : 0) - 0x30;
    if (level < 1 || level > 9)
      throw new Bzip2Error(this.#streams === 0 ? 'this is no bzip2' : 'after the end of the stream comes something else');
    this.#tt = new Int32Array(level * LEVEL_OCTETS);
    this.#streams++;
  }
}

function isEqual(a: readonly number[], b: readonly number[]): boolean {
  return a[0] === b[0] && a[1] === b[1];
}

function joined(chunks: readonly Uint8Array[], length: number): Uint8Array {
  if (chunks.length === 1) return chunks[0]!;
  const all = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}
