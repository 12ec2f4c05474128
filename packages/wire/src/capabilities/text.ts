/** Words of capabilities' text: numbers, flags, families, and `family:detail:…` items. */
import { type Family, formatFamily, parseFamily } from '../family.ts';
import { ValueError } from '../fault.ts';

/** A decimal number from 0 to `max`. */
export function parseNumber(text: string | undefined, max: number, what: string): number {
  if (text === undefined || !/^\d{1,10}$/.test(text) || Number(text) > max) {
    throw new ValueError(`${what}: found ${text === undefined ? 'nothing' : `"${text}"`}, allowed 0 to ${max}`);
  }
  return Number(text);
}

export function parseFamilyWord(text: string | undefined): Family {
  const family = text === undefined ? undefined : parseFamily(text);
  if (family === undefined) {
    throw new ValueError(
      `found ${text === undefined ? 'nothing' : `"${text}"`} where a family is expected, e.g. "ipv4-unicast" or "afi-1/safi-1"`,
    );
  }
  return family;
}

/** `ipv4-unicast` with details after colons: `ipv4-unicast:send:3`. */
export function formatItem(family: Family, ...details: (string | number)[]): string {
  return [formatFamily(family), ...details].join(':');
}

export function parseItem(word: string): { family: Family; details: string[] } {
  const [name, ...details] = word.split(':');
  return { family: parseFamilyWord(name), details };
}

/** Takes `word` out of `words` when it is there. */
export function takeFlag(words: string[], word: string): boolean {
  const at = words.indexOf(word);
  if (at >= 0) words.splice(at, 1);
  return at >= 0;
}

export function noMoreWords(words: readonly string[]): void {
  if (words.length > 0) throw new ValueError(`found "${words.join(' ')}" where nothing more is expected`);
}

export type Direction = { readonly receive: boolean; readonly send: boolean };

/** 1 receive, 2 send, 3 both (RFC 7911 §4, RFC 5291 §4). */
export function directionCode(direction: Direction): number {
  return (direction.receive ? 1 : 0) | (direction.send ? 2 : 0);
}

export function formatDirection(direction: Direction): string {
  return ['none', 'receive', 'send', 'both'][directionCode(direction)]!;
}

export function parseDirection(text: string | undefined): { receive: boolean; send: boolean } {
  if (text !== 'receive' && text !== 'send' && text !== 'both') {
    throw new ValueError(`found ${text === undefined ? 'nothing' : `"${text}"`} where "receive", "send" or "both" is expected`);
  }
  return { receive: text !== 'send', send: text !== 'receive' };
}

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
