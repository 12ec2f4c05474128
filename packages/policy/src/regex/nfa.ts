/**
 * A regular expression as a nondeterministic automaton (Thompson's construction): one state per character of the pattern, so that a match
 * takes time by characters × states at most, whatever the pattern.
 *
 *     Chars    consumes one character of its set, then `next`
 *     Split    goes to `next` and to `other` without consuming
 *     Start    goes to `next` at the start of the text only
 *     End      goes to `next` at the end only
 *     Match    the text matches
 */
import { type CharSet, RegexError, type RegexNode } from './syntax.ts';

export const Op = { Chars: 0, Split: 1, Start: 2, End: 3, Match: 4 } as const;
export type Op = (typeof Op)[keyof typeof Op];

/** States after counts were written out: `(a{100}){100}` would have ten thousand. */
export const STATES_MAX = 8000;

export class Nfa {
  readonly ops: Op[] = [];
  readonly next: number[] = [];
  readonly other: number[] = [];
  /** By state; of `Chars` states only. */
  readonly sets: CharSet[] = [];
  readonly first: number;

  /** Throws RegexError when the pattern takes more than STATES_MAX states. */
  constructor(root: RegexNode) {
    const match = this.#add(Op.Match, -1);
    this.first = this.#compile(root, match);
  }

  get count(): number {
    return this.ops.length;
  }

  /** The state at which `node` starts, given the state that follows it. */
  #compile(node: RegexNode, follow: number): number {
    switch (node.type) {
      case 'chars':
        return this.#add(Op.Chars, follow, -1, node.set);
      case 'start':
        return this.#add(Op.Start, follow);
      case 'end':
        return this.#add(Op.End, follow);
      case 'sequence':
        return node.parts.reduceRight((next, part) => this.#compile(part, next), follow);
      case 'alternatives':
        return node.branches
          .map((branch) => this.#compile(branch, follow))
          .reduceRight((other, branch) => this.#add(Op.Split, branch, other));
      case 'repeat':
        return this.#repeat(node.part, node.min, node.max, follow);
    }
  }

  #repeat(part: RegexNode, min: number, max: number, follow: number): number {
    let state = follow;
    if (max === Number.POSITIVE_INFINITY) {
      const loop = this.#add(Op.Split, -1, follow);
      this.next[loop] = this.#compile(part, loop);
      state = loop;
    } else {
      for (let i = min; i < max; i++) state = this.#add(Op.Split, this.#compile(part, state), follow);
    }
    for (let i = 0; i < min; i++) state = this.#compile(part, state);
    return state;
  }

  #add(op: Op, next: number, other = -1, set: CharSet = 0n): number {
    if (this.ops.length >= STATES_MAX)
      throw new RegexError(`the pattern is too large: more than ${STATES_MAX} states with its counts written out`);
    this.ops.push(op);
    this.next.push(next);
    this.other.push(other);
    this.sets.push(set);
    return this.ops.length - 1;
  }
}
