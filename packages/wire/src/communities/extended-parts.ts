/** The parts of the eight octets of an extended community (RFC 4360 §2). Each part has a place, a value and a word of text. */
import { formatAddress, formatIpv4, formatIpv6, parseIpv4, parseIpv6 } from '../address.ts';
import { fromHex, readU16, readUnsigned, toHex, type Width, writeU16 } from '../bytes.ts';
import { ValueError } from '../fault.ts';

export type PartValue = number | string | string[];

export interface Part<T extends PartValue = PartValue> {
  readonly octets: number;
  /** The part may have no value, and then has no word. */
  readonly optional?: true;
  /** undefined when the octets are no value of this part. */
  read(bytes: Uint8Array, at: number): T | undefined;
  /** Throws ValueError. */
  write(bytes: Uint8Array, at: number, value: T): void;
  /** One word. A colon is allowed in brackets only. */
  format(value: T): string;
  /** undefined when the word is no value of this part. */
  parse(word: string): T | undefined;
}

function unsigned(octets: Width): Part<number> {
  const max = 256 ** octets - 1;
  return {
    octets,
    read(bytes, at) {
      let value = 0;
      for (let i = 0; i < octets; i++) value = value * 256 + bytes[at + i]!;
      return value;
    },
    write(bytes, at, value) {
      if (!Number.isInteger(value) || value < 0 || value > max) throw new ValueError(`found ${value}, allowed is 0 to ${max}`);
      for (let i = 0, rest = value; i < octets; i++, rest = Math.floor(rest / 256)) bytes[at + octets - 1 - i] = rest % 256;
    },
    format: String,
    parse: (word) => (/^\d{1,10}$/.test(word) && Number(word) <= max ? Number(word) : undefined),
  };
}

export const U8: Part<number> = unsigned(1);
export const U16: Part<number> = unsigned(2);
export const U24: Part<number> = unsigned(3);
export const U32: Part<number> = unsigned(4);

/** A four-octet AS number. Those that two octets could hold carry an "L", so that text tells the forms apart. */
export const AS4: Part<number> = {
  ...U32,
  format: (value) => (value <= 0xffff ? `${value}L` : String(value)),
  parse(word) {
    const number = U32.parse(word.endsWith('L') ? word.slice(0, -1) : word);
    return number !== undefined && number > 0xffff !== word.endsWith('L') ? number : undefined;
  },
};

/** A part whose value is the text of its octets. `octetsOf` gives undefined for text that is none of these. */
function textOfOctets(
  octets: number,
  allowed: string,
  show: (bytes: Uint8Array, at: number) => string,
  octetsOf: (text: string) => Uint8Array | undefined,
): Part<string> {
  return {
    octets,
    read: show,
    write(bytes, at, value) {
      const found = octetsOf(value);
      if (found === undefined) throw new ValueError(`found "${value}", ${allowed}`);
      bytes.set(found, at);
    },
    format: (value) => value,
    parse: (word) => (octetsOf(word) === undefined ? undefined : word.toLowerCase()),
  };
}

export const IPV4: Part<string> = textOfOctets(4, 'allowed is an IPv4 address, e.g. "192.0.2.1"', formatIpv4, parseIpv4);

/** In brackets in text. */
export const IPV6: Part<string> = {
  ...textOfOctets(16, 'allowed is an IPv6 address, e.g. "2001:db8::1"', formatIpv6, parseIpv6),
  format: (value) => `[${value}]`,
  parse(word) {
    const octets = /^\[[^\]]*\]$/.test(word) ? parseIpv6(word.slice(1, -1)) : undefined;
    return octets === undefined ? undefined : formatAddress(octets);
  },
};

/** `00-0c-29-aa-bb-cc` in text and value. */
export const MAC: Part<string> = textOfOctets(
  6,
  'allowed is a MAC address, e.g. "00-0c-29-aa-bb-cc"',
  (bytes, at) => toHex(bytes, at, at + 6).replace(/..(?=.)/g, '$&-'),
  (text) => (/^[0-9a-f]{2}(-[0-9a-f]{2}){5}$/i.test(text) ? fromHex(text.replaceAll('-', '')) : undefined),
);

/** IEEE 754 single precision, as the shortest decimal that gives the same octets. What is not a number, or -0, is left to octets. */
export const FLOAT: Part<number> = {
  octets: 4,
  read(bytes, at) {
    const value = new DataView(bytes.buffer, bytes.byteOffset + at, 4).getFloat32(0);
    return Number.isFinite(value) && !Object.is(value, -0) ? value : undefined;
  },
  write: (bytes, at, value) => new DataView(bytes.buffer, bytes.byteOffset + at, 4).setFloat32(0, value),
  format(value) {
    for (let digits = 1; digits < 9; digits++) {
      const short = Number(value.toPrecision(digits));
      if (Math.fround(short) === value) return String(short);
    }
    return String(value);
  },
  parse(word) {
    const value = /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(word) ? Math.fround(Number(word)) : Number.NaN;
    return Number.isFinite(value) && !Object.is(value, -0) ? value : undefined;
  },
};

/** Octets as they are; `0x` and digits in text. */
export function octets(count: number): Part<string> {
  const digits = new RegExp(`^0x[0-9a-f]{${2 * count}}$`, 'i');
  return textOfOctets(
    count,
    `allowed are ${count} octets, e.g. "0x${'0a'.repeat(count)}"`,
    (bytes, at) => `0x${toHex(bytes, at, at + count)}`,
    (text) => (digits.test(text) ? fromHex(text.slice(2)) : undefined),
  );
}

/** Octets that say nothing: no value and no word when they are zero, as they should be; else they are kept as `octets` are. */
export function reserved(count: number): Part<string> & { readonly optional: true } {
  const all = octets(count);
  return {
    ...all,
    optional: true,
    read: (bytes, at) => (bytes.subarray(at, at + count).every((octet) => octet === 0) ? undefined : all.read(bytes, at)),
    format: (value) => `reserved=${value}`,
    parse: (word) => (word.startsWith('reserved=') ? all.parse(word.slice('reserved='.length)) : undefined),
  };
}

/** Bits with names, by value. Text joins the names with "+", `none` if there are none; a bit without a name is `bit-<value>`. */
export function flags(count: 1 | 2, names: Readonly<Record<string, number>>): Part<string[]> {
  const known = Object.entries(names);
  const bitsIn = (value: readonly string[]) => {
    let bits = 0;
    for (const name of value) {
      const bit = names[name] ?? (/^bit-\d{1,5}$/.test(name) ? Number(name.slice(4)) : 0);
      if (bit === 0) return undefined;
      bits |= bit;
    }
    return bits;
  };
  return {
    octets: count,
    read(bytes, at) {
      const bits = readUnsigned(bytes, at, count);
      const set = known.filter(([, bit]) => (bits & bit) !== 0).map(([name]) => name);
      const named = known.reduce((sum, [, bit]) => sum | bit, 0);
      for (let bit = 1 << (8 * count - 1); bit > 0; bit >>>= 1) if ((bits & bit & ~named) !== 0) set.push(`bit-${bit}`);
      return set;
    },
    write(bytes, at, value) {
      const bits = bitsIn(value);
      if (bits === undefined || bits >= 256 ** count) {
        throw new ValueError(`found "${value.join('+')}", allowed are ${known.map(([name]) => name).join(', ')}`);
      }
      if (count === 1) bytes[at] = bits;
      else writeU16(bytes, at, bits);
    },
    format: (value) => (value.length === 0 ? 'none' : value.join('+')),
    parse(word) {
      const value = word === 'none' ? [] : word.split('+');
      return bitsIn(value) === undefined ? undefined : value;
    },
  };
}

/** Of two octets the upper two bits are flags, the others a number. Text and value `out+in/7`. */
export const DIRECTED_GROUP: Part<string> = {
  octets: 2,
  read(bytes, at) {
    const value = readU16(bytes, at);
    const direction = [value & 0x8000 ? 'out' : '', value & 0x4000 ? 'in' : ''].filter(Boolean).join('+');
    return `${direction === '' ? 'none' : direction}/${value & 0x3fff}`;
  },
  write(bytes, at, value) {
    const parts = /^(none|out|in|out\+in)\/(\d{1,5})$/.exec(value);
    const group = Number(parts?.[2]);
    if (parts === null || group > 0x3fff)
      throw new ValueError(`found "${value}", allowed is a direction and a group of 0 to 16383, e.g. "in/7"`);
    writeU16(bytes, at, group | (parts[1]!.includes('out') ? 0x8000 : 0) | (parts[1]!.includes('in') ? 0x4000 : 0));
  },
  format: (value) => value,
  parse: (word) => (/^(none|out|in|out\+in)\/\d{1,5}$/.test(word) && Number(word.split('/')[1]) <= 0x3fff ? word : undefined),
};
