/**
 * MP_REACH_NLRI, path attribute 14 (RFC 4760 §3): routes of any family, with their next hop.
 *
 *     | AFI, 2 octets | SAFI | length | next hop … | reserved | NLRI … |
 *
 * Without a whole header or with a next hop that the family cannot have, or with NLRI that cannot be told apart, the session ends
 * (RFC 7606 §5.3, §7.11). Text: `ipv6-unicast next-hop 2001:db8::1 nlri { 2001:db8:1::/48; 2001:db8:2::/48 }`.
 */
import { addressBytes, formatAddress } from '../address.ts';
import { ByteWriter, equalBytes, fromHex, readU16, toHex } from '../bytes.ts';
import { AttributeCode, AttributeFlag, NotificationCode, UpdateError } from '../codes.ts';
import type { WireContext } from '../context.ts';
import { Afi, afiOf, type Family, family, formatFamily, parseFamily, Safi, safiOf } from '../family.ts';
import { Fault, ValueError } from '../fault.ts';
import { appendNlri, decodeNlri, formatNlriList, type Nlri, nlriAreWhole, parseNlriList, sameFamily } from '../nlri/nlri.ts';
import type { AttributeCodec } from './codec.ts';

/** Routes announced (RFC 4760 §3): a family, its next hops, its NLRI. */
export interface MpReachNlri {
  family: Family;
  /** One address, or a global and a link-local one (RFC 2545 §3). VPN next hops are shown without their route distinguisher of zero. */
  nextHops: string[];
  /** The field as it came, where `nextHops` do not say all of it: a length of no address, or a route distinguisher that is not zero. */
  nextHopOctets?: Uint8Array;
  nlri: Nlri[];
}

export const mpReachNlri: AttributeCodec<MpReachNlri> = {
  code: AttributeCode.MpReachNlri,
  type: 'mp-reach-nlri',
  name: 'MP_REACH_NLRI',
  flags: AttributeFlag.Optional,
  check(bytes, start, end, context) {
    if (end - start < 5) return broken(`MP_REACH_NLRI of ${end - start} octets`);
    const of = family(readU16(bytes, start), bytes[start + 2]!);
    const nextHopLength = bytes[start + 3]!;
    const nlri = start + 5 + nextHopLength;
    if (nlri > end) return broken('next hop of MP_REACH_NLRI runs past the attribute');
    if (context.families?.has(of) === false) return undefined;
    if (!nextHopFits(of, nextHopLength, context)) return broken(`next hop of ${nextHopLength} octets for ${formatFamily(of)}`);
    if (!nlriAreWhole(bytes, nlri, end, of, context)) return broken(`NLRI of ${formatFamily(of)} cannot be read`);
    return undefined;
  },
  decode(bytes, start, end, context) {
    const of = family(readU16(bytes, start), bytes[start + 2]!);
    const nextHop = start + 4;
    const nextHopEnd = nextHop + bytes[start + 3]!;
    const nextHops = decodeNextHops(bytes, nextHop, nextHopEnd, of);
    const { spans } = context;
    spans?.numbers(start, ['afi', 2], ['safi', 1], ['next-hop-length', 1]);
    const size = (nextHopEnd - nextHop) / nextHops.length;
    for (const [i, hop] of nextHops.entries()) spans?.leaf('next-hop', nextHop + i * size, nextHop + (i + 1) * size, hop);
    spans?.numbers(nextHopEnd, ['reserved', 1]);
    const nlri = decodeNlri(bytes, nextHopEnd + 1, end, of, context);
    const again = new ByteWriter(48);
    appendNextHops(again, nextHops, of);
    const octets = bytes.slice(nextHop, nextHopEnd);
    return equalBytes(again.take(), octets) ? { family: of, nextHops, nlri } : { family: of, nextHops, nextHopOctets: octets, nlri };
  },
  encode(out, value, context) {
    out.u16(afiOf(value.family));
    out.u8(safiOf(value.family));
    out.counted8(() => {
      if (value.nextHopOctets === undefined) appendNextHops(out, value.nextHops, value.family);
      else out.raw(value.nextHopOctets);
    });
    out.u8(0);
    for (const nlri of value.nlri) appendNlri(out, sameFamily(nlri, value.family), context);
  },
  format(value) {
    const words = [formatFamily(value.family)];
    if (value.nextHopOctets !== undefined) words.push('next-hop', `0x${toHex(value.nextHopOctets)}`);
    else if (value.nextHops.length > 0) words.push('next-hop', ...value.nextHops);
    return `${words.join(' ')} nlri ${formatNlriList(value.nlri)}`;
  },
  parse(text) {
    const parts = /^(\S+)(?: next-hop (.+?))? nlri (\{.*\})$/.exec(text);
    const of = parseFamily(parts?.[1] ?? '');
    if (parts === null || of === undefined) {
      throw new ValueError(
        `found "${text}", allowed is e.g. "ipv6-unicast next-hop 2001:db8::1 nlri { 2001:db8:1::/48; 2001:db8:2::/48 }"`,
      );
    }
    const nlri = parseNlriList(parts[3]!, of);
    const hops = parts[2] ?? '';
    if (!/^0x([0-9a-fA-F]{2})*$/.test(hops)) {
      return {
        family: of,
        nextHops: hops
          .split(/\s+/)
          .filter(Boolean)
          .map((hop) => formatAddress(addressBytes(hop))),
        nlri,
      };
    }
    const nextHopOctets = fromHex(hops.slice(2));
    return { family: of, nextHops: decodeNextHops(nextHopOctets, 0, nextHopOctets.length, of), nextHopOctets, nlri };
  },
};

function broken(reason: string): Fault {
  return new Fault('reset', NotificationCode.UpdateMessageError, UpdateError.OptionalAttribute, reason);
}

/** A SAFI means what its RFC says for the AFIs it was made for; with another AFI it is a family that nobody knows. */
function isIp(of: Family): boolean {
  const afi = afiOf(of);
  return afi === Afi.Ipv4 || afi === Afi.Ipv6;
}

function hasRouteDistinguisher(of: Family): boolean {
  const safi = safiOf(of);
  return isIp(of) && (safi === Safi.MplsVpn || safi === Safi.MulticastVpn);
}

/**
 * RFC 4760 §3, RFC 2545 §3, RFC 4364 §4.3.2, RFC 4659 §3.2.1, RFC 8277 §2.2. IPv4 families have an IPv6 next hop only where both speakers said
 * that they may (RFC 8950 §4). Families whose next hops we do not know may have any.
 */
function nextHopFits(of: Family, length: number, context: WireContext): boolean {
  if (!isIp(of)) return true;
  const isIpv4 = afiOf(of) === Afi.Ipv4;
  const ipv6Allowed = !isIpv4 || context.extendedNextHop === undefined || context.extendedNextHop.get(of)?.has(Afi.Ipv6) === true;
  switch (safiOf(of)) {
    case Safi.MplsVpn:
      return length === 12 || ((length === 24 || length === 48) && ipv6Allowed);
    case Safi.MulticastVpn: // RFC 6514 does not say whether it has a route distinguisher; both are seen
      return length === 12 || length === 4 || ((length === 24 || length === 48 || length === 16 || length === 32) && ipv6Allowed);
    case Safi.Unicast:
    case Safi.Multicast:
      return (length === 4 && isIpv4) || ((length === 16 || length === 32) && ipv6Allowed);
    case Safi.LabeledUnicast:
      return length === 4 || ((length === 16 || length === 32) && ipv6Allowed);
    default: // among them flow specifications (RFC 8955 §4), which need none and whose receiver ignores any
      return true;
  }
}

function appendNextHops(out: ByteWriter, nextHops: readonly string[], of: Family): void {
  for (const nextHop of nextHops) {
    if (hasRouteDistinguisher(of)) out.zeros(8);
    out.raw(addressBytes(nextHop));
  }
}

function decodeNextHops(bytes: Uint8Array, start: number, end: number, of: Family): string[] {
  const skip = hasRouteDistinguisher(of) && (end - start) % 12 === 0 ? 8 : 0;
  const length = end - start;
  const entry = length === 32 ? 16 : length === 48 && skip > 0 ? 24 : length;
  const nextHops: string[] = [];
  for (let at = start; at < end; at += entry) {
    const size = entry - skip;
    if (size !== 4 && size !== 16) return nextHops;
    nextHops.push(formatAddress(bytes, at + skip, at + skip + size));
  }
  return nextHops;
}
