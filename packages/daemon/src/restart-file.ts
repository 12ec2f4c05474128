/**
 * What a daemon leaves for the next one, so that it knows that neighbors may still keep its routes (RFC 4724 §4.1): a file with the addresses of
 * those that were asked to.
 *
 *     while the daemon runs        the file is there, is written when a session comes or goes, and touched every TOUCH_SECONDS
 *     stopped for a restart        it stays
 *     stopped for good             it is removed: the neighbors were told to forget our routes
 *     killed, or out of power      it stays, and its age says about how long ago
 *
 * The file belongs on a file system that a reboot empties, such as /run.
 */
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Boundaries } from './boundaries.ts';
import type { DaemonConfig } from './config/load.ts';
import type { DaemonLog } from './log.ts';
import type { Parts } from './parts.ts';

/** How often the age of the file is set to 0. */
export const TOUCH_SECONDS = 30;
/** RFC 4724 §3: no neighbor waits for longer. */
const RESTART_TIME_MAX_SECONDS = 4095;
/** The first session that comes or goes is written at once, so that a neighbor that has our routes is in the file; those soon after it together. */
const SETTLE_MS = 200;
/** 10,000 addresses are less. */
const FILE_OCTETS_MAX = 1 << 20;

/** What the daemon before this one left. */
export interface FormerDaemon {
  /** Neighbors that may keep routes of ours. */
  readonly neighbors: readonly string[];
  readonly secondsAgo: number;
}

export interface RestartFileOptions {
  readonly path: string;
  /** Neighbors with a session in which they were asked to keep our routes. */
  readonly neighbors: () => readonly string[];
  readonly log: DaemonLog;
  readonly boundaries: Boundaries;
}

/** Where the file is: by default beside the socket of the API, so that several daemons of a machine have several. Undefined: there is none. */
export function restartFilePath({ global, api }: DaemonConfig, parts: Pick<Parts, 'defaultSocketPath'>): string | undefined {
  if (global.restartFile !== undefined) return global.restartFile === 'none' ? undefined : global.restartFile;
  const socket = api.unixSocket === 'none' ? undefined : (api.unixSocket ?? parts.defaultSocketPath());
  return socket?.replace(/(\.sock)?$/, '.restart');
}

/** What is in the file; undefined where there is none, or where it is too old for anybody to wait. A damaged file counts as none, and is told. */
export function readFormerDaemon(path: string, log: Pick<DaemonLog, 'warn'>, now: Date = new Date()): FormerDaemon | undefined {
  try {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat === undefined) return undefined;
    if (!stat.isFile() || stat.size > FILE_OCTETS_MAX) throw new Error('no file of tsbgpd');
    const content: unknown = JSON.parse(readFileSync(path, 'utf8'));
    const neighbors = neighborsIn(content);
    if (neighbors === undefined) throw new Error('no list of neighbors');
    const secondsAgo = Math.max(0, Math.round((now.getTime() - stat.mtimeMs) / 1000));
    if (neighbors.length === 0 || secondsAgo > RESTART_TIME_MAX_SECONDS + TOUCH_SECONDS) return undefined;
    return { neighbors, secondsAgo };
  } catch (error) {
    log.warn({ err: error, path }, 'the restart file cannot be read: neighbors are not told that we restarted');
    return undefined;
  }
}

function neighborsIn(content: unknown): string[] | undefined {
  if (typeof content !== 'object' || content === null || !('neighbors' in content)) return undefined;
  const { neighbors } = content;
  return Array.isArray(neighbors) && neighbors.every((each) => typeof each === 'string') ? neighbors : undefined;
}

/** Keeps the file up to date. Without a neighbor that is asked to keep routes there is no file. */
export class RestartFile {
  readonly #options: RestartFileOptions;
  #written: string | undefined;
  #writtenAt = Number.NEGATIVE_INFINITY;
  #settling: NodeJS.Timeout | undefined;
  #touching: NodeJS.Timeout | undefined;
  #isClosed = false;
  #hasFailed = false;

  constructor(options: RestartFileOptions) {
    this.#options = options;
  }

  /** The sessions may be others: the file is written in this turn of the event loop, or SETTLE_MS after the last time. */
  changed(): void {
    if (this.#isClosed || this.#settling !== undefined) return;
    const wait = Math.max(0, this.#writtenAt + SETTLE_MS - performance.now());
    const write = (): void => {
      this.#settling = undefined;
      this.#writtenAt = performance.now();
      if (!this.#isClosed) this.#options.boundaries.run('timer', { timer: 'restart-file' }, () => this.#write());
    };
    if (wait > 0) this.#settling = setTimeout(write, wait).unref();
    else queueMicrotask(write);
  }

  /** The start failed: the file stays as the daemon before left it, for the next try. */
  leave(): void {
    this.#isClosed = true;
    clearTimeout(this.#settling);
    clearInterval(this.#touching);
  }

  /** Before the sessions end. `isRestart`: the file stays for the next daemon. */
  close(isRestart: boolean): void {
    if (this.#isClosed) return;
    if (isRestart) this.#write();
    this.leave();
    if (!isRestart) this.#attempt(() => rmSync(this.#options.path, { force: true }));
  }

  #write(): void {
    const { path, neighbors } = this.#options;
    const text = `${JSON.stringify({ neighbors: neighbors() })}\n`;
    // The one that the daemon before left stays until there is something to write.
    if (text === this.#written || (this.#written === undefined && neighbors().length === 0)) return this.#touch();
    this.#attempt(() => {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(`${path}.new`, text, { mode: 0o600 });
      renameSync(`${path}.new`, path);
      this.#written = text;
    });
    const touch = (): void => this.#options.boundaries.run('timer', { timer: 'restart-file' }, () => this.#touch());
    this.#touching ??= setInterval(touch, TOUCH_SECONDS * 1000).unref();
  }

  #touch(): void {
    if (this.#written === undefined) return;
    const now = new Date();
    this.#attempt(() => utimesSync(this.#options.path, now, now));
  }

  /** The daemon runs without the file too; the log says so once. */
  #attempt(action: () => void): void {
    try {
      action();
    } catch (error) {
      const { log, path } = this.#options;
      if (!this.#hasFailed)
        log.warn({ err: error, path }, 'the restart file cannot be written: after a restart neighbors are not told of it');
      this.#hasFailed = true;
    }
  }
}
