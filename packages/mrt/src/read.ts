/** Records of a stream of octets: the way to read for programs that need no more than a loop. */
import type { MrtDamage } from './damage.ts';
import { MrtFramer } from './framing.ts';
import type { MrtRecord } from './record.ts';

/** How `readMrt` reads. */
export interface ReadMrtOptions {
  /** Called for octets that are no record, with their place. @default they are left out */
  readonly onDamage?: (damage: MrtDamage) => void;
}

/**
 * The records in `chunks`, which may be cut anywhere: a file's stream, a fetch's body, an array with one Uint8Array. Memory does not grow with
 * the length of the stream. If `chunks` throws (a compressed file is cut off), the records that came before are given out, then the error is
 * thrown on.
 */
export async function* readMrt(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  options: ReadMrtOptions = {},
): AsyncGenerator<MrtRecord, void, undefined> {
  for await (const records of readMrtBatches(chunks, options)) yield* records;
}

/**
 * As `readMrt`, but the records of each chunk come together, and have to be taken in a plain loop before the next chunk is asked for. Waiting
 * once for a chunk instead of once for a record makes small records some three times as fast.
 */
export async function* readMrtBatches(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  options: ReadMrtOptions = {},
): AsyncGenerator<Iterable<MrtRecord>, void, undefined> {
  const framer = new MrtFramer(options.onDamage);
  let failure: { readonly error: unknown } | undefined;
  try {
    for await (const chunk of chunks) {
      framer.push(chunk);
      yield recordsOf(framer);
    }
  } catch (error) {
    failure = { error };
  }
  framer.finish();
  yield recordsOf(framer);
  if (failure !== undefined) throw failure.error;
}

/** The records that a framer has, now. */
export function* recordsOf(framer: MrtFramer): Generator<MrtRecord, void, undefined> {
  for (let record = framer.next(); record !== undefined; record = framer.next()) yield record;
}
