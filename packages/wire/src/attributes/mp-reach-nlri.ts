/**
 * MP_REACH_NLRI, path attribute 14 (RFC 4760 §3): routes of any family, with their next hop.
 *
 *     | AFI, 2 octets | SAFI | length | next hop … | reserved | NLRI … |
 *
 * The session ends when the header is not whole, when the family cannot have such a next hop, or when the NLRI cannot be told apart
 * (RFC 7606 §5.3, §7.11). Text: `ipv6-unicast next-hop 2001:db8::1 nlri { 2001:db8:1::/48; 2001:db8:2::/48 }`.
 */
import { addressBytes, formatAddress } from '../address.ts';
import { ByteWriter, copyOf, equalBytes, fromHex, toHex } from '../bytes.ts';
import { AttributeCode } from '../codes.ts';
import { type Family, formatFamily, parseFamily, readFamily, writeFamily } from '../family.ts';
import { ValueError } from '../fault.ts';
import { nextHopForms } from '../nlri/families.ts';
import { nlriFromJson } from '../nlri/json.ts';
import { appendNextHops, decodeNextHops, nextHopFits } from '../nlri/next-hop.ts';
import { appendNlri, decodeNlri, formatNlri, type Nlri, nlriAreWhole, parseNlriList, sameFamily } from '../nlri/nlri.ts';
import { ADDRESS, FAMILY, list, OCTETS, object, optional } from '../parts/json-form.ts';
import { formatGroup } from '../words.ts';
import type { AttributeCodec } from './codec.ts';
import { OPTIONAL_NON_TRANSITIVE } from './fields.ts';
import { broken, nlriOfFamily } from './mp-nlri.ts';

/** Routes announced (RFC 4760 §3): a family, its next hops, its NLRI. */
export interface MpReachNlri {
  family: Family;
  /** One address, or a global and a link-local one (RFC 2545 §3). VPN next hops are shown without their route distinguisher of zero. */
  nextHops: string[];
  /** The octets of the field, when `nextHops` does not say everything: its length is not that of an address, or a route distinguisher is not zero. */
  nextHopOctets?: Uint8Array;
  nlri: Nlri[];
}

export const mpReachNlri: AttributeCodec<MpReachNlri, 'mp-reach-nlri'> = {
  code: AttributeCode.MpReachNlri,
  type: 'mp-reach-nlri',
  name: 'MP_REACH_NLRI',
  flags: OPTIONAL_NON_TRANSITIVE,
  holdsNlri: true,
  exportRule: 'mp-next-hop',
  fact: 'mp-next-hop',
  check(bytes, start, end, context) {
    if (end - start < 5) return broken(`MP_REACH_NLRI of ${end - start} octets`);
    const family = readFamily(bytes, start);
    const nextHopLength = bytes[start + 3]!;
    const nlri = start + 5 + nextHopLength;
    if (nlri > end) return broken('next hop of MP_REACH_NLRI runs past the attribute');
    if (context.families?.has(family) === false) return undefined;
    if (!nextHopFits(nextHopForms(family), family, nextHopLength, context))
      return broken(`next hop of ${nextHopLength} octets for ${formatFamily(family)}`);
    if (!nlriAreWhole(bytes, nlri, end, family, context)) return broken(`NLRI of ${formatFamily(family)} cannot be read`);
    return undefined;
  },
  decode(bytes, start, end, context) {
    const family = readFamily(bytes, start);
    const nextHop = start + 4;
    const nextHopEnd = nextHop + bytes[start + 3]!;
    const nextHops = decodeNextHops(bytes, nextHop, nextHopEnd, nextHopForms(family));
    const { spans } = context;
    spans?.numbers(start, ['afi', 2], ['safi', 1], ['next-hop-length', 1]);
    const size = (nextHopEnd - nextHop) / nextHops.length;
    for (const [i, hop] of nextHops.entries()) spans?.leaf('next-hop', nextHop + i * size, nextHop + (i + 1) * size, hop);
    spans?.numbers(nextHopEnd, ['reserved', 1]);
    const nlri = decodeNlri(bytes, nextHopEnd + 1, end, family, context);
    const again = new ByteWriter(48);
    appendNextHops(again, nextHops, nextHopForms(family));
    const octets = copyOf(bytes, nextHop, nextHopEnd);
    return equalBytes(again.take(), octets) ? { family, nextHops, nlri } : { family, nextHops, nextHopOctets: octets, nlri };
  },
  encode(out, value, context) {
    writeFamily(out, value.family);
    out.counted8(() => {
      if (value.nextHopOctets === undefined) appendNextHops(out, value.nextHops, nextHopForms(value.family));
      else out.raw(value.nextHopOctets);
    });
    out.u8(0);
    for (const nlri of value.nlri) appendNlri(out, sameFamily(nlri, value.family), context);
  },
  format(value) {
    const words = [formatFamily(value.family)];
    if (value.nextHopOctets !== undefined) words.push('next-hop', `0x${toHex(value.nextHopOctets)}`);
    else if (value.nextHops.length > 0) words.push('next-hop', ...value.nextHops);
    return `${words.join(' ')} nlri ${formatGroup(value.nlri.map(formatNlri))}`;
  },
  parse(text) {
    const parts = /^(\S+)(?: next-hop (.+?))? nlri (\{.*\})$/.exec(text);
    const family = parseFamily(parts?.[1] ?? '');
    if (parts === null || family === undefined) {
      throw new ValueError(
        `found "${text}", allowed is e.g. "ipv6-unicast next-hop 2001:db8::1 nlri { 2001:db8:1::/48; 2001:db8:2::/48 }"`,
      );
    }
    const nlri = parseNlriList(parts[3]!, family);
    const hops = parts[2] ?? '';
    if (!/^0x([0-9a-fA-F]{2})*$/.test(hops)) {
      return {
        family,
        nextHops: hops
          .split(/\s+/)
          .filter(Boolean)
          .map((hop) => formatAddress(addressBytes(hop))),
        nlri,
      };
    }
    const nextHopOctets = fromHex(hops.slice(2));
    return { family, nextHops: decodeNextHops(nextHopOctets, 0, nextHopOctets.length, nextHopForms(family)), nextHopOctets, nlri };
  },
  fromJson: nlriOfFamily(
    object<MpReachNlri>({ family: FAMILY, nextHops: list(ADDRESS), nextHopOctets: optional(OCTETS), nlri: list(nlriFromJson) }),
  ),
};
