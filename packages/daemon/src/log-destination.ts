/**
 * Where the lines of the log go. The daemon never waits for the log: a full file system, a stopped terminal or a reader that stalls costs lines
 * of the log, and nothing else.
 *
 *     write(line) -> queue, at most LOG_QUEUE_BYTES_MAX -> one write at a time
 *                      full: lines are lost and counted until half of it is free; then a line says how many
 */
import type { LogSink } from './log-sink.ts';

/** Octets of lines that wait to be written. Lines beyond this are lost and counted. */
export const LOG_QUEUE_BYTES_MAX: number = 1_048_576;
/** Pause before the next attempt after a write failed (no space, input/output error, no reader). */
export const LOG_RETRY_MS: number = 1000;
/** Lines kept for a crash report. */
export const LOG_RECENT_MAX: number = 100;

/** Octets of one write. */
const CHUNK_BYTES = 65_536;
/** Pause while the reader is behind. It doubles from the minimum to the maximum. */
const BUSY_MS_MIN = 1;
const BUSY_MS_MAX = 100;

export interface LogTrouble {
  /** Lines lost since the trouble began. */
  readonly lost: number;
  /** The system's word (`ENOSPC`), or `EAGAIN` when the reader did not read. */
  readonly code: string;
}

export class LogDestination {
  readonly #sink: LogSink;
  readonly #onRecovered: (trouble: LogTrouble) => void;
  #queue: string[] = [];
  #queueBytes = 0;
  #chunk: Uint8Array = new Uint8Array(0);
  #writing = false;
  #timer: NodeJS.Timeout | undefined = undefined;
  #busyMs = BUSY_MS_MIN;
  #losing = false;
  #lostNow = 0;
  #lost = 0;
  /** Set while writes fail. */
  #code: string | undefined = undefined;
  #recent: string[] = [];
  #waiters: (() => void)[] = [];

  /** Calls `onRecovered` when lines can be written again after trouble. A line that it logs takes the place of the lost ones. */
  constructor(sink: LogSink, onRecovered: (trouble: LogTrouble) => void) {
    this.#sink = sink;
    this.#onRecovered = onRecovered;
  }

  /** Lines lost since the start. */
  get lost(): number {
    return this.#lost;
  }

  get queueBytes(): number {
    return this.#queueBytes;
  }

  /** The latest lines, oldest first, including lost ones. */
  get recent(): readonly string[] {
    return this.#recent.slice(-LOG_RECENT_MAX);
  }

  /** A whole line with its newline. Returns at once. */
  write(line: string): void {
    this.#recent.push(line);
    if (this.#recent.length >= 2 * LOG_RECENT_MAX) this.#recent = this.#recent.slice(-LOG_RECENT_MAX);
    const bytes = Buffer.byteLength(line);
    if (this.#losing || this.#sink.isDead || this.#queueBytes + bytes > LOG_QUEUE_BYTES_MAX) {
      this.#losing = true;
      this.#lostNow++;
      this.#lost++;
      return;
    }
    this.#queue.push(line);
    this.#queueBytes += bytes;
    this.#pump();
  }

  /** Resolves when everything is written, or after `timeoutMs`. */
  flush(timeoutMs: number): Promise<void> {
    if (this.#queueBytes === 0 || this.#sink.isDead) return Promise.resolve();
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, timeoutMs);
    this.#waiters.push(resolve);
    return promise.finally(() => clearTimeout(timer));
  }

  /** Writes what waits at once, for a process that ends now, except a chunk that is being written. Never blocks. */
  flushNow(): void {
    try {
      if (!this.#writing) this.#writeNow(this.#chunk);
      this.#writeNow(Buffer.from(this.#queue.join('')));
    } catch {
      // The destination is full, closed or not read, and there is no other place to report that.
    }
  }

  #writeNow(chunk: Uint8Array): void {
    for (let at = 0; at < chunk.length; ) {
      const written = this.#sink.writeNow(chunk.subarray(at));
      if (written === 0) return;
      at += written;
    }
  }

  #pump(): void {
    if (this.#writing || this.#timer !== undefined) return;
    if (this.#chunk.length === 0) {
      if (this.#queue.length === 0) return;
      this.#chunk = this.#nextChunk();
    }
    this.#writing = true;
    this.#sink.write(this.#chunk, this.#onWritten);
  }

  #nextChunk(): Uint8Array {
    let count = 0;
    for (let bytes = 0; count < this.#queue.length && bytes < CHUNK_BYTES; count++) bytes += this.#queue[count]!.length;
    return Buffer.from(this.#queue.splice(0, count).join(''));
  }

  readonly #onWritten = (error: NodeJS.ErrnoException | null, written: number): void => {
    this.#writing = false;
    this.#chunk = this.#chunk.subarray(written);
    this.#queueBytes -= written;
    if (written > 0) this.#busyMs = BUSY_MS_MIN;
    if (error === null) {
      this.#recover();
      this.#pump();
    } else if (this.#sink.isDead) {
      this.#giveUp();
    } else if (error.code === 'EAGAIN') {
      this.#retry(this.#busyMs);
      this.#busyMs = Math.min(2 * this.#busyMs, BUSY_MS_MAX);
    } else {
      this.#code = error.code ?? error.message;
      this.#retry(LOG_RETRY_MS);
    }
    if (this.#queueBytes === 0) for (const waiter of this.#waiters.splice(0)) waiter();
  };

  #retry(milliseconds: number): void {
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#pump();
    }, milliseconds);
  }

  /** A write succeeded. Reports trouble that is over, once half of the queue is free for the report and the lines after it. */
  #recover(): void {
    if ((!this.#losing && this.#code === undefined) || this.#queueBytes > LOG_QUEUE_BYTES_MAX / 2) return;
    const trouble = { lost: this.#lostNow, code: this.#code ?? 'EAGAIN' };
    this.#losing = false;
    this.#lostNow = 0;
    this.#code = undefined;
    this.#onRecovered(trouble);
  }

  /** The reader is gone for good. */
  #giveUp(): void {
    const held = this.#queue.length + (this.#chunk.length > 0 ? 1 : 0);
    this.#losing = true;
    this.#lost += held;
    this.#queue = [];
    this.#chunk = new Uint8Array(0);
    this.#queueBytes = 0;
  }
}
