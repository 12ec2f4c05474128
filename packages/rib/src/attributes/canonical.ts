/**
 * The canonical form of an attribute set: what the RIB interns, so that equal sets are equal octets.
 *
 *   1. Each attribute once, the first of each code; malformed ones that RFC 7606 discards are gone.
 *   2. Ascending type codes; Extended Length only where the length needs it; AS numbers of four octets, AS4_* merged.
 *   3. No NLRI. IPv4 unicast routes of the UPDATE's own NLRI field keep NEXT_HOP. Routes of MP_REACH_NLRI have instead, as the first
 *      attribute, MP_REACH_NLRI abbreviated to AFI, SAFI and next hop (as RFC 6396 §4.3.4 does, with the family kept).
 *
 * Most speakers send attributes this way already: then the octets of the message are the canonical octets and nothing is rewritten.
 */
import {
  AttributeCode,
  AttributeFlag,
  type AttributeScan,
  decodeAttributes,
  encodeAttributes,
  readU16,
  reconcileAs4,
  type WireContext,
} from '@tsbgp/wire';

/** Where the next hop of the routes comes from. */
export type NextHopSource = 'next-hop' | 'mp-reach';

export class CanonicalBlock {
  /** The canonical octets are `bytes[start, end)`, borrowed from the message where they are canonical already; until the next `write`. */
  bytes: Uint8Array = new Uint8Array(0);
  start = 0;
  end = 0;
  #own: Uint8Array = new Uint8Array(4096);
  #length = 0;
  readonly #order: Uint8Array = new Uint8Array(256);

  /** Takes the attributes that `scan` found in `bytes`. The set must have passed its verdict: nothing is checked again. */
  write(bytes: Uint8Array, scan: AttributeScan, source: NextHopSource): void {
    if (source === 'next-hop' && isCanonical(scan)) {
      this.bytes = bytes;
      this.start = headerStart(scan, 0);
      this.end = scan.valueEnd[scan.count - 1]!;
      return;
    }
    this.#reserve(bytes.length + 64);
    this.#length = 0;
    this.#write(bytes, scan, source);
    this.bytes = this.#own;
    this.start = 0;
    this.end = this.#length;
  }

  #write(bytes: Uint8Array, scan: AttributeScan, source: NextHopSource): void {
    const mpReach = source === 'mp-reach' ? scan.find(AttributeCode.MpReachNlri) : -1;
    let ipv4NextHop = -1;
    if (mpReach !== -1) {
      const value = scan.valueStart[mpReach]!;
      // An IPv4 unicast route with a plain IPv4 next hop is the same route whichever field brought it.
      if (readU16(bytes, value) === 1 && bytes[value + 2] === 1 && bytes[value + 3] === 4) ipv4NextHop = value + 4;
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
      this.#attribute(scan.flags[entry]!, code, bytes, scan.valueStart[entry]!, scan.valueEnd[entry]!);
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
    for (let i = start; i < end; i++) out[at++] = bytes[i]!;
    this.#length = at;
  }

  #reserve(length: number): void {
    if (this.#own.length < length) this.#own = new Uint8Array(length * 2);
  }
}

/** Offset of the header of an entry. */
function headerStart(scan: AttributeScan, entry: number): number {
  return scan.valueStart[entry]! - ((scan.flags[entry]! & AttributeFlag.ExtendedLength) === 0 ? 3 : 4);
}

/** Whether what the scan found is one run of octets in canonical form, for routes with a NEXT_HOP. */
function isCanonical(scan: AttributeScan): boolean {
  const { codes, count, valueEnd, valueStart } = scan;
  if (count === 0 || scan.find(AttributeCode.MpReachNlri) !== -1 || scan.find(AttributeCode.MpUnreachNlri) !== -1) return false;
  for (let entry = 0; entry < count; entry++) {
    const extended = (scan.flags[entry]! & AttributeFlag.ExtendedLength) !== 0;
    if (extended !== valueEnd[entry]! - valueStart[entry]! > 0xff) return false;
    if (entry > 0 && (codes[entry]! < codes[entry - 1]! || headerStart(scan, entry) !== valueEnd[entry - 1])) return false;
  }
  return true;
}

/**
 * The attributes of a session without four-octet AS numbers, rewritten with them (RFC 6793 §4.2.3). Such peers are few: this takes the
 * long way through the typed codec.
 */
export function widenAsNumbers(bytes: Uint8Array, start: number, end: number, context: WireContext): Uint8Array {
  const { attributes } = decodeAttributes(bytes, start, end, context);
  return encodeAttributes(reconcileAs4(attributes), { ...context, fourOctetAs: true });
}
