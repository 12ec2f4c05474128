/** Values that appear in many places of ExaBGP's language. All throw SyntaxFault. */
import { formatAddress, parseAddress, parseIpv4 } from '@tsbgp/wire';
import type { Words } from './words.ts';

/** An IPv4 or IPv6 address in canonical form. */
export function readAddress(words: Words): string {
  const text = words.next('an IPv4 or IPv6 address');
  const bytes = parseAddress(text);
  if (bytes === undefined) throw words.wrong(text, 'an IPv4 or IPv6 address, e.g. "192.0.2.1" or "2001:db8::1"');
  return formatAddress(bytes);
}

/** A dotted quad. */
export function readIpv4(words: Words): string {
  const text = words.next('an IPv4 address');
  if (parseIpv4(text) === undefined) throw words.wrong(text, 'an IPv4 address, e.g. "192.0.2.1"');
  return text;
}

/** A number of an AS: decimal or `x.y`. */
export function readAs(words: Words): number {
  const text = words.next('the number of an AS');
  const as = parseAs(text);
  if (as === undefined) throw words.wrong(text, 'the number of an AS, 0 to 4294967295 or "x.y", e.g. "65000" or "1.10"');
  return as;
}

export function parseAs(text: string): number | undefined {
  const dotted = /^(\d{1,5})\.(\d{1,5})$/.exec(text);
  const as = dotted === null ? (/^\d{1,10}$/.test(text) ? Number(text) : Number.NaN) : partOf(dotted[1]!) * 65_536 + partOf(dotted[2]!);
  return as <= 0xffff_ffff ? as : undefined;
}

function partOf(text: string): number {
  return Number(text) <= 0xffff ? Number(text) : Number.NaN;
}

export interface IpPrefixValue {
  /** Four or sixteen octets. */
  readonly bytes: Uint8Array;
  readonly bits: number;
}

/** `192.0.2.0/24`; an address without a length is a host. `strict`: bits after the length must be zero. */
export function readPrefix(words: Words, strict = true): IpPrefixValue {
  const text = words.next('a prefix');
  const prefix = parsePrefixText(text);
  if (prefix === undefined) throw words.wrong(text, 'a prefix, e.g. "192.0.2.0/24" or "2001:db8::/32"');
  if (strict && hasHostBits(prefix)) throw words.wrong(text, `a prefix whose bits after /${prefix.bits} are zero`);
  return prefix;
}

export function parsePrefixText(text: string): IpPrefixValue | undefined {
  const slash = text.indexOf('/');
  const bytes = parseAddress(slash < 0 ? text : text.slice(0, slash));
  if (bytes === undefined) return undefined;
  const length = text.slice(slash + 1);
  const bits = slash < 0 ? bytes.length * 8 : /^\d{1,3}$/.test(length) ? Number(length) : Number.NaN;
  return bits <= bytes.length * 8 ? { bytes, bits } : undefined;
}

function hasHostBits({ bytes, bits }: IpPrefixValue): boolean {
  for (let i = bits >>> 3; i < bytes.length; i++) {
    const kept = i === bits >>> 3 ? bits & 7 : 0;
    if ((bytes[i]! & (0xff >>> kept)) !== 0) return true;
  }
  return false;
}

const NAME = /^[A-Za-z0-9._-]+$/;

/** A name of a process, template, route or api section. */
export function readName(words: Words, what: string): string {
  const text = words.next(`the name of ${what}`);
  if (!NAME.test(text)) throw words.wrong(text, `a name of letters, digits, ".", "_" and "-", e.g. "${what.split(' ').at(-1)}-1"`);
  return text;
}
