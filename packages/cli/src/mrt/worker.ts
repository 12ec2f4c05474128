/** A worker thread of `tsbgp mrt`: processes one file after the other, as it is told. */
import { parentPort, workerData } from 'node:worker_threads';
import type { MrtOptions } from './options.ts';
import { type FileResult, processFile } from './process-file.ts';

/** What start.ts recognizes a worker of ours by: it has the same text, because it imports nothing before it knows. */
export const MRT_WORKER = 'tsbgp-mrt';

export interface WorkerData {
  readonly kind: typeof MRT_WORKER;
  readonly options: MrtOptions;
}

/** To the worker: a file, or that a chunk was taken. */
export type ToWorker = { readonly type: 'file'; readonly path: string } | { readonly type: 'taken' };

export type FromWorker =
  | { readonly type: 'chunk'; readonly bytes: Uint8Array }
  | { readonly type: 'read'; readonly octets: number }
  | { readonly type: 'done'; readonly result: FileResult };

/** Chunks on the way: a file that is not yet its turn stops here, and so its memory is bounded. */
const CHUNKS_AHEAD = 32;

/** Serves until the main thread ends it. */
export function serveMrtWorker(): void {
  const port = parentPort!;
  const { options } = workerData as WorkerData;
  let ahead = 0;
  let resume: (() => void) | undefined;
  const send = (message: FromWorker, transfer: ArrayBuffer[] = []): void => port.postMessage(message, transfer);
  port.on('message', (message: ToWorker) => {
    if (message.type === 'file') {
      void processFile(message.path, options, {
        onRead: (octets) => send({ type: 'read', octets }),
        async write(bytes) {
          send({ type: 'chunk', bytes }, [bytes.buffer as ArrayBuffer]);
          ahead++;
          if (ahead < CHUNKS_AHEAD) return;
          await new Promise<void>((resolve) => {
            resume = resolve;
          });
        },
      }).then((result) => send({ type: 'done', result }));
      return;
    }
    ahead--;
    if (ahead < CHUNKS_AHEAD) resume?.();
  });
}
