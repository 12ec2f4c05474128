/**
 * Parsers of the values of options and arguments. They run before the daemon is asked anything. Each throws commander's InvalidArgumentError,
 * which says what is allowed and gives an example; commander adds the name of the option.
 */
import { formatAddress, formatFamily, maskAddress, parseAddress, parseFamily, parsePrefixOrAddress } from '@tsbgp/wire';
import { InvalidArgumentError } from 'commander';
import { usageError } from './exit-code.ts';
import { wrongValue } from './usage-message.ts';

export const AS_MAX = 4_294_967_295;

/** `64500`, `AS64500`, asdot `1.10`. */
export function asNumber(text: string): number {
  const dotted = /^(?:AS)?(\d{1,5})\.(\d{1,5})$/i.exec(text);
  const plain = /^(?:AS)?(\d{1,10})$/i.exec(text);
  let value = plain === null ? Number.NaN : Number(plain[1]);
  if (dotted !== null && Number(dotted[1]) <= 0xffff && Number(dotted[2]) <= 0xffff)
    value = Number(dotted[1]) * 0x10000 + Number(dotted[2]);
  if (!(value >= 1 && value <= AS_MAX)) throw new InvalidArgumentError('Allowed: an AS number from 1 to 4294967295, e.g. 64500 or 1.10.');
  return value;
}

/** Parser of a whole number within bounds. */
export function integer(min: number, max: number, example: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= min && value <= max)) throw new InvalidArgumentError(`Allowed: a number from ${min} to ${max}, e.g. ${example}.`);
    return value;
  };
}

const UNIT_SECONDS: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, h: 3600 };

/** Parser of a time within bounds of seconds: `90`, `90s`, `5m`, `2h`. */
export function seconds(min: number, max: number): (text: string) => number {
  return (text) => {
    const [, number = '', unit = ''] = /^(\d{1,9})([smh]?)$/.exec(text) ?? [];
    const value = number === '' ? Number.NaN : Number(number) * UNIT_SECONDS[unit]!;
    if (!(value >= min && value <= max)) throw new InvalidArgumentError(`Allowed: ${min} to ${max} seconds, e.g. 90, 5m or 1h.`);
    return value;
  };
}

export function address(text: string): string {
  if (parseAddress(text.replace(/%.+$/, '')) === undefined) {
    throw new InvalidArgumentError('Allowed: an IPv4 or IPv6 address, e.g. 192.0.2.1 or 2001:db8::1.');
  }
  return text;
}

/** `192.0.2.0/24`; an address alone is the prefix of its full length. */
export function prefix(text: string): string {
  const parsed = parsePrefixOrAddress(text);
  if (parsed === undefined) throw new InvalidArgumentError('Allowed: an IPv4 or IPv6 prefix, e.g. 192.0.2.0/24 or 2001:db8::/32.');
  const meant = formatAddress(maskAddress(parsed.address, parsed.bits));
  if (formatAddress(parsed.address) !== meant) {
    throw new InvalidArgumentError(`Its address has bits beyond /${parsed.bits}. Allowed: ${meant}/${parsed.bits}, or the address alone.`);
  }
  return `${text.split('/')[0]}/${parsed.bits}`;
}

/** A prefix, or an address as it is. */
export function prefixOrAddress(text: string): string {
  const checked = prefix(text);
  return text.includes('/') ? checked : text;
}

/** RFC 9003 §2: octets of the text in a Cease. */
const REASON_OCTETS_MAX = 255;

/** Text for the neighbor. One that does not fit is refused rather than cut. */
export function shutdownReason(text: string): string {
  const octets = new TextEncoder().encode(text).length;
  if (octets <= REASON_OCTETS_MAX) return text;
  throw new InvalidArgumentError(
    `That is ${octets} octets in UTF-8. Allowed: at most ${REASON_OCTETS_MAX} (RFC 9003), e.g. "maintenance until 22:00 UTC".`,
  );
}

export const FAMILY_NAMES: readonly string[] = ['ipv4-unicast', 'ipv6-unicast'];
const FAMILY_SHORT: Readonly<Record<string, string>> = {
  ipv4: 'ipv4-unicast',
  ipv6: 'ipv6-unicast',
  '4': 'ipv4-unicast',
  '6': 'ipv6-unicast',
};

/** `ipv4-unicast`; `ipv4` and `4` for short. Takes every family that has a name: the daemon says which ones it supports. */
export function familyName(text: string): string {
  const family = parseFamily(FAMILY_SHORT[text] ?? text);
  if (family === undefined) throw new InvalidArgumentError(`Allowed: ${FAMILY_NAMES.join(', ')} (for short: ipv4, ipv6).`);
  return formatFamily(family);
}

/** For options that may be given several times, each with one value or with several, separated by commas. */
export function listOf<T>(parse: (text: string) => T): (text: string, before: readonly T[] | undefined) => readonly T[] {
  return (text, before) => [
    ...(before ?? []),
    ...text
      .split(',')
      .filter((item) => item !== '')
      .map(parse),
  ];
}

/** `1000` for every family, or `ipv4-unicast=1000,ipv6=500`. */
export function familyNumbers(min: number, max: number): (text: string) => Readonly<Record<string, number>> {
  const number = integer(min, max, 1000);
  return (text) => {
    if (!text.includes('=')) return Object.fromEntries(FAMILY_NAMES.map((name) => [name, number(text)]));
    return Object.fromEntries(
      text.split(',').map((item) => {
        const [name = '', value = ''] = item.split('=');
        return [familyName(name), number(value)];
      }),
    );
  };
}

/** As `parse`, with its error (a ValueError of wire) as commander's. */
export function checkedBy<T>(parse: (text: string) => T): (text: string) => T {
  return (text) => {
    try {
      return parse(text);
    } catch (error) {
      throw new InvalidArgumentError(error instanceof Error ? error.message : String(error));
    }
  };
}

/** Checks an argument that commander cannot check, because its meaning depends on other arguments. */
export function argumentValue<T>(name: string, text: string, parse: (text: string) => T): T {
  try {
    return parse(text);
  } catch (error) {
    throw usageError(wrongValue(name, text, error instanceof Error ? error.message : String(error)));
  }
}
