/** Fields of TLVs in attributes, beside those of NLRI (fields.ts). Their text has no white space, comma or parenthesis. */
import { formatIpv6, parseIpv6 } from '../address.ts';
import { type ByteWriter, copyOf, fromHex, readU24, readU32, readU64, toHex } from '../bytes.ts';
import { ValueError } from '../fault.ts';
import { parseU32, within } from '../numbers.ts';
import { ADDRESS_TO_END, type Field, fixed, hexUnlessZero, type OptionalField, type Reader, take, textOfOctets } from './fields.ts';

/** Reserved octets: absent when they are zero, else hexadecimal text. */
export function reserved(count: number): OptionalField<string> {
  return {
    optional: true,
    read: fixed(count, (bytes, at) => hexUnlessZero(bytes.subarray(at, at + count))),
    write(out, value) {
      if (value === undefined) out.zeros(count);
      else out.raw(hexOctets(value, count));
    },
    format: (value) => value,
    parse: (text) => toHex(hexOctets(text, count)),
  };
}

/**
 * Reserved bits among the octets of the fields before this one, which ignore them. Absent when they are zero. Otherwise hexadecimal text of all
 * octets of the TLV's value up to here, with the other bits zero. `mask` says which bits of octet `index` of `length` are reserved.
 */
export function reservedBits(mask: (index: number, length: number) => number): OptionalField<string> {
  const parse = (text: string): Uint8Array => {
    const octets = /^([0-9a-fA-F]{2})*$/.test(text) ? fromHex(text) : undefined;
    if (octets === undefined || octets.some((octet, i) => (octet & ~mask(i, octets.length)) !== 0)) {
      throw new ValueError(`found "${text}", allowed are the octets of the value with reserved bits alone`);
    }
    return octets;
  };
  return {
    optional: true,
    overlay: true,
    read: ({ bytes, start, at }) => hexUnlessZero(copyOf(bytes, start, at).map((octet, i) => octet & mask(i, at - start))),
    write(out, value) {
      if (value === undefined) return;
      const octets = parse(value);
      if (octets.length > out.length)
        throw new ValueError(`found ${octets.length} octets of reserved bits, allowed are those of the value`);
      for (const [i, octet] of octets.entries()) out.bytes[out.length - octets.length + i]! |= octet;
    },
    format: (value) => value,
    parse: (text) => toHex(parse(text)),
  };
}

function hexOctets(text: string, count: number): Uint8Array {
  if (!/^[0-9a-fA-F]*$/.test(text) || text.length !== 2 * count) {
    throw new ValueError(`found "${text}", allowed are ${count} octets, e.g. "${'0a'.repeat(count)}"`);
  }
  return fromHex(text);
}

const U64_ALLOWED = 'allowed is 0 to 18446744073709551615';

export const U64: Field<bigint> = {
  allowed: U64_ALLOWED,
  read: fixed(8, readU64),
  write(out, value) {
    if (value < 0n || value > 0xffff_ffff_ffff_ffffn) throw new ValueError(`found ${value}, ${U64_ALLOWED}`);
    out.u64(value);
  },
  format: String,
  parse(text) {
    if (!/^\d{1,20}$/.test(text)) throw new ValueError(`found "${text}", ${U64_ALLOWED}`);
    return BigInt(text);
  },
};

const IPV6_EXAMPLE = 'e.g. "2001:db8::1"';

export const IPV6: Field<string> = textOfOctets(IPV6_EXAMPLE, 16, formatIpv6, ipv6Octets);

function ipv6Octets(text: string): Uint8Array {
  const bytes = parseIpv6(text);
  if (bytes === undefined) throw new ValueError(`"${text}" is not an IPv6 address, ${IPV6_EXAMPLE}`);
  return bytes;
}

function rest(reader: Reader): Uint8Array {
  return reader.bytes.subarray(take(reader, reader.end - reader.at), reader.end);
}

const HEX_ALLOWED = 'allowed are octets, e.g. "0x0102"';

/** All octets that are left. */
export const HEX_TO_END: Field<string> = {
  allowed: HEX_ALLOWED,
  read: (reader) => `0x${toHex(rest(reader))}`,
  write: (out, value) => out.raw(prefixedHex(value)),
  format: (value) => value,
  parse: (text) => `0x${toHex(prefixedHex(text))}`,
};

function prefixedHex(text: string): Uint8Array {
  if (!/^0x([0-9a-fA-F]{2})*$/.test(text)) throw new ValueError(`found "${text}", ${HEX_ALLOWED}`);
  return fromHex(text.slice(2));
}

/** UTF-8 to the end. Its text is percent-encoded, so that it is one word. */
export const TEXT_TO_END: Field<string> = {
  read: (reader) => new TextDecoder().decode(rest(reader)),
  write: (out, value) => out.raw(new TextEncoder().encode(value)),
  format: (value) => encodeURIComponent(value.toWellFormed()).replace(/[()]/g, (item) => `%${item.charCodeAt(0).toString(16)}`),
  parse(text) {
    try {
      return decodeURIComponent(text);
    } catch (cause) {
      throw new ValueError(`"${text}" is not percent-encoded text`, { cause });
    }
  },
};

/** No address, or one of 4 or 16 octets. */
export const ANY_ADDRESS_TO_END: OptionalField<string> = trailing(ADDRESS_TO_END);

/** An MPLS label stack entry: the label, then a slash and the twelve other bits when they are not 0. */
function formatLabel(entry: number): string {
  const other = entry & 0xfff;
  return other === 0 ? String(entry >>> 12) : `${entry >>> 12}/${other}`;
}

function parseLabel(text: string): number {
  const parts = /^(\d{1,7})(?:\/(\d{1,4}))?$/.exec(text);
  if (parts === null) throw new ValueError(`found "${text}", ${LABEL_ALLOWED}`);
  return within('MPLS label', Number(parts[1]), 0xf_ffff) * 4096 + within('bits behind the label', Number(parts[2] ?? 0), 0xfff);
}

const LABEL_ALLOWED = 'allowed is an MPLS label, e.g. "16000"';

export const LABEL: Field<string> = {
  allowed: LABEL_ALLOWED,
  read: fixed(4, (bytes, at) => formatLabel(readU32(bytes, at))),
  write: (out, value) => out.u32(parseLabel(value)),
  format: (value) => value,
  parse: (text) => formatLabel(parseLabel(text)),
};

/** A field that is absent when the TLV ends before it. */
export function trailing<T>(field: Field<T>): OptionalField<T> {
  return {
    optional: true,
    read: (reader) => (reader.at === reader.end ? undefined : field.read(reader)),
    write(out: ByteWriter, value) {
      if (value !== undefined) field.write(out, value);
    },
    format: (value) => field.format(value),
    parse: (text, family) => field.parse(text, family),
  };
}

/** A segment identifier to the end: nothing, an MPLS label or an IPv6 address (RFC 9830 §2.4.2). */
export const SID_TO_END: OptionalField<string> = trailing({
  read: (reader) => (reader.end - reader.at === 16 ? IPV6 : LABEL).read(reader),
  write: (out, value) => (value.includes(':') ? IPV6 : LABEL).write(out, value),
  format: (value) => value,
  parse: (text, family) => (text.includes(':') ? IPV6 : LABEL).parse(text, family),
});

/** All values to the end, with `+` between them in text. */
export function listToEnd<T>(field: Field<T>): Field<T[]> {
  return {
    read(reader) {
      const values: T[] = [];
      while (reader.at < reader.end && !reader.failed) {
        const value = field.read(reader);
        if (value !== undefined) values.push(value);
      }
      return values;
    },
    write(out, values) {
      for (const value of values) field.write(out, value);
    },
    format: (values) => values.map((value) => field.format(value)).join('+'),
    parse: (text, family) => (text === '' ? [] : text.split('+').map((item) => field.parse(item, family))),
  };
}

/** A range of labels or indices: the first one and how many there are. */
export interface LabelRange {
  base: number;
  range: number;
}

const LABEL_RANGE_ALLOWED = 'allowed are base and range, e.g. "16000-8000"';

/** A block of labels: base and size in three octets each (RFC 8669 §3.2). Text `16000-8000`. */
export const LABEL_RANGE: Field<LabelRange> = {
  allowed: LABEL_RANGE_ALLOWED,
  read: fixed(6, (bytes, at) => ({ base: readU24(bytes, at), range: readU24(bytes, at + 3) })),
  write(out, value) {
    out.u24(within('base', value.base, 0xff_ffff));
    out.u24(within('range', value.range, 0xff_ffff));
  },
  format: (value) => `${value.base}-${value.range}`,
  parse(text) {
    const [base, range, ...more] = text.split('-');
    if (base === undefined || range === undefined || more.length > 0) {
      throw new ValueError(`found "${text}", ${LABEL_RANGE_ALLOWED}`);
    }
    return { base: within('base', parseU32(base), 0xff_ffff), range: within('range', parseU32(range), 0xff_ffff) };
  },
};
