/** Reads the words of a statement one after the other. Each method throws SyntaxFault that says what was found and what is allowed. */
import type { Word } from './lexer.ts';
import { SyntaxFault } from './syntax-fault.ts';

const TRUE = new Set(['true', 'enable', 'enabled']);
const FALSE = new Set(['false', 'disable', 'disabled']);

export class Words {
  readonly #words: readonly Word[];
  readonly #line: number;
  #at: number;

  constructor(words: readonly Word[], at = 0, line: number = words[0]?.line ?? 1) {
    this.#words = words;
    this.#at = at;
    this.#line = line;
  }

  get more(): boolean {
    return this.#at < this.#words.length;
  }

  /** How many words were read. */
  get at(): number {
    return this.#at;
  }

  /** The line of the next word, or of the last one. */
  get line(): number {
    return (this.#words[this.#at] ?? this.#words[this.#at - 1])?.line ?? this.#line;
  }

  /** The next word, or undefined at the end. */
  peek(): string | undefined {
    return this.#words[this.#at]?.text;
  }

  /** The next word. `allowed` is for the error, e.g. 'an IPv4 address, e.g. "192.0.2.1"'. */
  next(allowed: string): string {
    const word = this.#words[this.#at];
    if (word === undefined) throw this.fault(`found nothing, allowed is ${allowed}`);
    this.#at++;
    return word.text;
  }

  /** Takes the next word if it is this punctuation or keyword. */
  take(text: string): boolean {
    const word = this.#words[this.#at];
    if (word === undefined || word.quoted || word.text !== text) return false;
    this.#at++;
    return true;
  }

  expect(text: string): void {
    if (!this.take(text)) throw this.fault(`found "${this.peek() ?? ''}", allowed is "${text}"`);
  }

  /** All that is left, with a blank between two words that had one. */
  rest(): string {
    let text = '';
    for (; this.more; this.#at++) {
      const word = this.#words[this.#at]!;
      text += (text !== '' && !word.glued ? ' ' : '') + word.text;
    }
    return text;
  }

  /** The arguments that are left, as a shell would divide them: words without a blank between them are one. */
  arguments(): string[] {
    const list: string[] = [];
    for (; this.more; this.#at++) {
      const word = this.#words[this.#at]!;
      if (word.glued && list.length > 0) list[list.length - 1] += word.text;
      else list.push(word.text);
    }
    return list;
  }

  /** One value, or several in brackets, with or without commas. */
  list<T>(read: (words: Words) => T): T[] {
    if (!this.take('[')) return [read(this)];
    const values: T[] = [];
    while (!this.take(']')) {
      if (!this.more) throw this.fault('found "[" without "]"');
      if (this.take(',')) continue;
      values.push(read(this));
    }
    return values;
  }

  /** A whole number from `min` to `max`; decimal, or hexadecimal after 0x. */
  number(min: number, max: number): number {
    const allowed = `${min} to ${max}`;
    const text = this.next(allowed);
    const value = /^(\d{1,20}|0x[0-9a-fA-F]{1,16})$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    throw this.wrong(text, allowed);
  }

  /** `true`, `enable`, `disable` …; without a value `bare`. */
  boolean(bare: boolean): boolean {
    if (!this.more) return bare;
    const text = this.next('true or false');
    if (TRUE.has(text.toLowerCase())) return true;
    if (FALSE.has(text.toLowerCase())) return false;
    throw this.wrong(text, 'true, enable, enabled, false, disable or disabled');
  }

  /** Throws when there is something left. */
  end(): void {
    const word = this.peek();
    if (word !== undefined) throw this.fault(`found "${word}", allowed is the end of the statement`);
  }

  /** The error for a value that was just read. */
  wrong(found: string, allowed: string): SyntaxFault {
    const line = (this.#words[this.#at - 1] ?? this.#words[this.#at])?.line ?? this.#line;
    return new SyntaxFault(`found "${found}", allowed is ${allowed}`, line);
  }

  fault(message: string): SyntaxFault {
    return new SyntaxFault(message, this.line);
  }
}
