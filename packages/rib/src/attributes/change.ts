/** An attribute set made from another one, for peers that are to get it changed. Cold: once per attribute set. */
import { AttributeCode, AttributeFlag, readU32, writeU16, writeU32 } from '@tsbgp/wire';
import { NONE } from '../columns.ts';
import { type AttrId, type AttributeTable, SET_LENGTH_MAX } from './attribute-table.ts';
import { findAttribute, headerLength, valueLength } from './block.ts';

const NO_EXPORT = 0xffff_ff01;
/** A header with Extended Length, and one community. */
const GROWTH_MAX = 8;

/**
 * The id of the set with NO_EXPORT (RFC 1997) among its COMMUNITIES. The set itself where it has it already, or has no room for it. A new id
 * is not held yet.
 */
export function addNoExport(attributes: AttributeTable, attr: number): AttrId {
  const { data } = attributes.arena;
  const start = attributes.offset[attr]!;
  const end = start + attributes.length[attr]!;
  const header = findAttribute(data, start, end, AttributeCode.Communities);
  if (end - start + GROWTH_MAX > SET_LENGTH_MAX || (header !== NONE && hasNoExport(data, header))) return attr as AttrId;
  const before = header === NONE ? placeOf(data, start, end, AttributeCode.Communities) : header;
  const after = header === NONE ? before : header + headerLength(data, header) + valueLength(data, header);
  const old = header === NONE ? new Uint8Array(0) : data.slice(header + headerLength(data, header), after);
  const flags = AttributeFlag.Optional | AttributeFlag.Transitive | (header === NONE ? 0 : data[header]! & AttributeFlag.Partial);
  const octets = Uint8Array.of(
    ...data.subarray(start, before),
    ...newHeader(flags, AttributeCode.Communities, old.length + 4),
    ...old,
    ...fourOctets(NO_EXPORT),
    ...data.subarray(after, end),
  );
  return attributes.intern(octets, 0, octets.length);
}

function hasNoExport(data: Uint8Array, header: number): boolean {
  const start = header + headerLength(data, header);
  const end = start + valueLength(data, header);
  for (let at = start; at < end; at += 4) if (readU32(data, at) === NO_EXPORT) return true;
  return false;
}

/** Where an attribute with this code belongs in a canonical block: before the first higher code, MP_REACH_NLRI at the start apart. */
function placeOf(data: Uint8Array, start: number, end: number, code: number): number {
  let offset = start;
  while (offset < end && (data[offset + 1]! < code || (offset === start && data[offset + 1] === AttributeCode.MpReachNlri))) {
    offset += headerLength(data, offset) + valueLength(data, offset);
  }
  return offset;
}

function newHeader(flags: number, code: number, length: number): number[] {
  return length > 0xff ? [flags | AttributeFlag.ExtendedLength, code, ...twoOctets(length)] : [flags, code, length];
}

function twoOctets(value: number): Uint8Array {
  const octets = new Uint8Array(2);
  writeU16(octets, 0, value);
  return octets;
}

function fourOctets(value: number): Uint8Array {
  const octets = new Uint8Array(4);
  writeU32(octets, 0, value);
  return octets;
}
