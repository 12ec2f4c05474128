/** However a speaker writes an attribute set, its canonical octets say the same and nothing else. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AttributeCode, AttributeFlag, DEFAULT_CONTEXT, fromHex, toHex } from '@tsbgp/wire';
import { AttributeScan } from '@tsbgp/wire/scan';
import fc from 'fast-check';
import { findAttribute, headerLength, valueLength } from './block.ts';
import { CanonicalBlock, type NextHopSource } from './canonical.ts';

interface Written {
  readonly code: number;
  readonly flags: number;
  readonly value: Uint8Array;
  /** Whether the speaker sets Extended Length without need. */
  readonly isExtended: boolean;
}

const VALUES: readonly (readonly [code: number, flags: number, value: string])[] = [
  [AttributeCode.Origin, 0x40, '00'],
  [AttributeCode.AsPath, 0x40, '02020000fdea0000fdeb'],
  [AttributeCode.NextHop, 0x40, '0a000002'],
  [AttributeCode.MultiExitDisc, 0x80, '00000007'],
  [AttributeCode.Communities, 0xc0, 'fdea0001'.repeat(3)],
  [AttributeCode.LargeCommunities, 0xc0, '0000fdea0000000100000002'.repeat(30)],
  [99, 0xe0, 'c0ffee'],
];
const IPV6_REACH = fromHex('0002011020010db800000000000000000000000100302001 0db80001'.replaceAll(' ', ''));
const IPV4_REACH = fromHex('000101040a0000090018c00002');
const UNREACH = fromHex('000201302001 0db80002'.replaceAll(' ', ''));

function octetsOf({ code, flags, value, isExtended }: Written): number[] {
  const extended = isExtended || value.length > 0xff;
  const length = extended ? [value.length >>> 8, value.length & 0xff] : [value.length];
  return [extended ? flags | AttributeFlag.ExtendedLength : flags, code, ...length, ...value];
}

/** RFC 4271 §4.3: what may be set of a flags octet. */
function meaning(flags: number): number {
  return flags & ((flags & 0xc0) === 0xc0 ? 0xe0 : 0xc0);
}

/** Code, flags without Extended Length, and value of each attribute of a block. */
function listed(block: Uint8Array): [number, number, string][] {
  const list: [number, number, string][] = [];
  for (let at = 0; at < block.length; ) {
    const value = at + headerLength(block, at);
    const end = value + valueLength(block, at);
    list.push([block[at + 1]!, block[at]! & ~AttributeFlag.ExtendedLength, toHex(block, value, end)]);
    at = end;
  }
  return list;
}

const written: fc.Arbitrary<Written[]> = fc
  .tuple(
    fc.subarray(VALUES.map(([code, flags, value]) => ({ code, flags, value: fromHex(value) }))),
    fc.subarray([{ code: AttributeCode.MpUnreachNlri as number, flags: 0x80, value: UNREACH }]),
    fc.constantFrom(undefined, IPV6_REACH, IPV4_REACH),
    fc.boolean(),
    fc.boolean(),
  )
  .chain(([attributes, unreach, reach, isShuffled, isTwice]) => {
    const all = [...attributes, ...unreach, ...(reach ? [{ code: AttributeCode.MpReachNlri as number, flags: 0x80, value: reach }] : [])];
    const ordered = all.toSorted((a, b) => a.code - b.code);
    const repeated = isTwice ? [...ordered, ...ordered.filter(({ code }) => code === AttributeCode.Origin)] : ordered;
    const order = isShuffled
      ? fc.shuffledSubarray(repeated, { minLength: repeated.length, maxLength: repeated.length })
      : // As most do: MP_REACH_NLRI first or in its place.
        fc.boolean().map((isFirst) => (isFirst ? repeated.toSorted((a, b) => Number(isMpReach(b)) - Number(isMpReach(a))) : repeated));
    return order.chain((list) =>
      fc
        .tuple(
          fc.array(fc.boolean(), { minLength: list.length, maxLength: list.length }),
          // Bits that mean nothing, or that mean something only on an optional transitive attribute.
          fc.array(fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.constantFrom(0x01, 0x05, 0x0f, 0x20, 0x2f)), {
            minLength: list.length,
            maxLength: list.length,
          }),
        )
        .map(([extended, bits]) => list.map((each, i) => ({ ...each, flags: each.flags | bits[i]!, isExtended: extended[i]! }))),
    );
  });

function isMpReach({ code }: { readonly code: number }): boolean {
  return code === AttributeCode.MpReachNlri;
}

test('canonical octets: every attribute once, in order, without NLRI, with the next hop of its source', () => {
  const scan = new AttributeScan();
  const canonical = new CanonicalBlock();
  fc.assert(
    fc.property(written, fc.constantFrom<NextHopSource>('next-hop', 'mp-reach'), fc.nat(20), (list, source, offset) => {
      // In the middle of a message.
      const octets = list.flatMap(octetsOf);
      const bytes = Uint8Array.from([...Array.from({ length: offset }, () => 0xaa), ...octets, 0xaa, 0xaa]);
      scan.scan(bytes, offset, offset + octets.length, { ...DEFAULT_CONTEXT, peerType: 'ibgp' });
      const reach = list.find(isMpReach)?.value;
      if (source === 'mp-reach' && reach === undefined) return;
      canonical.write(bytes, scan, source);
      const got = listed(canonical.bytes.subarray(canonical.start, canonical.end));

      const first = new Map(list.toReversed().map((each) => [each.code, each]));
      const expected = [...first.values()]
        .filter(({ code }) => code !== AttributeCode.MpReachNlri && code !== AttributeCode.MpUnreachNlri)
        .filter(({ code }) => code !== AttributeCode.NextHop || source === 'next-hop')
        .map(({ code, flags, value }): [number, number, string] => [code, meaning(flags), toHex(value)]);
      if (source === 'mp-reach' && reach === IPV4_REACH) expected.push([AttributeCode.NextHop, 0x40, '0a000009']);
      expected.sort(([a], [b]) => a - b);
      if (source === 'mp-reach' && reach === IPV6_REACH) {
        expected.unshift([AttributeCode.MpReachNlri, 0x80, toHex(IPV6_REACH.subarray(0, 20))]);
      }
      assert.deepEqual(got, expected);
    }),
    { numRuns: 2000 },
  );
});

test('octets in order are taken as they stand, Extended Length that nobody needs included', () => {
  const bytes = fromHex('40010100 50020006 02010000fdea 400304 0a000002'.replaceAll(' ', ''));
  const scan = new AttributeScan();
  scan.scan(bytes, 0, bytes.length, DEFAULT_CONTEXT);
  const canonical = new CanonicalBlock();
  canonical.write(bytes, scan, 'next-hop');
  assert.equal(canonical.bytes, bytes);
  assert.deepEqual([canonical.start, canonical.end], [0, bytes.length]);
  assert.equal(findAttribute(bytes, 0, bytes.length, AttributeCode.AsPath), 4);
});
