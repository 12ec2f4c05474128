/**
 * The text of an OPERATIONAL message after the word `operational`: the name of its type, then the members of that type.
 *
 *     ASM ipv4-unicast "see you"
 *     LPCP ipv4-unicast router-id 192.0.2.1 sequence 7 count 1000
 *     type 77 0x0a0b
 */
import { formatAddress, parseIpv4 } from '../address.ts';
import { toHex } from '../bytes.ts';
import { formatFamily } from '../family.ts';
import { ValueError } from '../fault.ts';
import { type OperationalMessage, OperationalType, operationalName } from '../messages/operational.ts';
import { quote, unquote } from '../words.ts';
import { Words } from './words.ts';

const CODES: ReadonlyMap<string, number> = new Map(Object.values(OperationalType).map((code) => [operationalName(code), code]));

export function formatOperational({ code, advisory, counter, bytes }: OperationalMessage): string {
  const name = operationalName(code);
  if (advisory !== undefined) return `${name} ${formatFamily(advisory.family)} ${quote(advisory.text)}`;
  if (counter === undefined) return `${name} 0x${toHex(bytes ?? new Uint8Array(0))}`;
  const text = `${name} ${formatFamily(counter.family)} router-id ${counter.routerId} sequence ${counter.sequence}`;
  return counter.count === undefined ? text : `${text} count ${counter.count}`;
}

/** Throws ValueError. */
export function parseOperational(text: string): OperationalMessage {
  const words = new Words(text);
  const message: OperationalMessage = { type: 'operational', code: parseCode(words) };
  const [, what = ''] = /^(?:type\s+)?\S+\s+(\S*)/.exec(text) ?? [];
  if (what.startsWith('0x')) return ended(words, { ...message, bytes: words.octets() });
  const family = words.family();
  if (!words.take('router-id')) return ended(words, { ...message, advisory: { family, text: unquote(words.next('text in quotes')) } });
  const routerId = parseIpv4(words.next('a router identifier'));
  if (routerId === undefined || !words.take('sequence')) {
    throw new ValueError(`"${text}" is not a counter, e.g. "LPCP ipv4-unicast router-id 192.0.2.1 sequence 7 count 1000"`);
  }
  const counter = { family, routerId: formatAddress(routerId), sequence: words.number(0xffff_ffff, 'sequence') };
  if (!words.take('count')) return ended(words, { ...message, counter });
  return ended(words, { ...message, counter: { ...counter, count: words.number(0xffff_ffff, 'count') } });
}

function ended(words: Words, message: OperationalMessage): OperationalMessage {
  words.end('nothing more');
  return message;
}

function parseCode(words: Words): number {
  const name = words.next('the name of a type, e.g. "ADM"');
  if (name === 'type') return words.number(0xffff, 'type');
  const code = CODES.get(name.toUpperCase());
  if (code === undefined) throw new ValueError(`found "${name}", allowed is ${[...CODES.keys()].join(', ')}, or "type" and a number`);
  return code;
}
