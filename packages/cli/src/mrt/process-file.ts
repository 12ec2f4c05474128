/** One MRT file from its octets to its output. Runs in the main thread or in a worker. */
import { RouteFilter, RouteScanner, readMrtBatches } from '@tsbgp/mrt';
import { CompressedFileError, openMrt, unpackMrt } from '@tsbgp/mrt/node';
import { filterOf, type MrtOptions } from './options.ts';
import { isPeerTable, makeOutput, withoutFilter } from './outputs.ts';
import type { Summary } from './summary.ts';

/** How a file went. Plain values, which worker threads can send. */
export interface FileResult {
  records: number;
  /** The first ones, with their places. */
  readonly damages: { readonly offset: number; readonly length: number; readonly reason: string }[];
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

/** Never throws for what is in the file or for a file that cannot be read: the result says so. */
export async function processFile(path: string, options: MrtOptions, streams: FileStreams): Promise<FileResult> {
  const result: FileResult = { records: 0, damages: [], damageCount: 0 };
  const note = (damage: { readonly offset: number; readonly length: number; readonly reason: string }): void => {
    result.damageCount++;
    if (result.damages.length < DAMAGES_SHOWN) result.damages.push({ offset: damage.offset, length: damage.length, reason: damage.reason });
  };
  const output = makeOutput(options);
  const filter = filterOf(options);
  const scanner = new RouteScanner(filter === undefined ? output.sink : new RouteFilter(filter, output.sink));
  if (filter === undefined) withoutFilter(output);
  const { since = Number.NEGATIVE_INFINITY, until = Number.POSITIVE_INFINITY } = options;
  const open = { onRead: streams.onRead };
  const chunks = path === '-' ? unpackMrt(octetsOf(streams.stdin!), open) : openMrt(path, open);
  try {
    for await (const records of readMrtBatches(chunks, { onDamage: note })) {
      for (const record of records) {
        const time = record.timestamp + (record.microseconds ?? 0) / 1e6;
        if ((time < since || time >= until) && !isPeerTable(record)) continue;
        result.records++;
        const damage = scanner.scan(record);
        if (damage !== undefined) note(damage);
        output.afterRecord(record);
        if (output.pending >= CHUNK_OCTETS) await streams.write(output.take());
      }
      if (streams.signal?.aborted === true) break;
    }
  } catch (error) {
    if (error instanceof CompressedFileError) result.failure = error.message;
    else if (isFileError(error)) {
      result.failure = reasonOf(error);
      result.isUnreadable = true;
    } else throw error;
  }
  if (output.pending > 0) await streams.write(output.take());
  const summary = output.summary();
  return summary === undefined ? result : { ...result, summary };
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
