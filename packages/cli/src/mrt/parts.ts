/**
 * One long file in several worker threads: this thread reads, unpacks and finds the records; the workers process parts of whole records, and their
 * output is written in the order of the file.
 *
 * Routes refer to the peers in a table that comes before them, so that table goes to every worker.
 */
import { Worker } from 'node:worker_threads';
import { type MrtRecord, readMrtBatches } from '@tsbgp/mrt';
import type { MrtOptions } from './options.ts';
import { isPeerTable } from './outputs.ts';
import { type FileResult, type FileStreams, noteDamage, openInput, reading } from './process-file.ts';
import { type Summary, sumOf } from './summary.ts';
import { type FromWorker, MRT_WORKER, type ToWorker, type WorkerData } from './worker.ts';
import { workerFile } from './worker-file.ts';

/** Octets of a part: long enough that messages between threads do not count, short enough that all threads have work at once. */
const PART_OCTETS = 1 << 20;
/** Parts that each worker may have before it: bounds the memory when the output is slow. */
const PARTS_AHEAD = 3;

/** As `processFile`, in `jobs` threads beside this one. */
export async function processInParts(path: string, jobs: number, options: MrtOptions, streams: FileStreams): Promise<FileResult> {
  const result: FileResult = { records: 0, damages: [], damageCount: 0 };
  const pool = new Pool(jobs, options, result, streams);
  try {
    await reading(result, async () => {
      for await (const records of readMrtBatches(openInput(path, streams), { onDamage: (damage) => noteDamage(result, damage) })) {
        let part = new Part();
        for (const record of records) {
          if (isPeerTable(record)) {
            await pool.give(part);
            part = new Part();
            pool.giveTable(record);
          }
          if (!part.add(record)) {
            await pool.give(part);
            part = new Part();
            part.add(record);
          }
        }
        await pool.give(part);
        if (streams.signal?.aborted === true) break;
      }
    });
    const summaries = await pool.finish();
    return summaries.length === 0 ? result : { ...result, summary: sumOf(summaries) };
  } finally {
    await pool.end();
  }
}

/** Records that follow each other in one buffer. */
class Part {
  #bytes: Uint8Array | undefined;
  #start = 0;
  #end = 0;
  offset = 0;

  /** False when the record does not follow, or the part is long enough. */
  add(record: MrtRecord): boolean {
    if (this.#bytes === undefined) {
      this.#bytes = record.bytes;
      this.#start = record.start;
      this.offset = record.offset;
    } else if (record.bytes !== this.#bytes || record.start !== this.#end || this.#end - this.#start >= PART_OCTETS) return false;
    this.#end = record.end;
    return true;
  }

  /** A copy, which can be given away; undefined when the part is empty. */
  take(): Uint8Array<ArrayBuffer> | undefined {
    return this.#bytes === undefined ? undefined : Uint8Array.from(this.#bytes.subarray(this.#start, this.#end));
  }
}

type PartDone = Extract<FromWorker, { readonly type: 'part-done' }>;

class Pool {
  readonly #workers: readonly Worker[];
  readonly #result: FileResult;
  readonly #streams: FileStreams;
  /** Answers of each worker that were not yet written. */
  readonly #answers: PartDone[][];
  readonly #summaries: Summary[] = [];
  #given = 0;
  #written = 0;
  #ended = 0;
  #error: unknown;
  #wake: (() => void) | undefined;

  constructor(jobs: number, options: MrtOptions, result: FileResult, streams: FileStreams) {
    this.#result = result;
    this.#streams = streams;
    const data: WorkerData = { kind: MRT_WORKER, options };
    this.#workers = Array.from({ length: jobs }, () => new Worker(workerFile(), { workerData: data }));
    this.#answers = this.#workers.map(() => []);
    for (const [i, worker] of this.#workers.entries()) {
      worker.on('message', (message: FromWorker) => {
        if (message.type === 'part-done') this.#answers[i]!.push(message);
        else if (message.type === 'ended') {
          this.#ended++;
          result.records += message.records;
          if (message.summary !== undefined) this.#summaries.push(message.summary);
        }
        this.#wake?.();
      });
      worker.on('error', (error) => {
        this.#error = error;
        this.#wake?.();
      });
    }
  }

  /** Gives a part to the next worker, and writes what is done; waits while too many parts are not. */
  async give(part: Part): Promise<void> {
    const bytes = part.take();
    if (bytes === undefined) return;
    this.#tell(this.#given % this.#workers.length, { type: 'part', bytes, offset: part.offset }, [bytes.buffer]);
    this.#given++;
    await this.#write(PARTS_AHEAD * this.#workers.length);
  }

  /** Tells all workers but the one that gets the table as a part of the file. */
  giveTable(record: MrtRecord): void {
    const owner = this.#given % this.#workers.length;
    for (let i = 0; i < this.#workers.length; i++) if (i !== owner) this.#tell(i, { type: 'table', bytes: record.octets.slice() });
  }

  /** Waits for everything; the summaries of the workers, if they have any. */
  async finish(): Promise<readonly Summary[]> {
    await this.#write(0);
    for (let i = 0; i < this.#workers.length; i++) this.#tell(i, { type: 'end' });
    while (this.#ended < this.#workers.length) await this.#event();
    return this.#summaries;
  }

  async end(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }

  #tell(worker: number, message: ToWorker, transfer: ArrayBuffer[] = []): void {
    this.#workers[worker]!.postMessage(message, transfer);
  }

  /** Writes in order, until at most `left` parts are not done. */
  async #write(left: number): Promise<void> {
    for (;;) {
      const answer = this.#given === this.#written ? undefined : this.#answers[this.#written % this.#workers.length]!.shift();
      if (answer !== undefined) {
        this.#written++;
        for (const damage of answer.damages) noteDamage(this.#result, damage);
        if (answer.bytes.length > 0) await this.#streams.write(answer.bytes);
      } else if (this.#given - this.#written <= left) return;
      else await this.#event();
    }
  }

  async #event(): Promise<void> {
    if (this.#error !== undefined) throw this.#error;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    if (this.#error !== undefined) throw this.#error;
  }
}
