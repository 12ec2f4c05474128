/** What RFC 7606, and the documents of newer attributes, say of each malformed value. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fromHex } from '../bytes.ts';
import { DEFAULT_CONTEXT, type WireContext } from '../context.ts';
import type { FaultAction } from '../fault.ts';
import { decodeAttributes } from '../scan/decode-attributes.ts';
import { AttributeScan } from '../scan/update-scan.ts';
import { attributeCode } from './attributes.ts';
import { attributeCodecByName } from './registry.ts';

const ebgp: WireContext = DEFAULT_CONTEXT;
const ibgp: WireContext = { ...DEFAULT_CONTEXT, peerType: 'ibgp' };
const twoOctets: WireContext = { ...DEFAULT_CONTEXT, fourOctetAs: false };

/** Section, attribute, what is wrong (or right) with it, value, context, verdict and subcode. */
const CASES: readonly [string, string, string, string, WireContext, (FaultAction | undefined)?, number?][] = [
  ['RFC 7606 §7.1', 'ORIGIN', 'IGP', '00', ebgp],
  ['RFC 7606 §7.1', 'ORIGIN', 'empty', '', ebgp, 'withdraw', 5],
  ['RFC 7606 §7.1', 'ORIGIN', 'of two octets', '0000', ebgp, 'withdraw', 5],
  ['RFC 7606 §7.1', 'ORIGIN', 'of value 3', '03', ebgp, 'withdraw', 6],
  ['RFC 7606 §7.2', 'AS_PATH', 'empty', '', ebgp],
  ['RFC 7606 §7.2', 'AS_PATH', 'of one AS', '02010000fde9', ebgp],
  ['RFC 7606 §7.2', 'AS_PATH', 'of one AS in two octets', '0201fde9', twoOctets],
  ['RFC 7606 §7.2', 'AS_PATH', 'with a segment of type 0', '00010000fde9', ebgp, 'withdraw', 11],
  ['RFC 7606 §7.2', 'AS_PATH', 'with a segment of type 5', '05010000fde9', ebgp, 'withdraw', 11],
  ['RFC 7606 §7.2', 'AS_PATH', 'with a segment without ASes', '0200', ebgp, 'withdraw', 11],
  ['RFC 7606 §7.2', 'AS_PATH', 'with a segment overrun', '02020000fde9', ebgp, 'withdraw', 11],
  ['RFC 7606 §7.2', 'AS_PATH', 'with a remaining octet', '02010000fde902', ebgp, 'withdraw', 11],
  ['RFC 7607 §2', 'AS_PATH', 'with AS 0', '02020000fde900000000', ebgp, 'withdraw', 11],
  ['RFC 7607 §2', 'AS_PATH', 'with AS 0 in two octets', '0202fde90000', twoOctets, 'withdraw', 11],
  ['RFC 7606 §7.3', 'NEXT_HOP', 'of four octets', 'c0000201', ebgp],
  ['RFC 7606 §7.3', 'NEXT_HOP', 'of three octets', 'c00002', ebgp, 'withdraw', 5],
  ['RFC 4271 §6.3', 'NEXT_HOP', '0.0.0.0', '00000000', ebgp, 'withdraw', 8],
  ['RFC 4271 §6.3', 'NEXT_HOP', '224.0.0.1', 'e0000001', ebgp, 'withdraw', 8],
  ['RFC 7606 §7.4', 'MULTI_EXIT_DISC', 'of three octets', '000001', ebgp, 'withdraw', 5],
  ['RFC 7606 §7.5', 'LOCAL_PREF', 'from an internal peer', '00000064', ibgp],
  ['RFC 7606 §7.5', 'LOCAL_PREF', 'of five octets', '0000000064', ibgp, 'withdraw', 5],
  ['RFC 7606 §7.5', 'LOCAL_PREF', 'from an external peer', '00000064', ebgp, 'discard'],
  ['RFC 7606 §7.6', 'ATOMIC_AGGREGATE', 'empty', '', ebgp],
  ['RFC 7606 §7.6', 'ATOMIC_AGGREGATE', 'of one octet', '01', ebgp, 'discard'],
  ['RFC 7606 §7.7', 'AGGREGATOR', 'of eight octets', '0000fde9c0000201', ebgp],
  ['RFC 7606 §7.7', 'AGGREGATOR', 'of six octets', 'fde9c0000201', ebgp, 'discard'],
  ['RFC 7606 §7.7', 'AGGREGATOR', 'of eight octets, two-octet peer', '0000fde9c0000201', twoOctets, 'discard'],
  ['RFC 7607 §2', 'AGGREGATOR', 'with AS 0', '00000000c0000201', ebgp, 'discard'],
  ['RFC 7606 §7.8', 'COMMUNITIES', 'of five octets', '0000000000', ebgp, 'withdraw'],
  ['RFC 7606 §7.8', 'COMMUNITIES', 'empty', '', ebgp, 'withdraw', 9],
  ['RFC 7606 §7.8', 'COMMUNITIES', 'of two', 'fde80064ffffff01', ebgp],
  ['RFC 7606 §7.9', 'ORIGINATOR_ID', 'from an external peer', 'c0000201', ebgp, 'discard'],
  ['RFC 7606 §7.9', 'ORIGINATOR_ID', 'of three octets', 'c00002', ibgp, 'withdraw', 5],
  ['RFC 7606 §7.10', 'CLUSTER_LIST', 'from an external peer', 'c0000201', ebgp, 'discard'],
  ['RFC 7606 §7.10', 'CLUSTER_LIST', 'empty', '', ibgp, 'withdraw', 5],
  ['RFC 7606 §7.10', 'CLUSTER_LIST', 'of six octets', 'c00002010000', ibgp, 'withdraw', 5],
  ['RFC 7606 §7.14', 'EXTENDED_COMMUNITIES', 'of nine octets', '000000000000000000', ebgp, 'withdraw'],
  ['RFC 7606 §7.14', 'EXTENDED_COMMUNITIES', 'empty', '', ebgp, 'withdraw', 9],
  ['RFC 7606 §7.15', 'IPV6_EXTENDED_COMMUNITIES', 'of nineteen octets', '00'.repeat(19), ebgp, 'withdraw', 9],
  ['RFC 7606 §7.15', 'IPV6_EXTENDED_COMMUNITIES', 'empty', '', ebgp, 'withdraw', 9],
  ['RFC 8092 §6', 'LARGE_COMMUNITIES', 'empty', '', ebgp, 'withdraw', 9],
  ['RFC 8092 §6', 'LARGE_COMMUNITIES', 'of thirteen octets', '00000000000000000000000000', ebgp, 'withdraw'],
  ['RFC 6793 §4.1', 'AS4_PATH', 'from a four-octet speaker', '020100011170', ebgp, 'discard'],
  ['RFC 6793 §6', 'AS4_PATH', 'from a two-octet speaker', '020100011170', twoOctets],
  ['RFC 6793 §6', 'AS4_PATH', 'with a segment overrun', '020200011170', twoOctets, 'discard'],
  ['RFC 6793 §6', 'AS4_PATH', 'empty', '', twoOctets, 'discard'],
  ['RFC 6793 §4.1', 'AS4_AGGREGATOR', 'from a four-octet speaker', '00011170c0000201', ebgp, 'discard'],
  ['RFC 6793 §6', 'AS4_AGGREGATOR', 'of seven octets', '00011170c00002', twoOctets, 'discard'],
  ['RFC 6514 §5', 'PMSI_TUNNEL', 'of four octets', '00060000', ebgp, 'withdraw'],
  ['RFC 9012 §13', 'TUNNEL_ENCAPSULATION', 'with a TLV overrun', '00070004', ebgp, 'withdraw'],
  ['RFC 9012 §13', 'TUNNEL_ENCAPSULATION', 'with a sub-TLV overrun', '0007000204050000', ebgp, 'withdraw'],
  ['RFC 7311 §3.4', 'AIGP', 'whose metric has seven octets', '01000a00000000000000', ibgp, 'discard'],
  ['RFC 7311 §3.4', 'AIGP', 'whose TLV says it is shorter than its header', '010002', ibgp, 'discard'],
  ['RFC 7311 §3.3', 'AIGP', 'from an external peer', '01000b0000000000000001', ebgp, 'discard'],
  ['RFC 6514 §8', 'PE_DISTINGUISHER_LABELS', 'of eight octets', '0a0a0a0104e38000', ebgp, 'withdraw'],
  ['RFC 9552 §8.2.2', 'BGP_LS', 'with a TLV overrun', '040200ff61', ebgp, 'discard'],
  ['RFC 8205 §5.2', 'BGPSEC_PATH', 'with fewer signatures than ASes', '000801000000000100030', ebgp, 'withdraw'],
  ['RFC 8205 §5.2', 'BGPSEC_PATH', 'without a signature block', '0008010000000001', ebgp, 'withdraw'],
  ['RFC 9234 §5', 'ONLY_TO_CUSTOMER', 'of three octets', '00fde9', ebgp, 'withdraw', 5],
  ['draft-ietf-bess-evpn-ipvpn-interworking', 'D_PATH', 'without a domain', '00', ebgp, 'withdraw'],
  ['RFC 8669 §6', 'PREFIX_SID', 'with a TLV overrun', '0100070000', ebgp, 'discard'],
  ['RFC 8669 §6', 'PREFIX_SID', 'with a label index of six octets', '010006000000000000', ebgp, 'discard'],
  ['RFC 8669 §6', 'PREFIX_SID', 'with an SRGB of five octets', '0300050000003e80', ebgp, 'discard'],
  ['RFC 9252 §7', 'PREFIX_SID', 'with a short SRv6 SID', '05000500010001ff', ebgp, 'withdraw'],
  ['RFC 6368 §5', 'ATTR_SET', 'of three octets', '000001', ebgp, 'withdraw'],
  ['RFC 6368 §5', 'ATTR_SET', 'with an attribute overrun', '0000fde840010209', ebgp, 'withdraw'],
];

for (const [section, name, what, hex, context, action, subcode] of CASES) {
  test(`${section}: ${name} ${what} is ${action ?? 'well-formed'}`, () => {
    const bytes = fromHex(hex.length % 2 === 0 ? hex : `${hex}0`);
    const fault = attributeCodecByName(name)!.check(bytes, 0, bytes.length, context);
    assert.equal(fault?.action, action, fault?.reason);
    if (action !== undefined) assert.equal(fault?.code, 3);
    if (subcode !== undefined) assert.equal(fault?.subcode, subcode);
  });
}

/** What the whole block says of attributes with wrong flags, with several faults, or twice: RFC 7606 §3 (c), (g), (h). */
const BLOCKS: readonly [string, string, string, WireContext, FaultAction | undefined, string[]][] = [
  ['RFC 9552 §8.2.2', 'BGP_LS with the flags of a transitive one', 'c01d00', ebgp, 'discard', []],
  ['RFC 9552 §8.2.2', 'BGP_LS with the flags of a well-known one', '401d00', ebgp, 'discard', []],
  ['RFC 9552 §8.2.2', 'BGP_LS with wrong flags and TLVs that do not add up', 'c01d 05 040200ff61', ibgp, 'discard', []],
  ['RFC 7311 §3', 'AIGP with the flags of a transitive one', 'c01a 0b 01000b0000000000000001', ibgp, 'discard', []],
  ['RFC 7606 §3 (c)', 'ORIGIN with the flags of an optional one', '800101 00', ebgp, 'withdraw', ['origin']],
  ['RFC 7606 §3 (c), (h)', 'AGGREGATOR with wrong flags and a wrong length', '400700', ebgp, 'withdraw', ['unknown']],
  ['RFC 7606 §3 (c), (h)', 'AGGREGATOR with wrong flags and AS 0', '800708 00000000c0000201', ebgp, 'withdraw', ['unknown']],
  ['RFC 7606 §3 (c), (h)', 'ATOMIC_AGGREGATE with wrong flags and a wrong length', 'c00601 01', ebgp, 'withdraw', ['unknown']],
  [
    'RFC 7606 §3 (c), (h)',
    'AS4_AGGREGATOR with wrong flags and a wrong length',
    '401207 00011170c00002',
    twoOctets,
    'withdraw',
    ['unknown'],
  ],
  ['RFC 7606 §3 (c), (h)', 'PREFIX_SID with wrong flags and a wrong length', '802803 010007', ebgp, 'withdraw', ['unknown']],
  ['RFC 7606 §3 (c), (h)', 'LOCAL_PREF with wrong flags from an external peer', 'c00504 00000064', ebgp, 'withdraw', ['unknown']],
  ['RFC 7606 §3 (c), (h)', 'MP_REACH_NLRI with wrong flags and half a header', '400e02 0001', ebgp, 'reset', ['unknown']],
  ['RFC 7606 §3 (c), (h)', 'AIGP from an external peer with wrong flags', 'c01a0b 01000b0000000000000001', ebgp, 'discard', []],
  ['RFC 7606 §3 (g)', 'AGGREGATOR twice, the first of no octets', 'c00700 c007080000fde9c0000201', ebgp, 'discard', []],
  ['RFC 7606 §3 (g)', 'ATOMIC_AGGREGATE twice, the first of one octet', '40060101 400600', ebgp, 'discard', []],
  ['RFC 7606 §3 (g)', 'BGP_LS twice, the first with wrong flags', 'c01d00 801d00', ebgp, 'discard', []],
  ['RFC 7606 §3 (g)', 'AS4_PATH twice, the first malformed', 'c01100 c01106 020100011170', twoOctets, 'discard', []],
  ['RFC 7606 §3 (g)', 'AGGREGATOR twice, the second of no octets', 'c007080000fde9c0000201 c00700', ebgp, undefined, ['aggregator']],
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
    assert.equal(decodeAttributes(sound, 0, sound.length, ebgp).attributes.length, 2);
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
      scan.scan(bytes, 0, bytes.length, ebgp);
      const { attributes, fault } = decodeAttributes(bytes, 0, bytes.length, ebgp);
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
