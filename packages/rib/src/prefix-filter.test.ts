/** Address prefix ORF (RFC 5292): which routes pass a filter. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addressBytes } from '@tsbgp/wire';
import fc from 'fast-check';
import { PrefixFilter, type PrefixFilterEntry } from './prefix-filter.ts';

function wire(prefix: string): Uint8Array {
  const [address = '', length = ''] = prefix.split('/');
  return Uint8Array.of(Number(length), ...addressBytes(address).subarray(0, (Number(length) + 7) >>> 3));
}

/** "5 permit 10.0.0.0/8 16-24" */
function entry(text: string): PrefixFilterEntry {
  const [sequence, action, prefix = '', range = ''] = text.split(' ');
  const [min, max] = range.split('-').map(Number);
  return { sequence: Number(sequence), deny: action === 'deny', prefix: wire(prefix), minLength: min!, maxLength: max! };
}

const CASES: readonly (readonly [string, readonly string[], string, boolean])[] = [
  ['RFC 5292 §4: what no entry matches is denied', ['1 permit 10.0.0.0/8 8-8'], '192.0.2.0/24', false],
  ['the prefix itself', ['1 permit 10.0.0.0/8 8-8'], '10.0.0.0/8', true],
  ['a longer one is beyond the longest', ['1 permit 10.0.0.0/8 8-8'], '10.1.0.0/16', false],
  ['within the lengths', ['1 permit 10.0.0.0/8 16-24'], '10.1.0.0/16', true],
  ['shorter than the shortest', ['1 permit 10.0.0.0/8 16-24'], '10.0.0.0/8', false],
  ['the lowest sequence number decides', ['2 permit 10.0.0.0/8 8-32', '1 deny 10.1.0.0/16 16-32'], '10.1.2.0/24', false],
  ['the lowest sequence number decides, the other way', ['1 permit 10.0.0.0/8 8-32', '2 deny 10.1.0.0/16 16-32'], '10.1.2.0/24', true],
  ['the default route covers everything', ['1 permit 0.0.0.0/0 0-32'], '203.0.113.7/32', true],
  ['the default route alone', ['1 permit 0.0.0.0/0 0-0'], '203.0.113.7/32', false],
  ['bits after the prefix do not count', ['1 permit 10.255.0.0/9 9-32'], '10.128.1.0/24', true],
  ['a prefix that covers the entry is not within it', ['1 permit 10.0.0.0/8 0-32'], '0.0.0.0/0', false],
];

for (const [title, entries, prefix, passes] of CASES) {
  test(title, () => assert.equal(new PrefixFilter(entries.map(entry), 32).permits(wire(prefix)), passes));
}

test('IPv6: bits in each word of the address', () => {
  const filter = new PrefixFilter(
    ['1 deny 2001:db8:0:1::/64 64-128', '2 permit 2001:db8::/32 32-64', '3 permit ::/0 0-0', '4 permit 2001:db8::1/128 128-128'].map(entry),
    128,
  );
  for (const [prefix, passes] of [
    ['2001:db8::/32', true],
    ['2001:db8:0:1::/64', false],
    ['2001:db8:0:2::/64', true],
    ['2001:db8:0:2::/65', false],
    ['2001:db8::1/128', true],
    ['2001:db8::2/128', false],
    ['::/0', true],
    ['2001:db9::/32', false],
  ] as const) {
    assert.equal(filter.permits(wire(prefix)), passes, prefix);
  }
});

test('an empty filter lets nothing pass', () => {
  assert.equal(new PrefixFilter([], 32).permits(wire('10.0.0.0/8')), false);
  assert.equal(PrefixFilter.AWAITED.permits(wire('10.0.0.0/8')), false);
});

test('any filter agrees with a walk over all entries', () => {
  const prefix = fc.record({
    bits: fc.integer({ min: 0, max: 32 }),
    address: fc.constantFrom(0, 0x0a00_0000, 0x0a80_0000, 0x0a00_00ff, 0xffff_ffff),
  });
  const octets = ({ bits, address }: { bits: number; address: number }): Uint8Array => {
    const four = Uint8Array.of(address >>> 24, address >>> 16, address >>> 8, address);
    return Uint8Array.of(bits, ...four.subarray(0, (bits + 7) >>> 3));
  };
  const entries = fc.array(
    fc.record({
      deny: fc.boolean(),
      prefix: prefix.map(octets),
      minLength: fc.integer({ min: 0, max: 32 }),
      maxLength: fc.integer({ min: 0, max: 32 }),
    }),
    { maxLength: 12 },
  );
  const covers = (outer: Uint8Array, inner: Uint8Array): boolean => {
    if (outer[0]! > inner[0]!) return false;
    for (let bit = 0; bit < outer[0]!; bit++) {
      const at = 1 + (bit >>> 3);
      if (((outer[at]! ^ inner[at]!) & (0x80 >> (bit & 7))) !== 0) return false;
    }
    return true;
  };
  fc.assert(
    fc.property(entries, fc.array(prefix, { minLength: 1, maxLength: 8 }), (drawn, routes) => {
      const numbered = drawn.map((each, i) => ({ ...each, sequence: drawn.length - i }));
      const filter = new PrefixFilter(numbered, 32);
      for (const route of routes) {
        const nlri = octets(route);
        const first = numbered
          .toReversed()
          .find((each) => covers(each.prefix, nlri) && route.bits >= each.minLength && route.bits <= each.maxLength);
        assert.equal(filter.permits(nlri), first !== undefined && !first.deny);
      }
    }),
    { numRuns: 2000, seed: 5292 },
  );
});
