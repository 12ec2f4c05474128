/**
 * The loop of one worker, without threads: choose a target and a seed, change the seed, run the target. An input with a new result goes into a pool
 * of fixed size; later inputs are made from the pool too. Nothing here grows, so if the heap grows, the target did it.
 */
import { minimize } from './minimize.ts';
import { INPUT_MAX, Mutator } from './mutate.ts';
import { Random } from './random.ts';
import type { Kind, Seed, Target } from './target.ts';

const POOL_SLOTS = 2048;
const POOL_OCTETS = 768;
/** Small, because each new input is also run deep. */
const SIGNS = 1 << 13;
const MARGIN = 16;

export interface Failure {
  readonly target: string;
  readonly hex: string;
  /** The same failure, with fewer or simpler octets. */
  readonly minimized: string;
  readonly reason: string;
}

export interface EngineOptions {
  readonly targets: readonly Target[];
  readonly seeds: readonly Seed[];
  readonly seed: number;
  /** One input in this many is also written, printed and read back. */
  readonly deepOneIn: number;
  /** Called before each run, so that another thread knows the input. */
  readonly announce: (target: number, bytes: Uint8Array, length: number, deep: boolean) => void;
}

export class Engine {
  readonly #options: EngineOptions;
  readonly #random: Random;
  readonly #mutator: Mutator;
  readonly #wheel: readonly number[];
  readonly #pools: Record<Kind, Pool>;
  readonly #buffer = new Uint8Array(MARGIN + INPUT_MAX + MARGIN);

  constructor(options: EngineOptions) {
    this.#options = options;
    this.#random = new Random(options.seed);
    this.#mutator = new Mutator(this.#random);
    this.#wheel = options.targets.flatMap(({ weight }, index) => Array.from({ length: weight }, () => index));
    const pool = (kind: Kind) => new Pool(options.seeds.filter((seed) => seed.kind === kind).map(({ bytes }) => bytes));
    this.#pools = {
      message: pool('message'),
      attributes: pool('attributes'),
      nlri: pool('nlri'),
      capabilities: pool('capabilities'),
      community: pool('community'),
      configuration: pool('configuration'),
      command: pool('command'),
    };
  }

  /** Runs one input. An exception of the target becomes a failure. */
  step(): Failure | undefined {
    const random = this.#random;
    const index = this.#wheel[random.below(this.#wheel.length)]!;
    const target = this.#options.targets[index]!;
    const pool = this.#pools[target.kind];
    this.#mutator.make(target.kind, pool.pick(random), pool.pick(random));
    const deep = random.oneIn(this.#options.deepOneIn);
    const { bytes, length } = this.#mutator;
    try {
      const sign = (Math.imul(index, 0x9e37_79b1) ^ this.#run(index, bytes, length, deep)) & (SIGNS - 1);
      // An input with a new result is always run deep.
      if (pool.learn(sign, bytes, length, random) && !deep) this.#run(index, bytes, length, true);
      return undefined;
    } catch (error) {
      return this.#failure(index, bytes.slice(0, length), error);
    }
  }

  /** Runs the last announced input again. */
  repeat(index: number, bytes: Uint8Array): void {
    this.#run(index, bytes, bytes.length, true);
  }

  #run(index: number, bytes: Uint8Array, length: number, deep: boolean): number {
    this.#options.announce(index, bytes, length, deep);
    // The octets after the input are those of earlier inputs.
    this.#buffer.set(length === bytes.length ? bytes : bytes.subarray(0, length), MARGIN);
    return this.#options.targets[index]!.run(this.#buffer, MARGIN, MARGIN + length, deep);
  }

  #failure(index: number, bytes: Uint8Array, error: unknown): Failure {
    const reason = reasonOf(error);
    const fails = (candidate: Uint8Array): boolean => {
      try {
        this.#run(index, candidate, candidate.length, true);
        return false;
      } catch (again) {
        return kindOf(reasonOf(again)) === kindOf(reason);
      }
    };
    const { name, kind } = this.#options.targets[index]!;
    const least = minimize(bytes, kind, fails);
    return { target: name, hex: hex(bytes), minimized: hex(least), reason };
  }
}

class Pool {
  readonly #seeds: readonly Uint8Array[];
  readonly #slots = Array.from({ length: POOL_SLOTS }, () => new Uint8Array(0));
  readonly #octets = new Uint8Array(POOL_SLOTS * POOL_OCTETS);
  readonly #seen = new Uint8Array(SIGNS);
  #count = 0;

  constructor(seeds: readonly Uint8Array[]) {
    this.#seeds = seeds.length > 0 ? seeds : [new Uint8Array(0)];
  }

  pick(random: Random): Uint8Array {
    if (this.#count > 0 && random.oneIn(2)) return this.#slots[random.below(this.#count)]!;
    return this.#seeds[random.below(this.#seeds.length)]!;
  }

  /** Keeps the input if no earlier input led to `sign`. Returns whether it was kept. */
  learn(sign: number, bytes: Uint8Array, length: number, random: Random): boolean {
    if (this.#seen[sign] === 1) return false;
    this.#seen[sign] = 1;
    if (length > POOL_OCTETS) return true;
    const slot = this.#count < POOL_SLOTS ? this.#count++ : random.below(POOL_SLOTS);
    this.#octets.set(bytes.subarray(0, length), slot * POOL_OCTETS);
    this.#slots[slot] = this.#octets.subarray(slot * POOL_OCTETS, slot * POOL_OCTETS + length);
    return true;
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** Two failures are the same if they share this: the first words, and the place of the exception. */
export function kindOf(reason: string): string {
  const place = /\n\s*at (.+)/.exec(reason)?.[1] ?? '';
  return `${reason.slice(0, 24).replace(/\d+/g, '#')} ${place}`;
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
