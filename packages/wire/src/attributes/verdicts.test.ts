/** What RFC 7606, and the documents of newer attributes, say of each malformed value. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ATTRIBUTE_VECTORS } from '../../test/vectors/attributes.ts';
import { EBGP, IBGP, TWO_OCTETS } from '../../test/vectors/sessions.ts';
import { fromHex } from '../bytes.ts';
import type { WireContext } from '../context.ts';
import type { FaultAction } from '../fault.ts';
import { decodeAttributes } from '../scan/decode-attributes.ts';
import { AttributeScan } from '../scan/update-scan.ts';
import { attributeCode } from './attributes.ts';
import { attributeCodecByName } from './registry.ts';

for (const { type, verdicts } of ATTRIBUTE_VECTORS) {
  const codec = attributeCodecByName(type)!;
  for (const [section, title, octets, session, action, subcode] of verdicts) {
    test(`${section}: ${codec.name} ${title} is ${action ?? 'well-formed'}`, () => {
      const bytes = fromHex(octets);
      const fault = codec.check(bytes, 0, bytes.length, session);
      assert.equal(fault?.action, action, fault?.reason);
      if (action !== undefined) assert.equal(fault?.code, 3);
      if (subcode !== undefined) assert.equal(fault?.subcode, subcode);
    });
  }
}

/** What the whole block says of attributes with wrong flags, with several faults, or twice: RFC 7606 §3 (c), (g), (h). */
const BLOCKS: readonly [string, string, string, WireContext, FaultAction | undefined, string[]][] = [
  ['RFC 9552 §8.2.2', 'BGP_LS with the flags of a transitive one', 'c01d00', EBGP, 'discard', []],
  ['RFC 9552 §8.2.2', 'BGP_LS with the flags of a well-known one', '401d00', EBGP, 'discard', []],
  ['RFC 9552 §8.2.2', 'BGP_LS with wrong flags and TLVs that do not add up', 'c01d 05 040200ff61', IBGP, 'discard', []],
  ['RFC 7311 §3', 'AIGP with the flags of a transitive one', 'c01a 0b 01000b0000000000000001', IBGP, 'discard', []],
  ['RFC 7606 §3 (c)', 'ORIGIN with the flags of an optional one', '800101 00', EBGP, 'withdraw', ['origin']],
  ['RFC 7606 §3 (c), (h)', 'AGGREGATOR with wrong flags and a wrong length', '400700', EBGP, 'withdraw', ['unknown']],
  ['RFC 7606 §3 (c), (h)', 'AGGREGATOR with wrong flags and AS 0', '800708 00000000c0000201', EBGP, 'withdraw', ['unknown']],
  ['RFC 7606 §3 (c), (h)', 'ATOMIC_AGGREGATE with wrong flags and a wrong length', 'c00601 01', EBGP, 'withdraw', ['unknown']],
  [
    'RFC 7606 §3 (c), (h)',
    'AS4_AGGREGATOR with wrong flags and a wrong length',
    '401207 00011170c00002',
    TWO_OCTETS,
    'withdraw',
    ['unknown'],
  ],
  ['RFC 7606 §3 (c), (h)', 'PREFIX_SID with wrong flags and a wrong length', '802803 010007', EBGP, 'withdraw', ['unknown']],
  ['RFC 7606 §3 (c), (h)', 'LOCAL_PREF with wrong flags from an external peer', 'c00504 00000064', EBGP, 'withdraw', ['unknown']],
  ['RFC 7606 §3 (c), (h)', 'MP_REACH_NLRI with wrong flags and half a header', '400e02 0001', EBGP, 'reset', ['unknown']],
  ['RFC 7606 §3 (c), (h)', 'AIGP from an external peer with wrong flags', 'c01a0b 01000b0000000000000001', EBGP, 'discard', []],
  ['RFC 7606 §3 (g)', 'AGGREGATOR twice, the first of no octets', 'c00700 c007080000fde9c0000201', EBGP, 'discard', []],
  ['RFC 7606 §3 (g)', 'ATOMIC_AGGREGATE twice, the first of one octet', '40060101 400600', EBGP, 'discard', []],
  ['RFC 7606 §3 (g)', 'BGP_LS twice, the first with wrong flags', 'c01d00 801d00', EBGP, 'discard', []],
  ['RFC 7606 §3 (g)', 'AS4_PATH twice, the first malformed', 'c01100 c01106 020100011170', TWO_OCTETS, 'discard', []],
  ['RFC 7606 §3 (g)', 'AGGREGATOR twice, the second of no octets', 'c007080000fde9c0000201 c00700', EBGP, undefined, ['aggregator']],
];

for (const [section, what, hex, context, action, types] of BLOCKS) {
  test(`${section}: ${what} is ${action ?? 'well-formed'}`, () => {
    const bytes = fromHex(hex);
    const { attributes, fault } = decodeAttributes(bytes, 0, bytes.length, context);
    assert.equal(fault?.action, action, fault?.reason);
    assert.deepEqual(
      attributes.map(({ type }) => type),
      types,
    );
    // A scan is used again and again: nothing of this block is left for the next.
    const sound = fromHex('c007080000fde9c0000201 400600');
    assert.equal(decodeAttributes(sound, 0, sound.length, EBGP).attributes.length, 2);
  });
}

/** Attributes with the verdict that each has alone, from an external peer. */
const POOL: readonly [string, FaultAction | undefined][] = [
  ['400101 00', undefined],
  ['400101 09', 'withdraw'],
  ['400600', undefined],
  ['40060101', 'discard'],
  ['c0060101', 'withdraw'],
  ['c007080000fde9c0000201', undefined],
  ['c00700', 'discard'],
  ['400700', 'withdraw'],
  ['801d00', undefined],
  ['c01d00', 'discard'],
  ['c02809 010007 000000000000', 'discard'],
  ['e063020102', undefined],
  ['800f03 000201', undefined],
  ['800f02 0002', 'reset'],
];

test('property: RFC 7606 §3 (g), (h): the first of each code counts, the strongest verdict holds; scan and decoder agree', () => {
  const scan = new AttributeScan();
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...POOL), { maxLength: 8 }), (list) => {
      const first = list.filter(([hex], i) => list.findIndex(([other]) => codeIn(other) === codeIn(hex)) === i);
      const kept = first.filter(([, action]) => action !== 'discard').map(([hex]) => codeIn(hex));
      const twice = list.filter(([hex]) => codeIn(hex) === 15).length > 1;
      const actions = [...first.map(([, action]) => action), twice ? 'reset' : undefined];
      const strongest = (['reset', 'withdraw', 'discard'] as const).find((action) => actions.includes(action));
      const bytes = fromHex(list.map(([hex]) => hex).join(''));
      scan.scan(bytes, 0, bytes.length, EBGP);
      const { attributes, fault } = decodeAttributes(bytes, 0, bytes.length, EBGP);
      assert.equal(scan.fault?.action, strongest);
      assert.equal(fault?.action, strongest);
      assert.deepEqual([...scan.codes.subarray(0, scan.count)], kept);
      assert.deepEqual(attributes.map(attributeCode), kept);
      for (let code = 0; code < 256; code++) assert.equal(scan.find(code), kept.indexOf(code));
    }),
    { seed: 7606, numRuns: 2000 },
  );
});

function codeIn(hex: string): number {
  return fromHex(hex)[1]!;
}
