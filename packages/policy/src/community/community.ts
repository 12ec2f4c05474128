/**
 * Communities of a route, as numbers that patterns look at. Three kinds, one form:
 *
 *     standard   64512:100          fields 64512, 100                 RFC 1997
 *     large      64512:1:2          fields 64512, 1, 2                RFC 8092
 *     extended   rt:64512:100       fields 64512, 100; `form` says which type and subtype they stand in     RFC 4360, RFC 5668
 */
import { formatCommunity, formatExtendedCommunity, readU16, readU32, writeU16, writeU32 } from '@tsbgp/wire';

/** The kinds of communities (RFC 1997, RFC 8092, RFC 4360). */
export type CommunityKind = 'standard' | 'large' | 'extended';

export const COMMUNITY_LENGTHS: Readonly<Record<CommunityKind, number>> = { standard: 4, large: 12, extended: 8 };

/** Types of extended communities with an administrator and a number (RFC 7153 §5.2). */
export const ExtendedType = { TwoOctetAs: 0, Ipv4: 1, FourOctetAs: 2 } as const;

/** A community of a route. */
export interface Community {
  readonly kind: CommunityKind;
  readonly octets: Uint8Array;
  readonly fields: readonly number[];
  /** Type × 256 + subtype of an extended community; 0 for the others. */
  readonly form: number;
  /** Identifies it among communities of all kinds. */
  readonly key: CommunityKey;
}

/** A number for standard communities, for which most sets are; a text for the others. */
export type CommunityKey = number | string;

export function communityKey(kind: CommunityKind, form: number, fields: readonly number[]): CommunityKey {
  return kind === 'standard' ? fields[0]! * 0x1_0000 + fields[1]! : `${kind === 'large' ? 'large' : form} ${fields.join(':')}`;
}

/** The community in `bytes` from `at` on. */
export function readCommunity(kind: CommunityKind, bytes: Uint8Array, at: number): Community {
  const octets = bytes.slice(at, at + COMMUNITY_LENGTHS[kind]);
  const form = kind === 'extended' ? readU16(octets, 0) : 0;
  const fields = fieldsOf(kind, octets);
  return { kind, octets, fields, form, key: communityKey(kind, form, fields) };
}

function fieldsOf(kind: CommunityKind, octets: Uint8Array): number[] {
  if (kind === 'standard') return [readU16(octets, 0), readU16(octets, 2)];
  if (kind === 'large') return [readU32(octets, 0), readU32(octets, 4), readU32(octets, 8)];
  const isShort = (octets[0]! & ~0x40) === ExtendedType.TwoOctetAs;
  return isShort ? [readU16(octets, 2), readU32(octets, 4)] : [readU32(octets, 2), readU16(octets, 6)];
}

/** The community with these fields. The numbers must fit: see `fieldBits`. */
export function makeCommunity(kind: CommunityKind, form: number, fields: readonly number[]): Community {
  const octets = new Uint8Array(COMMUNITY_LENGTHS[kind]);
  if (kind === 'extended') writeU16(octets, 0, form);
  let at = kind === 'extended' ? 2 : 0;
  for (const [index, field] of fields.entries()) {
    if (fieldBits(kind, form, index) === 16) writeU16(octets, at, field);
    else writeU32(octets, at, field);
    at += fieldBits(kind, form, index) / 8;
  }
  return { kind, octets, fields, form, key: communityKey(kind, form, fields) };
}

/** Bits of a field: 16 or 32. */
export function fieldBits(kind: CommunityKind, form: number, index: number): 16 | 32 {
  if (kind === 'standard') return 16;
  if (kind === 'large') return 32;
  const isShort = ((form >>> 8) & ~0x40) === ExtendedType.TwoOctetAs;
  return (index === 0) === isShort ? 16 : 32;
}

/** `64512:100`, `no-export`, `64512:1:2`, `rt:64512:100`. */
export function communityText({ kind, octets, fields }: Community): string {
  if (kind === 'standard') return formatCommunity(readU32(octets, 0));
  return kind === 'large' ? fields.join(':') : formatExtendedCommunity(octets);
}

/** The text that regular expressions look at: numbers even where there is a name. */
export function communityNumbers(community: Community): string {
  return community.kind === 'standard' ? community.fields.join(':') : communityText(community);
}
