/**
 * Lists in JSON, as bgpq4 writes them (`bgpq4 -j`), and simpler ones:
 *
 *     { "AS64501": [ { "prefix": "192.0.2.0/24", "exact": true },
 *                    { "prefix": "198.51.100.0/22", "exact": false, "greater-equal": 23, "less-equal": 24 } ] }
 *     { "AS64501": [ "192.0.2.0/24", "198.51.100.0/22 le 24" ] }
 *     { "AS64501": [ 64501, 64502 ] }
 *     [ 64501, "64512-65534" ]
 *
 * Read without making a value for each entry: a list of 400,000 prefixes leaves nothing behind but its set, and each mistake has its line.
 */
import { SetFileFault } from './fault.ts';
import { ENTRY_ALLOWED, type FileLists, type FileSetKind } from './lists.ts';

/** Adds the lists of the text. Throws SetFileFault. */
export function readJson<K extends FileSetKind>(text: string, lists: FileLists<K>): void {
  const scan = new Scanner(text);
  if (scan.peek() === '[') readList(scan, lists);
  else {
    scan.mapping((name) => {
      lists.begin(name);
      readList(scan, lists);
    });
  }
  scan.end();
}

function readList<K extends FileSetKind>(scan: Scanner, lists: FileLists<K>): void {
  scan.list(() => {
    const start = scan.at;
    const entry = scan.peek() === '{' ? readEntry(scan) : scan.textOrNumber();
    const sentence = lists.add(entry);
    if (sentence !== undefined) throw scan.fault(sentence, ENTRY_ALLOWED[lists.kind], start);
  });
}

/** An entry of bgpq4 in the words of a prefix set. */
function readEntry(scan: Scanner): string {
  const start = scan.at;
  let prefix = '';
  let lengths = '';
  let isExact = false;
  scan.mapping((key) => {
    if (key === 'prefix') prefix = scan.textOrNumber();
    else if (key === 'exact') isExact = scan.boolean();
    else if (key === 'greater-equal') lengths = ` ge ${scan.textOrNumber()}${lengths}`;
    else if (key === 'less-equal') lengths += ` le ${scan.textOrNumber()}`;
    else throw scan.fault(`the key ${JSON.stringify(key)}`, 'prefix, exact, greater-equal, less-equal');
  });
  if (prefix === '') throw scan.fault('an entry without "prefix"', '{ "prefix": "192.0.2.0/24", "exact": true }', start);
  if (!isExact && lengths === '') return prefix;
  return isExact ? prefix : `${prefix}${lengths}`;
}

/** Reads JSON from left to right. */
class Scanner {
  at = 0;
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
    this.#blanks();
  }

  /** The next character; '' at the end. */
  peek(): string {
    return this.#text.charAt(this.at);
  }

  list(item: () => void): void {
    this.#expect('[');
    if (this.#skip(']')) return;
    do item();
    while (this.#skip(','));
    this.#expect(']');
  }

  mapping(value: (key: string) => void): void {
    this.#expect('{');
    if (this.#skip('}')) return;
    do {
      const key = this.#string();
      this.#expect(':');
      value(key);
    } while (this.#skip(','));
    this.#expect('}');
  }

  boolean(): boolean {
    const word = this.#text.startsWith('true', this.at) ? 'true' : 'false';
    if (!this.#text.startsWith(word, this.at)) throw this.fault(this.#found(), 'true or false');
    this.#pass(word.length);
    return word === 'true';
  }

  /** A string, or the digits of a whole number. */
  textOrNumber(): string {
    if (this.peek() === '"') return this.#string();
    const start = this.at;
    let end = start;
    for (let code = this.#text.charCodeAt(end); code >= ZERO && code <= NINE; code = this.#text.charCodeAt(end)) end++;
    if (end === start) throw this.fault(this.#found(), 'a text or a whole number');
    this.#pass(end - start);
    return this.#text.slice(start, end);
  }

  end(): void {
    if (this.at < this.#text.length) throw this.fault(`${this.#found()} after the end`, 'one mapping or one list');
  }

  fault(found: string, allowed: string, at: number = this.at): SetFileFault {
    let line = 1;
    for (let i = this.#text.indexOf('\n'); i !== -1 && i < at; i = this.#text.indexOf('\n', i + 1)) line++;
    return new SetFileFault(line, found, allowed);
  }

  #string(): string {
    if (this.peek() !== '"') throw this.fault(this.#found(), 'a text in double quotes');
    const start = this.at + 1;
    let end = this.#text.indexOf('"', start);
    while (end !== -1 && this.#isEscaped(end)) end = this.#text.indexOf('"', end + 1);
    if (end === -1) throw this.fault('a text that does not end', '');
    const text = this.#text.slice(start, end);
    const plain = text.includes('\\') ? this.#unescaped(text) : text;
    this.#pass(end + 1 - this.at);
    return plain;
  }

  /** bgpq4 writes each slash as `\/`. */
  #unescaped(text: string): string {
    const first = text.indexOf('\\');
    if (text.charAt(first + 1) === '/' && text.indexOf('\\', first + 2) === -1) return text.slice(0, first) + text.slice(first + 1);
    try {
      return String(JSON.parse(`"${text}"`));
    } catch {
      throw this.fault(`"${text}"`, 'a text of JSON');
    }
  }

  #isEscaped(quote: number): boolean {
    let slashes = 0;
    while (this.#text.charAt(quote - 1 - slashes) === '\\') slashes++;
    return slashes % 2 === 1;
  }

  #expect(sign: string): void {
    if (!this.#skip(sign)) throw this.fault(this.#found(), `"${sign}"`);
  }

  #skip(sign: string): boolean {
    if (this.peek() !== sign) return false;
    this.#pass(1);
    return true;
  }

  #pass(count: number): void {
    this.at += count;
    this.#blanks();
  }

  #blanks(): void {
    let code = this.#text.charCodeAt(this.at);
    while (code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09) code = this.#text.charCodeAt(++this.at);
  }

  #found(): string {
    return this.at >= this.#text.length ? 'the end of the file' : `"${this.peek()}"`;
  }
}

const ZERO = 0x30;
const NINE = 0x39;
