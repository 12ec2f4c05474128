import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { AS_TRANS } from '../codes.ts';
import { DEFAULT_CONTEXT, type WireContext } from '../context.ts';
import { decodeAttributes } from '../scan/decode-attributes.ts';
import { type AsPathSegment, asPath } from './as-path.ts';
import { mergeAsPaths, narrowAs, reconcileAs4 } from './as4.ts';
import { encodeAttributes, formatAttribute, parseAttribute } from './attributes.ts';

const twoOctets: WireContext = { ...DEFAULT_CONTEXT, fourOctetAs: false };

function merge(path: string, as4Path: string): string {
  return asPath.format(mergeAsPaths(asPath.parse(path), asPath.parse(as4Path)));
}

const MERGES: readonly [string, string, string, string][] = [
  ['AS4_PATH as long as AS_PATH takes its place', '23456 65002', '70000 65002', '70000 65002'],
  ['what AS_PATH has more is prepended', '65001 23456 65002', '70000 65002', '65001 70000 65002'],
  ['AS4_PATH longer than AS_PATH is ignored', '65001', '70000 65002', '65001'],
  ['a set counts as one', '65001 {1 2} 23456', '{1 2} 70000', '65001 {1 2} 70000'],
  ['a set is prepended whole', '{1 2} 23456', '70000', '{1 2} 70000'],
  ['a leading confederation segment goes along', '(65100 65101) 65001 23456', '70000', '(65100 65101) 65001 70000'],
  ['a confederation segment behind a whole prepended one goes along', '65001 (65100) 23456', '70000', '65001 (65100) 70000'],
  ['RFC 6793 §6: confederation segments of AS4_PATH are ignored', '65001 23456', '(65100) 70000', '65001 70000'],
];

for (const [what, path, as4Path, merged] of MERGES) {
  test(`RFC 6793 §4.2.3: ${what}`, () => assert.equal(merge(path, as4Path), merged));
}

function attributes(...texts: string[]) {
  return texts.map((text) => parseAttribute(text.split(' ', 1)[0]!, text.slice(text.indexOf(' ') + 1)));
}

test('RFC 6793 §4.2.3: AS4_AGGREGATOR takes the place of an AGGREGATOR of AS_TRANS', () => {
  const got = reconcileAs4(
    attributes('AS_PATH 65001 23456', `AGGREGATOR ${AS_TRANS} 192.0.2.1`, 'AS4_PATH 70000', 'AS4_AGGREGATOR 70000 192.0.2.2'),
  );
  assert.deepEqual(got.map(formatAttribute), ['AS_PATH 65001 70000', 'AGGREGATOR 70000 192.0.2.2']);
});

test('RFC 6793 §4.2.3: an AGGREGATOR of another AS makes both AS4_* void', () => {
  const got = reconcileAs4(
    attributes('AS_PATH 65001 23456', 'AGGREGATOR 65001 192.0.2.1', 'AS4_PATH 70000', 'AS4_AGGREGATOR 70000 192.0.2.2'),
  );
  assert.deepEqual(got.map(formatAttribute), ['AS_PATH 65001 23456', 'AGGREGATOR 65001 192.0.2.1']);
});

test('RFC 6793 §4.2.2: what fits into two octets is sent without AS4_*', () => {
  const given = attributes('AS_PATH 65001 65002', 'AGGREGATOR 65001 192.0.2.1');
  assert.deepEqual(narrowAs(given), given);
});

test('RFC 6793 §4.2.2: what does not is sent twice, without confederation segments in AS4_PATH', () => {
  const got = narrowAs(attributes('AS_PATH (70001) 70000 65002', 'AGGREGATOR 70000 192.0.2.1'));
  assert.deepEqual(got.map(formatAttribute), [
    'AS_PATH (23456) 23456 65002',
    'AS4_PATH 70000 65002',
    'AGGREGATOR 23456 192.0.2.1',
    'AS4_AGGREGATOR 70000 192.0.2.1',
  ]);
});

test('a path survives a two-octet session', () => {
  const segment = fc.record(
    {
      type: fc.constantFrom<AsPathSegment['type']>('sequence', 'set'),
      asns: fc.array(fc.integer({ min: 1, max: 0xffff_ffff }), { minLength: 1, maxLength: 5 }),
    },
    { noNullPrototype: true },
  );
  fc.assert(
    fc.property(fc.array(segment, { maxLength: 5 }), (path) => {
      const octets = encodeAttributes([{ type: 'as-path', flags: 0x40, value: path }], twoOctets);
      const { attributes: received, fault } = decodeAttributes(octets, 0, octets.length, twoOctets);
      assert.equal(fault, undefined);
      assert.deepEqual(reconcileAs4(received), [{ type: 'as-path', flags: 0x40, value: path }]);
    }),
  );
});
