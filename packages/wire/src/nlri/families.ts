/** The table of families, and the union of their NLRI. A family is one more line in rows.ts. */
import { ByteWriter, readU32 } from '../bytes.ts';
import { type Family, formatFamily } from '../family.ts';
import { ValueError } from '../fault.ts';
import type { FamilyCodec, FamilyNlri, NextHopMeaning } from './family-codec.ts';
import type { NextHopForms } from './next-hop.ts';
import * as rows from './rows.ts';

type NlriOf<Row> = Row extends FamilyCodec<infer T extends FamilyNlri> ? T : never;

/** NLRI of any family that has a row, to be told apart by `type`. */
export type TypedNlri = NlriOf<(typeof rows)[keyof typeof rows]>;

/** A row whose NLRI are known only by their `type`. It may be given no others: `familyCodec(nlri.family)` finds the right one. */
type AnyCodec = FamilyCodec<TypedNlri>;

/** The rows of all families. */
export const FAMILY_CODECS: readonly AnyCodec[] = Object.values(rows) as readonly unknown[] as readonly AnyCodec[];

const BY_FAMILY: ReadonlyMap<Family, AnyCodec> = new Map(
  FAMILY_CODECS.flatMap((codec) => codec.families.map((family) => [family, codec] as const)),
);

/** The row of a family, or undefined. */
export function familyCodec(family: Family): FamilyCodec<TypedNlri> | undefined {
  return BY_FAMILY.get(family);
}

/** What a row knows of octets: all but the values. */
export type FamilyRow = Pick<AnyCodec, 'type' | 'families' | 'key' | 'keyLengthOctets' | 'malformed' | 'next' | 'withdrawn'>;

/** The row of a family, for those who handle octets only; undefined of a family without one. */
export function rowOf(family: Family): FamilyRow | undefined {
  return BY_FAMILY.get(family);
}

/** What next hops the family has; undefined where that is not known. */
export function nextHopForms(family: Family): NextHopForms | undefined {
  return familyCodec(family)?.nextHop?.(family);
}

/** What the next hop of the family's routes means. Of a family without a row nobody here reads it. */
export function nextHopMeaning(family: Family): NextHopMeaning {
  const codec = familyCodec(family);
  return codec === undefined ? 'none' : (codec.nextHopMeaning ?? 'plain');
}

/** Whether one NLRI of the family, in `bytes[start, end)` as `next` of its row found it, can be decoded. */
export function isWellFormed(bytes: Uint8Array, start: number, end: number, family: Family): boolean {
  const codec = familyCodec(family);
  if (codec?.isWellFormed !== undefined) return codec.isWellFormed(bytes, start, end, family);
  return codec === undefined || codec.decode(bytes, start, end, family) !== undefined;
}

/** Canonical octets of one NLRI, without path identifier. */
export function encodeTypedNlri(nlri: TypedNlri): Uint8Array {
  const out = new ByteWriter(64);
  appendTypedNlri(out, nlri, false);
  return out.take();
}

/** What an NLRI field says. */
export interface TypedNlriList {
  nlri: TypedNlri[];
  /** How many NLRI have their length, but cannot be decoded; they are left out. Their routes are not known. */
  malformed: number;
  /** Where the NLRI can no longer be told apart (RFC 7606 §5.3); absent when all could be. */
  cutAt?: number;
}

/** All NLRI of a family in `bytes[start, end)`, as in MP_REACH_NLRI; undefined when the family has no codec here. Borrows nothing. */
export function decodeTypedNlriList(
  bytes: Uint8Array,
  start: number,
  end: number,
  family: Family,
  addPath: boolean,
): TypedNlriList | undefined {
  const codec = familyCodec(family);
  if (codec === undefined) return undefined;
  const list: TypedNlriList = { nlri: [], malformed: 0 };
  for (let at = start; at < end; ) {
    const from = addPath ? at + 4 : at;
    const next = from < end ? codec.next(bytes, from, end) : -1;
    if (next < 0) return { ...list, cutAt: at };
    const nlri = codec.decode(bytes, from, next, family);
    if (nlri === undefined) list.malformed++;
    else list.nlri.push(addPath ? { ...nlri, pathIdentifier: readU32(bytes, at) } : nlri);
    at = next;
  }
  return list;
}

/** Appends one NLRI. With ADD-PATH a path identifier precedes it, 0 when the NLRI has none. Throws ValueError. */
export function appendTypedNlri(out: ByteWriter, nlri: TypedNlri, addPath: boolean): void {
  const codec = familyCodec(nlri.family);
  if (codec === undefined) throw new ValueError(`family ${formatFamily(nlri.family)} has no codec`);
  if (addPath) out.u32(nlri.pathIdentifier ?? 0);
  codec.encode(out, nlri);
}
