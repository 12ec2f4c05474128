/**
 * Attribute sets made from others: for peers that are to get them changed, and for routes that are used changed. Cold: once per attribute set.
 *
 * A set that has no room for a change stays as it is.
 */
import { AttributeCode, AttributeFlag, readU32, writeU16, writeU32 } from '@tsbgp/wire';
import { type AttrId, type AttributeTable, SET_LENGTH_MAX } from './attribute-table.ts';
import { headerLength, valueLength } from './block.ts';

const NO_EXPORT = 0xffff_ff01;
/** What a change adds at most: a header with Extended Length, and an extended community. */
const GROWTH_MAX = 12;
const SEGMENT_AS_SEQUENCE = 2;
const SEGMENT_LENGTH_MAX = 255;
const OPTIONAL_TRANSITIVE = AttributeFlag.Optional | AttributeFlag.Transitive;

/** The id of the set with NO_EXPORT (RFC 1997) among its COMMUNITIES; the set itself where it has it already. A new id is not held yet. */
export function addNoExport(attributes: AttributeTable, attr: number): AttrId {
  const block = attributes.octets(attr);
  const octets = withCommunity(block, NO_EXPORT);
  return octets === block ? (attr as AttrId) : attributes.intern(octets, 0, octets.length);
}

/** The canonical block with a community among its COMMUNITIES; the block itself where it has it already. */
export function withCommunity(block: Uint8Array, community: number): Uint8Array {
  if (hasCommunity(block, community)) return block;
  const old = valueOf(block, AttributeCode.Communities);
  return withValue(block, AttributeCode.Communities, OPTIONAL_TRANSITIVE, Uint8Array.of(...old, ...fourOctets(community)));
}

/** Whether a community is among the COMMUNITIES of a canonical block. */
export function hasCommunity(block: Uint8Array, community: number): boolean {
  const value = valueOf(block, AttributeCode.Communities);
  for (let at = 0; at < value.length; at += 4) if (readU32(value, at) === community) return true;
  return false;
}

/** The canonical block with this LOCAL_PREF. */
export function withLocalPref(block: Uint8Array, localPref: number): Uint8Array {
  return withValue(block, AttributeCode.LocalPref, AttributeFlag.Transitive, fourOctets(localPref));
}

/** The canonical block with ONLY_TO_CUSTOMER (RFC 9234 §5). */
export function withOnlyToCustomer(block: Uint8Array, as: number): Uint8Array {
  return withValue(block, AttributeCode.OnlyToCustomer, OPTIONAL_TRANSITIVE, fourOctets(as));
}

/** The canonical block with an AS number in front of its AS_PATH (RFC 4271 §5.1.2 b). */
export function withAsInFront(block: Uint8Array, as: number): Uint8Array {
  const path = valueOf(block, AttributeCode.AsPath);
  const count = path[1] ?? 0;
  const joins = path[0] === SEGMENT_AS_SEQUENCE && count < SEGMENT_LENGTH_MAX;
  const value = Uint8Array.of(SEGMENT_AS_SEQUENCE, joins ? count + 1 : 1, ...fourOctets(as), ...path.subarray(joins ? 2 : 0));
  return withValue(block, AttributeCode.AsPath, AttributeFlag.Transitive, value);
}

/** The canonical block with other EXTENDED_COMMUNITIES: `change` gets their octets, and returns the same ones where nothing is to change. */
export function withExtendedCommunities(block: Uint8Array, change: (old: Uint8Array) => Uint8Array): Uint8Array {
  const old = valueOf(block, AttributeCode.ExtendedCommunities);
  const value = change(old);
  if (value === old) return block;
  if (value.length > 0) return withValue(block, AttributeCode.ExtendedCommunities, OPTIONAL_TRANSITIVE, value);
  const { start, end } = placeOf(block, AttributeCode.ExtendedCommunities);
  return Uint8Array.of(...block.subarray(0, start), ...block.subarray(end));
}

/** A copy of the block with another value of the attribute; `flags` are those of one that is new. */
function withValue(block: Uint8Array, code: number, flags: number, value: Uint8Array): Uint8Array {
  if (block.length + GROWTH_MAX > SET_LENGTH_MAX) return block;
  const { start, end } = placeOf(block, code);
  const kept = start === end ? flags : flags | (block[start]! & AttributeFlag.Partial);
  return Uint8Array.of(...block.subarray(0, start), ...newHeader(kept, code, value.length), ...value, ...block.subarray(end));
}

/** The value of the attribute; empty where it is absent. */
function valueOf(block: Uint8Array, code: number): Uint8Array {
  const { start, end } = placeOf(block, code);
  return start === end ? new Uint8Array(0) : block.subarray(start + headerLength(block, start), end);
}

/**
 * Where the attribute is in a canonical block, header and all. Where it is absent both offsets are where it belongs: before the first higher
 * code, MP_REACH_NLRI at the start apart.
 */
function placeOf(block: Uint8Array, code: number): { readonly start: number; readonly end: number } {
  let start = 0;
  while (start < block.length) {
    const found = block[start + 1]!;
    const end = start + headerLength(block, start) + valueLength(block, start);
    if (found === code) return { start, end };
    if (found > code && !(start === 0 && found === AttributeCode.MpReachNlri)) break;
    start = end;
  }
  return { start, end: start };
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
