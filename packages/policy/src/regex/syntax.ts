/**
 * Regular expressions as trees. The syntax is what AS_PATH and community expressions use: characters, `.`, classes, groups, alternatives,
 * `*`,
 * `+`, `?`, counts, `^`, `$`, `\d`, and `_` where the dialect gives it a meaning. All that is read can be matched in linear time: there are
 * no back references and no look-arounds. They get a clear error.
 */

/** A set of ASCII characters: bit n is the character with code n. */
export type CharSet = bigint;

export type RegexNode =
  | { readonly type: 'chars'; readonly set: CharSet }
  | { readonly type: 'sequence'; readonly parts: readonly RegexNode[] }
  | { readonly type: 'alternatives'; readonly branches: readonly RegexNode[] }
  /** `max` is Infinity for `*` and `+`. */
  | { readonly type: 'repeat'; readonly part: RegexNode; readonly min: number; readonly max: number }
  | { readonly type: 'start' }
  | { readonly type: 'end' };

export interface RegexSyntax {
  /** What `_` stands for; undefined for the character itself. */
  readonly underscore?: RegexNode | undefined;
}

/** The sentence says what is wrong and at which character, counted from 1. */
export class RegexError extends Error {
  override readonly name = 'RegexError';
}

export const PATTERN_LENGTH_MAX = 2000;
/** Nested groups. The bound protects the stack. */
const DEPTH_MAX = 100;
/** The count of `{n}`. */
const COUNT_MAX = 1000;

const ALL: CharSet = (1n << 128n) - 1n;
const DIGITS: CharSet = range(0x30, 0x39);
const WORD: CharSet = DIGITS | range(0x41, 0x5a) | range(0x61, 0x7a) | charSet('_');
const SPACE: CharSet = charSet(' \t\n\r\f\v');
const CLASSES: Readonly<Record<string, CharSet>> = { d: DIGITS, D: ALL & ~DIGITS, w: WORD, W: ALL & ~WORD, s: SPACE, S: ALL & ~SPACE };
const POSIX: Readonly<Record<string, CharSet>> = { digit: DIGITS, alnum: WORD & ~charSet('_'), space: SPACE };

/** The characters of a text as a set. */
export function charSet(text: string): CharSet {
  let set = 0n;
  for (let i = 0; i < text.length; i++) set |= 1n << BigInt(text.charCodeAt(i));
  return set;
}

function range(first: number, last: number): CharSet {
  return ((1n << BigInt(last - first + 1)) - 1n) << BigInt(first);
}

/** The tree of a pattern. Throws RegexError. */
export function parseRegex(pattern: string, syntax: RegexSyntax = {}): RegexNode {
  if (pattern.length > PATTERN_LENGTH_MAX)
    throw new RegexError(`the pattern has ${pattern.length} characters, allowed are ${PATTERN_LENGTH_MAX}`);
  return new Parser(pattern, syntax).parse();
}

class Parser {
  readonly #text: string;
  readonly #syntax: RegexSyntax;
  #at = 0;
  #depth = 0;

  constructor(text: string, syntax: RegexSyntax) {
    this.#text = text;
    this.#syntax = syntax;
  }

  parse(): RegexNode {
    const node = this.#alternatives();
    if (this.#at < this.#text.length) throw this.#error('")" without "("');
    return node;
  }

  #alternatives(): RegexNode {
    const branches = [this.#sequence()];
    while (this.#take('|')) branches.push(this.#sequence());
    return branches.length === 1 ? branches[0]! : { type: 'alternatives', branches };
  }

  #sequence(): RegexNode {
    const parts: RegexNode[] = [];
    while (this.#at < this.#text.length && this.#peek() !== '|' && this.#peek() !== ')') parts.push(this.#repeated());
    return parts.length === 1 ? parts[0]! : { type: 'sequence', parts };
  }

  #repeated(): RegexNode {
    let node = this.#atom();
    for (;;) {
      const counts = this.#quantifier();
      if (counts === undefined) return node;
      // Whether a repetition is greedy does not matter: only "matches or not" is asked.
      this.#take('?');
      if (this.#peek() === '+') throw this.#error('possessive repetition is not allowed');
      node = { type: 'repeat', part: node, min: counts[0], max: counts[1] };
    }
  }

  #quantifier(): readonly [number, number] | undefined {
    if (this.#take('*')) return [0, Number.POSITIVE_INFINITY];
    if (this.#take('+')) return [1, Number.POSITIVE_INFINITY];
    if (this.#take('?')) return [0, 1];
    const counts = /^\{(\d{1,4})(?:(,)(\d{0,4}))?\}/.exec(this.#text.slice(this.#at, this.#at + 12));
    if (counts === null) return undefined;
    const min = Number(counts[1]);
    const max = counts[2] === undefined ? min : counts[3] === '' ? Number.POSITIVE_INFINITY : Number(counts[3]);
    if (min > max) throw this.#error(`{${min},${max}} has its numbers the wrong way round`);
    if (min > COUNT_MAX || (max !== Number.POSITIVE_INFINITY && max > COUNT_MAX))
      throw this.#error(`a count is above ${COUNT_MAX} (a brace as a character is "\\{")`);
    this.#at += counts[0].length;
    return [min, max];
  }

  #atom(): RegexNode {
    const char = this.#text[this.#at]!;
    if (char === '(') return this.#group();
    if (char === '[') return this.#class();
    if ('*+?'.includes(char)) throw this.#error(`nothing before "${char}" to repeat`);
    this.#at++;
    if (char === '^') return { type: 'start' };
    if (char === '$') return { type: 'end' };
    if (char === '.') return { type: 'chars', set: ALL };
    if (char === '\\') return { type: 'chars', set: this.#escape() };
    if (char === '_' && this.#syntax.underscore !== undefined) return this.#syntax.underscore;
    return { type: 'chars', set: this.#literal(char) };
  }

  #group(): RegexNode {
    const start = this.#at;
    this.#at++;
    if (this.#peek() === '?') {
      if (this.#text.startsWith('?:', this.#at)) this.#at += 2;
      else throw this.#error('"(?" is allowed as "(?:" only: no look-around, no flags, no names');
    }
    if (++this.#depth > DEPTH_MAX) throw this.#error(`more than ${DEPTH_MAX} nested groups`);
    const node = this.#alternatives();
    this.#depth--;
    if (!this.#take(')')) {
      this.#at = start;
      throw this.#error('"(" is never closed');
    }
    return node;
  }

  #class(): RegexNode {
    const start = this.#at;
    this.#at++;
    const isNegated = this.#take('^');
    let set = 0n;
    for (let first = true; first || this.#peek() !== ']'; first = false) {
      if (this.#at >= this.#text.length) {
        this.#at = start;
        throw this.#error('"[" is never closed');
      }
      set |= this.#classItem();
    }
    this.#at++;
    return { type: 'chars', set: isNegated ? ALL & ~set : set };
  }

  #classItem(): CharSet {
    const named = /^\[:(\w+):\]/.exec(this.#text.slice(this.#at, this.#at + 16));
    if (named !== null) {
      const set = POSIX[named[1]!];
      if (set === undefined) throw this.#error(`"[:${named[1]}:]" is not known; allowed are ${Object.keys(POSIX).join(', ')}`);
      this.#at += named[0].length;
      return set;
    }
    const low = this.#classChar();
    const isRange = this.#peek() === '-' && this.#text[this.#at + 1] !== ']' && this.#at + 1 < this.#text.length;
    if (!isRange || !isSingle(low)) return low;
    this.#at++;
    const high = this.#classChar();
    if (!isSingle(high)) throw this.#error('a range ends with a single character');
    const [from, to] = [codeOf(low), codeOf(high)];
    if (from > to) throw this.#error(`"${String.fromCharCode(from)}-${String.fromCharCode(to)}" has its ends the wrong way round`);
    return range(from, to);
  }

  #classChar(): CharSet {
    const char = this.#text[this.#at++]!;
    return char === '\\' ? this.#escape() : this.#literal(char);
  }

  /** What follows a backslash. */
  #escape(): CharSet {
    const char = this.#text[this.#at];
    if (char === undefined) throw this.#error('nothing after the backslash');
    if (/[1-9]/.test(char)) throw this.#error(`"\\${char}" is a back reference, which no linear matcher has`);
    const set = Object.hasOwn(CLASSES, char) ? CLASSES[char] : undefined;
    if (set === undefined && /[A-Za-z0]/.test(char)) throw this.#error(`"\\${char}" has no meaning here`);
    this.#at++;
    return set ?? this.#literal(char);
  }

  #literal(char: string): CharSet {
    if (char.charCodeAt(0) > 127) throw this.#error(`"${char}" is not ASCII`);
    return charSet(char);
  }

  #peek(): string | undefined {
    return this.#text[this.#at];
  }

  #take(char: string): boolean {
    if (this.#text[this.#at] !== char) return false;
    this.#at++;
    return true;
  }

  #error(what: string): RegexError {
    return new RegexError(`${what}, at character ${this.#at + 1} of "${this.#text}"`);
  }
}

function isSingle(set: CharSet): boolean {
  return set !== 0n && (set & (set - 1n)) === 0n;
}

function codeOf(single: CharSet): number {
  return single.toString(2).length - 1;
}
