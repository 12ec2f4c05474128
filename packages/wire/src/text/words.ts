/**
 * The text of a message as words: plain words, quoted text, and groups in braces, which hold items with `;` between them.
 *
 *     nlri { 192.0.2.0/24; 198.51.100.0/24 } fault discard 3/9 "a reason; and more"
 */
import { fromHex } from '../bytes.ts';
import { type Family, parseFamily } from '../family.ts';
import { ValueError } from '../fault.ts';
import { parseNumber } from '../numbers.ts';

/** Quoted text, a brace, a semicolon, or a word without any of these. */
const TOKEN = /"(?:[^"\\]|\\.)*"|[{};]|[^\s{};"]+|"/g;

/** The words of a text, one after the other. */
export class Words {
  readonly #words: readonly string[];
  #at = 0;

  /** Throws ValueError for braces that are not closed. */
  constructor(text: string) {
    this.#words = split(text);
  }

  /** The next word; `allowed` says what it should be. Throws ValueError at the end. */
  next(allowed: string): string {
    const word = this.#words[this.#at++];
    if (word === undefined) throw new ValueError(`found the end, allowed is ${allowed}`);
    return word;
  }

  /** Whether the next word is `word`; if so, moves past it. */
  take(word: string): boolean {
    if (this.#words[this.#at] !== word) return false;
    this.#at++;
    return true;
  }

  more(): boolean {
    return this.#at < this.#words.length;
  }

  number(max: number, what: string): number {
    return parseNumber(this.next(what), max, what);
  }

  family(): Family {
    const word = this.next('a family, e.g. "ipv4-unicast"');
    const family = parseFamily(word);
    if (family === undefined) throw new ValueError(`found "${word}", allowed is a family, e.g. "ipv4-unicast" or "afi-9/safi-200"`);
    return family;
  }

  /** Octets after `0x`. */
  octets(): Uint8Array {
    const word = this.next('octets, e.g. "0x0a0b"');
    if (!/^0x([0-9a-fA-F]{2})*$/.test(word)) throw new ValueError(`found "${word}", allowed are octets, e.g. "0x0a0b"`);
    return fromHex(word.slice(2));
  }

  /** The items of a group. */
  group(): string[] {
    const word = this.next('a list in braces, e.g. "{ 192.0.2.0/24 }"');
    if (!word.startsWith('{')) throw new ValueError(`found "${word}", allowed is a list in braces, e.g. "{ 192.0.2.0/24 }"`);
    return items(word.slice(1, -1));
  }

  /** Throws ValueError when there is one more. */
  end(allowed: string): void {
    if (this.more()) throw new ValueError(`found "${this.#words[this.#at]}", allowed is ${allowed}`);
  }
}

/** The words of the text. A whole group is one word. */
function split(text: string): string[] {
  const words: string[] = [];
  let from = -1;
  let depth = 0;
  for (const { 0: token, index } of text.matchAll(TOKEN)) {
    if (token === '"') throw new ValueError(`"${text.slice(index)}" has a quote that is not closed`);
    if (token === '{' && depth++ === 0) from = index;
    else if (token === '}' && --depth === 0) words.push(text.slice(from, index + 1));
    else if (depth === 0) words.push(token);
    if (depth < 0) throw new ValueError(`found "}" without "{" in "${text}"`);
  }
  if (depth > 0) throw new ValueError(`"{" without "}" in "${text}"`);
  return words;
}

/** The parts of a text between semicolons outside braces and quotes, without empty parts. */
function items(text: string): string[] {
  const found: string[] = [];
  let from = 0;
  let depth = 0;
  for (const { 0: token, index } of text.matchAll(TOKEN)) {
    if (token === '{') depth++;
    else if (token === '}') depth--;
    else if (token === ';' && depth === 0) {
      found.push(text.slice(from, index));
      from = index + 1;
    }
  }
  found.push(text.slice(from));
  return found.map((item) => item.trim()).filter((item) => item !== '');
}
