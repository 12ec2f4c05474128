/**
 * Which prefixes of one peer and family flapped, and which are suppressed for it (route flap damping, RFC 2439 with the values of RFC 7196).
 *
 *     NlriId -> slot     only of prefixes that flapped
 *     slot   -> NLRI, penalty, when it was brought up to date, flaps, suppressed
 *
 * Each flap adds to the penalty, which is halved every half-life. Above the suppress threshold the prefix is suppressed; below the reuse
 * threshold it is used again. The penalty is bounded so that no prefix is suppressed longer than the maximum. A prefix that was not
 * suppressed is forgotten at half of the reuse threshold (RFC 2439 §4.8.1).
 *
 * No more than HISTORIES_MAX prefixes are watched. Further ones are not, and cannot be suppressed, until others are forgotten.
 */
import { grown, NONE } from '../columns.ts';
import type { NlriId } from '../nlri/nlri-index.ts';

/** Prefixes of one peer and family that are watched at a time. A slot takes about 100 octets. */
export const HISTORIES_MAX = 65_536;

/** What a flap adds (RFC 7196 §2). An announcement after a withdrawal adds nothing. */
export const WITHDRAWAL_PENALTY = 1000;
export const CHANGE_PENALTY = 500;

/** Thresholds and times; the defaults are DAMPING_DEFAULTS. */
export interface DampingOptions {
  readonly halfLifeSeconds: number;
  /** A suppressed prefix is used again below this penalty. */
  readonly reuse: number;
  /** A prefix is suppressed above this penalty. */
  readonly suppress: number;
  readonly maxSuppressSeconds: number;
}

/** RFC 7196 §4: the values that routers have by default, but a suppress threshold of 6000. */
export const DAMPING_DEFAULTS: DampingOptions = { halfLifeSeconds: 900, reuse: 750, suppress: 6000, maxSuppressSeconds: 3600 };

/** The largest penalty: that which decays to the reuse threshold in the longest time that a prefix may be suppressed. */
export function penaltyMax({ reuse, maxSuppressSeconds, halfLifeSeconds }: DampingOptions): number {
  return reuse * 2 ** (maxSuppressSeconds / halfLifeSeconds);
}

/** A prefix that flapped. */
export interface Flapping {
  readonly nlri: NlriId;
  readonly penalty: number;
  readonly flaps: number;
  readonly isSuppressed: boolean;
  /** Seconds until it is used again; 0 where it is not suppressed. */
  readonly reuseSeconds: number;
}

const SLOTS_INITIAL = 256;

export class FlapHistory {
  /** Prefixes that are suppressed. */
  suppressedCount = 0;
  /** Flaps that were not noted because HISTORIES_MAX prefixes were watched. */
  unnoted = 0;
  readonly #options: DampingOptions;
  readonly #penaltyMax: number;
  readonly #slotOf: Map<NlriId, number> = new Map();
  #nlri: Int32Array = new Int32Array(SLOTS_INITIAL);
  #penalty: Float64Array = new Float64Array(SLOTS_INITIAL);
  #updated: Uint32Array = new Uint32Array(SLOTS_INITIAL);
  #flaps: Uint32Array = new Uint32Array(SLOTS_INITIAL);
  #suppressed: Uint8Array = new Uint8Array(SLOTS_INITIAL);
  readonly #free: number[] = [];
  /** Slots ever used are below this. */
  #top = 0;

  constructor(options: DampingOptions) {
    this.#options = options;
    this.#penaltyMax = penaltyMax(options);
  }

  /** Prefixes that are watched. */
  get count(): number {
    return this.#slotOf.size;
  }

  /** Whether the prefix is watched. */
  has(nlri: NlriId): boolean {
    return this.#slotOf.has(nlri);
  }

  isSuppressed(nlri: NlriId): boolean {
    const slot = this.#slotOf.get(nlri);
    return slot !== undefined && this.#suppressed[slot] === 1;
  }

  /** The prefix flapped. Returns whether it is suppressed from now on and was not before. */
  flap(nlri: NlriId, penalty: number, nowSeconds: number): boolean {
    const slot = this.#slotOf.get(nlri) ?? this.#begin(nlri, nowSeconds);
    if (slot === undefined) {
      this.unnoted++;
      return false;
    }
    this.#penalty[slot] = Math.min(this.#decayed(slot, nowSeconds) + penalty, this.#penaltyMax);
    this.#updated[slot] = nowSeconds;
    this.#flaps[slot]!++;
    if (this.#suppressed[slot] === 1 || this.#penalty[slot]! <= this.#options.suppress) return false;
    this.#suppressed[slot] = 1;
    this.suppressedCount++;
    return true;
  }

  /** How many slots there are to look at with `age`. */
  get slots(): number {
    return this.#top;
  }

  /**
   * Looks at one slot: its prefix is to be used again, or it is forgotten, if it has been stable for long enough. Returns what became of it, and
   * the prefix in `aged`.
   */
  age(slot: number, nowSeconds: number): 'reused' | 'forgotten' | undefined {
    const nlri = this.#nlri[slot]! as NlriId;
    if (nlri === NONE) return undefined;
    this.aged = nlri;
    const penalty = this.#decayed(slot, nowSeconds);
    if (this.#suppressed[slot] === 1) {
      if (penalty > this.#options.reuse) return undefined;
      this.#suppressed[slot] = 0;
      this.suppressedCount--;
      return 'reused';
    }
    if (penalty > this.#options.reuse / 2) return undefined;
    this.#slotOf.delete(nlri);
    this.#nlri[slot] = NONE;
    this.#free.push(slot);
    return 'forgotten';
  }

  /** The prefix of the last `age`. */
  aged: NlriId = NONE as NlriId;

  *all(nowSeconds: number): Iterable<Flapping> {
    const { reuse, halfLifeSeconds } = this.#options;
    for (const [nlri, slot] of this.#slotOf) {
      const penalty = this.#decayed(slot, nowSeconds);
      const isSuppressed = this.#suppressed[slot] === 1;
      const reuseSeconds = isSuppressed ? Math.max(0, Math.ceil(halfLifeSeconds * Math.log2(penalty / reuse))) : 0;
      yield { nlri, penalty, flaps: this.#flaps[slot]!, isSuppressed, reuseSeconds };
    }
  }

  #decayed(slot: number, nowSeconds: number): number {
    const seconds = Math.max(0, nowSeconds - this.#updated[slot]!);
    return this.#penalty[slot]! * 2 ** (-seconds / this.#options.halfLifeSeconds);
  }

  #begin(nlri: NlriId, nowSeconds: number): number | undefined {
    if (this.#slotOf.size >= HISTORIES_MAX) return undefined;
    const slot = this.#free.pop() ?? this.#top++;
    if (slot >= this.#nlri.length) this.#grow(slot * 2);
    this.#slotOf.set(nlri, slot);
    this.#nlri[slot] = nlri;
    this.#penalty[slot] = 0;
    this.#updated[slot] = nowSeconds;
    this.#flaps[slot] = 0;
    this.#suppressed[slot] = 0;
    return slot;
  }

  #grow(capacity: number): void {
    const used = this.#nlri.length;
    this.#nlri = grown(this.#nlri, capacity, used);
    this.#penalty = grown(this.#penalty, capacity, used);
    this.#updated = grown(this.#updated, capacity, used);
    this.#flaps = grown(this.#flaps, capacity, used);
    this.#suppressed = grown(this.#suppressed, capacity, used);
  }
}
