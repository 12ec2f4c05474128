/** Words of capabilities' text: flags, families, and `family:detail:…` items. */
import { type Family, formatFamily, parseFamily } from '../family.ts';
import { ValueError } from '../fault.ts';

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

export type Direction = { receive: boolean; send: boolean };

/** 1 receive, 2 send, 3 both (RFC 7911 §4, RFC 5291 §4). */
export function directionCode(direction: Direction): number {
  return (direction.receive ? 1 : 0) | (direction.send ? 2 : 0);
}

/** What `directionCode` wrote; undefined for any other number. */
export function readDirection(code: number): Direction | undefined {
  return code >= 1 && code <= 3 ? { receive: (code & 1) !== 0, send: (code & 2) !== 0 } : undefined;
}

export function formatDirection(direction: Direction): string {
  return ['none', 'receive', 'send', 'both'][directionCode(direction)]!;
}

export function parseDirection(text: string | undefined): Direction {
  if (text !== 'receive' && text !== 'send' && text !== 'both') {
    throw new ValueError(`found ${text === undefined ? 'nothing' : `"${text}"`} where "receive", "send" or "both" is expected`);
  }
  return { receive: text !== 'send', send: text !== 'receive' };
}
