/**
 * Prefixes of an index in ascending order, some at a time. The index is a hash table, so it has no order. Keeping a sorted copy would cost every
 * change, even while there is no reader. A window holds the keys of the first prefixes after a given key:
 *
 *     1. A sample of the ids gives an estimate of the last key of the window.
 *     2. One walk over the ids collects every key up to there, in steps of the caller's size.
 *     3. The keys are sorted.
 *
 *     keys   | address words, length | address words, length | …       in the order they were found
 *     order  | 4 | 0 | 9 | …                                           places in `keys`, ascending
 *
 * A window holds keys, not ids: an id may be freed and given to another prefix before the caller reads it.
 */
import type { NlriId, NlriIndex } from './nlri-index.ts';

/** Ids looked at to guess where a window ends. */
const SAMPLE_IDS = 2048;

/** The first prefixes of an index after a place, in ascending order; filled in steps. */
export class NlriWindow {
  readonly index: NlriIndex;
  /** Prefixes held once the window is filled. */
  count = 0;
  /** No key of the window is higher than this. */
  readonly end: Float64Array;

  readonly #after: Float64Array;
  readonly #upTo: Float64Array;
  #target = 0;
  #keys: Uint32Array;
  #order: Int32Array = new Int32Array(0);
  #nextId = 0;
  #filled = false;

  constructor(index: NlriIndex) {
    this.index = index;
    this.end = new Float64Array(index.keyWords);
    this.#after = new Float64Array(index.keyWords);
    this.#upTo = new Float64Array(index.keyWords);
    this.#keys = new Uint32Array(0);
  }

  /** Begins a window of about `target` prefixes, all after the key `after` and none after the key `upTo`. */
  begin(after: Float64Array, upTo: Float64Array, target: number): void {
    const { index } = this;
    this.#after.set(after);
    this.#upTo.set(upTo);
    this.#target = target;
    this.#nextId = 1;
    this.#filled = false;
    this.count = 0;
    // One key more than twice the target: a window that overflows is halved.
    const words = index.keyWords * (2 * target + 1);
    if (this.#keys.length < words) this.#keys = new Uint32Array(words);
    this.#guessEnd();
  }

  /** Whether the window holds all of its prefixes. */
  get filled(): boolean {
    return this.#filled;
  }

  /** Whether there is nothing after this window. */
  get isLast(): boolean {
    return compareKeys(this.end, 0, this.#upTo, 0, this.index.keyWords) === 0;
  }

  /** Looks at `ids` more ids. */
  step(ids: number): void {
    const { index } = this;
    const { keyWords } = index;
    const full = 2 * this.#target;
    const from = this.#nextId;
    const to = Math.min(from + ids, index.top);
    this.#nextId = to;
    for (let id = from; id < to; id++) {
      if (!index.isBetween(id, this.#after, this.end)) continue;
      index.writeKey(id, this.#keys, this.count * keyWords);
      if (++this.count > full) this.#halve();
    }
    if (to < index.top) return;
    this.#sort();
    this.#filled = true;
  }

  /** The id of the prefix at a place of the filled window, or NONE when it is gone by now. */
  idAt(place: number): NlriId {
    return this.index.findKey(this.#keys, this.#order[place]! * this.index.keyWords);
  }

  /** Copies the key at a place of the filled window. */
  readKey(place: number, key: Float64Array): void {
    const at = this.#order[place]! * this.index.keyWords;
    for (let word = 0; word < key.length; word++) key[word] = this.#keys[at + word]!;
  }

  /** Sets `end` from a sample: about `target` prefixes are in the window then. */
  #guessEnd(): void {
    const { index } = this;
    const { keyWords } = index;
    const stride = Math.max(1, Math.floor(index.top / SAMPLE_IDS));
    const wanted = Math.ceil(this.#target / stride);
    const sample = new Uint32Array(keyWords * Math.ceil(index.top / stride));
    let count = 0;
    for (let id = 1; id < index.top; id += stride) {
      if (index.isBetween(id, this.#after, this.#upTo)) index.writeKey(id, sample, keyWords * count++);
    }
    this.end.set(this.#upTo);
    if (wanted >= count) return;
    const at = sorted(sample, count, keyWords)[wanted]! * keyWords;
    for (let word = 0; word < keyWords; word++) this.end[word] = sample[at + word]!;
  }

  /** The estimate was too high: keeps the lower half of the keys, and ends the window with the last of them. */
  #halve(): void {
    const { keyWords } = this.index;
    this.#sort();
    const target = this.#target;
    const kept = new Uint32Array(this.#keys.length);
    for (let place = 0; place < target; place++) {
      const at = this.#order[place]! * keyWords;
      kept.set(this.#keys.subarray(at, at + keyWords), place * keyWords);
    }
    this.#keys = kept;
    this.count = target;
    for (let word = 0; word < keyWords; word++) this.end[word] = kept[(target - 1) * keyWords + word]!;
  }

  #sort(): void {
    this.#order = sorted(this.#keys, this.count, this.index.keyWords);
  }
}

/** Places of `count` keys in ascending order of the keys. */
function sorted(keys: Uint32Array, count: number, words: number): Int32Array {
  const order = new Int32Array(count);
  for (let place = 0; place < count; place++) order[place] = place;
  return order.sort((a, b) => compareKeys(keys, a * words, keys, b * words, words));
}

/** Negative when the key in `a` at `atA` comes before that in `b` at `atB`. */
function compareKeys(a: Uint32Array | Float64Array, atA: number, b: Uint32Array | Float64Array, atB: number, words: number): number {
  for (let word = 0; word < words; word++) {
    const difference = a[atA + word]! - b[atB + word]!;
    if (difference !== 0) return difference;
  }
  return 0;
}
