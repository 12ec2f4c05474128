/** Several files at once, each in a worker thread, with their output in the order of the files. */
import { Worker } from 'node:worker_threads';
import type { MrtOptions } from './options.ts';
import type { FileResult, FileStreams } from './process-file.ts';
import { type FromWorker, MRT_WORKER, type ToWorker, type WorkerData } from './worker.ts';
import { workerFile } from './worker-file.ts';

/** The result of each file, in their order. Rejects when a worker dies. */
export async function processInWorkers(
  paths: readonly string[],
  jobs: number,
  options: MrtOptions,
  streams: FileStreams,
  onResult: (path: string, result: FileResult) => Promise<void>,
): Promise<void> {
  const queues = paths.map(() => new Queue());
  const data: WorkerData = { kind: MRT_WORKER, options };
  const workers = Array.from({ length: jobs }, () => new Worker(workerFile(), { workerData: data }));
  let next = 0;
  for (const worker of workers) {
    let queue: Queue | undefined;
    const tell = (message: ToWorker): void => worker.postMessage(message);
    const begin = (): void => {
      const path = paths[next];
      if (path === undefined) return;
      queue = queues[next++]!;
      queue.onTaken = () => tell({ type: 'taken' });
      tell({ type: 'file', path });
    };
    worker.on('message', (message: FromWorker) => {
      if (message.type === 'read') streams.onRead(message.octets);
      else if (message.type === 'chunk' || message.type === 'done') {
        queue!.push(message);
        if (message.type === 'done') begin();
      }
    });
    worker.on('error', (error) => queue?.fail(error));
    begin();
  }
  try {
    for (const [i, queue] of queues.entries()) {
      for (;;) {
        const message = await queue.next();
        if (message.type === 'done') {
          await onResult(paths[i]!, message.result);
          break;
        }
        await streams.write(message.bytes);
        queue.onTaken();
        if (streams.signal?.aborted === true) return;
      }
    }
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

type Item = Extract<FromWorker, { readonly type: 'chunk' | 'done' }>;

/** The output of one file until it is its turn. The worker bounds it. */
class Queue {
  onTaken: () => void = () => {};
  readonly #items: Item[] = [];
  #error: unknown;
  #wake: (() => void) | undefined;

  push(item: Item): void {
    this.#items.push(item);
    this.#wake?.();
  }

  fail(error: unknown): void {
    this.#error = error;
    this.#wake?.();
  }

  async next(): Promise<Item> {
    for (;;) {
      const item = this.#items.shift();
      if (item !== undefined) return item;
      if (this.#error !== undefined) throw this.#error;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}
