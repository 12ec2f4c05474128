/** Octets of MRT files and streams, unpacked: gzip, zstd and bzip2 are recognized by their first octets, not by the name of the file. */
import { createReadStream } from 'node:fs';
import { Readable, type Transform } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { bunzip2 } from '../bzip2/bunzip2.ts';

/** How a file is packed. */
export type MrtCompression = 'gzip' | 'bzip2' | 'zstd' | 'none';

const READ_OCTETS = 1 << 18;
/** Long chunks make few of them: each one costs the crossing from zlib's thread. */
const UNPACKED_OCTETS = 1 << 18;
const MAGIC_LENGTH = 4;

export interface OpenMrtOptions {
  /** Called with the octets that were read of the file, before they are unpacked: for a progress bar. */
  readonly onRead?: (octets: number) => void;
  /** Told how the file is packed. */
  readonly onCompression?: (compression: MrtCompression) => void;
}

/** The octets of a compressed file end too early, or are damaged. What came before was given out. */
export class CompressedFileError extends Error {
  override readonly name = 'CompressedFileError';
}

/**
 * The unpacked octets of a file. Throws the error of the file system when it cannot be read, and CompressedFileError where the compressed octets
 * make no sense.
 */
export function openMrt(path: string, options: OpenMrtOptions = {}): AsyncGenerator<Uint8Array, void, undefined> {
  return unpackMrt(createReadStream(path, { highWaterMark: READ_OCTETS }), options);
}

/** The same for any stream, e.g. standard input or the body of a fetch. */
export async function* unpackMrt(
  chunks: AsyncIterable<Uint8Array>,
  { onRead, onCompression }: OpenMrtOptions = {},
): AsyncGenerator<Uint8Array, void, undefined> {
  const { head, rest } = await withHead(chunks);
  const compression = compressionOf(head);
  onCompression?.(compression);
  const all = counted(head, rest, onRead);
  if (compression === 'none') {
    yield* all;
    return;
  }
  // An error of the file itself must not look like damage.
  let readError: unknown;
  const watched = watch(all, (error) => {
    readError = error;
  });
  try {
    if (compression === 'bzip2') yield* bunzip2(watched);
    else yield* through(watched, compression === 'gzip' ? createGunzip({ chunkSize: UNPACKED_OCTETS }) : createZstdDecompress());
  } catch (error) {
    if (readError !== undefined) throw readError;
    throw new CompressedFileError(`the ${compression} file is damaged or cut off: ${(error as Error).message}`, { cause: error });
  }
}

function compressionOf([a, b, c, d]: Uint8Array): MrtCompression {
  if (a === 0x1f && b === 0x8b) return 'gzip';
  if (a === 0x42 && b === 0x5a && c === 0x68) return 'bzip2';
  if (a === 0x28 && b === 0xb5 && c === 0x2f && d === 0xfd) return 'zstd';
  return 'none';
}

/** The first octets, and the chunks after them. */
async function withHead(chunks: AsyncIterable<Uint8Array>): Promise<{ head: Uint8Array; rest: AsyncIterable<Uint8Array> }> {
  const iterator = chunks[Symbol.asyncIterator]();
  let head: Uint8Array = new Uint8Array(0);
  while (head.length < MAGIC_LENGTH) {
    const { done, value } = await iterator.next();
    if (done === true) break;
    head = head.length === 0 ? value : Buffer.concat([head, value]);
  }
  return { head, rest: { [Symbol.asyncIterator]: () => iterator } };
}

async function* counted(
  head: Uint8Array,
  rest: AsyncIterable<Uint8Array>,
  onRead: OpenMrtOptions['onRead'],
): AsyncGenerator<Uint8Array, void, undefined> {
  if (head.length > 0) {
    onRead?.(head.length);
    yield head;
  }
  for await (const chunk of rest) {
    onRead?.(chunk.length);
    yield chunk;
  }
}

async function* watch(chunks: AsyncIterable<Uint8Array>, onError: (error: unknown) => void): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* chunks;
  } catch (error) {
    onError(error);
    throw error;
  }
}

async function* through(chunks: AsyncIterable<Uint8Array>, unpacker: Transform): AsyncGenerator<Uint8Array, void, undefined> {
  const source = Readable.from(chunks, { objectMode: false, highWaterMark: READ_OCTETS });
  source.once('error', (error) => unpacker.destroy(error));
  source.pipe(unpacker);
  try {
    for await (const chunk of unpacker) yield chunk as Uint8Array;
  } finally {
    source.destroy();
    unpacker.destroy();
  }
}
