/**
 * Rows of attributes whose values have a common shape: a number, an IPv4 address, a list of entries of one size, TLVs. `attribute` makes a row
 * of any other shape. Each adds the checks that follow from the data of the row, so that a row gives its name and its length once.
 */
import { formatIpv4 } from '../address.ts';
import { type ByteWriter, copyOf, readU32 } from '../bytes.ts';
import { UpdateError } from '../codes.ts';
import type { WireContext } from '../context.ts';
import { type Fault, ValueError } from '../fault.ts';
import { parseU32, within } from '../numbers.ts';
import { ipv4Octets, parseIpv4Text } from '../parts/ipv4.ts';
import { IPV4, list, parsed, U32 } from '../parts/json-form.ts';
import type { AttributeCodec } from './codec.ts';
import { attributeDiscard, treatAsWithdraw } from './fields.ts';
import { appendTlvs, decodeTlvs, formatTlvs, parseTlvs, type Tlv, type TlvTable } from './tlv.ts';
import { tlvsFromJson } from './tlv-json.ts';

/** What every row says about its attribute, whatever the shape of the value. */
type Traits<Type extends string> = Pick<
  AttributeCodec<never, Type>,
  'code' | 'type' | 'name' | 'label' | 'flags' | 'wrongFlags' | 'internalOnly' | 'exportRule' | 'fact'
>;

type Check = AttributeCodec<never>['check'];

interface Checked {
  /** Octets of every value; any other length is treat-as-withdraw. @default `check` judges the length */
  readonly length?: number;
  /** Only speakers with two-octet AS numbers may send it; from others it is discarded (RFC 6793 §4.1). @default false */
  readonly twoOctetOnly?: true;
  /** The verdict on a value of the right length, from a peer that may send it. @default it is well-formed */
  readonly check?: Check;
}

/** A row whose `check` first asks who sends the attribute and how long it is. */
export function attribute<Value, Type extends string>({
  length,
  twoOctetOnly,
  check,
  ...row
}: Checked & Omit<AttributeCodec<Value, Type>, 'check'>): AttributeCodec<Value, Type> {
  return { ...row, check: bySender(row.name, row.internalOnly, twoOctetOnly, byLength(row.name, length, check)) };
}

function byLength(name: string, length: number | undefined, check: Check | undefined): Check {
  if (length === undefined) return check ?? (() => undefined);
  const bad = (found: number): Fault => treatAsWithdraw(UpdateError.AttributeLength, `${name} of ${found} octets, allowed is ${length}`);
  if (check === undefined) return (_bytes, start, end) => (end - start === length ? undefined : bad(end - start));
  return (bytes, start, end, context) => (end - start === length ? check(bytes, start, end, context) : bad(end - start));
}

function bySender(name: string, internalOnly: 'as' | 'confederation' | undefined, twoOctetOnly: true | undefined, check: Check): Check {
  if (internalOnly !== undefined) {
    const members = internalOnly === 'confederation';
    // RFC 7606 §7.5, §7.9, §7.10, RFC 7311 §3.3, RFC 5065 §5.3.
    return (bytes, start, end, context) =>
      context.peerType === 'ebgp' && !(members && context.confederation === true)
        ? attributeDiscard(UpdateError.OptionalAttribute, `${name} from an external peer`)
        : check(bytes, start, end, context);
  }
  if (twoOctetOnly) {
    return (bytes, start, end, context) =>
      context.fourOctetAs
        ? attributeDiscard(UpdateError.OptionalAttribute, `${name} from a four-octet speaker`)
        : check(bytes, start, end, context);
  }
  return check;
}

interface U32Traits<Type extends string> extends Traits<Type> {
  /** What the number is, in the text of an error. @default `name` */
  readonly valueName?: string;
  describe?(value: number): string;
}

/** A number of 32 bits. Any length but 4: treat-as-withdraw. */
export function u32Attribute<Type extends string>({ valueName, ...traits }: U32Traits<Type>): AttributeCodec<number, Type> {
  return attribute({
    ...traits,
    length: 4,
    decode: (bytes, start) => readU32(bytes, start),
    encode: (out, value) => out.u32(within(valueName ?? traits.name, value, 0xffff_ffff)),
    format: String,
    parse: parseU32,
    fromJson: U32,
  });
}

/** An IPv4 address. Any length but 4: treat-as-withdraw. */
export function ipv4Attribute<Type extends string>(traits: Traits<Type> & { readonly check?: Check }): AttributeCodec<string, Type> {
  return attribute({
    ...traits,
    length: 4,
    decode: (bytes, start) => formatIpv4(bytes, start),
    encode: (out, value) => out.raw(ipv4Octets(value)),
    format: (value) => value,
    parse: parseIpv4Text,
    fromJson: IPV4,
  });
}

interface ListTraits<Entry, Type extends string> extends Traits<Type> {
  /** Octets of each entry. */
  readonly entryLength: number;
  /** What an entry is, for those who ask which octets were read as what (`WireContext.spans`). */
  readonly entryName: string;
  /** The error that a NOTIFICATION names for a bad length. @default Optional Attribute Error */
  readonly lengthError?: number;
  /** Borrows nothing. */
  read(bytes: Uint8Array, at: number): Entry;
  /** Throws ValueError. */
  write(out: ByteWriter, entry: Entry): void;
  format(entry: Entry): string;
  /** Throws ValueError. */
  parse(text: string): Entry;
}

/** Entries of one size, at least one (RFC 7606 §7.8, §7.10, §7.14, RFC 8092 §6). Any other length: treat-as-withdraw. Texts are in a row. */
export function listAttribute<Entry, Type extends string>({
  entryName,
  lengthError = UpdateError.OptionalAttribute,
  read,
  write,
  format,
  parse,
  ...traits
}: ListTraits<Entry, Type>): AttributeCodec<Entry[], Type> {
  const { name, entryLength } = traits;
  return attribute({
    ...traits,
    check(_bytes, start, end) {
      const length = end - start;
      if (length > 0 && length % entryLength === 0) return undefined;
      return treatAsWithdraw(lengthError, `${name} of ${length} octets, allowed are multiples of ${entryLength}`);
    },
    decode(bytes, start, end, { spans }) {
      const entries: Entry[] = [];
      for (let at = start; at < end; at += entryLength) {
        const entry = read(bytes, at);
        spans?.leaf(entryName, at, at + entryLength, entry);
        entries.push(entry);
      }
      return entries;
    },
    encode(out, entries) {
      for (const entry of entries) write(out, entry);
    },
    format: (entries) => entries.map(format).join(' '),
    parse: (text) => text.split(/\s+/).filter(Boolean).map(parse),
    fromJson: list(parsed(parse)),
    toJson: (entries) => entries.map(format),
  });
}

/** An entry that keeps its octets. `entry` is what it is called in the text of an error. */
export function octetsEntry(entry: string, entryLength: number): Pick<ListTraits<Uint8Array, string>, 'entryLength' | 'read' | 'write'> {
  return {
    entryLength,
    read: (bytes, at) => copyOf(bytes, at, at + entryLength),
    write(out, octets) {
      if (octets.length !== entryLength) throw new ValueError(`${entry}: found ${octets.length} octets, allowed are ${entryLength}`);
      out.raw(octets);
    },
  };
}

interface TlvTraits<Type extends string> extends Traits<Type> {
  /** Must refuse what is not a whole number of TLVs. */
  check(bytes: Uint8Array, start: number, end: number, context: WireContext): Fault | undefined;
}

/** TLVs of a table, and nothing else. */
export function tlvAttribute<Type extends string>(traits: TlvTraits<Type>, table: TlvTable): AttributeCodec<Tlv[], Type> {
  return attribute({
    ...traits,
    decode: (bytes, start, end, { spans }) => decodeTlvs(table, bytes, start, end, spans),
    encode: (out, tlvs) => appendTlvs(out, table, tlvs),
    format: (tlvs) => formatTlvs(table, tlvs),
    parse: (text) => parseTlvs(table, text),
    fromJson: tlvsFromJson(table),
  });
}
