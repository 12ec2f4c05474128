/**
 * Reads JSON (RFC 8259) piece by piece from octets, with the place of every value for errors. A file of a million VRPs is read without a tree
 * of objects, and its reader can pause between two of them. Throws RpkiFileError where the text is no JSON or the value is another kind.
 */
import type { Buffer } from 'node:buffer';
import { RpkiFileError } from './file-error.ts';

export type JsonKind = 'object' | 'array' | 'string' | 'number' | 'boolean' | 'null';

const DEPTH_MAX = 64;
const STRING_SHOWN_MAX = 60;

const [TAB, NEWLINE, RETURN, BLANK] = [9, 10, 13, 32];
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

export class JsonCursor {
  readonly file: string;
  readonly #bytes: Buffer;
  #at = 0;
  /** Where the value begins that was read last, for errors. */
  #valueAt = 0;
  /** Keys and indices on the way to the current value; undefined for an object of which no key was read yet, -1 for such an array. */
  readonly #path: (string | number | undefined)[] = [];
  /** Keys seen before: comparing octets is ten times quicker than making a string. */
  readonly #keys: { readonly octets: Buffer; readonly key: string }[] = [];

  constructor(file: string, bytes: Buffer) {
    this.file = file;
    this.#bytes = bytes;
    // A byte order mark is allowed to be ignored (RFC 8259 §8.1).
    if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) this.#at = 3;
  }

  /** Kind of the value that comes next. */
  kind(): JsonKind {
    const octet = this.#skipBlanks();
    this.#valueAt = this.#at;
    switch (octet) {
      case 0x7b:
        return 'object';
      case 0x5b:
        return 'array';
      case QUOTE:
        return 'string';
      case 0x74:
      case 0x66:
        return 'boolean';
      case 0x6e:
        return 'null';
      default:
        if (octet === 0x2d || (octet !== undefined && octet >= 0x30 && octet <= 0x39)) return 'number';
        throw this.#syntax('a value');
    }
  }

  beginObject(example: string): void {
    this.#begin('object', undefined, example);
  }

  /** The next key of the object, whose value must then be read; undefined at its end. */
  nextKey(): string | undefined {
    if (this.#atEnd(0x7d)) return undefined;
    if (this.#skipBlanks() !== QUOTE) throw this.#syntax('a key in quotation marks');
    const key = this.#readKey();
    this.#path[this.#path.length - 1] = key;
    if (this.#skipBlanks() !== 0x3a) throw this.#syntax('":"');
    this.#at++;
    return key;
  }

  beginArray(example: string): void {
    this.#begin('array', -1, example);
  }

  /** Whether another element follows, which must then be read. */
  nextElement(): boolean {
    if (this.#atEnd(0x5d)) return false;
    (this.#path[this.#path.length - 1] as number)++;
    return true;
  }

  string(allowed: string): string {
    if (this.kind() !== 'string') throw this.wrong(allowed);
    return this.#readString();
  }

  /** A whole number within bounds. */
  integer(min: number, max: number, example: string): number {
    const allowed = `a whole number from ${min} to ${max}, e.g. ${example}`;
    if (this.kind() !== 'number') throw this.wrong(allowed);
    const value = this.#readNumber();
    if (!Number.isInteger(value) || value < min || value > max) throw this.found(String(value), allowed);
    return value;
  }

  /** Passes over the value, whatever it is. */
  skip(): void {
    switch (this.kind()) {
      case 'object':
        this.beginObject('');
        while (this.nextKey() !== undefined) this.skip();
        return;
      case 'array':
        this.beginArray('');
        while (this.nextElement()) this.skip();
        return;
      case 'string':
        this.#readString();
        return;
      case 'number':
        this.#readNumber();
        return;
      default:
        this.#readWord();
    }
  }

  /** Nothing but blanks may follow the value. */
  end(): void {
    if (this.#skipBlanks() !== undefined) throw this.#syntax('the end of the file');
  }

  /** The error that the value read last is not allowed. */
  found(found: string, allowed: string): RpkiFileError {
    return new RpkiFileError(this.file, `found ${found}, allowed ${allowed}`, this.#place(this.#valueAt));
  }

  /** The error that the value that comes next is of another kind. */
  wrong(allowed: string): RpkiFileError {
    const kind = this.kind();
    const article = kind === 'object' || kind === 'array' ? 'an' : 'a';
    return this.found(kind === 'null' ? 'null' : `${article} ${kind}`, allowed);
  }

  /** An error about the object or array that was just left, or about the key that was just read. */
  problem(text: string): RpkiFileError {
    return new RpkiFileError(this.file, text, this.#place(this.#at));
  }

  #begin(kind: 'object' | 'array', step: number | undefined, example: string): void {
    if (this.kind() !== kind) throw this.wrong(`an ${kind}${example === '' ? '' : `, e.g. ${example}`}`);
    if (this.#path.length === DEPTH_MAX) throw this.problem(`found values nested ${DEPTH_MAX} deep, allowed less`);
    this.#at++;
    this.#path.push(step);
  }

  /** Whether the object or array ends here. Reads the comma between its members. */
  #atEnd(closing: number): boolean {
    const step = this.#path.at(-1);
    const first = step === undefined || step === -1;
    const octet = this.#skipBlanks();
    if (octet === closing) {
      this.#at++;
      this.#path.pop();
      return true;
    }
    if (first) return false;
    if (octet !== 0x2c) throw this.#syntax(`"," or "${String.fromCharCode(closing)}"`);
    this.#at++;
    if (this.#skipBlanks() === closing) throw this.#syntax('another member after ","');
    return false;
  }

  #skipBlanks(): number | undefined {
    const bytes = this.#bytes;
    let at = this.#at;
    while (at < bytes.length) {
      const octet = bytes[at]!;
      if (octet !== BLANK && octet !== NEWLINE && octet !== RETURN && octet !== TAB) break;
      at++;
    }
    this.#at = at;
    return bytes[at];
  }

  #readKey(): string {
    const bytes = this.#bytes;
    const start = this.#at + 1;
    for (const { octets, key } of this.#keys) {
      const end = start + octets.length;
      if (bytes[end] !== QUOTE || !sameOctets(octets, bytes, start)) continue;
      this.#at = end + 1;
      return key;
    }
    const key = this.#readString();
    const octets = bytes.subarray(start, this.#at - 1);
    if (key !== '' && key.length === octets.length && this.#keys.length < 32) this.#keys.push({ octets, key });
    return key;
  }

  #readString(): string {
    const bytes = this.#bytes;
    const start = this.#at + 1;
    let end = start;
    let plain = true;
    for (; ; end++) {
      const octet = bytes[end];
      if (octet === QUOTE) break;
      if (octet === undefined || octet < BLANK) {
        this.#at = end;
        throw this.#syntax('the end of a string');
      }
      if (octet === BACKSLASH) {
        plain = false;
        end++;
      } else if (octet > 0x7e) plain = false;
    }
    this.#at = end + 1;
    if (plain) return bytes.toString('latin1', start, end);
    try {
      return JSON.parse(bytes.toString('utf8', start - 1, end + 1)) as string;
    } catch {
      this.#at = start - 1;
      throw this.#syntax('a string');
    }
  }

  #readNumber(): number {
    const start = this.#at;
    let end = start;
    let whole = 0;
    for (; end - start < 15; end++) {
      const digit = this.#bytes[end]! - 0x30;
      if (!(digit >= 0 && digit <= 9)) break;
      whole = whole * 10 + digit;
    }
    const after = this.#bytes[end];
    const leadingZero = this.#bytes[start] === 0x30 && end - start > 1;
    if (end > start && !leadingZero && (after === undefined || !/[-+.eE\d]/.test(String.fromCharCode(after)))) {
      this.#at = end;
      return whole;
    }
    while (end < this.#bytes.length && /[-+.eE\d]/.test(String.fromCharCode(this.#bytes[end]!))) end++;
    const text = this.#bytes.toString('latin1', start, end);
    if (!/^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?$/.test(text)) throw this.#syntax('a number');
    this.#at = end;
    return Number(text);
  }

  #readWord(): void {
    const word = ['true', 'false', 'null'].find((each) => this.#bytes.toString('latin1', this.#at, this.#at + each.length) === each);
    if (word === undefined) throw this.#syntax('true, false or null');
    this.#at += word.length;
  }

  #syntax(expected: string): RpkiFileError {
    const octet = this.#bytes[this.#at];
    const character =
      octet === undefined ? 'the end of the file' : JSON.stringify(this.#bytes.toString('utf8', this.#at, this.#at + 4).slice(0, 1));
    return new RpkiFileError(this.file, `not JSON: found ${character}, expected ${expected}`, this.#place(this.#at));
  }

  #place(offset: number): { line: number; column: number; pointer: string } {
    let line = 1;
    let lineStart = 0;
    for (let at = this.#bytes.indexOf(NEWLINE); at !== -1 && at < offset; at = this.#bytes.indexOf(NEWLINE, at + 1)) {
      line++;
      lineStart = at + 1;
    }
    const steps = this.#path.filter((step) => step !== undefined && step !== -1);
    const pointer = steps.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
    return { line, column: offset - lineStart + 1, pointer };
  }
}

/** A loop: calling `compare` of Buffer takes longer than ten comparisons. */
function sameOctets(octets: Uint8Array, bytes: Uint8Array, start: number): boolean {
  for (let i = 0; i < octets.length; i++) if (octets[i] !== bytes[start + i]) return false;
  return true;
}

/** A text of a file in an error message, quoted and of bounded length. */
export function shown(text: string): string {
  return JSON.stringify(text.length > STRING_SHOWN_MAX ? `${text.slice(0, STRING_SHOWN_MAX)}…` : text);
}
