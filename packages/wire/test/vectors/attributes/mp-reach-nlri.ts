/** MP_REACH_NLRI. */
import fc from 'fast-check';
import type { MpReachNlri } from '../../../src/attributes/mp-reach-nlri.ts';
import { Afi, afiOf, type Family, Safi, safiOf } from '../../../src/family.ts';
import { NLRI_FAMILIES, nlriList } from '../../arbitraries/nlri.ts';
import { ipv4, ipv6, octets } from '../../arbitraries/primitives.ts';
import type { AttributeVectors } from '../attributes.ts';

/** Next hops that a family may have (RFC 7606 §7.11), and octets that say more than addresses do. */
function nextHops(family: Family): fc.Arbitrary<Pick<MpReachNlri, 'nextHops' | 'nextHopOctets'>> {
  const v6 = fc
    .oneof(
      ipv6.map((address) => [address]),
      fc.tuple(ipv6, ipv6),
    )
    .map((list) => ({ nextHops: list }));
  const v4 = ipv4.map((address) => ({ nextHops: [address] }));
  const any = fc.oneof(v4, v6);
  switch (safiOf(family)) {
    case Safi.Unicast:
    case Safi.Multicast:
      return afiOf(family) === Afi.Ipv4 ? any : v6;
    case Safi.LabeledUnicast:
      return any;
    case Safi.MplsVpn:
    case Safi.MulticastVpn: {
      const distinguished = fc
        .tuple(
          octets(8).filter((rd) => rd.some((octet) => octet !== 0)),
          octets(4),
        )
        .map(([rd, host]) => ({ nextHops: [host.join('.')], nextHopOctets: Uint8Array.from([...rd, ...host]) }));
      return fc.oneof(any, distinguished);
    }
    default:
      return fc.oneof(
        any,
        fc.constant({ nextHops: [] as string[] }),
        octets(5, 11).map((nextHopOctets) => ({ nextHops: [], nextHopOctets })),
      );
  }
}

export const vectors: AttributeVectors<'mp-reach-nlri'> = {
  type: 'mp-reach-nlri',
  examples: [
    ['0002011020010db8000000000000000000000001003020010db80001', 'ipv6-unicast next-hop 2001:db8::1 nlri { 2001:db8:1::/48 }'],
    [
      '0002011020010db8000000000000000000000001003020010db800014020010db800020000',
      'ipv6-unicast next-hop 2001:db8::1 nlri { 2001:db8:1::/48; 2001:db8:2::/64 }',
    ],
  ],
  verdicts: [],
  values: (context) =>
    fc
      .constantFrom(...NLRI_FAMILIES)
      .chain((family) =>
        fc.tuple(nextHops(family), nlriList(family, context.addPath.has(family))).map(([hops, nlri]) => ({ family, ...hops, nlri })),
      ),
};
