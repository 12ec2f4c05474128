/** One MRT file from its octets to its output. Runs in the main thread or in a worker. */
import { readMrtBatches } from '@tsbgp/mrt';
import { CompressedFileError, openMrt, unpackMrt } from '@tsbgp/mrt/node';
import type { MrtOptions } from './options.ts';
import { type Damage, RecordProcessor } from './record-processor.ts';
import type { Summary } from './summary.ts';

/** How a file went. Plain values, which worker threads can send. */
export interface FileResult {
  records: number;
  /** The first ones, with their places. */
  readonly damages: Damage[];
  damageCount: number;
  /** Why the file could not be read to its end. */
  failure?: string;
  /** The failure is one of the file system: nothing can be said of the content. */
  isUnreadable?: boolean;
  summary?: Summary;
}

/** Damages that are told one by one; of more, the number. */
const DAMAGES_SHOWN = 20;
/** Octets that are written at once. */
const CHUNK_OCTETS = 1 << 16;

/** Where to and from. */
export interface FileStreams {
  /** Chunks of output, in their order. Awaited, so that a slow reader slows the file. */
  write(chunk: Uint8Array): Promise<void>;
  /** Octets that were read of the file, before unpacking. */
  onRead(octets: number): void;
  readonly signal?: AbortSignal;
  readonly stdin?: AsyncIterable<Uint8Array | string>;
}

/** Adds damage to a result: the first ones with their places, of all the number. */
export function noteDamage(result: FileResult, { offset, length, reason }: Damage): void {
  result.damageCount++;
  if (result.damages.length < DAMAGES_SHOWN) result.damages.push({ offset, length, reason });
}

/** Never throws for what is in the file or for a file that cannot be read: the result says so. */
export async function processFile(path: string, options: MrtOptions, streams: FileStreams): Promise<FileResult> {
  const result: FileResult = { records: 0, damages: [], damageCount: 0 };
  const note = (damage: Damage): void => noteDamage(result, damage);
  const processor = new RecordProcessor(options, note);
  await reading(result, async () => {
    for await (const records of readMrtBatches(openInput(path, streams), { onDamage: note })) {
      for (const record of records) {
        processor.process(record);
        if (processor.pending >= CHUNK_OCTETS) await streams.write(processor.take());
      }
      if (streams.signal?.aborted === true) break;
    }
  });
  if (processor.pending > 0) await streams.write(processor.take());
  result.records = processor.records;
  const summary = processor.summary();
  return summary === undefined ? result : { ...result, summary };
}

/** Octets of a file, or of standard input, unpacked. */
export function openInput(path: string, { onRead, stdin }: FileStreams): AsyncIterable<Uint8Array> {
  return path === '-' ? unpackMrt(octetsOf(stdin!), { onRead }) : openMrt(path, { onRead });
}

/** Runs `read`; puts into the result why the file could not be read to its end. */
export async function reading(result: FileResult, read: () => Promise<void>): Promise<void> {
  try {
    await read();
  } catch (error) {
    if (error instanceof CompressedFileError) result.failure = error.message;
    else if (isFileError(error)) {
      result.failure = reasonOf(error);
      result.isUnreadable = true;
    } else throw error;
  }
}

async function* octetsOf(chunks: AsyncIterable<Uint8Array | string>): AsyncIterable<Uint8Array> {
  for await (const chunk of chunks) yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
}

function isFileError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && typeof (error as NodeJS.ErrnoException).code === 'string' && 'syscall' in error;
}

function reasonOf({ code, message }: NodeJS.ErrnoException): string {
  if (code === 'ENOENT') return 'there is no such file';
  if (code === 'EACCES') return 'it may not be read';
  return code === 'EISDIR' ? 'it is a folder' : message;
}
