/** Memory that worker and watchdog share: the input that is running. After an endless loop, nothing else can tell which it was. */
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

  /** The worker announces its input. The sequence is written last and wraps after 2^31. Plain writes are enough: the reader waits until nothing changes. */
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

  /** Counts runs, including those of minimizing. */
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

  /** Called by the watchdog: this input took long, measure it again. */
  askToMeasure(): void {
    Atomics.store(this.#numbers, ASK, 1);
  }

  /** Called by the worker: whether it was asked to measure. Resets the request. */
  takeQuestion(): boolean {
    return this.#numbers[ASK] !== 0 && Atomics.exchange(this.#numbers, ASK, 0) !== 0;
  }
}
