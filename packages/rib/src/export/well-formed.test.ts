/**
 * Whatever attribute set is held, each peer gets what it can read: whole messages that fit, without a fault, with every mandatory attribute
 * and a next hop that it can use; and what it holds is what counts as advertised. Every form in which routes go out takes part.
 */
import { test } from 'node:test';
import {
  type AsPathSegment,
  addressBytes,
  encodeAttributes,
  encodeUpdate,
  IPV4_UNICAST,
  IPV6_UNICAST,
  type IpPrefix,
  type PathAttribute,
  type WireContext,
} from '@tsbgp/wire';
import fc from 'fast-check';
import { EveryView, SOURCES } from '../../test/every-view.ts';
import { checkInvariants } from '../invariants.ts';

const asn = fc.oneof(fc.integer({ min: 1, max: 65_535 }), fc.integer({ min: 65_536, max: 0xffff_ffff }));
/** The number of AS numbers is often at a border: of a segment, of one octet of length, of a message. */
const count = fc.oneof(
  fc.integer({ min: 1, max: 8 }),
  fc.constantFrom(62, 63, 64, 126, 127, 254, 255),
  fc.integer({ min: 600, max: 1100 }),
  fc.integer({ min: 1300, max: 2100 }),
  fc.integer({ min: 8000, max: 16_300 }),
);
const asPath: fc.Arbitrary<AsPathSegment[]> = fc.oneof(
  fc.array(
    fc.record({
      type: fc.constantFrom('sequence' as const, 'sequence' as const, 'set' as const),
      asns: fc.array(asn, { minLength: 1, maxLength: 6 }),
    }),
    { maxLength: 4 },
  ),
  fc.tuple(asn, count, fc.boolean()).map(([first, length, wide]) => {
    const segments: AsPathSegment[] = [];
    for (let at = 0; at < length; at += 255) {
      const step = wide ? 70_000 : 1;
      segments.push({
        type: 'sequence',
        asns: Array.from({ length: Math.min(255, length - at) }, (_, index) => ((first + index * step) % 0xffff) + step),
      });
    }
    return segments;
  }),
);

const attribute: fc.Arbitrary<PathAttribute> = fc.oneof(
  fc.record({ type: fc.constant('multi-exit-disc' as const), flags: fc.constantFrom(0x80, 0x81), value: fc.nat() }),
  fc.record({
    type: fc.constant('aggregator' as const),
    flags: fc.constantFrom(0xc0, 0xe0),
    value: fc.record({ as: asn, address: fc.constant('192.0.2.1') }),
  }),
  fc.record({ type: fc.constant('atomic-aggregate' as const), flags: fc.constantFrom(0x40, 0x45), value: fc.constant(true as const) }),
  fc
    .tuple(
      fc.oneof(fc.integer({ min: 1, max: 80 }), fc.integer({ min: 900, max: 1100 }), fc.integer({ min: 10_000, max: 16_000 })),
      fc.nat(),
    )
    .map(([length, first]) => ({
      type: 'communities' as const,
      flags: 0xc0,
      value: Array.from({ length }, (_, index) => ((first + index) % 0xf000_0000) >>> 0),
    })),
);

const announcement = fc.record({
  source: fc.constantFrom(...SOURCES),
  asPath,
  attributes: fc.uniqueArray(attribute, { maxLength: 3, selector: ({ type }) => type }),
  ipv4NextHop: fc.constantFrom('192.0.2.77', '203.0.113.3', '203.0.113.20'),
  ipv6NextHops: fc.constantFrom(['2001:db8:9::2'], ['2001:db8:9::2', 'fe80::2'], ['fe80::2'], ['fe80::2', 'fe80::2']),
  prefixes: fc.constantFrom(['192.0.2.0/24'], ['0.0.0.0/0', '198.51.100.128/25'], ['2001:db8::/32'], ['::/0', '2001:db8::1/128']),
});

const ROOMY: WireContext = { fourOctetAs: true, addPath: new Set(), peerType: 'ibgp', extendedMessage: true };

test('whatever is held goes out to each peer in messages that it can read, or not at all', () => {
  fc.assert(
    fc.property(fc.array(announcement, { minLength: 1, maxLength: 6 }), (announcements) => {
      const views = new EveryView();
      for (const { source, asPath: path, attributes, ipv4NextHop, ipv6NextHops, prefixes } of announcements) {
        const family = prefixes[0]!.includes(':') ? IPV6_UNICAST : IPV4_UNICAST;
        const nlri = prefixes.map((prefix) => ({ type: 'ip-prefix' as const, family, prefix }));
        const all: PathAttribute[] = [
          { type: 'origin', flags: 0x40, value: 'egp' },
          { type: 'as-path', flags: 0x40, value: path },
          family === IPV4_UNICAST
            ? { type: 'next-hop', flags: 0x40, value: ipv4NextHop }
            : { type: 'mp-reach-nlri', flags: 0x80, value: { family, nextHops: [...ipv6NextHops], nlri } },
          ...attributes,
        ];
        const own = family === IPV4_UNICAST ? nlri : [];
        const body = bodyOf(all, own, { ...ROOMY, fourOctetAs: source !== 'external two-octet' });
        // A set that is longer than a message once it has four-octet AS numbers is for the import to judge.
        if (body === undefined || bodyOf(all, own, ROOMY) === undefined) continue;
        if (source !== 'local') views.give(source, body);
        else for (const { prefix } of nlri) views.announceLocal(family, prefixOctets(prefix), encodeAttributes(all, ROOMY));
        checkInvariants(views.rib);
      }
    }),
    { numRuns: Number(process.env['TSBGP_EXPORT_RUNS'] ?? 60), seed: 4271 },
  );
});

/** Undefined where no message holds it. */
function bodyOf(attributes: PathAttribute[], nlri: IpPrefix[], context: WireContext): Uint8Array | undefined {
  try {
    return encodeUpdate({ type: 'update', withdrawn: [], attributes, nlri }, context);
  } catch {
    return undefined; // a set of more than 65,535 octets cannot come in
  }
}

/** Length in bits, and the octets that have them. */
function prefixOctets(prefix: string): Uint8Array {
  const [address = '', bits = ''] = prefix.split('/');
  return Uint8Array.of(Number(bits), ...addressBytes(address).subarray(0, Math.ceil(Number(bits) / 8)));
}
