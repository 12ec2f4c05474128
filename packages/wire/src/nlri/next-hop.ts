/**
 * The next hop of MP_REACH_NLRI (RFC 4760 §3): one address, or a global and a link-local one of IPv6 (RFC 2545 §3), or in VPN families
 * addresses that follow a route distinguisher of zero (RFC 4364 §4.3.2, RFC 4659 §3.2.1).
 */
import { addressBytes, formatAddress } from '../address.ts';
import type { ByteWriter } from '../bytes.ts';
import type { WireContext } from '../context.ts';
import { Afi, afiOf, type Family } from '../family.ts';
import { RD_LENGTH } from '../parts/route-distinguisher.ts';

/** What next hops a family may have. */
export interface NextHopForms {
  /** Lengths in octets of a next hop of IPv4. */
  readonly ipv4: readonly number[];
  /** Lengths in octets of a next hop of IPv6. In families of IPv4 both speakers must have allowed it (RFC 8950 §4). */
  readonly ipv6: readonly number[];
  readonly hasRouteDistinguisher: boolean;
}

/** Labeled unicast (RFC 8277 §2.2), and plain prefixes of IPv4, for which RFC 8950 allows IPv6. */
export const IPV4_OR_IPV6: NextHopForms = { ipv4: [4], ipv6: [16, 32], hasRouteDistinguisher: false };

/**
 * Whether a next hop may have this length. Any length fits a family without `forms`. RFC 8950 defines IPv6 next hops of IPv4 families only; when both
 * speakers have announced the tuple for IPv4 next hops of an IPv6 family, these fit as well.
 */
export function nextHopFits(forms: NextHopForms | undefined, family: Family, length: number, context: WireContext): boolean {
  if (forms === undefined || forms.ipv4.includes(length)) return true;
  const { extendedNextHop } = context;
  const ipv4Length = forms.hasRouteDistinguisher ? RD_LENGTH + 4 : 4;
  if (length === ipv4Length && extendedNextHop?.get(family)?.has(Afi.Ipv4) === true) return true;
  const ipv6Allowed = afiOf(family) !== Afi.Ipv4 || extendedNextHop === undefined || extendedNextHop.get(family)?.has(Afi.Ipv6) === true;
  return ipv6Allowed && forms.ipv6.includes(length);
}

/** Throws ValueError. */
export function appendNextHops(out: ByteWriter, nextHops: readonly string[], forms: NextHopForms | undefined): void {
  for (const nextHop of nextHops) {
    if (forms?.hasRouteDistinguisher === true) out.zeros(RD_LENGTH);
    out.raw(addressBytes(nextHop));
  }
}

/** The addresses in `bytes[start, end)`; empty when the length is not that of one or two addresses. */
export function decodeNextHops(bytes: Uint8Array, start: number, end: number, forms: NextHopForms | undefined): string[] {
  const length = end - start;
  // Next hops of SAFI 129 may have no route distinguisher. With one, their length is a multiple of 12.
  const skip = forms?.hasRouteDistinguisher === true && length % 12 === 0 ? RD_LENGTH : 0;
  const entry = length === 32 ? 16 : length === 48 && skip > 0 ? 24 : length;
  const nextHops: string[] = [];
  for (let at = start; at < end; at += entry) {
    const size = entry - skip;
    if (size !== 4 && size !== 16) return nextHops;
    nextHops.push(formatAddress(bytes, at + skip, at + skip + size));
  }
  return nextHops;
}
