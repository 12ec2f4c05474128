/**
 * Sends what waits for one session, in order: batches of routes and single messages. It stops where the socket is full or the rate is reached, and
 * goes on later.
 */
import type { UpdateWriter } from '@tsbgp/session';
import { ByteWriter } from '@tsbgp/wire';

/** Octets of one write. */
const CHUNK_BYTES = 65_536;
/** Messages of one turn. */
const MESSAGES_PER_TURN = 512;

type Source = () => Iterable<Uint8Array>;

export interface SenderOptions {
  readonly writer: UpdateWriter;
  /** Messages a second; 0: no limit. */
  readonly rateLimit: number;
  /** Called for each message, before it is written. Undefined: nobody wants to know. */
  readonly onMessage: ((message: Uint8Array) => void) | undefined;
}

export class Sender {
  readonly #options: SenderOptions;
  readonly #sources: Source[] = [];
  #current: Iterator<Uint8Array> | undefined;
  #isWaiting = false;
  #timer: NodeJS.Timeout | NodeJS.Immediate | undefined;
  /** Messages that may still be written in this second, and when it began. */
  #tokens: number;
  #second = Date.now();

  constructor(options: SenderOptions) {
    this.#options = options;
    this.#tokens = options.rateLimit;
    options.writer.onDrain = () => {
      this.#isWaiting = false;
      this.run();
    };
  }

  /** Nothing waits to be written. */
  get isIdle(): boolean {
    return this.#current === undefined && this.#sources.length === 0;
  }

  /** Resolves when the kernel has all that waits now. */
  async flushed(): Promise<void> {
    while (!this.isIdle) await new Promise((resolve) => setTimeout(resolve, 1));
    await this.#options.writer.flushed();
  }

  push(source: Source): void {
    this.#sources.push(source);
    this.run();
  }

  stop(): void {
    this.#options.writer.onDrain = undefined;
    this.#clear();
    this.#sources.length = 0;
    this.#current = undefined;
    this.#isWaiting = true;
  }

  run(): void {
    if (this.#isWaiting || this.#timer !== undefined) return;
    const chunk = new ByteWriter(4096);
    for (let count = 0; ; count++) {
      if (this.#options.rateLimit > 0 && !this.#takeToken()) {
        this.#later(1000 - (Date.now() - this.#second));
        break;
      }
      const message = count < MESSAGES_PER_TURN ? this.#next() : undefined;
      if (message === undefined) {
        if (count >= MESSAGES_PER_TURN && !this.isIdle) this.#soon();
        break;
      }
      this.#options.onMessage?.(message);
      chunk.raw(message);
      if (chunk.length >= CHUNK_BYTES && !this.#write(chunk)) return;
    }
    if (chunk.length > 0) this.#write(chunk);
  }

  /** False: wait until the socket has taken what it has. */
  #write(chunk: ByteWriter): boolean {
    const goesOn = this.#options.writer.write(chunk.take());
    chunk.length = 0;
    if (!goesOn) {
      this.#isWaiting = true;
      this.#clear();
    }
    return goesOn;
  }

  #next(): Uint8Array | undefined {
    for (;;) {
      if (this.#current === undefined) {
        const source = this.#sources.shift();
        if (source === undefined) return undefined;
        this.#current = source()[Symbol.iterator]();
      }
      const result = this.#current.next();
      if (result.done !== true) return result.value;
      this.#current = undefined;
    }
  }

  #takeToken(): boolean {
    const now = Date.now();
    if (now - this.#second >= 1000) {
      this.#second = now;
      this.#tokens = this.#options.rateLimit;
    }
    if (this.isIdle) return true;
    return this.#tokens-- > 0;
  }

  #soon(): void {
    this.#timer = setImmediate(() => {
      this.#timer = undefined;
      this.run();
    });
  }

  #later(milliseconds: number): void {
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined;
        this.run();
      },
      Math.max(milliseconds, 1),
    );
  }

  #clear(): void {
    clearTimeout(this.#timer as NodeJS.Timeout | undefined);
    clearImmediate(this.#timer as NodeJS.Immediate | undefined);
    this.#timer = undefined;
  }
}
