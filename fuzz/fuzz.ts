/**
 * Workers that run inputs, and the watchdog over them. When an input takes long, the watchdog asks the worker to measure it. Without an answer, the
 * watchdog runs the input again in a new thread; if that does not end either, the input is an endless loop.
 */
import { Worker } from 'node:worker_threads';
import type { Failure } from './engine.ts';
import { minimizeSlowly } from './minimize.ts';
import { IDLE, type Running, Shared } from './shared.ts';
import type { Target } from './target.ts';
import type { WorkerReport, WorkerTask } from './worker.ts';

export interface FuzzOptions {
  /** @default 4271 */
  readonly seed?: number;
  /** Inputs of all workers together. */
  readonly inputs: number;
  /** Stops after this time. @default no limit */
  readonly seconds?: number;
  /** @default 1 */
  readonly workers?: number;
  /** URL of the module with the targets. @default those of @tsbgp/wire */
  readonly targets?: string;
  /** One input in this many is also written, printed and read back. @default 32 */
  readonly deepOneIn?: number;
  /** An input that takes longer fails. @default 250 */
  readonly slowMilliseconds?: number;
  /** An input that takes longer is an endless loop. @default 5000 */
  readonly loopMilliseconds?: number;
  /** Octets by which the heap of a worker may grow after warming up. @default 8 MiB */
  readonly heapGrowthMax?: number;
  /** A worker stops after this many different failures. @default 1 */
  readonly failuresMax?: number;
  readonly onProgress?: (progress: Progress) => void;
  readonly onFailure?: (failure: Failure) => void;
}

export interface Progress {
  readonly inputs: number;
  readonly milliseconds: number;
  /** Octets after garbage collection, of all workers; 0 before the first measurement. */
  readonly heap: number;
}

export interface Outcome extends Progress {
  readonly failures: readonly Failure[];
  /** Growth of the heap in octets, from the end of warming up to the last measurement, in the worker where it grew most. */
  readonly heapGrowth: number;
}

const POLL_MILLISECONDS = 50;
/** Most threads that are used to make the input of an endless loop smaller. */
const LOOP_TRIES = 24;
const WORKER = new URL('./worker.ts', import.meta.url);

export async function fuzz(options: FuzzOptions): Promise<Outcome> {
  const count = options.workers ?? 1;
  const watched = Array.from({ length: count }, (_, index) => new Watched(options, index, count));
  const started = performance.now();
  const sum = (of: (each: Watched) => number) => watched.reduce((total, each) => total + of(each), 0);
  const progress = (): Progress => ({
    inputs: sum((each) => each.inputs),
    milliseconds: performance.now() - started,
    heap: sum((each) => each.heap),
  });
  const timer = setInterval(() => {
    if (options.seconds !== undefined && performance.now() - started > options.seconds * 1000) for (const each of watched) each.stop();
    for (const each of watched) each.look();
    options.onProgress?.(progress());
  }, POLL_MILLISECONDS);
  try {
    await Promise.all(watched.map(({ ended }) => ended));
  } finally {
    clearInterval(timer);
    await Promise.all(watched.map((each) => each.terminate()));
  }
  const failures = watched.flatMap((each) => each.failures);
  return { ...progress(), failures, heapGrowth: Math.max(...watched.map(({ heapGrowth }) => heapGrowth)) };
}

/** Runs one input in a separate thread. */
export async function replay(options: FuzzOptions, targetName: string, bytes: Uint8Array): Promise<Failure | undefined> {
  const targets = await targetsOf(options);
  const target = targets.findIndex(({ name }) => name === targetName);
  if (target < 0) throw new RangeError(`target: found "${targetName}", allowed are ${targets.map(({ name }) => `"${name}"`).join(', ')}`);
  const found = await runOnce(options, { sequence: 0, target, bytes });
  return found === 'loops' ? loopFailure(targetName, bytes, bytes, options) : found;
}

class Watched {
  readonly failures: Failure[] = [];
  readonly ended: Promise<void>;
  heap = 0;
  heapGrowth = 0;
  readonly #options: FuzzOptions;
  readonly #shared = new Shared();
  readonly #worker: Worker;
  #inputs = 0;
  #final = false;
  #sequence = -1;
  #since = 0;
  #asked = false;
  #confirming = false;
  #end!: () => void;
  #fail!: (error: unknown) => void;

  constructor(options: FuzzOptions, index: number, count: number) {
    this.#options = options;
    this.ended = new Promise((resolve, reject) => {
      this.#end = resolve;
      this.#fail = reject;
    });
    const inputs = Math.floor(options.inputs / count) + (index < options.inputs % count ? 1 : 0);
    this.#worker = startWorker(options, this.#shared, { seed: (options.seed ?? 4271) + index, inputs });
    this.#worker.on('message', (report: WorkerReport) => this.#receive(report));
    this.#worker.on('error', (error) => this.#fail(error));
    this.#worker.on('exit', () => this.#end());
  }

  /** Slightly more than the inputs: heap measurements and repetitions count too. */
  get inputs(): number {
    return this.#final ? this.#inputs : Math.max(0, this.#shared.sequence);
  }

  stop(): void {
    this.#shared.askToStop();
  }

  async terminate(): Promise<void> {
    await this.#worker.terminate();
  }

  /** Checks whether the worker has moved on since the last check. */
  look(): void {
    const running = this.#shared.running();
    const now = performance.now();
    if (running.sequence !== this.#sequence || running.target === IDLE || running.sequence === 0) {
      this.#sequence = running.sequence;
      this.#since = now;
      this.#asked = false;
      return;
    }
    const milliseconds = now - this.#since;
    if (milliseconds > (this.#options.slowMilliseconds ?? 250) && !this.#asked) {
      this.#asked = true;
      this.#shared.askToMeasure();
    }
    if (milliseconds > (this.#options.loopMilliseconds ?? 5000) && !this.#confirming) {
      this.#confirming = true;
      this.#confirm(running).catch((error: unknown) => this.#fail(error));
    }
  }

  async #confirm(running: Running): Promise<void> {
    if ((await runOnce(this.#options, running)) !== 'loops') {
      // The machine was slow, not the input. Watch the worker again.
      this.#since = performance.now();
      this.#confirming = false;
      return;
    }
    const { name, kind } = (await targetsOf(this.#options))[running.target]!;
    const loops = async (bytes: Uint8Array) =>
      (await runOnce(this.#options, { ...running, bytes }, this.#options.slowMilliseconds)) === 'loops';
    const least = await minimizeSlowly(running.bytes, kind, loops, LOOP_TRIES);
    this.#add(loopFailure(name, running.bytes, least, this.#options));
    this.#inputs = running.sequence;
    this.#final = true;
    this.#end();
  }

  #receive(report: WorkerReport): void {
    if (report.type === 'failure') this.#add(report.failure);
    if (report.type === 'heap') {
      this.heap = report.bytes;
      this.heapGrowth = report.growth;
    }
    if (report.type === 'done') {
      this.#inputs = report.inputs;
      this.#final = true;
    }
  }

  #add(failure: Failure): void {
    this.failures.push(failure);
    this.#options.onFailure?.(failure);
  }
}

function startWorker(options: FuzzOptions, shared: Shared, task: Pick<WorkerTask, 'seed' | 'inputs' | 'only'>): Worker {
  const workerData: WorkerTask = {
    ...task,
    buffer: shared.buffer,
    targets: options.targets ?? new URL('./targets.ts', import.meta.url).href,
    deepOneIn: options.deepOneIn ?? 32,
    slowMilliseconds: options.slowMilliseconds ?? 250,
    heapGrowthMax: options.heapGrowthMax ?? 8 << 20,
    failuresMax: options.failuresMax ?? 1,
  };
  return new Worker(WORKER, { workerData });
}

/** The failure of one input in a new thread; undefined when it passes, 'loops' when it does not end in time. */
async function runOnce(options: FuzzOptions, { target, bytes }: Running, limit?: number): Promise<Failure | 'loops' | undefined> {
  const worker = startWorker(options, new Shared(), { seed: 0, inputs: 0, only: { target, bytes } });
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    return await new Promise((resolve, reject) => {
      let failure: Failure | undefined;
      worker.on('message', (report: WorkerReport) => {
        if (report.type === 'ready') timer = setTimeout(() => resolve('loops'), limit ?? options.loopMilliseconds ?? 5000);
        if (report.type === 'failure') failure = report.failure;
        if (report.type === 'done') resolve(failure);
      });
      worker.on('error', reject);
    });
  } finally {
    clearTimeout(timer);
    await worker.terminate();
  }
}

async function targetsOf(options: FuzzOptions): Promise<readonly Target[]> {
  const module = (await import(options.targets ?? './targets.ts')) as { targets: readonly Target[] };
  return module.targets;
}

function loopFailure(target: string, bytes: Uint8Array, least: Uint8Array, options: FuzzOptions): Failure {
  const reason = `one input does not end within ${options.loopMilliseconds ?? 5000} ms`;
  return { target, hex: Buffer.from(bytes).toString('hex'), minimized: Buffer.from(least).toString('hex'), reason };
}
