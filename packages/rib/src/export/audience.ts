/**
 * Audiences: interned sets of members of an update group. A member is a small number there, an audience is a small id here.
 *
 *     AudienceId -> set        a bigint: bit n is member n. A negative one holds all members but a few, those to come included
 *                -> withheld   the member that is not in the set because a next hop is its own address, or -1
 *                -> routes     entries of the Adj-RIB-Out that go to this audience
 *
 * A table has few of them, whatever the number of its routes: everybody, everybody but one source, and one for each set of members that a
 * control community names. Equal sets have equal ids, so that the hot path compares and stores numbers. The operations remember their
 * results, so that it allocates nothing either.
 */
import type { BitSet } from '../columns.ts';

export type AudienceId = number & { readonly __id: 'AudienceId' };

export const NOBODY = 0 as AudienceId;
export const EVERYBODY = 1 as AudienceId;

/** No member is withheld. */
const NONE_WITHHELD = -1;
/** Above the ids of audiences; two of them make a key. */
const KEY_FACTOR = 2 ** 26;
/** The largest prime below 2^30: remainders are small integers. */
const HASH_PRIME = 1_073_741_789n;
/** Ends a chain of audiences of one hash. */
const END = -1;
/** Audiences made since the last `collect`, after which it is worth while. */
const COLLECT_AFTER = 16_384;
/** Results remembered, after which they are to be forgotten: they can be many although they are few audiences. */
const REMEMBERED_MAX = 1 << 20;

export class Audiences {
  /** Entries of the Adj-RIB-Out by audience. */
  readonly routes: number[] = [0, 0];
  readonly #sets: bigint[] = [0n, -1n];
  readonly #withheld: number[] = [NONE_WITHHELD, NONE_WITHHELD];
  /** The lower members of an audience, a bit each; made when first asked for. */
  readonly #words: (Int32Array | undefined)[] = [undefined, undefined];
  /** The first audience of each hash; `#next` has those of the same hash after it. */
  readonly #heads: Map<number, number> = new Map();
  readonly #next: number[] = [];
  readonly #free: number[] = [];
  readonly #and: Map<number, AudienceId> = new Map();
  readonly #minus: Map<number, AudienceId> = new Map();
  readonly #or: Map<number, AudienceId> = new Map();
  #made = 0;

  constructor() {
    this.#chain(NOBODY);
    this.#chain(EVERYBODY);
  }

  /** The same audiences by the same ids, with the same counts of routes. */
  copy(): Audiences {
    const copy = new Audiences();
    const fill = <T>(to: T[], from: readonly T[]): void => {
      to.length = 0;
      for (const each of from) to.push(each);
    };
    fill(copy.routes, this.routes);
    fill(copy.#sets, this.#sets);
    fill(copy.#withheld, this.#withheld);
    fill(copy.#words, this.#words);
    fill(copy.#free, this.#free);
    fill(copy.#next, this.#next);
    for (const [hash, id] of this.#heads) copy.#heads.set(hash, id);
    return copy;
  }

  /** Audiences in use. */
  get count(): number {
    return this.#sets.length - this.#free.length;
  }

  /** The id of a set; `withheld` is the member that is missing for its own address, if one is. */
  intern(set: bigint, withheld: number = NONE_WITHHELD): AudienceId {
    for (let id = this.#heads.get(hashOf(set)) ?? END; id !== END; id = this.#next[id]!) {
      if (this.#sets[id] === set && this.#withheld[id] === withheld) return id as AudienceId;
    }
    const id = (this.#free.pop() ?? this.#sets.length) as AudienceId;
    this.#sets[id] = set;
    this.#withheld[id] = withheld;
    this.#words[id] = undefined;
    this.routes[id] = 0;
    this.#chain(id);
    this.#made++;
    return id;
  }

  /** These members. */
  of(members: readonly { readonly number: number }[]): AudienceId {
    let set = 0n;
    for (const { number } of members) set |= only(number);
    return this.intern(set);
  }

  setOf(id: AudienceId): bigint {
    return this.#sets[id]!;
  }

  /** The member that is not in the audience because a next hop is its own address, or -1. */
  withheldFrom(id: AudienceId): number {
    return this.#withheld[id]!;
  }

  has(id: AudienceId, member: number): boolean {
    return (this.wordOf(id, member >>> 5) & (1 << (member & 31))) !== 0;
  }

  /** The members `32 * word` and on as the bits of a word. */
  wordOf(id: AudienceId, word: number): number {
    if (id <= EVERYBODY) return id === EVERYBODY ? -1 : 0;
    const words = this.#words[id];
    return (words !== undefined && word < words.length ? words : this.#wordsOf(id, word + 1))[word]!;
  }

  /** Members of both. */
  and(a: AudienceId, b: AudienceId): AudienceId {
    if (a === b || b === EVERYBODY) return a;
    if (a === EVERYBODY) return b;
    if (a === NOBODY || b === NOBODY) return NOBODY;
    const key = a * KEY_FACTOR + b;
    let result = this.#and.get(key);
    if (result === undefined) {
      result = this.#make(this.#sets[a]! & this.#sets[b]!, this.#lastingWithheld(a, b));
      this.#and.set(key, result);
    }
    return result;
  }

  /** Members of `a` that are not in `b`. */
  minus(a: AudienceId, b: AudienceId): AudienceId {
    if (a === b || a === NOBODY || b === EVERYBODY) return NOBODY;
    if (b === NOBODY) return a;
    const key = a * KEY_FACTOR + b;
    let result = this.#minus.get(key);
    if (result === undefined) {
      result = this.#make(this.#sets[a]! & ~this.#sets[b]!, NONE_WITHHELD);
      this.#minus.set(key, result);
    }
    return result;
  }

  /** Members of either. */
  or(a: AudienceId, b: AudienceId): AudienceId {
    if (a === b || b === NOBODY || a === EVERYBODY) return a;
    if (a === NOBODY || b === EVERYBODY) return b;
    const key = a * KEY_FACTOR + b;
    let result = this.#or.get(key);
    if (result === undefined) {
      result = this.#make(this.#sets[a]! | this.#sets[b]!, NONE_WITHHELD);
      this.#or.set(key, result);
    }
    return result;
  }

  /** Entries of the Adj-RIB-Out that go to a member. Cost: the number of audiences. */
  routesTo(member: number): number {
    let count = 0;
    for (let id = 1; id < this.routes.length; id++)
      if (this.routes[id]! > 0 && this.has(id as AudienceId, member)) count += this.routes[id]!;
    return count;
  }

  /** Entries of the Adj-RIB-Out that are withheld from a member for its own address. */
  routesWithheldFrom(member: number): number {
    let count = 0;
    for (let id = 1; id < this.routes.length; id++) if (this.#withheld[id] === member) count += this.routes[id]!;
    return count;
  }

  /** Whether so many audiences were made that `collect` is worth while. */
  get collectDue(): boolean {
    return this.#made > COLLECT_AFTER || this.#and.size + this.#minus.size + this.#or.size > REMEMBERED_MAX;
  }

  /** Frees the audiences that have no routes and are not among `remembered`. No other ids may be in use. */
  collect(remembered: BitSet): void {
    this.#made = 0;
    this.#and.clear();
    this.#minus.clear();
    this.#or.clear();
    const free = new Set(this.#free);
    this.#heads.clear();
    for (let id = 0; id < this.#sets.length; id++) {
      if (free.has(id)) continue;
      if (id <= EVERYBODY || this.routes[id]! > 0 || remembered.has(id)) {
        this.#chain(id);
        continue;
      }
      this.#words[id] = undefined;
      this.#free.push(id);
    }
  }

  #chain(id: number): void {
    const hash = hashOf(this.#sets[id]!);
    this.#next[id] = this.#heads.get(hash) ?? END;
    this.#heads.set(hash, id);
  }

  #make(set: bigint, withheld: number): AudienceId {
    return set === 0n ? NOBODY : this.intern(set, withheld);
  }

  /** Whom both withhold from: the one of `a` or `b`, unless the other leaves that member out for another reason. */
  #lastingWithheld(a: AudienceId, b: AudienceId): number {
    const ofA = this.#withheld[a]!;
    if (ofA !== NONE_WITHHELD && this.has(b, ofA)) return ofA;
    const ofB = this.#withheld[b]!;
    return ofB !== NONE_WITHHELD && this.has(a, ofB) ? ofB : NONE_WITHHELD;
  }

  #wordsOf(id: AudienceId, count: number): Int32Array {
    const words = new Int32Array(Math.max(8, count));
    const set = this.#sets[id]!;
    for (let at = 0; at < words.length; at++) words[at] = Number(BigInt.asIntN(32, set >> BigInt(32 * at)));
    this.#words[id] = words;
    return words;
  }
}

/**
 * A number for a set, nearly always another one for another set. A Map hashes a bigint by its lowest 64 bits alone, in which the audiences of
 * many members are alike: with 700 members that was a third of the time.
 */
function hashOf(set: bigint): number {
  return Number(set % HASH_PRIME);
}

/** The set of one member. */
export function only(member: number): bigint {
  return 1n << BigInt(member);
}
