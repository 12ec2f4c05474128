/**
 * Records: lists of fields in the order of their octets. One list gives `decode`, `encode`, `format` and `parse`. Families use them whose
 * routes differ in little more than their fields.
 *
 * The text is `key value` pairs in the order of the octets, the keys in kebab-case: `rd 65000:1 ethernet-tag 0 originating-router 192.0.2.1`.
 */
import { ADDRESS_EXAMPLES, addressBytes, formatAddress, parseIpv4 } from '../address.ts';
import { type ByteWriter, fromHex, readUnsigned, toHex, type Width } from '../bytes.ts';
import type { Family } from '../family.ts';
import { ValueError } from '../fault.ts';
import type { SpanRecorder } from '../spans.ts';
import { kebab } from '../words.ts';
import { addressOctets, normalizePrefix, prefixExample, readPrefix, writePrefix } from './prefix-bits.ts';
import { formatRd, parseRd, RD_EXAMPLES, RD_LENGTH } from './route-distinguisher.ts';

/** The place that a record is read from. A field that finds too few octets, or wrong ones, sets `failed`. */
export interface Reader {
  readonly bytes: Uint8Array;
  readonly start: number;
  at: number;
  readonly end: number;
  readonly family: Family;
  failed: boolean;
}

/** Offset of the next `count` octets, and moves past them; -1 and `failed` when fewer are left. */
export function take(reader: Reader, count: number): number {
  const at = reader.at;
  if (at + count > reader.end) {
    reader.failed = true;
    return -1;
  }
  reader.at = at + count;
  return at;
}

export function fail(reader: Reader): undefined {
  reader.failed = true;
  return undefined;
}

/** The `read` of a field that always has `count` octets. */
export function fixed<T>(count: number, read: (bytes: Uint8Array, at: number) => T): (reader: Reader) => T | undefined {
  return (reader) => {
    const at = take(reader, count);
    return at < 0 ? undefined : read(reader.bytes, at);
  };
}

/** The address in the next `size` octets; undefined and `failed` when fewer are left. */
export function takeAddress(reader: Reader, size: number): string | undefined {
  const at = take(reader, size);
  return at < 0 ? undefined : formatAddress(reader.bytes, at, at + size);
}

/** A value in octets, in text and in JSON. */
export interface Field<T> {
  /** What an error about a missing value says is allowed. @default nothing in particular */
  readonly allowed?: string | ((family: Family) => string);
  read(reader: Reader): T | undefined;
  write(out: ByteWriter, value: T): void;
  format(value: T): string;
  parse(text: string, family: Family): T;
}

/** A field that may be absent: `read` then gives undefined without failing, and `write` accepts undefined. */
export interface OptionalField<T> extends Field<T> {
  readonly optional: true;
  /** The field has no separate octets: it reads and writes bits among the octets of earlier fields, which ignore them. @default false */
  readonly overlay?: true;
  write(out: ByteWriter, value: T | undefined): void;
}

/** A field for each key of T, in the order of the octets. */
export type Shape<T> = {
  readonly [K in keyof T]-?: Record<never, never> extends Pick<T, K> ? OptionalField<NonNullable<T[K]>> : Field<T[K]>;
};

export interface RecordCodec<T> {
  readonly shape: Shape<T>;
  decode(bytes: Uint8Array, start: number, end: number, family: Family, spans?: SpanRecorder): T | undefined;
  encode(out: ByteWriter, value: T): void;
  format(value: T): string;
  parse(words: readonly string[], family: Family): T;
}

export type NamedField = [key: string, field: Field<unknown> | OptionalField<unknown>];

/** The values of fields that follow each other; undefined when one fails. */
export function readFields(fields: readonly NamedField[], reader: Reader, spans?: SpanRecorder): Record<string, unknown> | undefined {
  const values: Record<string, unknown> = {};
  for (const [key, field] of fields) {
    const before = reader.at;
    const value = field.read(reader);
    if (reader.failed) return undefined;
    if (value !== undefined) values[key] = value;
    spans?.leaf(kebab(key), before, reader.at, value);
  }
  return values;
}

/** Throws ValueError when a value is missing or cannot be written. `place` precedes the name of a missing one. */
export function writeFields(out: ByteWriter, fields: readonly NamedField[], values: Readonly<Record<string, unknown>>, place = ''): void {
  for (const [key, field] of fields) {
    requireValue(key, field, values, place);
    field.write(out, values[key]);
  }
}

/** Throws ValueError when the field needs a value and has none. */
export function requireValue(key: string, field: object, values: Readonly<Record<string, unknown>>, place = ''): void {
  if (values[key] === undefined && !('optional' in field)) throw new ValueError(`${place}${kebab(key)} is missing`);
}

export function record<T extends object>(shape: Shape<T>): RecordCodec<T> {
  const fields = Object.entries(shape) as NamedField[];
  const byName = new Map(fields.map(([key, field]) => [kebab(key), { key, field }]));
  return {
    shape,
    decode(bytes, start, end, family, spans) {
      const reader: Reader = { bytes, start, at: start, end, family, failed: false };
      const value = readFields(fields, reader, spans);
      return reader.at === end ? (value as T | undefined) : undefined;
    },
    encode(out, value) {
      writeFields(out, fields, value as Record<string, unknown>);
    },
    format(value) {
      const values = value as Record<string, unknown>;
      return fields
        .filter(([key]) => values[key] !== undefined)
        .map(([key, field]) => `${kebab(key)} ${field.format(values[key])}`)
        .join(' ');
    },
    parse(words, family) {
      const value: Record<string, unknown> = {};
      for (let i = 0; i < words.length; i += 2) {
        const known = byName.get(words[i]!);
        const text = words[i + 1];
        if (known === undefined || text === undefined) {
          throw new ValueError(
            `found "${words[i]}"${text === undefined ? ' without a value' : ''}, allowed ${[...byName.keys()].join(', ')}, each with its value`,
          );
        }
        value[known.key] = known.field.parse(text, family);
      }
      for (const [key, field] of fields) requireValue(key, field, value);
      return value as T;
    },
  };
}

function unsigned(width: Width): Field<number> {
  const max = 256 ** width - 1;
  const allowed = `allowed 0 to ${max}`;
  const check = (value: number, found: string): number => {
    if (!Number.isInteger(value) || value < 0 || value > max) throw new ValueError(`found ${found}, ${allowed}`);
    return value;
  };
  return {
    allowed,
    read: fixed(width, (bytes, at) => readUnsigned(bytes, at, width)),
    write: (out, value) => out.unsigned(check(value, String(value)), width),
    format: String,
    parse: (text) => check(/^\d+$/.test(text) ? Number(text) : Number.NaN, `"${text}"`),
  };
}

export const U8: Field<number> = unsigned(1);
export const U16: Field<number> = unsigned(2);
export const U24: Field<number> = unsigned(3);
export const U32: Field<number> = unsigned(4);

/** A field whose value is the text of `count` octets: `show` gives the text, `octetsOf` the octets. */
export function textOfOctets(
  allowed: string,
  count: number,
  show: (bytes: Uint8Array, start: number, end: number) => string,
  octetsOf: (text: string) => Uint8Array,
): Field<string> {
  return {
    allowed,
    read: fixed(count, (bytes, at) => show(bytes, at, at + count)),
    write: (out, value) => out.raw(octetsOf(value)),
    format: (value) => value,
    parse(text) {
      const bytes = octetsOf(text);
      return show(bytes, 0, bytes.length);
    },
  };
}

/** A fixed number of octets as hexadecimal text with `separator` between them. */
export function octets(count: number, separator = ''): Field<string> {
  const spaced = (hex: string) => (separator === '' ? hex : hex.replace(/..(?=.)/g, `$&${separator}`));
  const allowed = `allowed ${count} octets, e.g. "${spaced('0a'.repeat(count))}"`;
  const parse = (text: string): Uint8Array => {
    const digits = text.replaceAll(':', '');
    if (!/^[0-9a-fA-F]*$/.test(digits) || digits.length !== 2 * count) {
      throw new ValueError(`found "${text}", ${allowed}`);
    }
    return fromHex(digits);
  };
  return textOfOctets(allowed, count, (bytes, start, end) => spaced(toHex(bytes, start, end)), parse);
}

/** Hexadecimal text of reserved octets; undefined when all are zero. */
export function hexUnlessZero(octets: Uint8Array): string | undefined {
  return octets.every((octet) => octet === 0) ? undefined : toHex(octets);
}

/** Ethernet segment identifier (RFC 7432 §5). */
export const ESI: Field<string> = octets(10, ':');

export const RD: Field<string> = textOfOctets(RD_EXAMPLES, RD_LENGTH, formatRd, parseRd);

/** The text forms of an address of either family. */
export const ADDRESS_TEXT: Pick<Field<string>, 'allowed' | 'format' | 'parse'> = {
  allowed: ADDRESS_EXAMPLES,
  format: (value) => value,
  parse: (text) => formatAddress(addressBytes(text)),
};

/** An address of 4 or 16 octets. It takes all octets that are left. */
export const ADDRESS_TO_END: Field<string> = {
  ...ADDRESS_TEXT,
  read(reader) {
    const size = reader.end - reader.at;
    return size === 4 || size === 16 ? takeAddress(reader, size) : fail(reader);
  },
  write: (out, value) => out.raw(addressBytes(value)),
};

/** An IPv4 address, e.g. of a router. */
export const IPV4: Field<string> = {
  ...ADDRESS_TEXT,
  read: (reader) => takeAddress(reader, 4),
  write(out, value) {
    const bytes = parseIpv4(value);
    if (bytes === undefined) throw new ValueError(`"${value}" is not an IPv4 address, e.g. "192.0.2.1"`);
    out.raw(bytes);
  },
};

function readCounted(reader: Reader): string | undefined {
  const at = take(reader, 1);
  if (at < 0) return undefined;
  const bits = reader.bytes[at]!;
  if (bits === 0) return undefined;
  return bits === 32 || bits === 128 ? takeAddress(reader, bits / 8) : fail(reader);
}

function writeCounted(out: ByteWriter, value: string | undefined): void {
  if (value === undefined) {
    out.u8(0);
    return;
  }
  const bytes = addressBytes(value);
  out.u8(8 * bytes.length);
  out.raw(bytes);
}

/** An address and, before it, its length in bits. A length of 0 means any address. */
export const OPTIONAL_COUNTED_ADDRESS: OptionalField<string> = { ...ADDRESS_TEXT, optional: true, read: readCounted, write: writeCounted };

/** An address and, before it, its length in bits, 32 or 128. */
export const COUNTED_ADDRESS: Field<string> = {
  ...ADDRESS_TEXT,
  read: (reader) => readCounted(reader) ?? fail(reader),
  write: writeCounted,
};

/** As `OPTIONAL_COUNTED_ADDRESS`, but a peer may leave out the length too when there is no address. We always write it. */
export const TRAILING_COUNTED_ADDRESS: OptionalField<string> = {
  ...OPTIONAL_COUNTED_ADDRESS,
  read: (reader) => (reader.at === reader.end ? undefined : readCounted(reader)),
};

/** A prefix of the family's address size: its length in bits, then the octets that these need. */
export const PREFIX: Field<string> = {
  allowed: (family) => prefixExample(addressOctets(family)),
  read(reader) {
    const at = take(reader, 1);
    if (at < 0) return undefined;
    const bits = reader.bytes[at]!;
    const start = take(reader, (bits + 7) >>> 3);
    if (start < 0) return undefined;
    return readPrefix(reader.bytes, start, reader.at, bits, addressOctets(reader.family)) ?? fail(reader);
  },
  write: (out, value) => writePrefix(out, value, value.includes(':') ? 16 : 4),
  format: (value) => value,
  parse: (text, family) => normalizePrefix(text, addressOctets(family)),
};
