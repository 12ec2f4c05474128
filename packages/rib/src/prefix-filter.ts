/**
 * A filter of prefixes that a peer sent, so that it is not sent what it would drop anyway (address prefix ORF, RFC 5292).
 *
 * An entry matches a route whose prefix is within that of the entry, and whose length is between `minLength` and `maxLength`. The first entry
 * that matches, in the order of sequence numbers, permits or denies the route. A route that no entry matches is denied (RFC 5292 §4).
 *
 *     length of the entry's prefix -> prefixes in order        one binary search for each length in use
 *                                  -> length of the route -> first entry that matches
 *
 * The second step is a table, so that many entries of one prefix cost a route no more than one.
 */
import { readU32 } from '@tsbgp/wire';
import { invariant } from './broken-invariant.ts';

/** Entries of a filter, at most. */
export const FILTER_ENTRIES_MAX = 10_000;

/** An entry of a filter. */
export interface PrefixFilterEntry {
  readonly sequence: number;
  readonly deny: boolean;
  /** Prefix length and address octets, as in the NLRI field; bits after the prefix do not count. */
  readonly prefix: Uint8Array;
  /** The shortest and the longest prefixes that match. */
  readonly minLength: number;
  readonly maxLength: number;
}

/** Entries whose prefixes are of one length. */
interface Row {
  readonly length: number;
  /** Address words of each prefix, in ascending order. */
  readonly keys: Uint32Array;
  readonly count: number;
  /** By prefix and length of the route: the place of the first entry that matches, or that after the last entry. */
  readonly first: Uint16Array;
}

/** Scratch: the address that is looked for. */
const address = new Uint32Array(4);
const octets = new Uint8Array(17);

/** A filter that a peer sent. It does not change: a peer that sends entries gets another one. */
export class PrefixFilter {
  /** Stands for the filter that a peer is going to send: nothing passes until then. */
  static readonly AWAITED: PrefixFilter = new PrefixFilter([], 0);

  /** In the order in which they are looked at. */
  readonly entries: readonly PrefixFilterEntry[];
  readonly #words: number;
  readonly #rows: readonly Row[];

  /** Entries of one family with addresses of `bitsMax` bits, at most FILTER_ENTRIES_MAX. */
  constructor(entries: readonly PrefixFilterEntry[], bitsMax: number) {
    invariant(entries.length <= FILTER_ENTRIES_MAX, 'a prefix filter has too many entries');
    this.entries = entries.toSorted((a, b) => a.sequence - b.sequence);
    this.#words = bitsMax / 32;
    const lengths = [...new Set(this.entries.map(({ prefix }) => prefix[0]!))].sort((a, b) => a - b);
    this.#rows = lengths.map((length) => this.#row(length));
  }

  /** Whether the route with this NLRI, in wire form, passes. Allocates nothing. */
  permits(nlri: Uint8Array): boolean {
    const length = nlri[0]!;
    const words = this.#words;
    let first = this.entries.length;
    for (const row of this.#rows) {
      if (row.length > length) break;
      loadAddress(nlri, row.length, words);
      const at = lowerBound(row.keys, row.count, words);
      if (at < row.count && isAt(row.keys, at, words)) first = Math.min(first, row.first[at * (32 * words + 1) + length]!);
    }
    return first < this.entries.length && !this.entries[first]!.deny;
  }

  get isAwaited(): boolean {
    return this === PrefixFilter.AWAITED;
  }

  /** Whether both have the same entries. */
  equals(other: PrefixFilter): boolean {
    if (other === this) return true;
    return (
      other.entries.length === this.entries.length &&
      this.entries.every((entry, at) => {
        const same = other.entries[at]!;
        return (
          entry.sequence === same.sequence &&
          entry.deny === same.deny &&
          entry.minLength === same.minLength &&
          entry.maxLength === same.maxLength &&
          entry.prefix.length === same.prefix.length &&
          entry.prefix.every((octet, i) => octet === same.prefix[i])
        );
      })
    );
  }

  #row(length: number): Row {
    const words = this.#words;
    const found = this.entries.flatMap(({ prefix }, at) => {
      if (prefix[0] !== length) return [];
      loadAddress(prefix, length, words);
      return [{ at, key: address.slice(0, words) }];
    });
    found.sort((a, b) => compare(a.key, b.key) || a.at - b.at);
    const distinct = found.filter(({ key }, i) => i === 0 || compare(key, found[i - 1]!.key) !== 0);
    const keys = new Uint32Array(words * distinct.length);
    distinct.forEach(({ key }, i) => keys.set(key, i * words));
    const lengths = 32 * words + 1;
    const first = new Uint16Array(distinct.length * lengths).fill(this.entries.length);
    let place = -1;
    for (const [i, { at, key }] of found.entries()) {
      if (i === 0 || compare(key, found[i - 1]!.key) !== 0) place++;
      const { minLength, maxLength } = this.entries[at]!;
      for (let bits = minLength; bits <= Math.min(maxLength, lengths - 1); bits++) {
        first[place * lengths + bits] = Math.min(first[place * lengths + bits]!, at);
      }
    }
    return { length, keys, count: distinct.length, first };
  }
}

/** Puts the first `length` bits of an address in wire form into `address`. */
function loadAddress(wire: Uint8Array, length: number, words: number): void {
  octets.fill(0);
  const bytes = (length + 7) >>> 3;
  for (let i = 1; i <= bytes; i++) octets[i] = wire[i]!;
  if (length % 8 !== 0) octets[bytes]! &= 0xff << (8 - (length % 8));
  for (let word = 0; word < words; word++) address[word] = readU32(octets, 1 + 4 * word);
}

/** The first place of `keys` that is not below `address`. */
function lowerBound(keys: Uint32Array, count: number, words: number): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isBelow(keys, middle, words)) low = middle + 1;
    else high = middle;
  }
  return low;
}

function isBelow(keys: Uint32Array, at: number, words: number): boolean {
  for (let word = 0; word < words; word++) {
    const key = keys[at * words + word]!;
    if (key !== address[word]) return key < address[word]!;
  }
  return false;
}

function isAt(keys: Uint32Array, at: number, words: number): boolean {
  for (let word = 0; word < words; word++) if (keys[at * words + word] !== address[word]) return false;
  return true;
}

function compare(a: Uint32Array, b: Uint32Array): number {
  for (let word = 0; word < a.length; word++) if (a[word] !== b[word]) return a[word]! - b[word]!;
  return 0;
}
