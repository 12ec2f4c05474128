/**
 * The files of all messages: one after the other, at multiples of an interval in UTC. The one that is written has `.new` at its end; when its time is over
 * it is synced and renamed. When the disk is slower than the messages, records beyond BACKLOG_OCTETS_MAX are left out and counted.
 */
import { createWriteStream, existsSync, mkdirSync, openSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Writable } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';
import { isDeepStrictEqual } from 'node:util';
import { createGzip } from 'node:zlib';
import type { Logger } from '@tsbgp/session';
import type { Boundaries } from '../boundaries.ts';
import { syncFolder } from '../config-store/write-file.ts';
import { fileAt } from '../keys/file-pattern.ts';
import type { Exposition } from '../metrics/exposition.ts';
import type { MrtMessagesConfig, MrtMessagesState } from '../mrt-control.ts';
import type { SessionObserver } from '../speaker/session-observer.ts';
import { MessageLog } from './message-log.ts';
import { removeOld } from './remove-old.ts';

/** Octets that wait for the disk at most. */
const BACKLOG_OCTETS_MAX: number = 32 * 1024 * 1024;
const FLUSH_MS = 1000;

export interface MessageFilesOptions {
  /** From now on this one is told what happens in sessions; undefined: nobody. */
  readonly observe: (observer: SessionObserver | undefined) => void;
  readonly log: Pick<Logger, 'error'>;
  readonly boundaries: Boundaries;
}

/** A file that is open. */
interface OpenFile {
  readonly path: string;
  readonly input: Writable;
  readonly written: Promise<void>;
}

export class MessageFiles {
  readonly #options: MessageFilesOptions;
  readonly #log: MessageLog = new MessageLog((records) => this.#write(records));
  #config: MrtMessagesConfig | undefined;
  #file: OpenFile | undefined;
  #rotation: NodeJS.Timeout | undefined;
  #flushing: NodeJS.Timeout | undefined;
  /** Settles when all files of before are whole. */
  #finishing: Promise<unknown> = Promise.resolve();
  #files = 0;
  #failures = 0;
  #droppedOctets = 0;
  #lastError: string | undefined;

  constructor(options: MessageFilesOptions) {
    this.#options = options;
  }

  /** At the start and when the section changes: what is open is finished, and the next file begins. */
  set(config: MrtMessagesConfig | undefined): void {
    if (isDeepStrictEqual(config, this.#config)) return;
    this.#finish();
    clearTimeout(this.#rotation);
    clearInterval(this.#flushing);
    this.#config = config;
    this.#options.observe(config === undefined ? undefined : this.#log);
    if (config === undefined) return;
    this.#flushing = setInterval(() => this.#run(() => this.#log.flush()), FLUSH_MS).unref();
    this.#begin(config, new Date());
  }

  /** Resolves when the last file is whole. */
  async close(): Promise<void> {
    this.set(undefined);
    await this.#finishing;
  }

  state(): MrtMessagesState {
    return {
      config: this.#config,
      path: this.#file?.path,
      records: this.#log.records,
      files: this.#files,
      failures: this.#failures,
      droppedOctets: this.#droppedOctets,
      lastError: this.#lastError,
    };
  }

  readonly addMetrics = (out: Exposition): void => {
    if (this.#config === undefined) return;
    out.counter('tsbgp_mrt_messages_total', 'Records of BGP messages and changes of state for MRT files.').set(this.#log.records);
    out.counter('tsbgp_mrt_message_files_total', 'MRT files of messages that are whole.').set(this.#files);
    out.counter('tsbgp_mrt_message_failures_total', 'MRT files of messages that could not be written.').set(this.#failures);
    out.counter('tsbgp_mrt_dropped_bytes_total', 'Octets of MRT records left out as the disk was too slow.').set(this.#droppedOctets);
    out.gauge('tsbgp_mrt_backlog_bytes', 'Octets of MRT records that wait for the disk.').set(this.#file?.input.writableLength ?? 0);
  };

  #run(action: () => void): void {
    this.#options.boundaries.run('timer', { timer: 'mrt-messages' }, action);
  }

  #begin(config: MrtMessagesConfig, at: Date): void {
    try {
      this.#file = open(config.file, at);
    } catch (error) {
      this.#failed(config.file, error);
    }
    // A disk that is full, or a folder that went: records are lost until the next file begins.
    const file = this.#file;
    file?.written.catch((error: unknown) => {
      // One that is finished already is told there.
      if (this.#file !== file) return;
      this.#file = undefined;
      this.#failed(file.path, error);
    });
    const interval = config.rotateMinutes * 60_000;
    const next = new Date((Math.floor(at.getTime() / interval) + 1) * interval);
    this.#rotation = setTimeout(() => this.#run(() => this.#rotate(config, next)), Math.max(0, next.getTime() - Date.now())).unref();
  }

  #rotate(config: MrtMessagesConfig, at: Date): void {
    this.#finish();
    this.#begin(config, at);
  }

  #write(records: Uint8Array): void {
    const input = this.#file?.input;
    if (input === undefined || input.writableLength > BACKLOG_OCTETS_MAX) this.#droppedOctets += records.length;
    else input.write(records);
  }

  #finish(): void {
    this.#log.flush();
    const file = this.#file;
    const config = this.#config;
    this.#file = undefined;
    if (file === undefined || config === undefined) return;
    file.input.end();
    const whole = file.written.then(async () => {
      await rename(`${file.path}.new`, file.path);
      await syncFolder(dirname(file.path));
      this.#files++;
      await removeOld(config, file.path);
    });
    const finished = whole.catch((error: unknown) => this.#failed(file.path, error));
    this.#finishing = Promise.all([this.#finishing, finished]);
  }

  #failed(path: string, error: unknown): void {
    this.#failures++;
    this.#lastError = error instanceof Error ? error.message : String(error);
    this.#options.log.error({ err: error, path }, `mrt: messages could not be written to ${path}: ${this.#lastError}`);
  }
}

/** A file that is there already, of a daemon that was stopped within the same minute, stays: the new one has a number at its end. */
function open(pattern: string, at: Date): OpenFile {
  const name = fileAt(pattern, at);
  mkdirSync(dirname(name), { recursive: true });
  let path = name;
  for (let number = 1; existsSync(path) || existsSync(`${path}.new`); number++) path = `${name}.${number}`;
  // At once, so that the next file of the same name sees it.
  const fd = openSync(`${path}.new`, 'wx', 0o640);
  const file = createWriteStream('', { fd, flush: true });
  if (!pattern.endsWith('.gz')) return { path, input: file, written: finished(file) };
  const gzip = createGzip();
  return { path, input: gzip, written: pipeline(gzip, file) };
}
