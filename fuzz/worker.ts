/** A thread that runs inputs, or repeats one input. */
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { parentPort, workerData } from 'node:worker_threads';
import { Engine, type Failure } from './engine.ts';
import { Shared } from './shared.ts';
import type { Seed, Target } from './target.ts';

export interface WorkerTask {
  readonly buffer: SharedArrayBuffer;
  readonly targets: string;
  readonly seed: number;
  readonly inputs: number;
  readonly deepOneIn: number;
  readonly slowMilliseconds: number;
  readonly heapGrowthMax: number;
  readonly failuresMax: number;
  /** Run only this input. */
  readonly only?: { readonly target: number; readonly bytes: Uint8Array };
}

export type WorkerReport =
  | { readonly type: 'ready' }
  | { readonly type: 'failure'; readonly failure: Failure }
  | { readonly type: 'heap'; readonly inputs: number; readonly bytes: number; readonly growth: number }
  | { readonly type: 'done'; readonly inputs: number; readonly milliseconds: number };

const HEAP_SAMPLES = 20;
const WARM_UP_SAMPLES = 4;
const STOP_EVERY = 1024;

const task = workerData as WorkerTask;
const report = (message: WorkerReport): void => parentPort!.postMessage(message);
const shared = new Shared(task.buffer);

const module = (await import(task.targets)) as { readonly targets: readonly Target[]; readonly allSeeds?: () => Seed[] };
const engine = new Engine({
  targets: module.targets,
  seeds: task.only === undefined ? (module.allSeeds ?? (await import('./seeds.ts')).allSeeds)() : [],
  seed: task.seed,
  deepOneIn: task.deepOneIn,
  announce: (target, bytes, length, deep) => shared.announce(target, bytes, length, deep),
});
report({ type: 'ready' });
if (task.only === undefined) run();
else repeat(task.only.target, task.only.bytes);

function repeat(target: number, bytes: Uint8Array): void {
  const started = performance.now();
  try {
    engine.repeat(target, bytes);
  } catch (error) {
    const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
    const hex = Buffer.from(bytes).toString('hex');
    report({ type: 'failure', failure: { target: module.targets[target]!.name, hex, minimized: hex, reason } });
  }
  report({ type: 'done', inputs: 1, milliseconds: performance.now() - started });
}

function run(): void {
  const collect = garbageCollector();
  const sampleEvery = Math.max(1, Math.floor(task.inputs / HEAP_SAMPLES));
  const known = new Set<string>();
  const started = performance.now();
  let steady = 0;
  let inputs = 0;
  while (inputs < task.inputs) {
    const failure = engine.step() ?? (shared.takeQuestion() ? slow() : undefined);
    inputs++;
    if (failure !== undefined && !known.has(reasonKey(failure))) {
      known.add(reasonKey(failure));
      report({ type: 'failure', failure });
      if (known.size >= task.failuresMax) break;
    }
    if (inputs % sampleEvery === 0) {
      shared.rest();
      collect();
      const { used_heap_size: heap, external_memory: external } = getHeapStatistics();
      const bytes = heap + external;
      // Let compiled code, shapes and the pool settle first.
      if (inputs <= WARM_UP_SAMPLES * sampleEvery) steady = bytes;
      const growth = bytes - steady;
      report({ type: 'heap', inputs, bytes, growth });
      if (growth > task.heapGrowthMax) {
        const reason = `the heap grew by ${(growth / 2 ** 20).toFixed(1)} MiB in ${inputs - WARM_UP_SAMPLES * sampleEvery} inputs`;
        report({ type: 'failure', failure: { target: 'heap', hex: '', minimized: '', reason } });
        break;
      }
    }
    if (inputs % STOP_EVERY === 0 && shared.stopped) break;
  }
  shared.rest();
  report({ type: 'done', inputs, milliseconds: performance.now() - started });
}

/** Measures an input that took long. It is slow only if it takes long each time; otherwise the machine was busy. */
function slow(): Failure | undefined {
  const { target, bytes } = shared.running();
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 3; i++) {
    const started = performance.now();
    try {
      engine.repeat(target, bytes);
    } catch {
      // The first run reports the exception; here only the time counts.
    }
    least = Math.min(least, performance.now() - started);
  }
  if (least <= task.slowMilliseconds) return undefined;
  const hex = Buffer.from(bytes).toString('hex');
  const reason = `one input takes ${least.toFixed(0)} ms, allowed are ${task.slowMilliseconds}`;
  return { target: module.targets[target]!.name, hex, minimized: hex, reason };
}

function reasonKey({ target, reason }: Failure): string {
  return `${target.split(' ')[0]} ${reason
    .split('\n')
    .slice(0, 3)
    .join(' ')
    .replace(/[0-9a-f]{2,}|\d+/g, '#')
    .slice(0, 60)}`;
}

/** `gc()`, with or without --expose-gc. */
function garbageCollector(): () => void {
  const exposed = (globalThis as { gc?: () => void }).gc;
  if (exposed !== undefined) return exposed;
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
}
