/**
 * The canonical form of an attribute set: what the RIB interns, so that equal sets are equal octets.
 *
 *   1. Each attribute once, the first of each code; malformed ones that RFC 7606 discards are gone.
 *   2. Ascending type codes; AS numbers of four octets, AS4_* merged.
 *   3. Flags octets without bits that mean nothing: the low four, and Partial where no attribute may have it (RFC 4271 §4.3).
 *   4. No NLRI. IPv4 unicast routes of the UPDATE's own NLRI field keep NEXT_HOP. Routes of MP_REACH_NLRI have instead, as the first
 *      attribute, MP_REACH_NLRI abbreviated to AFI, SAFI and next hop (as RFC 6396 §4.3.4 does, with the family kept).
 *
 * Nearly all speakers send attributes this way already: then the octets of the message are the canonical octets and nothing is rewritten.
 * Some set Extended Length on each AS_PATH, where it is not needed. It stays: theirs would be other sets than those of others, which have
 * another AS in front anyway; without it each of their UPDATEs would take the long way.
 */
import {
  type AsPathSegment,
  AttributeCode,
  AttributeFlag,
  attributeCodec,
  encodeAttributes,
  findAttribute,
  type PathAttribute,
  readU16,
  reconcileAs4,
  type WireContext,
} from '@tsbgp/wire';
import { type AttributeScan, keptFlags } from '@tsbgp/wire/scan';
import { SET_LENGTH_MAX } from './attribute-table.ts';
import { copyOctets, LastViews, viewOf } from './views.ts';

/** The count of an AS_PATH segment is one octet. */
const SEGMENT_ASNS_MAX = 255;
/** AFI, SAFI, next hop length, and the reserved octet after the next hop. */
const MP_REACH_HEADER_LENGTH = 5;

/** Where the next hop of the routes comes from. */
export type NextHopSource = 'next-hop' | 'mp-reach';

export class CanonicalBlock {
  /** The canonical octets are `bytes[start, end)`, borrowed from the message where they are canonical already; until the next `write`. */
  bytes: Uint8Array = new Uint8Array(0);
  start = 0;
  end = 0;
  #own: Uint8Array = new Uint8Array(4096);
  #ownView: DataView = viewOf(this.#own);
  readonly #views: LastViews = new LastViews();
  #length = 0;
  readonly #order: Uint8Array = new Uint8Array(256);

  /** Takes the attributes that `scan` found in `bytes`. The set must have passed its verdict: nothing is checked again. */
  write(bytes: Uint8Array, scan: AttributeScan, source: NextHopSource): void {
    const reach = scan.find(AttributeCode.MpReachNlri);
    const isPlain = reach === -1 && scan.find(AttributeCode.MpUnreachNlri) === -1;
    if (scan.inOrder && scan.count > 0 && source === 'next-hop' && isPlain) {
      this.bytes = bytes;
      this.start = headerStart(scan, 0);
      this.end = scan.valueEnd[scan.count - 1]!;
      return;
    }
    // No attribute grows by being written anew; an IPv4 next hop out of MP_REACH_NLRI has a header of its own.
    this.#reserve(scan.count === 0 ? 0 : scan.valueEnd[scan.count - 1]! - scan.valueStart[0]! + 64);
    this.#length = 0;
    if (scan.inOrder && scan.count > 0 && source === 'mp-reach' && reach !== -1 && !hasIpv4NextHop(bytes, scan.valueStart[reach]!)) {
      this.#abbreviatedMpReach(bytes, scan.valueStart[reach]!);
      this.#copyRuns(bytes, scan);
    } else {
      this.#write(bytes, scan, source);
    }
    this.bytes = this.#own;
    this.start = 0;
    this.end = this.#length;
  }

  /** Whether the canonical octets are `bytes[start, end)` themselves. */
  isSame(bytes: Uint8Array, start: number, end: number): boolean {
    return this.bytes === bytes && this.start === start && this.end === end;
  }

  /** What stands between MP_REACH_NLRI, MP_UNREACH_NLRI and NEXT_HOP: runs of octets that are in order already. */
  #copyRuns(bytes: Uint8Array, scan: AttributeScan): void {
    const from = this.#views.of(bytes);
    let start = headerStart(scan, 0);
    for (let entry = 0; entry < scan.count; entry++) {
      const code = scan.codes[entry]!;
      if (code !== AttributeCode.MpReachNlri && code !== AttributeCode.MpUnreachNlri && code !== AttributeCode.NextHop) continue;
      this.#copyRun(from, start, headerStart(scan, entry));
      start = scan.valueEnd[entry]!;
    }
    this.#copyRun(from, start, scan.valueEnd[scan.count - 1]!);
  }

  #copyRun(from: DataView, start: number, end: number): void {
    copyOctets(from, start, end, this.#ownView, this.#length);
    this.#length += end - start;
  }

  #write(bytes: Uint8Array, scan: AttributeScan, source: NextHopSource): void {
    const mpReach = source === 'mp-reach' ? scan.find(AttributeCode.MpReachNlri) : -1;
    let ipv4NextHop = -1;
    if (mpReach !== -1) {
      const value = scan.valueStart[mpReach]!;
      if (hasIpv4NextHop(bytes, value)) ipv4NextHop = value + 4;
      else this.#abbreviatedMpReach(bytes, value);
    }
    const count = this.#sort(scan);
    for (let i = 0; i < count; i++) {
      const entry = this.#order[i]!;
      const code = scan.codes[entry]!;
      if (code === AttributeCode.MpReachNlri || code === AttributeCode.MpUnreachNlri) continue;
      if (ipv4NextHop !== -1 && code >= AttributeCode.NextHop) {
        this.#attribute(AttributeFlag.Transitive, AttributeCode.NextHop, bytes, ipv4NextHop, ipv4NextHop + 4);
        ipv4NextHop = -1;
      }
      if (code === AttributeCode.NextHop && source === 'mp-reach') continue;
      this.#attribute(keptFlags(scan.flags[entry]!), code, bytes, scan.valueStart[entry]!, scan.valueEnd[entry]!);
    }
    if (ipv4NextHop !== -1) this.#attribute(AttributeFlag.Transitive, AttributeCode.NextHop, bytes, ipv4NextHop, ipv4NextHop + 4);
  }

  /** Entries of the scan in ascending order of code; nearly always they are already. */
  #sort(scan: AttributeScan): number {
    const order = this.#order;
    const codes = scan.codes;
    for (let i = 0; i < scan.count; i++) {
      let at = i;
      while (at > 0 && codes[order[at - 1]!]! > codes[i]!) {
        order[at] = order[at - 1]!;
        at--;
      }
      order[at] = i;
    }
    return scan.count;
  }

  #abbreviatedMpReach(bytes: Uint8Array, value: number): void {
    this.#attribute(AttributeFlag.Optional, AttributeCode.MpReachNlri, bytes, value, value + 4 + bytes[value + 3]!);
  }

  #attribute(flags: number, code: number, bytes: Uint8Array, start: number, end: number): void {
    const out = this.#own;
    const length = end - start;
    let at = this.#length;
    if (length > 255) {
      out[at] = flags | AttributeFlag.ExtendedLength;
      out[at + 1] = code;
      out[at + 2] = length >>> 8;
      out[at + 3] = length;
      at += 4;
    } else {
      out[at] = flags & ~AttributeFlag.ExtendedLength;
      out[at + 1] = code;
      out[at + 2] = length;
      at += 3;
    }
    this.#length = at;
    this.#copyRun(this.#views.of(bytes), start, end);
  }

  #reserve(length: number): void {
    if (this.#own.length >= length) return;
    this.#own = new Uint8Array(length * 2);
    this.#ownView = viewOf(this.#own);
  }
}

/** Offset of the header of an entry. */
function headerStart(scan: AttributeScan, entry: number): number {
  return scan.valueStart[entry]! - ((scan.flags[entry]! & AttributeFlag.ExtendedLength) === 0 ? 3 : 4);
}

/**
 * Whether MP_REACH_NLRI at `value` is of IPv4 unicast with a plain IPv4 next hop: then the routes are the same as those of an UPDATE with
 * NEXT_HOP.
 */
function hasIpv4NextHop(bytes: Uint8Array, value: number): boolean {
  return readU16(bytes, value) === 1 && bytes[value + 2] === 1 && bytes[value + 3] === 4;
}

/**
 * The attributes that `scan` found in `bytes`, of a session without four-octet AS numbers, rewritten with them (RFC 6793 §4.2.3), and without
 * NLRI. Undefined when they take more than SET_LENGTH_MAX octets: an AS_PATH of 16,000 numbers is one. Such peers are few: attributes with AS
 * numbers take the long way through the typed codec. The others are copied.
 */
export function widenAsNumbers(bytes: Uint8Array, scan: AttributeScan, context: WireContext): Uint8Array | undefined {
  const attributes: PathAttribute[] = [];
  for (let entry = 0; entry < scan.count; entry++) {
    const code = scan.codes[entry]!;
    const flags = scan.flags[entry]!;
    const start = scan.valueStart[entry]!;
    const end = scan.valueEnd[entry]!;
    const codec = attributeCodec(code);
    if (codec?.holdsAsNumbers) {
      // The row's type and value belong together by construction; the table cannot say so.
      attributes.push({ type: codec.type, flags, value: codec.decode(bytes, start, end, context) } as PathAttribute);
    } else if (code !== AttributeCode.MpUnreachNlri) {
      const valueEnd = code === AttributeCode.MpReachNlri ? start + MP_REACH_HEADER_LENGTH + bytes[start + 3]! : end;
      attributes.push({ type: 'unknown', code, flags, bytes: bytes.subarray(start, valueEnd) });
    }
  }
  const reconciled = reconcileAs4(attributes);
  const asPath = findAttribute(reconciled, 'as-path');
  // The encoder throws for an attribute whose length does not fit its length field.
  if (asPath !== undefined && widePathLength(asPath.value) > SET_LENGTH_MAX) return undefined;
  const wide = encodeAttributes(reconciled, { ...context, fourOctetAs: true });
  return wide.length > SET_LENGTH_MAX ? undefined : wide;
}

/** Octets of an AS_PATH with AS numbers of four octets, its longest sequences divided. */
function widePathLength(segments: readonly AsPathSegment[]): number {
  let length = 0;
  for (const { asns } of segments) length += 4 * asns.length + 2 * Math.ceil(asns.length / SEGMENT_ASNS_MAX);
  return length;
}
