/**
 * The text of a ROUTE-REFRESH after the word `route-refresh`: family, subtype unless it is a request, filters.
 *
 *     ipv4-unicast begin
 *     ipv4-unicast orf immediate { 64 { remove-all; add permit sequence 10 192.0.2.0/24 min 24 max 32 }; 66 0x0a0b }
 */
import { toHex } from '../bytes.ts';
import { formatFamily } from '../family.ts';
import { ValueError } from '../fault.ts';
import { RefreshSubtype, type RouteRefreshMessage } from '../messages/route-refresh.ts';
import type { AddressPrefixOrf, Orf, OrfGroup } from '../messages/route-refresh-orf.ts';
import { canonicalPrefix } from '../nlri/ip-prefix.ts';
import { formatGroup } from '../words.ts';
import { Words } from './words.ts';

export function formatRouteRefresh(message: RouteRefreshMessage): string {
  const words = [formatFamily(message.family)];
  if (message.subtype === RefreshSubtype.Begin) words.push('begin');
  else if (message.subtype === RefreshSubtype.End) words.push('end');
  else if (message.subtype !== RefreshSubtype.Request) words.push(`subtype ${message.subtype}`);
  if (message.orf !== undefined) words.push('orf', message.orf.whenToRefresh, formatGroup(message.orf.groups.map(formatOrfGroup)));
  if (message.rest !== undefined) words.push('rest', `0x${toHex(message.rest)}`);
  return words.join(' ');
}

function formatOrfGroup(group: OrfGroup): string {
  return `${group.orfType} ${group.bytes === undefined ? formatGroup(group.prefixes.map(formatEntry)) : `0x${toHex(group.bytes)}`}`;
}

function formatEntry(entry: AddressPrefixOrf): string {
  const reserved = entry.reserved === undefined ? '' : ` reserved ${entry.reserved}`;
  if (entry.action === 'remove-all') return `${entry.action}${reserved}`;
  const { action, match, sequence, prefix, minLength, maxLength, trailingBits } = entry;
  const trailing = trailingBits === undefined ? '' : ` trailing-bits ${trailingBits}`;
  return `${action} ${match} sequence ${sequence} ${prefix} min ${minLength} max ${maxLength}${reserved}${trailing}`;
}

/** Throws ValueError. */
export function parseRouteRefresh(text: string): RouteRefreshMessage {
  const words = new Words(text);
  const message: RouteRefreshMessage = { type: 'route-refresh', family: words.family(), subtype: RefreshSubtype.Request };
  if (words.take('begin')) message.subtype = RefreshSubtype.Begin;
  else if (words.take('end')) message.subtype = RefreshSubtype.End;
  else if (words.take('subtype')) message.subtype = words.number(0xff, 'subtype');
  if (words.take('orf')) message.orf = parseOrf(words);
  if (words.take('rest')) message.rest = words.octets();
  words.end('begin, end, subtype, orf or rest');
  return message;
}

function parseOrf(words: Words): Orf {
  const whenToRefresh = either(words, 'immediate', 'defer');
  return { whenToRefresh, groups: words.group().map(parseOrfGroup) };
}

function parseOrfGroup(text: string): OrfGroup {
  const words = new Words(text);
  const orfType = words.number(0xff, 'ORF type');
  const octets = /^\S+\s+0x/.test(text);
  const group = octets ? { orfType, bytes: words.octets() } : { orfType, prefixes: words.group().map(parseEntry) };
  words.end('an ORF type and its filters');
  return group;
}

function parseEntry(text: string): AddressPrefixOrf {
  const words = new Words(text);
  if (words.take('remove-all')) {
    const reserved = optionalBits(words, 'reserved', 0x3f);
    words.end('reserved bits, or nothing behind "remove-all"');
    return { action: 'remove-all', ...(reserved !== undefined && { reserved }) };
  }
  const action = either(words, 'add', 'remove');
  const match = either(words, 'permit', 'deny');
  expect(words, 'sequence');
  const sequence = words.number(0xffff_ffff, 'sequence');
  const prefix = canonicalPrefix(words.next('a prefix, e.g. "192.0.2.0/24"'));
  expect(words, 'min');
  const minLength = words.number(0xff, 'least length');
  expect(words, 'max');
  const maxLength = words.number(0xff, 'greatest length');
  const reserved = optionalBits(words, 'reserved', 0x1f);
  const trailingBits = optionalBits(words, 'trailing-bits', 0x7f);
  words.end('one filter');
  const bits = { ...(reserved !== undefined && { reserved }), ...(trailingBits !== undefined && { trailingBits }) };
  return { action, match, sequence, minLength, maxLength, prefix, ...bits };
}

function optionalBits(words: Words, word: string, max: number): number | undefined {
  return words.take(word) ? words.number(max, word) : undefined;
}

function either<const A extends string, const B extends string>(words: Words, a: A, b: B): A | B {
  if (words.take(a)) return a;
  if (words.take(b)) return b;
  throw new ValueError(`found ${words.more() ? `"${words.next('')}"` : 'the end'}, allowed is ${a} or ${b}`);
}

function expect(words: Words, word: string): void {
  if (!words.take(word)) throw new ValueError(`found ${words.more() ? `"${words.next('')}"` : 'the end'}, allowed is "${word}"`);
}
