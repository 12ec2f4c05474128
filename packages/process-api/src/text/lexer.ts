/**
 * The lexer of ExaBGP's language. Words are divided by blanks; `[ ] ( ) ,` are words of their own; `;` ends a statement; `{ }` hold the
 * statements of a section; `#` begins a comment; quotes keep a word together; a backslash at the end of a line joins it with the next one.
 *
 *     route 10.0.0.0/24 { next-hop 192.0.2.1; community [ 65000:1 ]; }
 *     |---- words ----|   |---------------- body ----------------|
 */
import { SyntaxFault } from './syntax-fault.ts';

export interface Word {
  readonly text: string;
  readonly line: number;
  /** It was in quotes: it is never punctuation. */
  readonly quoted: boolean;
  /** There is no blank between it and the word before. */
  readonly glued: boolean;
}

/** Words up to `;` or a section's body. */
export interface Statement {
  readonly words: readonly Word[];
  readonly line: number;
  /** The statements in braces; undefined without braces. */
  readonly body: readonly Statement[] | undefined;
}

/** Sections in sections. ExaBGP's language needs five. */
const DEPTH_MAX = 32;

const PUNCTUATION = '[](),';
const ESCAPES: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

/** The statements of a text. Throws SyntaxFault. */
export function parseStatements(text: string): Statement[] {
  return new Lexer(text).statements(0);
}

/** The words of a text that has no sections and no `;`, such as most commands. Throws SyntaxFault. */
export function parseWords(text: string): Word[] {
  const lexer = new Lexer(text);
  const words: Word[] = [];
  for (let word = lexer.next(); word !== undefined; word = lexer.next()) words.push(word);
  return words;
}

class Lexer {
  readonly #text: string;
  #at = 0;
  #line = 1;

  constructor(text: string) {
    this.#text = text;
  }

  /** Statements until the end of the text, or of the section when `depth` is not 0. */
  statements(depth: number): Statement[] {
    if (depth > DEPTH_MAX) throw new SyntaxFault(`found more than ${DEPTH_MAX} sections in each other`, this.#line);
    const start = this.#line;
    const statements: Statement[] = [];
    let words: Word[] = [];
    const end = (body: readonly Statement[] | undefined): void => {
      if (words.length > 0) statements.push({ words, line: words[0]!.line, body });
      words = [];
    };
    for (let word = this.next(); word !== undefined; word = this.next()) {
      if (word.quoted) words.push(word);
      else if (word.text === ';') end(undefined);
      else if (word.text === '{') {
        if (words.length === 0) throw new SyntaxFault('found "{" without the name of a section before it', word.line);
        end(this.statements(depth + 1));
      } else if (word.text === '}') {
        if (depth === 0) throw new SyntaxFault('found "}" without a "{" before it', word.line);
        end(undefined);
        return statements;
      } else words.push(word);
    }
    if (depth > 0) throw new SyntaxFault('the section that begins here has no "}"', start);
    if (words.length > 0) {
      const text = words.map((word) => word.text).join(' ');
      throw new SyntaxFault(`found "${text.slice(0, 80)}" without ";" after it`, words[0]!.line);
    }
    return statements;
  }

  next(): Word | undefined {
    const glued = !this.#skipBlanks();
    const text = this.#text;
    const line = this.#line;
    const first = text[this.#at];
    if (first === undefined) return undefined;
    if (first === '"' || first === "'") return { text: this.#quoted(first), line, quoted: true, glued };
    const start = this.#at++;
    if (!isSpecial(first)) {
      for (let char = text[this.#at]; char !== undefined && !isBlank(char) && !isSpecial(char) && char !== '"'; char = text[this.#at]) {
        if (char === '\\' && this.#atLineEnd(this.#at + 1)) break;
        this.#at++;
      }
    }
    return { text: text.slice(start, this.#at), line, quoted: false, glued };
  }

  /** True when there was something to skip. */
  #skipBlanks(): boolean {
    const text = this.#text;
    const start = this.#at;
    for (;;) {
      const char = text[this.#at];
      if (char === undefined) break;
      if (char === '\n') this.#line++;
      if (isBlank(char)) this.#at++;
      else if (char === '#') while (this.#at < text.length && text[this.#at] !== '\n') this.#at++;
      else if (char === '\\' && this.#atLineEnd(this.#at + 1)) this.#at++;
      else break;
    }
    return this.#at > start || start === 0;
  }

  /** Whether only blanks come before the end of the line. */
  #atLineEnd(from: number): boolean {
    for (let at = from; ; at++) {
      const char = this.#text[at];
      if (char === undefined || char === '\n') return true;
      if (!isBlank(char)) return false;
    }
  }

  #quoted(quote: string): string {
    const text = this.#text;
    const line = this.#line;
    let value = '';
    for (this.#at++; ; this.#at++) {
      const char = text[this.#at];
      if (char === undefined) throw new SyntaxFault(`the quote ${quote} that begins here has no end`, line);
      if (char === '\n') this.#line++;
      if (char === quote) break;
      if (char !== '\\') {
        value += char;
        continue;
      }
      const escaped = text[++this.#at] ?? '';
      if (escaped === 'u') {
        const digits = /^[0-9a-fA-F]{4}/.exec(text.slice(this.#at + 1, this.#at + 5))?.[0];
        if (digits === undefined) throw new SyntaxFault('found "\\u" without four hexadecimal digits after it', this.#line);
        value += String.fromCharCode(Number.parseInt(digits, 16));
        this.#at += 4;
      } else if (escaped === quote || escaped === '"' || escaped === '\\' || escaped === '/') value += escaped;
      else value += ESCAPES[escaped] ?? `\\${escaped}`;
    }
    this.#at++;
    return value;
  }
}

function isBlank(char: string): boolean {
  return char === ' ' || char === '\t' || char === '\n' || char === '\r';
}

function isSpecial(char: string): boolean {
  return char === ';' || char === '{' || char === '}' || PUNCTUATION.includes(char);
}
