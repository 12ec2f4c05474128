/**
 * Extended Next Hop Encoding, capability 5 (RFC 8950 §4): families whose next hop may be of another address family.
 * The value is a list of AFI, SAFI (two octets) and next hop AFI.
 */
import { readU16 } from '../bytes.ts';
import { Afi, afiOf, type Family, makeFamily, safiOf } from '../family.ts';
import { parseNumber } from '../numbers.ts';
import { FAMILY, list, object, U16 } from '../parts/json-form.ts';
import { CapabilityCode } from './code.ts';
import type { CapabilityCodec } from './codec.ts';
import { formatItem, parseItem } from './text.ts';

/** Extended Next Hop Encoding (RFC 8950 §4): families whose next hops may be of the other address family. */
export interface ExtendedNextHopCapability {
  type: 'extended-next-hop';
  tuples: { family: Family; nextHopAfi: number }[];
}

export const extendedNextHop: CapabilityCodec<ExtendedNextHopCapability> = {
  code: CapabilityCode.ExtendedNextHop,
  type: 'extended-next-hop',
  name: 'Extended Next Hop Encoding',
  members: { tuples: list(object({ family: FAMILY, nextHopAfi: U16 })) },
  decode(bytes, start, end, spans) {
    if ((end - start) % 6 !== 0) return undefined;
    const tuples: ExtendedNextHopCapability['tuples'] = [];
    for (let at = start; at < end; at += 6) {
      const safi = readU16(bytes, at + 2);
      if (safi > 0xff) return undefined; // no such SAFI; kept as octets
      spans?.numbers(at, ['afi', 2], ['safi', 2], ['next-hop-afi', 2]);
      tuples.push({ family: makeFamily(readU16(bytes, at), safi), nextHopAfi: readU16(bytes, at + 4) });
    }
    return { type: 'extended-next-hop', tuples };
  },
  encode(out, value) {
    for (const tuple of value.tuples) {
      out.u16(afiOf(tuple.family));
      out.u16(safiOf(tuple.family));
      out.u16(tuple.nextHopAfi);
    }
  },
  format: (value) => value.tuples.map((tuple) => formatItem(tuple.family, formatNextHopAfi(tuple.nextHopAfi))).join(' '),
  parse(words) {
    const tuples = words.map((word) => {
      const { family, details } = parseItem(word);
      return { family, nextHopAfi: parseNextHopAfi(details[0]) };
    });
    return { type: 'extended-next-hop', tuples };
  },
};

function formatNextHopAfi(afi: number): string {
  if (afi === Afi.Ipv4) return 'ipv4';
  return afi === Afi.Ipv6 ? 'ipv6' : String(afi);
}

function parseNextHopAfi(text: string | undefined): number {
  if (text === 'ipv4') return Afi.Ipv4;
  return text === 'ipv6' ? Afi.Ipv6 : parseNumber(text, 0xffff, 'next hop AFI ("ipv4", "ipv6" or a number)');
}
