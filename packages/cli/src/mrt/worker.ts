/** A worker thread of `tsbgp mrt`. It processes whole files, or parts of one file: as it is told. */
import { parentPort, workerData } from 'node:worker_threads';
import { MrtFramer, recordsOf } from '@tsbgp/mrt';
import type { MrtOptions } from './options.ts';
import { type FileResult, processFile } from './process-file.ts';
import { type Damage, RecordProcessor } from './record-processor.ts';
import type { Summary } from './summary.ts';

/** What start.ts recognizes a worker of ours by: it has the same text, because it imports nothing before it knows. */
export const MRT_WORKER = 'tsbgp-mrt';

export interface WorkerData {
  readonly kind: typeof MRT_WORKER;
  readonly options: MrtOptions;
}

/**
 * To a worker: a file; that a chunk of it was taken; whole records of a file from octet `offset` on; a table of peers that another worker
 * has in its part; that there are no more parts.
 */
export type ToWorker =
  | { readonly type: 'file'; readonly path: string }
  | { readonly type: 'taken' }
  | { readonly type: 'part'; readonly bytes: Uint8Array; readonly offset: number }
  | { readonly type: 'table'; readonly bytes: Uint8Array }
  | { readonly type: 'end' };

export type FromWorker =
  | { readonly type: 'chunk'; readonly bytes: Uint8Array }
  | { readonly type: 'read'; readonly octets: number }
  | { readonly type: 'done'; readonly result: FileResult }
  | { readonly type: 'part-done'; readonly bytes: Uint8Array; readonly damages: readonly Damage[] }
  | { readonly type: 'ended'; readonly records: number; readonly summary: Summary | undefined };

/** Chunks on the way: a file that is not yet its turn stops here, and so its memory is bounded. */
const CHUNKS_AHEAD = 32;

/** Serves until the main thread ends it. */
export function serveMrtWorker(): void {
  const port = parentPort!;
  const { options } = workerData as WorkerData;
  const send = (message: FromWorker, transfer: ArrayBuffer[] = []): void => port.postMessage(message, transfer);
  const files = new FileWorker(options, send);
  const parts = new PartWorker(options, send);
  port.on('message', (message: ToWorker) => {
    if (message.type === 'file') files.begin(message.path);
    else if (message.type === 'taken') files.taken();
    else parts.take(message);
  });
}

type Send = (message: FromWorker, transfer?: ArrayBuffer[]) => void;

class FileWorker {
  readonly #options: MrtOptions;
  readonly #send: Send;
  #ahead = 0;
  #resume: (() => void) | undefined;

  constructor(options: MrtOptions, send: Send) {
    this.#options = options;
    this.#send = send;
  }

  begin(path: string): void {
    void processFile(path, this.#options, {
      onRead: (octets) => this.#send({ type: 'read', octets }),
      write: async (bytes) => {
        this.#send({ type: 'chunk', bytes }, [bytes.buffer as ArrayBuffer]);
        this.#ahead++;
        if (this.#ahead < CHUNKS_AHEAD) return;
        await new Promise<void>((resolve) => {
          this.#resume = resolve;
        });
      },
    }).then((result) => this.#send({ type: 'done', result }));
  }

  taken(): void {
    this.#ahead--;
    if (this.#ahead < CHUNKS_AHEAD) this.#resume?.();
  }
}

class PartWorker {
  readonly #send: Send;
  readonly #processor: RecordProcessor;
  #damages: Damage[] = [];

  constructor(options: MrtOptions, send: Send) {
    this.#send = send;
    this.#processor = new RecordProcessor(options, (damage) => this.#damages.push(damage));
  }

  take(message: Extract<ToWorker, { readonly type: 'part' | 'table' | 'end' }>): void {
    if (message.type === 'end') {
      this.#send({ type: 'ended', records: this.#processor.records, summary: this.#processor.summary() });
      return;
    }
    const framer = new MrtFramer();
    framer.push(message.bytes);
    framer.finish();
    for (const record of recordsOf(framer)) {
      if (message.type === 'part') this.#processor.process(record);
      else this.#processor.remember(record);
    }
    if (message.type === 'table') return;
    const bytes = this.#processor.take();
    const damages = this.#damages.map((damage) => ({ ...damage, offset: damage.offset + message.offset }));
    this.#damages = [];
    this.#send({ type: 'part-done', bytes, damages }, [bytes.buffer as ArrayBuffer]);
  }
}
