/**
 * The neighbors that a policy is evaluated for at once, and sets of them. A set is a bigint: bit n is the neighbor with number n. Indexes
 * from values to sets are made when they are first asked for.
 *
 *     all          0b1111
 *     index        of the AS: 64501 -> 0b0011, 64502 -> 0b1000
 *     classes      of the group: 'customers' -> 0b0101, 'transit' -> 0b1010
 */
import { type OwnNumber, ownNumber } from '../community/own-numbers.ts';
import { type Peer, peerValues } from './peer.ts';
import type { ReadBits } from './reads.ts';

/** A set of members: bit n is member n. */
export type MemberSet = bigint;

export const NOBODY: MemberSet = 0n;

/** Neighbors with the same values, and one of them. */
export interface MemberClass {
  readonly peer: Peer;
  readonly members: MemberSet;
}

/** The members of a group, and indexes of their values. */
export class Members {
  readonly peers: readonly (Peer | undefined)[];
  readonly all: MemberSet;
  readonly #indexes = new Map<string, ReadonlyMap<string | number, MemberSet>>();
  readonly #classOf = new Map<ReadBits, Map<number, MemberSet>>();
  readonly #classes = new Map<ReadBits, readonly MemberClass[]>();

  /** Number n is `peers[n]`; undefined where a number is free. */
  constructor(peers: readonly (Peer | undefined)[]) {
    this.peers = peers;
    this.all = peers.reduce<MemberSet>((set, peer, number) => (peer === undefined ? set : set | bit(number)), NOBODY);
  }

  /** Members whose AS, or whose session's local AS, is this number in a field of so many bits. */
  withOwnNumber(name: OwnNumber, bits: 16 | 32, value: number): MemberSet {
    return this.index(`${name} ${bits}`, (peer) => [ownNumber(name, peer, bits)]).get(value) ?? NOBODY;
  }

  /** From each value to the members that have it. `valuesOf` is asked once for each member and `name`. */
  index(name: string, valuesOf: (peer: Peer) => readonly (string | number | undefined)[]): ReadonlyMap<string | number, MemberSet> {
    const known = this.#indexes.get(name);
    if (known !== undefined) return known;
    const made = new Map<string | number, MemberSet>();
    for (const [number, peer] of this.peers.entries()) {
      if (peer === undefined) continue;
      for (const value of valuesOf(peer)) if (value !== undefined) made.set(value, (made.get(value) ?? NOBODY) | bit(number));
    }
    this.#indexes.set(name, made);
    return made;
  }

  /** The members with the same values of these fields as the one with this number, itself included. */
  classWith(reads: ReadBits, number: number): MemberSet {
    let index = this.#classOf.get(reads);
    if (index === undefined) {
      index = new Map();
      for (const { members } of this.classes(reads)) for (const each of numbersOf(members)) index.set(each, members);
      this.#classOf.set(reads, index);
    }
    return index.get(number) ?? bit(number);
  }

  /** The members divided by the values of these fields. */
  classes(reads: ReadBits): readonly MemberClass[] {
    const known = this.#classes.get(reads);
    if (known !== undefined) return known;
    const byValues = new Map<string, { peer: Peer; members: MemberSet }>();
    for (const [number, peer] of this.peers.entries()) {
      if (peer === undefined) continue;
      const values = peerValues(peer, reads);
      const one = byValues.get(values);
      if (one === undefined) byValues.set(values, { peer, members: bit(number) });
      else one.members |= bit(number);
    }
    const made = [...byValues.values()];
    this.#classes.set(reads, made);
    return made;
  }
}

export function bit(number: number): MemberSet {
  return 1n << BigInt(number);
}

/** The numbers in a set, ascending. */
export function* numbersOf(set: MemberSet): Generator<number> {
  let rest = set;
  for (let base = 0; rest !== NOBODY; base += 32, rest >>= 32n) {
    for (let word = Number(rest & 0xffff_ffffn), number = base; word !== 0; word = Math.floor(word / 2), number++)
      if (word % 2 === 1) yield number;
  }
}
