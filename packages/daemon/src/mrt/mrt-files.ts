/**
 * MRT files of the tables, at times and on demand; those of messages are in message-files.ts. A file is written beside its name, synced, and renamed: a file with the right name is whole.
 * The dump waits for the disk, never the RIB for the dump: the next slice begins when the last one is written.
 */
import { createWriteStream } from 'node:fs';
import { mkdir, rename, stat, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { Logger } from '@tsbgp/session';
import type { Boundaries } from '../boundaries.ts';
import { syncFolder } from '../config-store/write-file.ts';
import { ControlError } from '../control-error.ts';
import { fileAt } from '../keys/file-pattern.ts';
import type { Exposition } from '../metrics/exposition.ts';
import {
  type MrtConfig,
  type MrtControl,
  type MrtDump,
  type MrtMessagesState,
  type MrtTablesConfig,
  type MrtTablesState,
  noTables,
} from '../mrt-control.ts';
import type { SessionObserver } from '../speaker/session-observer.ts';
import type { TableDump } from '../speaker/table-dump.ts';
import { MessageFiles } from './message-files.ts';
import { removeOld } from './remove-old.ts';

export interface MrtFilesOptions {
  /** A dump of the tables at a time, in seconds since 1970. */
  readonly dump: (timestamp: number) => TableDump;
  /** From now on this one is told of messages; undefined: nobody. */
  readonly observe: (observer: SessionObserver | undefined) => void;
  readonly log: Pick<Logger, 'info' | 'error'>;
  readonly boundaries: Boundaries;
}

export class MrtFiles implements MrtControl {
  readonly #options: MrtFilesOptions;
  readonly #messages: MessageFiles;
  #config: MrtTablesConfig | undefined;
  #timer: NodeJS.Timeout | undefined;
  #nextAt: Date | undefined;
  #running: { readonly result: Promise<MrtDump>; readonly abort: AbortController } | undefined;
  #dumps = 0;
  #failures = 0;
  #last: MrtDump | undefined;
  #lastError: string | undefined;

  constructor(options: MrtFilesOptions) {
    this.#options = options;
    this.#messages = new MessageFiles(options);
  }

  /** At the start and when the section changes. A dump that is being written is finished. */
  set({ tables, messages }: MrtConfig): void {
    this.#messages.set(messages);
    this.#config = tables;
    this.#schedule();
  }

  /** Resolves when nothing is written any more. A dump that is not finished leaves no file. */
  async close(): Promise<void> {
    this.set({ tables: undefined, messages: undefined });
    await this.#messages.close();
    this.#running?.abort.abort(new Error('the daemon stops'));
    await this.#running?.result.catch(() => undefined); // told by whoever asked for it
  }

  dumpTables(): Promise<MrtDump> {
    const config = this.#config;
    if (config === undefined) return Promise.reject(noTables());
    if (this.#running !== undefined) return this.#running.result;
    const abort = new AbortController();
    const result = this.#dump(config, new Date(), abort.signal).finally(() => {
      this.#running = undefined;
    });
    this.#running = { result, abort };
    return result;
  }

  messages(): MrtMessagesState {
    return this.#messages.state();
  }

  tables(): MrtTablesState {
    return {
      config: this.#config,
      isRunning: this.#running !== undefined,
      dumps: this.#dumps,
      failures: this.#failures,
      nextAt: this.#nextAt,
      last: this.#last,
      lastError: this.#lastError,
    };
  }

  /** Nothing where nothing is configured. */
  readonly addMetrics = (out: Exposition): void => {
    this.#messages.addMetrics(out);
    if (this.#config === undefined) return;
    out.counter('tsbgp_mrt_dumps_total', 'MRT files of the tables that were written.').set(this.#dumps);
    out.counter('tsbgp_mrt_dump_failures_total', 'MRT files of the tables that could not be written.').set(this.#failures);
    if (this.#last === undefined) return;
    out
      .gauge('tsbgp_mrt_dump_timestamp_seconds', 'When the last MRT file of the tables was begun.')
      .set(this.#last.startedAt.getTime() / 1000);
    out.gauge('tsbgp_mrt_dump_seconds', 'How long the last MRT file of the tables took.').set(this.#last.seconds);
    out.gauge('tsbgp_mrt_dump_routes', 'Routes in the last MRT file of the tables.').set(this.#last.routes);
    out.gauge('tsbgp_mrt_dump_bytes', 'Octets of the last MRT file of the tables.').set(this.#last.fileOctets);
  };

  /** Dumps are at multiples of the interval in UTC, as those of other collectors. */
  #schedule(): void {
    clearTimeout(this.#timer);
    this.#nextAt = undefined;
    const minutes = this.#config?.everyMinutes ?? 0;
    if (minutes === 0) return;
    const interval = minutes * 60_000;
    const now = Date.now();
    const next = (Math.floor(now / interval) + 1) * interval;
    this.#nextAt = new Date(next);
    this.#timer = setTimeout(() => {
      this.#options.boundaries.run('timer', { timer: 'mrt-tables' }, () => {
        // A timer may be early by a moment: the next one is scheduled from the time that was meant.
        if (Date.now() >= next) this.dumpTables().catch(() => undefined); // logged and counted where it failed
        this.#schedule();
      });
    }, next - now).unref();
  }

  async #dump(config: MrtTablesConfig, startedAt: Date, signal: AbortSignal): Promise<MrtDump> {
    const { log } = this.#options;
    const path = fileAt(config.file, startedAt);
    const began = performance.now();
    try {
      const dump = this.#options.dump(Math.floor(startedAt.getTime() / 1000));
      const fileOctets = await write(path, dump.chunks(), signal);
      const { peers, records, routes, octets } = dump;
      const seconds = (performance.now() - began) / 1000;
      this.#last = { path, startedAt, seconds, peers, records, routes, octets, fileOctets };
      this.#dumps++;
      this.#lastError = undefined;
      log.info({ path, routes, seconds }, `mrt: ${routes} routes written to ${path} in ${seconds.toFixed(1)} s`);
    } catch (error) {
      this.#failures++;
      this.#lastError = error instanceof Error ? error.message : String(error);
      log.error({ err: error, path }, `mrt: the tables could not be written to ${path}: ${this.#lastError}`);
      throw new ControlError('failed-precondition', '', `the tables could not be written to ${path}: ${this.#lastError}`, { cause: error });
    }
    await removeOld(config, path).catch((error: unknown) => log.error({ err: error, path }, 'mrt: old files could not be removed'));
    return this.#last;
  }
}

/** Resolves with the octets of the file. */
async function write(path: string, chunks: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<number> {
  const temporary = `${path}.new`;
  await mkdir(dirname(path), { recursive: true });
  try {
    const source = Readable.from(chunks, { objectMode: true, highWaterMark: 1 });
    const file = createWriteStream(temporary, { mode: 0o640, flush: true });
    if (path.endsWith('.gz')) await pipeline(source, createGzip(), file, { signal });
    else await pipeline(source, file, { signal });
    const { size } = await stat(temporary);
    await rename(temporary, path);
    await syncFolder(dirname(path));
    return size;
  } catch (error) {
    await unlink(temporary).catch(() => undefined); // it may not be there
    throw error;
  }
}
