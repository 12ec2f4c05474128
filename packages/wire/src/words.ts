/** Splits text into words, of which some are quoted, and reads octets of a peer as text. */
import { ValueError } from './fault.ts';

/** The text in octets from a peer; undefined when they are not well-formed UTF-8. */
export function decodeUtf8(bytes: Uint8Array, start: number, end: number): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes.subarray(start, end));
  } catch {
    return undefined; // not UTF-8; the caller keeps the octets
  }
}

/** Puts text in quotes: it is one word then, even with blanks or without any character. Control characters and invisible ones are escaped. */
export function quote(text: string): string {
  return JSON.stringify(text).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) =>
    character
      .split('')
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join(''),
  );
}

/** The reverse of `quote`. Returns a word without quotes as it is. Throws ValueError if there is no word, or if its quotes are wrong. */
export function unquote(word: string | undefined): string {
  if (word === undefined) throw new ValueError('found nothing where text is expected, e.g. "router1"');
  if (!word.startsWith('"')) return word;
  try {
    return String(JSON.parse(word));
  } catch (cause) {
    throw new ValueError(`${word} is not quoted text, e.g. "router1"`, { cause });
  }
}

/** The name of a key in kebab-case: `ethernetTag` is `ethernet-tag`, `LabeledUnicast` is `labeled-unicast`. */
export function kebab(key: string): string {
  return key.replace(/[A-Z]/g, (letter, at) => (at === 0 ? '' : '-') + letter.toLowerCase());
}

/** Splits at blanks outside double quotes. */
export function splitWords(text: string): string[] {
  return text.match(/"(?:[^"\\]|\\.)*"|\S+/g) ?? [];
}

/** `{ a; b }`: a list of items in the text of a message. */
export function formatGroup(list: readonly string[]): string {
  return list.length === 0 ? '{ }' : `{ ${list.join('; ')} }`;
}
