/** What worker and watchdog share: which input is being run. An endless loop can name itself in no other way. */
import { INPUT_MAX } from './mutate.ts';

const SLOTS = 8;
const SEQUENCE = 0;
const TARGET = 1;
const LENGTH = 2;
const DEEP = 3;
const STOP = 4;
const ASK = 5;

/** No input is being run. */
export const IDLE = -1;

export interface Running {
  readonly sequence: number;
  readonly target: number;
  readonly bytes: Uint8Array;
}

export class Shared {
  readonly buffer: SharedArrayBuffer;
  readonly #numbers: Int32Array;
  readonly #octets: Uint8Array;

  constructor(buffer: SharedArrayBuffer = new SharedArrayBuffer(SLOTS * 4 + INPUT_MAX)) {
    this.buffer = buffer;
    this.#numbers = new Int32Array(buffer, 0, SLOTS);
    this.#octets = new Uint8Array(buffer, SLOTS * 4);
  }

  /** The worker's: what it runs now. The sequence comes last and wraps after 2^31; plain writes, as the reader waits until nothing changes. */
  announce(target: number, bytes: Uint8Array, length: number, deep: boolean): void {
    this.#octets.set(bytes.subarray(0, length));
    this.#numbers[TARGET] = target;
    this.#numbers[LENGTH] = length;
    this.#numbers[DEEP] = deep ? 1 : 0;
    this.#numbers[SEQUENCE]! += 1;
  }

  rest(): void {
    this.#numbers[TARGET] = IDLE;
    this.#numbers[SEQUENCE]! += 1;
  }

  /** Counts runs, those of minimising too. */
  get sequence(): number {
    return Atomics.load(this.#numbers, SEQUENCE);
  }

  running(): Running {
    const target = Atomics.load(this.#numbers, TARGET);
    return { sequence: this.sequence, target, bytes: this.#octets.slice(0, Atomics.load(this.#numbers, LENGTH)) };
  }

  askToStop(): void {
    Atomics.store(this.#numbers, STOP, 1);
  }

  get stopped(): boolean {
    return Atomics.load(this.#numbers, STOP) === 1;
  }

  /** The watchdog's: this input took long; measure it again. */
  askToMeasure(): void {
    Atomics.store(this.#numbers, ASK, 1);
  }

  /** The worker's: whether it was asked to, once. */
  takeQuestion(): boolean {
    return this.#numbers[ASK] !== 0 && Atomics.exchange(this.#numbers, ASK, 0) !== 0;
  }
}
