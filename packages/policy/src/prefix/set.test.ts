/** Prefix sets: spellings of entries, look-ups against a list, the shared vectors, and the size and time of an exchange point's lists. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parsePrefix, readU32 } from '@tsbgp/wire';
import fc from 'fast-check';
import { scaled } from '../../../../test/scale.ts';
import { logicVectors } from '../../test/vectors.ts';
import type { AddressWords } from './columns.ts';
import { type PrefixEntry, parsePrefixEntry } from './entry.ts';
import { PlainPrefix } from './plain-text.ts';
import { entryWithRange, PrefixSetBuilder, PrefixSetPool, prefixSet } from './set.ts';

function wordsOf(address: Uint8Array): AddressWords {
  const word = (at: number): number => (4 * at < address.length ? readU32(address, 4 * at) : 0);
  return { w0: word(0), w1: word(1), w2: word(2), w3: word(3) };
}

function query(text: string): [boolean, AddressWords, number] {
  const { address, bits } = parsePrefix(text)!;
  return [address.length === 16, wordsOf(address), bits];
}

function setOf(...texts: string[]): ReturnType<typeof prefixSet> {
  return prefixSet(texts, (_, sentence) => assert.fail(sentence));
}

for (const [text, range] of [
  ['192.0.2.0/24', [24, 24]],
  ['192.0.2.0/24 exact', [24, 24]],
  ['192.0.2.0/24 ge 25', [25, 32]],
  ['192.0.2.0/24 le 28', [24, 28]],
  ['192.0.2.0/24 ge 25 le 28', [25, 28]],
  ['192.0.2.0/24 25..28', [25, 28]],
  ['192.0.2.0/24 ..28', [24, 28]],
  ['192.0.2.0/24 25..', [25, 32]],
  ['192.0.2.0/24{25,28}', [25, 28]],
  ['192.0.2.0/24{20,28}', [20, 28]],
  ['192.0.2.0/24-', [0, 24]],
  ['192.0.2.0/24+', [24, 32]],
  ['192.0.2.0/24^+', [24, 32]],
  ['192.0.2.0/24^-', [25, 32]],
  ['192.0.2.0/24^26', [26, 26]],
  ['192.0.2.0/24^25-28', [25, 28]],
  ['2001:db8::/32 ge 40 le 48', [40, 48]],
  ['2001:db8::/32+', [32, 128]],
] as const) {
  test(`"${text}" matches lengths ${range.join(' to ')}`, () => {
    const entry = parsePrefixEntry(text) as PrefixEntry;
    assert.deepEqual([entry.min, entry.max], range);
  });
}

for (const [text, expected] of [
  ['192.0.2.0', 'is not a prefix'],
  ['192.0.2.0/33', 'is not a prefix'],
  ['192.0.2.256/24', 'is not a prefix'],
  ['192.0.02.0/24', 'is not a prefix'],
  ['192.0.2.0/24 ge 20', 'shorter than the prefix'],
  ['192.0.2.0/24 ge 28 le 26', 'the least length 28 is above the greatest 26'],
  ['192.0.2.0/24 le 33', 'longer than an IPv4 address'],
  ['2001:db8::/32 le 129', 'longer than an IPv6 address'],
  ['192.0.2.0/32^-', 'longer than an IPv4 address'],
  ['192.0.2.0/24 from 25', 'are no lengths'],
  ['', 'is not a prefix'],
] as const) {
  test(`"${text}" is refused: ${expected}`, () => {
    const found: string[] = [];
    prefixSet([text], (_, sentence) => found.push(sentence));
    assert.equal(found.length, 1);
    assert.ok(found[0]!.includes(expected), found[0]);
  });
}

test('plain prefixes are read as the codec reads them', () => {
  const plain = new PlainPrefix();
  const part = fc.constantFrom('0', '1', 'ab', 'ABCD', 'ffff', '12345', 'g', '', ':', '::', '255', '256', '01', '.', '10', '/', ' ');
  const text = fc.oneof(
    fc.array(part, { maxLength: 12 }).map((parts) => parts.join('')),
    fc
      .tuple(fc.array(fc.constantFrom('0', '1', 'ab', 'ffff'), { maxLength: 9 }), fc.constantFrom(':', '.', '::'), fc.nat(140))
      .map(([groups, separator, bits]) => `${groups.join(separator)}/${bits}`),
    fc
      .tuple(fc.array(fc.constantFrom('0', '1', 'ab'), { maxLength: 5 }), fc.array(fc.constantFrom('0', '1', 'ab'), { maxLength: 5 }))
      .map(([a, b]) => `${a.join(':')}::${b.join(':')}/64`),
    fc.ipV4().map((address) => `${address}/24`),
    fc.ipV6().map((address) => `${address}/48`),
  );
  fc.assert(
    fc.property(text, (one) => {
      const parsed = parsePrefix(one);
      // IPv6 with an IPv4 address at its end takes the long way.
      if (!plain.read(one)) return assert.ok(parsed === undefined || /:.*\./.test(one), one);
      assert.ok(parsed !== undefined, one);
      const { w0, w1, w2, w3 } = wordsOf(parsed.address);
      assert.deepEqual([[...plain.words], plain.bits, plain.isIpv6], [[w0, w1, w2, w3], parsed.bits, parsed.address.length === 16], one);
    }),
    { numRuns: scaled(20_000, 5000) },
  );
});

test('bits beyond the length of an entry mean nothing, families are apart', () => {
  const set = setOf('10.10.64.0/16 ge 21 le 24', 'c000::/3+');
  assert.ok(set.has(...query('10.10.8.0/21')));
  assert.ok(!set.has(...query('192.0.0.0/6')));
  assert.ok(set.has(...query('c001::/16')));
});

test('the text of the entry that matched, the most specific one', () => {
  const set = setOf('10.0.0.0/8 le 24', '10.1.0.0/16 ge 20', '2001:db8::/32', '::/0 le 128', '10.2.0.0/16 ge 17 le 20');
  assert.equal(set.matchingEntry(...query('10.1.16.0/20')), '10.1.0.0/16 ge 20');
  assert.equal(set.matchingEntry(...query('10.1.0.0/16')), '10.0.0.0/8 le 24');
  assert.equal(set.matchingEntry(...query('2001:db8::/32')), '2001:db8::/32');
  assert.equal(set.matchingEntry(...query('2001:db9::/32')), '::/0 le 128');
  assert.equal(set.matchingEntry(...query('11.0.0.0/8')), undefined);
  for (const text of set.entries()) assert.equal(typeof parsePrefixEntry(text), 'object', text);
});

test('equal sets are one object in a pool, in whatever order and with repeats', () => {
  const pool = new PrefixSetPool();
  const first = pool.intern(setOf('10.0.0.0/8', '192.0.2.0/24', '2001:db8::/32'));
  assert.equal(pool.intern(setOf('2001:db8::/32', '192.0.2.0/24', '10.0.0.0/8', '192.0.2.0/24')), first);
  assert.notEqual(pool.intern(setOf('10.0.0.0/8', '192.0.2.0/24 le 25', '2001:db8::/32')), first);
});

test('every entry must match for the option "all" of bgpgg', () => {
  const set = setOf('10.0.0.0/8 le 24', '10.1.0.0/16 le 32');
  assert.ok(set.everyEntryHas(...query('10.1.0.0/24')));
  assert.ok(!set.everyEntryHas(...query('10.1.0.0/25')));
  assert.ok(!set.everyEntryHas(...query('2001:db8::/32')));
});

test('a look-up says what a walk of the list says', () => {
  const octets = fc.constantFrom(0, 1, 128, 129, 192, 255);
  const entry = fc.boolean().chain((isIpv6) =>
    fc.record({
      address: fc.array(octets, { minLength: isIpv6 ? 16 : 4, maxLength: isIpv6 ? 16 : 4 }).map((list) => Uint8Array.from(list)),
      bits: fc.nat(isIpv6 ? 128 : 32),
      more: fc.nat(10),
      width: fc.nat(10),
    }),
  );
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 40 }), fc.array(entry, { minLength: 1, maxLength: 40 }), (entries, queries) => {
      const list = entries.map(({ address, bits, more, width }): PrefixEntry => {
        const min = Math.max(0, Math.min(8 * address.length, bits + more - 3));
        return { address, bits, min, max: Math.min(8 * address.length, min + width) };
      });
      const builder = new PrefixSetBuilder();
      for (const one of list) builder.add(one);
      const set = builder.build();
      for (const { address, bits } of [...queries, ...list]) {
        const expected = list.some(
          (one) => one.address.length === address.length && bits >= one.min && bits <= one.max && covers(one, bits, address),
        );
        assert.equal(set.has(address.length === 16, wordsOf(masked(address, bits)), bits), expected);
      }
    }),
    { numRuns: scaled(2000, 300) },
  );
});

/** Whether the first bits are the same: as many as both prefixes have. */
function covers({ address, bits }: PrefixEntry, otherBits: number, other: Uint8Array): boolean {
  for (let bit = 0; bit < Math.min(bits, otherBits); bit++) {
    const mask = 0x80 >>> (bit % 8);
    if ((address[bit >>> 3]! & mask) !== (other[bit >>> 3]! & mask)) return false;
  }
  return true;
}

function masked(address: Uint8Array, bits: number): Uint8Array {
  return address.map((octet, i) => (8 * i >= bits ? 0 : bits >= 8 * i + 8 ? octet : octet & (0xff << (8 * i + 8 - bits))));
}

test('400,000 prefixes of 700 members: at most a second, and 60 MB', () => {
  const lists = Array.from({ length: 700 }, (_, member) =>
    Array.from({ length: 571 }, (_, i) => {
      const number = member * 571 + i;
      return i % 5 === 0
        ? `2a0${(number % 16).toString(16)}:${((number >>> 4) & 0xffff).toString(16)}:${(i * 7).toString(16)}::/48`
        : `${1 + (number % 220)}.${(number >>> 8) & 0xff}.${number & 0xff}.0/24`;
    }),
  );
  const started = process.cpuUsage();
  const sets = lists.map((list) => setOf(...list));
  const { user, system } = process.cpuUsage(started);
  assert.ok(user + system < 2_000_000, `${(user + system) / 1000} ms of processor time`);
  const octets = sets.reduce((sum, set) => sum + set.octets, 0);
  assert.ok(octets < 16_000_000, `${octets} octets`);
  assert.ok(sets.every((set, member) => lists[member]!.every((text) => set.has(...query(text)))));
});

interface Entry {
  readonly prefix: string;
  readonly min?: number;
  readonly max?: number;
  readonly mask_length_range?: readonly [number, number] | null;
}

function vectorSet(entries: readonly Entry[], orLonger: boolean): ReturnType<typeof prefixSet> {
  const builder = new PrefixSetBuilder();
  for (const { prefix, min, max, mask_length_range: range } of entries) {
    const ends = range ?? (min === undefined ? undefined : [min, orLonger ? '' : max]);
    const longest = prefix.includes(':') ? 128 : 32;
    const entry = entryWithRange(prefix, ends === undefined ? '' : `{${ends[0]},${ends[1] === '' ? longest : ends[1]}}`);
    assert.ok(typeof entry !== 'string', String(entry));
    builder.add(entry);
  }
  return builder.build();
}

interface PrefixVector {
  readonly kind: string;
  readonly id: string;
  readonly set?: string;
  readonly entries?: readonly Entry[];
  readonly entry?: Entry;
  readonly or_longer?: boolean;
  readonly prefix: string;
  readonly expect: boolean;
}

for (const file of ['prefix-set', 'policy']) {
  const { vectors, sets, skip } = logicVectors<PrefixVector, Record<string, readonly Entry[]>>(file);
  test(`shared vectors of prefix sets: ${file}`, { skip }, () => {
    const asked = vectors.filter(({ kind }) => kind === 'prefix-set-match' || kind === 'prefix-entry-match');
    assert.ok(asked.length > 10);
    for (const { id, set, entries, entry, or_longer: orLonger, prefix, expect } of asked) {
      const compiled = vectorSet(entries ?? (entry === undefined ? sets[set!]! : [entry]), orLonger === true);
      assert.equal(compiled.has(...query(prefix)), expect, id);
    }
  });
}
