/**
 * A compiled regular expression. Finds out whether any part of a text matches; `^` and `$` tie it to the ends.
 *
 * The automaton of nfa.ts is made deterministic while texts are matched: a state of ours is a set of its states, and each transition is worked
 * out when it is first taken. A text of n characters takes n steps. A step is an array look-up; a new one costs at most the states of the
 * pattern. The states that were made are forgotten when they hold DFA_SIZE_MAX numbers, so that memory stays bounded, whatever the texts.
 */
import { Nfa, Op } from './nfa.ts';
import { type CharSet, parseRegex, type RegexSyntax } from './syntax.ts';

/** Numbers in all remembered states: 1 MB. */
export const DFA_SIZE_MAX = 100_000;

interface DfaState {
  /** Consuming states and `End` states of the automaton, ascending. */
  readonly members: readonly number[];
  /** A match was reached: the rest of the text does not matter. */
  readonly matches: boolean;
  /** The text matches if it ends here. */
  readonly matchesAtEnd: boolean;
  /** By class of characters; undefined where nobody went yet. */
  readonly next: (DfaState | undefined)[];
}

export class Regex {
  readonly source: string;
  readonly #nfa: Nfa;
  /** Class of each character: characters that no set of the pattern tells apart are in one class. */
  readonly #classOf: Uint8Array;
  readonly #classCount: number;
  /** A character of each class. */
  readonly #sample: readonly number[];
  #states = new Map<string, DfaState>();
  #size = 0;
  #first: DfaState | undefined;
  readonly #marks: Uint32Array;
  #mark = 0;

  /** Throws RegexError. */
  constructor(source: string, syntax?: RegexSyntax) {
    this.source = source;
    this.#nfa = new Nfa(parseRegex(source, syntax));
    const { classOf, sample } = classesOf(this.#nfa.sets.filter((_, state) => this.#nfa.ops[state] === Op.Chars));
    this.#classOf = classOf;
    this.#classCount = sample.length;
    this.#sample = sample;
    this.#marks = new Uint32Array(this.#nfa.count);
  }

  /** Whether a part of the text matches. Characters beyond ASCII match only what matches any other character. */
  test(text: string): boolean {
    let state = this.#startState();
    for (let at = 0; at < text.length; at++) {
      if (state.matches) return true;
      const code = text.charCodeAt(at);
      const charClass = this.#classOf[code < 128 ? code : 127]!;
      state = state.next[charClass] ?? this.#step(state, charClass);
    }
    return state.matchesAtEnd;
  }

  #startState(): DfaState {
    this.#first ??= this.#state([this.#nfa.first], true);
    return this.#first;
  }

  #step(from: DfaState, charClass: number): DfaState {
    const { ops, next, sets, first } = this.#nfa;
    const bit = 1n << BigInt(this.#sample[charClass]!);
    const seeds: number[] = [];
    for (const state of from.members) if (ops[state] === Op.Chars && (sets[state]! & bit) !== 0n) seeds.push(next[state]!);
    // A match may start anywhere: the first state is in every set.
    seeds.push(first);
    const to = this.#state(seeds, false);
    from.next[charClass] = to;
    return to;
  }

  #state(seeds: readonly number[], atStart: boolean): DfaState {
    const members = this.#closure(seeds, atStart, false);
    // The set at the start is another one even with the same members: `^` held there.
    const key = (atStart ? '^' : '') + members.join();
    const known = this.#states.get(key);
    if (known !== undefined) return known;
    const { ops } = this.#nfa;
    const matches = members.some((state) => ops[state] === Op.Match);
    const state: DfaState = {
      members: members.filter((member) => ops[member] !== Op.Match),
      matches,
      matchesAtEnd: matches || this.#closure(seeds, atStart, true).some((member) => ops[member] === Op.Match),
      next: Array.from({ length: this.#classCount }, () => undefined),
    };
    this.#size += members.length + this.#classCount;
    if (this.#size > DFA_SIZE_MAX) {
      this.#states = new Map();
      this.#first = undefined;
      this.#size = 0;
    }
    this.#states.set(key, state);
    return state;
  }

  /** The states that are reached from `seeds` without consuming, ascending: `Chars`, `Match`, and `End` where it does not hold. */
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
    return found.sort((a, b) => a - b);
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
