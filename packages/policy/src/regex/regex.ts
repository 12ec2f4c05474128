/**
 * A compiled regular expression. Finds out whether any part of a text matches; `^` and `$` tie it to the ends.
 *
 * The automaton of nfa.ts is made deterministic while texts are matched: a state of ours is a set of its states, and each transition is
 * worked out when it is first taken. A text of n characters takes n steps. A step is an array look-up; a new one costs at most the states
 * of the pattern. The states that were made are forgotten when they hold DFA_SIZE_MAX numbers, so that memory stays bounded, whatever the
 * texts.
 */
import { Nfa, Op } from './nfa.ts';
import { type CharSet, parseRegex, type RegexSyntax } from './syntax.ts';

/** Numbers in all remembered states: 1 MB. */
export const DFA_SIZE_MAX = 100_000;

/** After so many forgettings within one text, the rest of it is followed without remembering. */
const FLUSHES_MAX = 2;

interface DfaState {
  /** States of the automaton that consume, and `End` states; ascending. */
  readonly members: readonly number[];
  /** A match was reached: the rest of the text does not matter. */
  readonly matches: boolean;
  readonly isStart: boolean;
  /** By class of characters; undefined where nobody went yet. */
  readonly next: (DfaState | undefined)[];
}

export class Regex {
  readonly source: string;
  readonly #nfa: Nfa;
  /** Class of each character: characters that no set of the pattern tells apart are in one class. */
  readonly #classOf: Uint8Array;
  readonly #classCount: number;
  /** 1 where the state consumes characters of the class, at state × classes + class. */
  readonly #consumes: Uint8Array;
  #states = new Map<string, DfaState>();
  #size = 0;
  #flushes = 0;
  #first: DfaState | undefined;
  readonly #marks: Uint32Array;
  #mark = 0;

  /** Throws RegexError. */
  constructor(source: string, syntax?: RegexSyntax) {
    this.source = source;
    const nfa = new Nfa(parseRegex(source, syntax));
    this.#nfa = nfa;
    const { classOf, sample } = classesOf(nfa.sets.filter((_, state) => nfa.ops[state] === Op.Chars));
    this.#classOf = classOf;
    this.#classCount = sample.length;
    this.#consumes = Uint8Array.from(
      nfa.sets.flatMap((set, state) => sample.map((code) => (nfa.ops[state] === Op.Chars && ((set >> BigInt(code)) & 1n) === 1n ? 1 : 0))),
    );
    this.#marks = new Uint32Array(nfa.count);
  }

  /** Whether a part of the text matches. Characters beyond ASCII match only what matches any other character. */
  test(text: string): boolean {
    this.#first ??= this.#state(this.#closure([this.#nfa.first], true, false), true);
    this.#flushes = 0;
    let state = this.#first;
    for (let at = 0; at < text.length; at++) {
      if (state.matches) return true;
      if (this.#flushes > FLUSHES_MAX) return this.#follow(text, at, state.members);
      const charClass = this.#classAt(text, at);
      state = state.next[charClass] ?? this.#step(state, charClass);
    }
    return state.matches || this.#matchesAtEnd(state.members, state.isStart);
  }

  #classAt(text: string, at: number): number {
    const code = text.charCodeAt(at);
    return this.#classOf[code < 128 ? code : 127]!;
  }

  #step(from: DfaState, charClass: number): DfaState {
    const to = this.#state(this.#closure(this.#consumed(from.members, charClass), false, false), false);
    from.next[charClass] = to;
    return to;
  }

  /** The rest of a text, for patterns with too many sets of states to be remembered. */
  #follow(text: string, from: number, start: readonly number[]): boolean {
    const { ops } = this.#nfa;
    let members = start;
    for (let at = from; at < text.length; at++) {
      members = this.#closure(this.#consumed(members, this.#classAt(text, at)), false, false);
      if (members.some((state) => ops[state] === Op.Match)) return true;
    }
    return this.#matchesAtEnd(members, false);
  }

  /** Where a character leads. A match may start anywhere: the first state is always among them. */
  #consumed(members: readonly number[], charClass: number): number[] {
    const { next, first } = this.#nfa;
    const seeds = [first];
    for (const state of members) if (this.#consumes[state * this.#classCount + charClass] === 1) seeds.push(next[state]!);
    return seeds;
  }

  #matchesAtEnd(members: readonly number[], isStart: boolean): boolean {
    const { ops, first } = this.#nfa;
    return this.#closure(isStart ? [first] : members, isStart, true).some((state) => ops[state] === Op.Match);
  }

  #state(found: readonly number[], isStart: boolean): DfaState {
    const members = found.toSorted((a, b) => a - b);
    // The set at the start is another one even with the same members: `^` held there.
    const key = (isStart ? '^' : '') + members.join();
    const known = this.#states.get(key);
    if (known !== undefined) return known;
    const { ops } = this.#nfa;
    const state: DfaState = {
      members: members.filter((member) => ops[member] !== Op.Match),
      matches: members.some((member) => ops[member] === Op.Match),
      isStart,
      next: Array.from({ length: this.#classCount }, () => undefined),
    };
    this.#size += members.length + this.#classCount;
    if (this.#size > DFA_SIZE_MAX) {
      this.#states = new Map();
      this.#first = undefined;
      this.#size = 0;
      this.#flushes++;
    }
    this.#states.set(key, state);
    return state;
  }

  /** The states that are reached from `seeds` without consuming: `Chars`, `Match`, and `End` where it does not hold. */
  #closure(seeds: readonly number[], atStart: boolean, atEnd: boolean): number[] {
    const { ops, next, other } = this.#nfa;
    const marks = this.#marks;
    const mark = ++this.#mark;
    const found: number[] = [];
    const stack = [...seeds];
    for (let state = stack.pop(); state !== undefined; state = stack.pop()) {
      if (marks[state] === mark) continue;
      marks[state] = mark;
      const op = ops[state]!;
      if (op === Op.Split) stack.push(other[state]!, next[state]!);
      else if ((op === Op.Start && atStart) || (op === Op.End && atEnd)) stack.push(next[state]!);
      else if (op !== Op.Start) found.push(state);
    }
    return found;
  }
}

/** Divides the characters by which of the sets they are in. */
function classesOf(sets: readonly CharSet[]): { classOf: Uint8Array; sample: number[] } {
  const classOf = new Uint8Array(128);
  const sample: number[] = [];
  const distinct = [...new Set(sets)];
  const classes = new Map<string, number>();
  for (let code = 0; code < 128; code++) {
    const bit = 1n << BigInt(code);
    const key = distinct.map((set) => ((set & bit) === 0n ? '0' : '1')).join('');
    let charClass = classes.get(key);
    if (charClass === undefined) {
      charClass = sample.length;
      classes.set(key, charClass);
      sample.push(code);
    }
    classOf[code] = charClass;
  }
  return { classOf, sample };
}
