/**
 * Outbound route filters in a ROUTE-REFRESH (RFC 5291 §5), and address prefix filters (RFC 5292 §3).
 *
 *     when to refresh (1), then groups: ORF type (1), length (2), entries
 *
 *     entry of an address prefix ORF (64, and 128 which came before it):
 *     +-----------+-------+---+   action: 0 ADD, 1 REMOVE, 2 REMOVE-ALL (one octet, no more)
 *     | action, 2 | match | 0 |   match: 0 PERMIT, 1 DENY; the five bits after it are reserved
 *     +-----------+-------+---+---------+---------+----------+--------------+
 *     | sequence, 4 octets    | min, 1  | max, 1  | length, 1 | prefix       |
 *     +-----------------------+---------+---------+----------+--------------+
 */
import { parseAddress } from '../address.ts';
import { type ByteWriter, copyOf, readU16, readU32 } from '../bytes.ts';
import { Afi } from '../family.ts';
import { ValueError } from '../fault.ts';
import { readPrefix, trailingMask } from '../parts/prefix-bits.ts';
import type { SpanRecorder } from '../spans.ts';

/** Types of outbound route filters (RFC 5291 §4). */
export const OrfType = { AddressPrefix: 64, AddressPrefixCisco: 128 } as const;

/** The filters in a ROUTE-REFRESH (RFC 5291 §4): when the peer is to send the routes again, and the entries of each type of filter. */
export interface Orf {
  whenToRefresh: 'immediate' | 'defer';
  groups: OrfGroup[];
}

/** Filters of one type. Address prefix filters are decoded, others are octets. */
export type OrfGroup =
  | { orfType: number; prefixes: AddressPrefixOrf[]; bytes?: never }
  | { orfType: number; bytes: Uint8Array; prefixes?: never };

/** One entry of an address prefix filter (RFC 5292 §2). Reserved bits are absent when they are zero. */
export type AddressPrefixOrf = RemoveAllOrf | AddOrRemoveOrf;

/** Removes all filters (RFC 5292 §3). */
export interface RemoveAllOrf {
  action: 'remove-all';
  /** Match and reserved bits. */
  reserved?: number;
}

/** Adds or removes one filter (RFC 5292 §3). */
export interface AddOrRemoveOrf {
  action: 'add' | 'remove';
  match: 'permit' | 'deny';
  sequence: number;
  minLength: number;
  maxLength: number;
  prefix: string;
  reserved?: number;
  /** The bits of the last octet after the prefix. */
  trailingBits?: number;
}

const IMMEDIATE = 1;
const DEFER = 2;
const ACTIONS = ['add', 'remove', 'remove-all'] as const;
const REMOVE_ALL = 0x80;
const DENY = 0x20;
const RESERVED = 0x1f;

/** The filters in `bytes[start, end)`, or undefined when they are malformed. */
export function decodeOrf(bytes: Uint8Array, start: number, end: number, afi: number, spans?: SpanRecorder): Orf | undefined {
  const when = bytes[start]!;
  if (when !== IMMEDIATE && when !== DEFER) return undefined;
  spans?.numbers(start, ['when-to-refresh', 1]);
  const groups: OrfGroup[] = [];
  for (let at = start + 1; at < end; ) {
    if (end - at < 3) return undefined;
    const orfType = bytes[at]!;
    const next = at + 3 + readU16(bytes, at + 1);
    if (next > end) return undefined;
    spans?.open('orf', at);
    spans?.numbers(at, ['type', 1], ['length', 2]);
    const mark = spans?.mark();
    const prefixes = isAddressPrefix(orfType) ? decodePrefixes(bytes, at + 3, next, afi, spans) : undefined;
    if (prefixes === undefined && mark !== undefined) spans?.forget(mark);
    const group: OrfGroup = prefixes === undefined ? { orfType, bytes: copyOf(bytes, at + 3, next) } : { orfType, prefixes };
    spans?.close(next, group);
    groups.push(group);
    at = next;
  }
  return { whenToRefresh: when === IMMEDIATE ? 'immediate' : 'defer', groups };
}

function isAddressPrefix(orfType: number): boolean {
  return orfType === OrfType.AddressPrefix || orfType === OrfType.AddressPrefixCisco;
}

/** Undefined when `encode` would not give the same octets back; the group is then kept as octets. */
function decodePrefixes(
  bytes: Uint8Array,
  start: number,
  end: number,
  afi: number,
  spans: SpanRecorder | undefined,
): AddressPrefixOrf[] | undefined {
  const size = addressSize(afi);
  if (size === undefined) return undefined;
  const prefixes: AddressPrefixOrf[] = [];
  for (let at = start; at < end; ) {
    const first = bytes[at]!;
    const action = ACTIONS[first >>> 6];
    if (action === undefined) return undefined;
    if (action === 'remove-all') {
      const reserved = first & ~REMOVE_ALL;
      const entry: AddressPrefixOrf = reserved === 0 ? { action } : { action, reserved };
      spans?.leaf('entry', at, at + 1, entry);
      prefixes.push(entry);
      at++;
      continue;
    }
    if (end - at < 8) return undefined;
    const length = bytes[at + 7]!;
    const next = at + 8 + ((length + 7) >>> 3);
    const prefix = next > end ? undefined : readPrefix(bytes, at + 8, next, length, size);
    if (prefix === undefined) return undefined;
    const trailingBits = bytes[next - 1]! & trailingMask(length);
    const reserved = first & RESERVED;
    const entry: AddressPrefixOrf = {
      action,
      match: (first & DENY) === 0 ? 'permit' : 'deny',
      sequence: readU32(bytes, at + 1),
      minLength: bytes[at + 5]!,
      maxLength: bytes[at + 6]!,
      prefix,
      ...(reserved !== 0 && { reserved }),
      ...(trailingBits !== 0 && { trailingBits }),
    };
    spans?.open('entry', at);
    spans?.numbers(at, ['action-and-match', 1], ['sequence', 4], ['minimum-length', 1], ['maximum-length', 1], ['length', 1]);
    spans?.leaf('prefix', at + 8, next, prefix);
    spans?.close(next, entry);
    prefixes.push(entry);
    at = next;
  }
  return prefixes;
}

function addressSize(afi: number): number | undefined {
  if (afi === Afi.Ipv4) return 4;
  return afi === Afi.Ipv6 ? 16 : undefined;
}

/** Throws ValueError for a prefix of another address family. */
export function encodeOrf(out: ByteWriter, orf: Orf, afi: number): void {
  out.u8(orf.whenToRefresh === 'immediate' ? IMMEDIATE : DEFER);
  for (const group of orf.groups) {
    out.u8(group.orfType);
    out.counted16(() => {
      if (group.bytes !== undefined) out.raw(group.bytes);
      else for (const entry of group.prefixes) encodePrefix(out, entry, afi);
    });
  }
}

function encodePrefix(out: ByteWriter, entry: AddressPrefixOrf, afi: number): void {
  if (entry.action === 'remove-all') {
    out.u8(REMOVE_ALL | bitsOf('reserved bits', entry.reserved, RESERVED | DENY));
    return;
  }
  const [text = '', lengthText = ''] = entry.prefix.split('/');
  const address = parseAddress(text);
  const length = Number(lengthText);
  if (address === undefined || address.length !== addressSize(afi) || !/^\d+$/.test(lengthText) || length > 8 * address.length) {
    throw new ValueError(`address prefix ORF: found "${entry.prefix}", allowed a prefix of AFI ${afi}, e.g. "192.0.2.0/24"`);
  }
  const reserved = bitsOf('reserved bits', entry.reserved, RESERVED);
  out.u8((ACTIONS.indexOf(entry.action) << 6) | (entry.match === 'deny' ? DENY : 0) | reserved);
  out.u32(entry.sequence);
  out.u8(entry.minLength);
  out.u8(entry.maxLength);
  out.u8(length);
  const octets = (length + 7) >>> 3;
  const trailingBits = bitsOf('trailing bits', entry.trailingBits, trailingMask(length));
  if (length % 8 !== 0) address[octets - 1] = (address[octets - 1]! & ~trailingMask(length)) | trailingBits;
  out.raw(address, 0, octets);
}

/** Throws ValueError for bits beyond `mask`. */
function bitsOf(what: string, bits: number | undefined, mask: number): number {
  if (bits === undefined) return 0;
  if (!Number.isInteger(bits) || (bits & ~mask) !== 0)
    throw new ValueError(`address prefix ORF: ${what}: found ${bits}, allowed 0 to ${mask}`);
  return bits;
}
