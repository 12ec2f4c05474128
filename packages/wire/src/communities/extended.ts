/**
 * Extended communities (RFC 4360): eight octets, of which the first says the form and the second, usually, the meaning. As structure and as
 * text, by the table in extended-registry.ts.
 *
 *     two-octet AS    | 0x00 | subtype | AS, 2 octets   | number, 4 octets |      rt:65000:100
 *     IPv4 address    | 0x01 | subtype | address        | number, 2 octets |      rt:192.0.2.1:100
 *     four-octet AS   | 0x02 | subtype | AS, 4 octets   | number, 2 octets |      rt:200000:100, rt:100L:5
 *     others          | type | subtype | parts …                           |      color:0:100, router-mac:00-0c-29-aa-bb-cc
 *     regular type    | type | parts …                                     |      qos-marking:remarking:1:0:46:46:0
 *
 * A community without a row, or with octets that the parts of its row cannot say, is "0x" and sixteen digits. `parse(format(x))` gives the same
 * octets.
 */
import { copyOf, equalBytes, fromHex, toHex } from '../bytes.ts';
import { ValueError } from '../fault.ts';
import { kebab } from '../words.ts';
import type { Part, PartValue } from './extended-parts.ts';
import { EXTENDED_COMMUNITIES, type ExtendedCommunityRow } from './extended-registry.ts';

export const EXTENDED_COMMUNITY_LENGTH = 8;

/** An extended community (RFC 4360 §2) taken apart: its name and fields, or its octets. */
export type ExtendedCommunity =
  | { name: 'unknown'; type: number; subtype: number; bytes: Uint8Array }
  /** A regular type has no subtype. */
  | { name: string; type: number; subtype?: number; fields: Record<string, PartValue> };

const BY_CODE: ReadonlyMap<number, ExtendedCommunityRow> = new Map(EXTENDED_COMMUNITIES.map((row) => [key(row.type, row.subtype), row]));
const BY_NAME: ReadonlyMap<string, readonly ExtendedCommunityRow[]> = Map.groupBy(EXTENDED_COMMUNITIES, (row) => row.name);

function key(type: number, subtype: number | undefined): number {
  return subtype === undefined ? -1 - type : (type << 8) | subtype;
}

/** Offset of the first part of a row. */
function partsAt(row: ExtendedCommunityRow): number {
  return row.subtype === undefined ? 1 : 2;
}

/** What the eight octets mean. Borrows nothing. */
export function decodeExtendedCommunity(bytes: Uint8Array): ExtendedCommunity {
  return decodeBy(rowOf(bytes), bytes);
}

function rowOf(bytes: Uint8Array): ExtendedCommunityRow | undefined {
  return BY_CODE.get(key(bytes[0]!, bytes[1])) ?? BY_CODE.get(key(bytes[0]!, undefined));
}

/** The community in `bytes`, whose row is `row`. */
export function decodeBy(row: ExtendedCommunityRow | undefined, bytes: Uint8Array): ExtendedCommunity {
  const fields = row === undefined ? undefined : readParts(row.parts, bytes, partsAt(row));
  if (row === undefined || fields === undefined) return { name: 'unknown', type: bytes[0]!, subtype: bytes[1]!, bytes: copyOf(bytes) };
  return { name: row.name, type: row.type, ...(row.subtype !== undefined && { subtype: row.subtype }), fields };
}

/** The text of the community in `bytes`, whose row is `row`. */
export function formatBy(row: ExtendedCommunityRow | undefined, bytes: Uint8Array): string {
  const fields = row === undefined ? undefined : readParts(row.parts, bytes, partsAt(row));
  return row === undefined || fields === undefined ? `0x${toHex(bytes)}` : formatParts(row.name, row.parts, fields);
}

/** The eight octets. Throws ValueError. */
export function encodeExtendedCommunity(community: ExtendedCommunity): Uint8Array {
  if ('bytes' in community) return eightOctets(community.bytes);
  const row = BY_CODE.get(key(community.type, community.subtype));
  if (row === undefined || row.name !== community.name) {
    throw new ValueError(`extended community of type ${community.type}, subtype ${community.subtype} is not "${community.name}"`);
  }
  return written(row, community.fields, EXTENDED_COMMUNITY_LENGTH);
}

/** A community of `length` octets. Throws ValueError. */
export function written(row: ExtendedCommunityRow, fields: Readonly<Record<string, PartValue>>, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  bytes[0] = row.type;
  bytes[1] = row.subtype ?? 0;
  writeParts(row.parts, bytes, partsAt(row), fields);
  return bytes;
}

/** Text of the eight octets, e.g. `rt:65000:100`; `0x…` for what the table does not know. */
export function formatExtendedCommunity(bytes: Uint8Array): string {
  return formatBy(rowOf(bytes), bytes);
}

/** Throws ValueError. */
export function parseExtendedCommunity(text: string): Uint8Array {
  if (/^0x[0-9a-fA-F]{16}$/.test(text)) return fromHex(text.slice(2));
  const [name = '', ...words] = text.split(':');
  const rows = BY_NAME.get(name.toLowerCase());
  if (rows === undefined) {
    throw new ValueError(
      `"${text}" is not an extended community: found "${name}", allowed are ${[...BY_NAME.keys()].join(', ')}, or 0x and sixteen digits, e.g. "rt:65000:100"`,
    );
  }
  for (const row of rows) {
    const fields = parseParts(row.parts, words);
    if (fields !== undefined) return written(row, fields, EXTENDED_COMMUNITY_LENGTH);
  }
  const forms = rows.map((row) => [name, ...partNames(row.parts)].join(':'));
  throw new ValueError(`"${text}" is not an extended community: allowed is ${forms.join(' or ')}, e.g. "rt:65000:100"`);
}

function eightOctets(bytes: Uint8Array): Uint8Array {
  if (bytes.length !== EXTENDED_COMMUNITY_LENGTH) {
    throw new ValueError(`extended community: found ${bytes.length} octets, allowed are ${EXTENDED_COMMUNITY_LENGTH}`);
  }
  return copyOf(bytes);
}

type Parts = Readonly<Record<string, Part>>;

function partNames(parts: Parts): string[] {
  const spoken = Object.entries(parts).filter(([, part]) => part.optional !== true);
  return spoken.map(([name]) => `<${kebab(name)}>`);
}

/** The values of the parts from `at` on; undefined when they do not tell all that the octets say. */
function readParts(parts: Parts, bytes: Uint8Array, at: number): Record<string, PartValue> | undefined {
  const fields: Record<string, PartValue> = {};
  let offset = at;
  for (const [name, part] of Object.entries(parts)) {
    const value = part.read(bytes, offset);
    if (value !== undefined) fields[name] = value;
    else if (part.optional !== true) return undefined;
    offset += part.octets;
  }
  const again = copyOf(bytes);
  again.fill(0, at);
  writeParts(parts, again, at, fields);
  return equalBytes(again, bytes) ? fields : undefined;
}

/** Over octets that are zero. Throws ValueError. */
function writeParts(parts: Parts, bytes: Uint8Array, at: number, fields: Readonly<Record<string, PartValue>>): void {
  let offset = at;
  for (const [name, part] of Object.entries(parts)) {
    const value = fields[name];
    if (value !== undefined) part.write(bytes, offset, value);
    else if (part.optional !== true) throw new ValueError(`extended community: ${name} is missing`);
    offset += part.octets;
  }
}

function formatParts(name: string, parts: Parts, fields: Readonly<Record<string, PartValue>>): string {
  const words = [name];
  for (const [key, part] of Object.entries(parts)) if (fields[key] !== undefined) words.push(part.format(fields[key]));
  return words.join(':');
}

/** Values by position; undefined when one of the words is not its part's. */
export function parseParts(parts: Parts, words: readonly string[]): Record<string, PartValue> | undefined {
  const fields: Record<string, PartValue> = {};
  let next = 0;
  for (const [name, part] of Object.entries(parts)) {
    const word = words[next];
    const value = word === undefined ? undefined : part.parse(word);
    if (value !== undefined) {
      fields[name] = value;
      next++;
    } else if (part.optional !== true) return undefined;
  }
  return next === words.length ? fields : undefined;
}
