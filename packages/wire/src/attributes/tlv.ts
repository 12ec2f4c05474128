/**
 * Attributes that are trees of TLVs (AIGP, tunnel encapsulation, prefix SID, BGP-LS): a table says which TLVs there are, of which fields,
 * and which TLVs they hold in turn; this gives their octets and text.
 *
 * A TLV that no row knows, or whose octets are not what its row says and would not come back as they are, stays octets: nothing is lost.
 *
 *     label-index flags=0 index=90, originator-srgb flags=0 srgbs=16000-8000+32000-100, tlv-9 0x0102
 *     srv6-l3-service (srv6-sid-information sid=2001:db8:: flags=0 behavior=19 (sid-structure …))
 */
import { ByteWriter, copyOf, fromHex, readUnsigned, toHex, type Width } from '../bytes.ts';
import { NO_FAMILY } from '../family.ts';
import { ValueError } from '../fault.ts';
import { type Field, type OptionalField, type Reader, readFields, requireValue, writeFields } from '../parts/fields.ts';
import type { SpanRecorder } from '../spans.ts';
import { kebab } from '../words.ts';

/** The value of one field of a TLV. */
export type TlvField = number | string | bigint | readonly unknown[];

/** A TLV that a table knows, by its name there. */
export interface KnownTlv {
  name: string;
  fields: Record<string, TlvField>;
  /** What it holds behind its fields; absent when it is not of the kind that holds others. */
  tlvs?: Tlv[];
}

/** A TLV that no table knows, or whose value does not fit its row: type and octets. */
export interface UnknownTlv {
  name: 'unknown';
  code: number;
  bytes: Uint8Array;
}

/** A TLV of any attribute that is made of them. */
export type Tlv = KnownTlv | UnknownTlv;

export interface TlvRow {
  readonly code: number;
  readonly name: string;
  /** First octet of the value, for rows that share their code and are told apart by it. */
  readonly tag?: number;
  readonly fields: Readonly<Record<string, Field<unknown> | OptionalField<unknown>>>;
  readonly holds?: TlvTable;
}

/** A row: type, name, fields in the order of their octets, and the table of the TLVs that follow the fields. */
export function tlvRow(code: number, name: string, fields: TlvRow['fields'], holds?: TlvTable): TlvRow {
  return { code, name, fields, ...(holds !== undefined && { holds }) };
}

/** How types and lengths are written. */
export interface TlvHeader {
  readonly codeOctets: 1 | 2;
  readonly lengthOctets: (code: number) => 1 | 2;
  readonly lengthCountsHeader?: boolean;
}

export interface TlvTable {
  readonly header: TlvHeader;
  readonly rows: readonly TlvRow[];
  /** Holds for every code without a row of its own; they are called `name-<code>`. */
  readonly others?: { readonly name: string; readonly holds: TlvTable };
}

/** Octets of type and length of the TLV at `at`, or -1 when there are not so many. */
function headerLength(header: TlvHeader, bytes: Uint8Array, at: number, end: number): number {
  if (at + header.codeOctets > end) return -1;
  const length = header.codeOctets + header.lengthOctets(codeAt(header, bytes, at));
  return at + length > end ? -1 : length;
}

export function codeAt(header: TlvHeader, bytes: Uint8Array, at: number): number {
  return readUnsigned(bytes, at, header.codeOctets);
}

/** Offset of the value of the TLV at `at`, or -1 when its header does not lie within `end`. */
export function tlvValueStart(header: TlvHeader, bytes: Uint8Array, at: number, end: number): number {
  const length = headerLength(header, bytes, at, end);
  return length < 0 ? -1 : at + length;
}

/** End of the TLV at `at`, or -1 when it does not lie within `end`. */
export function tlvEnd(header: TlvHeader, bytes: Uint8Array, at: number, end: number): number {
  const before = headerLength(header, bytes, at, end);
  if (before < 0) return -1;
  const length = readUnsigned(bytes, at + header.codeOctets, (before - header.codeOctets) as Width);
  const next = header.lengthCountsHeader === true ? at + length : at + before + length;
  return next > end || next < at + before ? -1 : next;
}

/** Whether `bytes[start, end)` is a whole number of TLVs. */
export function tlvsAreWhole(header: TlvHeader, bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; ) {
    at = tlvEnd(header, bytes, at, end);
    if (at < 0) return false;
  }
  return true;
}

/** The TLVs in `bytes[start, end)`, which is a whole number of them. */
export function decodeTlvs(table: TlvTable, bytes: Uint8Array, start: number, end: number, spans?: SpanRecorder): Tlv[] {
  const tlvs: Tlv[] = [];
  for (let at = start; at < end; ) {
    const code = codeAt(table.header, bytes, at);
    const valueStart = tlvValueStart(table.header, bytes, at, end);
    const next = tlvEnd(table.header, bytes, at, end);
    spans?.open('tlv', at);
    spans?.numbers(at, ['type', table.header.codeOctets], ['length', table.header.lengthOctets(code)]);
    const mark = spans?.mark();
    const known = decodeKnown(table, code, bytes, valueStart, next, spans);
    if (known === undefined && mark !== undefined) spans?.forget(mark);
    const tlv: Tlv = known ?? { name: 'unknown', code, bytes: copyOf(bytes, valueStart, next) };
    spans?.close(next, tlv, known?.name ?? `tlv-${code}`);
    tlvs.push(tlv);
    at = next;
  }
  return tlvs;
}

function decodeKnown(
  table: TlvTable,
  code: number,
  bytes: Uint8Array,
  start: number,
  end: number,
  spans: SpanRecorder | undefined,
): KnownTlv | undefined {
  const row = rowOfCode(table, code, bytes[start]);
  if (row === undefined) return undefined;
  const reader: Reader = { bytes, start, at: row.tag === undefined ? start : start + 1, end, family: NO_FAMILY, failed: false };
  if (row.tag !== undefined) spans?.numbers(start, ['tag', 1]);
  const fields = readFields(Object.entries(row.fields), reader, spans);
  if (fields === undefined) return undefined;
  const tlv: KnownTlv = { name: row.name, fields: fields as Record<string, TlvField> };
  if (row.holds !== undefined) {
    if (!tlvsAreWhole(row.holds.header, bytes, reader.at, end)) return undefined;
    tlv.tlvs = decodeTlvs(row.holds, bytes, reader.at, end, spans);
  } else if (reader.at !== end) {
    return undefined;
  }
  return givesBack(row, tlv, bytes, start, end) ? tlv : undefined;
}

function givesBack(row: TlvRow, tlv: KnownTlv, bytes: Uint8Array, start: number, end: number): boolean {
  const out = new ByteWriter(64);
  appendValue(out, row, tlv);
  if (out.length !== end - start) return false;
  for (let i = 0; i < out.length; i++) if (out.bytes[i] !== bytes[start + i]) return false;
  return true;
}

/** Throws ValueError. */
export function appendTlvs(out: ByteWriter, table: TlvTable, tlvs: readonly Tlv[]): void {
  for (const tlv of tlvs) {
    const { code, bytes } = tlvOctets(table, tlv);
    const lengthOctets = table.header.lengthOctets(code);
    const counted = bytes.length + (table.header.lengthCountsHeader === true ? table.header.codeOctets + lengthOctets : 0);
    if (counted >= 256 ** lengthOctets) throw new ValueError(`${tlv.name} of ${bytes.length} octets is too long`);
    out.unsigned(code, table.header.codeOctets);
    out.unsigned(counted, lengthOctets);
    out.raw(bytes);
  }
}

/** Type and value of one TLV. Throws ValueError. */
export function tlvOctets(table: TlvTable, tlv: Tlv): { code: number; bytes: Uint8Array } {
  if (isUnknown(tlv)) return tlv;
  const row = rowOfName(table, tlv.name);
  const out = new ByteWriter(64);
  appendValue(out, row, tlv);
  return { code: row.code, bytes: out.take() };
}

/** Whether a TLV is kept as octets only. */
export function isUnknown(tlv: Tlv): tlv is UnknownTlv {
  return tlv.name === 'unknown';
}

function appendValue(out: ByteWriter, row: TlvRow, tlv: KnownTlv): void {
  if (row.tag !== undefined) out.u8(row.tag);
  writeFields(out, Object.entries(row.fields), tlv.fields, `${row.name}: `);
  if (row.holds !== undefined) appendTlvs(out, row.holds, tlv.tlvs ?? []);
}

export function formatTlvs(table: TlvTable, tlvs: readonly Tlv[]): string {
  return tlvs
    .map((tlv) => {
      if (isUnknown(tlv)) return `tlv-${tlv.code} 0x${toHex(tlv.bytes)}`;
      const row = rowOfName(table, tlv.name);
      const words = [row.name];
      for (const [key, field] of Object.entries(row.fields)) {
        if (tlv.fields[key] !== undefined) words.push(`${kebab(key)}=${field.format(tlv.fields[key])}`);
      }
      if (row.holds !== undefined && tlv.tlvs !== undefined && tlv.tlvs.length > 0) words.push(`(${formatTlvs(row.holds, tlv.tlvs)})`);
      return words.join(' ');
    })
    .join(', ');
}

/** Throws ValueError. */
export function parseTlvs(table: TlvTable, text: string): Tlv[] {
  const tokens = text.match(/[(),]|[^\s(),]+/g) ?? [];
  const [tlvs, at] = parseList(table, tokens, 0);
  if (at < tokens.length) throw new ValueError(`unexpected "${tokens[at]}" in "${text}"`);
  return tlvs;
}

function parseList(table: TlvTable, tokens: readonly string[], from: number): [Tlv[], number] {
  const tlvs: Tlv[] = [];
  let at = from;
  while (at < tokens.length && tokens[at] !== ')') {
    const [tlv, next] = parseOne(table, tokens, at);
    tlvs.push(tlv);
    at = next;
    if (tokens[at] !== ',') break;
    at++;
  }
  return [tlvs, at];
}

function parseOne(table: TlvTable, tokens: readonly string[], from: number): [Tlv, number] {
  const name = tokens[from]!;
  const unknown = /^tlv-(\d{1,5})$/.exec(name);
  if (unknown !== null) {
    const octets = tokens[from + 1] ?? '';
    if (!/^0x([0-9a-fA-F]{2})*$/.test(octets)) throw new ValueError(`${name}: found "${octets}", allowed are octets, e.g. "0x0102"`);
    return [{ name: 'unknown', code: Number(unknown[1]), bytes: fromHex(octets.slice(2)) }, from + 2];
  }
  const row = rowOfName(table, name);
  const byName = new Map(Object.entries(row.fields).map(([key, field]) => [kebab(key), { key, field }]));
  const tlv: KnownTlv = { name: row.name, fields: {} };
  let at = from + 1;
  for (; at < tokens.length && !/^[(),]$/.test(tokens[at]!); at++) {
    const [word, value] = split(tokens[at]!);
    const known = byName.get(word);
    if (known === undefined) throw new ValueError(`${name}: found "${word}", allowed are ${[...byName.keys()].join(', ') || 'no fields'}`);
    tlv.fields[known.key] = known.field.parse(value, NO_FAMILY) as TlvField;
  }
  for (const [key, field] of Object.entries(row.fields)) requireValue(key, field, tlv.fields, `${name}: `);
  if (row.holds === undefined) return [tlv, at];
  tlv.tlvs = [];
  if (tokens[at] !== '(') return [tlv, at];
  const [held, next] = parseList(row.holds, tokens, at + 1);
  if (tokens[next] !== ')')
    throw new ValueError(`${name}: found ${tokens[next] === undefined ? 'the end' : `"${tokens[next]}"`}, allowed is ")"`);
  tlv.tlvs = held;
  return [tlv, next + 1];
}

function split(token: string): [string, string] {
  const at = token.indexOf('=');
  return at < 0 ? [token, ''] : [token.slice(0, at), token.slice(at + 1)];
}

function rowOfCode(table: TlvTable, code: number, firstOctet: number | undefined): TlvRow | undefined {
  const row = table.rows.find((each) => each.code === code && (each.tag === undefined || each.tag === firstOctet));
  if (row !== undefined || table.others === undefined) return row;
  return { code, name: `${table.others.name}-${code}`, fields: {}, holds: table.others.holds };
}

export function rowOfName(table: TlvTable, name: string): TlvRow {
  const row = table.rows.find((each) => each.name === name);
  if (row !== undefined) return row;
  const other = /^(.+)-(\d{1,5})$/.exec(name);
  if (table.others !== undefined && other !== null && other[1] === table.others.name) {
    // One that has a row may be called by its number too.
    const code = Number(other[2]);
    return table.rows.find((each) => each.code === code) ?? { code, name, fields: {}, holds: table.others.holds };
  }
  throw new ValueError(`found "${name}", allowed are ${table.rows.map((each) => each.name).join(', ')}`);
}
