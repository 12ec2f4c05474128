/** Text as words: quoted text among them, and octets that may be text. */
import { ValueError } from './fault.ts';

/** Octets a peer sends as text: only well-formed UTF-8 is text. */
export function decodeUtf8(bytes: Uint8Array, start: number, end: number): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes.subarray(start, end));
  } catch {
    return undefined; // not UTF-8; the caller keeps the octets
  }
}

/** Quoted text, so that blanks and nothing survive among words. What a terminal would obey or not show is escaped. */
export function quote(text: string): string {
  return JSON.stringify(text).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (each) =>
    each
      .split('')
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join(''),
  );
}

export function unquote(word: string | undefined): string {
  if (word === undefined) throw new ValueError('found nothing where text is expected, e.g. "router1"');
  if (!word.startsWith('"')) return word;
  try {
    return String(JSON.parse(word));
  } catch (cause) {
    throw new ValueError(`${word} is not quoted text, e.g. "router1"`, { cause });
  }
}

/** Splits at blanks outside double quotes. */
export function splitWords(text: string): string[] {
  return text.match(/"(?:[^"\\]|\\.)*"|\S+/g) ?? [];
}
