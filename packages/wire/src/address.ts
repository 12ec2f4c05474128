/**
 * IPv4 and IPv6 addresses as octets and as text (RFC 5952 for IPv6).
 */
import { readU16 } from './bytes.ts';
import { ValueError } from './fault.ts';

export function formatIpv4(bytes: Uint8Array, offset = 0): string {
  return `${bytes[offset]}.${bytes[offset + 1]}.${bytes[offset + 2]}.${bytes[offset + 3]}`;
}

/** RFC 5952: lower case, the longest run of two or more zero groups shortened, the first among equals; RFC 5952 §5 for IPv4-mapped. */
export function formatIpv6(bytes: Uint8Array, offset = 0): string {
  let runStart = -1;
  let runLength = 1;
  for (let i = 0; i < 8; ) {
    let end = i;
    while (end < 8 && readU16(bytes, offset + 2 * end) === 0) end++;
    if (end - i > runLength) {
      runStart = i;
      runLength = end - i;
    }
    i = end + 1;
  }
  if (runStart === 0 && runLength === 5 && readU16(bytes, offset + 10) === 0xffff) return `::ffff:${formatIpv4(bytes, offset + 12)}`;
  let text = '';
  for (let i = 0; i < 8; i++) {
    if (i === runStart) {
      text += '::';
      i += runLength - 1;
      continue;
    }
    if (text !== '' && !text.endsWith(':')) text += ':';
    text += readU16(bytes, offset + 2 * i).toString(16);
  }
  return text;
}

/** Text of an address of 4 or 16 octets. */
export function formatAddress(bytes: Uint8Array, start = 0, end: number = bytes.length): string {
  return end - start === 4 ? formatIpv4(bytes, start) : formatIpv6(bytes, start);
}

/** Octets of dotted-quad text, or undefined. No leading zeros, no shortened forms. */
export function parseIpv4(text: string): Uint8Array | undefined {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text);
  if (parts === null) return undefined;
  const bytes = new Uint8Array(4);
  for (let i = 0; i < 4; i++) {
    const part = parts[i + 1]!;
    if (Number(part) > 255 || (part.length > 1 && part.startsWith('0'))) return undefined;
    bytes[i] = Number(part);
  }
  return bytes;
}

/** Octets of IPv6 text (RFC 4291 §2.2, all three forms), or undefined. No zone. */
export function parseIpv6(text: string): Uint8Array | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const head = groups(halves[0]!, halves.length === 1);
  const tail = halves.length === 2 ? groups(halves[1]!, true) : [];
  if (head === undefined || tail === undefined) return undefined;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  const bytes = new Uint8Array(16);
  [...head, ...Array.from({ length: missing }, () => 0), ...tail].forEach((group, i) => {
    bytes[2 * i] = group >>> 8;
    bytes[2 * i + 1] = group;
  });
  return bytes;
}

function groups(text: string, mayEndInIpv4: boolean): number[] | undefined {
  if (text === '') return [];
  const parts = text.split(':');
  const result: number[] = [];
  for (const [i, part] of parts.entries()) {
    if (i === parts.length - 1 && mayEndInIpv4 && part.includes('.')) {
      const v4 = parseIpv4(part);
      if (v4 === undefined) return undefined;
      result.push(readU16(v4, 0), readU16(v4, 2));
    } else {
      if (!/^[0-9a-fA-F]{1,4}$/.test(part)) return undefined;
      result.push(Number.parseInt(part, 16));
    }
  }
  return result;
}

/** Octets (4 or 16) of an IPv4 or IPv6 address, or undefined. */
export function parseAddress(text: string): Uint8Array | undefined {
  return text.includes(':') ? parseIpv6(text) : parseIpv4(text);
}

export const ADDRESS_EXAMPLES = 'e.g. "192.0.2.1" or "2001:db8::1"';

/** As `parseAddress`, for places where a wrong address is the caller's mistake. Throws ValueError. */
export function addressBytes(text: string): Uint8Array {
  const bytes = parseAddress(text);
  if (bytes === undefined) throw new ValueError(`"${text}" is not an IPv4 or IPv6 address, ${ADDRESS_EXAMPLES}`);
  return bytes;
}
