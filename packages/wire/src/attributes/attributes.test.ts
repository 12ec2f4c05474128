import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromHex, toHex } from '../bytes.ts';
import { DEFAULT_CONTEXT, type WireContext } from '../context.ts';
import { ValueError } from '../fault.ts';
import { decodeAttributes, openAttributeSet } from '../scan/decode-attributes.ts';
import type { PathAttribute } from './attribute.ts';
import { encodeAttributes, formatAttribute, makeAttributeSet, parseAttribute } from './attributes.ts';

const context: WireContext = { ...DEFAULT_CONTEXT, peerType: 'ibgp' };

function decode(hex: string, as: WireContext = context) {
  const bytes = fromHex(hex);
  return decodeAttributes(bytes, 0, bytes.length, as);
}

const BLOCK = [
  ['400101 00', 'ORIGIN igp'],
  ['400206 02010000fde9', 'AS_PATH 65001'],
  ['400304 c0000201', 'NEXT_HOP 192.0.2.1'],
  ['800404 00000064', 'MULTI_EXIT_DISC 100'],
  ['400504 000000c8', 'LOCAL_PREF 200'],
  ['400600', 'ATOMIC_AGGREGATE true'],
  ['c00708 0000fde9c0000201', 'AGGREGATOR 65001 192.0.2.1'],
  ['800904 c0000202', 'ORIGINATOR_ID 192.0.2.2'],
  ['800a08 c0000203c0000204', 'CLUSTER_LIST 192.0.2.3 192.0.2.4'],
  ['801a0b 01000b0000000000000064', 'AIGP metric value=100'],
  ['c0280a 01000700000000000064', 'PREFIX_SID label-index flags=0 index=100'],
  ['e063 02 0102', 'ATTRIBUTE_99 0xe0 0x0102'],
  ['c08011 0000fde8 400101 00 400206 020100000064', 'ATTR_SET origin-as 65000 attributes 0x40010100400206020100000064'],
] as const;

test('a block of attributes, as octets, as text, and back', () => {
  const hex = BLOCK.map(([octets]) => octets).join('');
  const { attributes, fault } = decode(hex);
  assert.equal(fault, undefined);
  assert.deepEqual(
    attributes.map(formatAttribute),
    BLOCK.map(([, text]) => text),
  );
  assert.equal(toHex(encodeAttributes(attributes, context)), hex.replaceAll(' ', ''));
  const parsed = BLOCK.map(([, text]) => parseAttribute(text.split(' ', 1)[0]!, text.slice(text.indexOf(' ') + 1)));
  assert.equal(toHex(encodeAttributes(parsed, context)), hex.replaceAll(' ', ''));
});

test('RFC 7606 §3 (g): of an attribute that appears twice the first counts', () => {
  assert.deepEqual(decode('400101 00 400101 01').attributes.map(formatAttribute), ['ORIGIN igp']);
});

test('what a verdict discards is left out, and said', () => {
  const { attributes, fault } = decode('400101 00 40060101');
  assert.deepEqual(attributes.map(formatAttribute), ['ORIGIN igp']);
  assert.equal(fault?.action, 'discard');
});

test('what is malformed otherwise stays octets beside what is sound', () => {
  const { attributes, fault } = decode('400101 09 400304 c0000201');
  assert.deepEqual(attributes.map(formatAttribute), ['ATTRIBUTE_1 0x40 0x09', 'NEXT_HOP 192.0.2.1']);
  assert.equal(fault?.action, 'withdraw');
});

test('RFC 7606 §4: attributes before one that runs past the block are kept', () => {
  const { attributes, fault } = decode('400101 00 4003ff c0');
  assert.deepEqual(attributes.map(formatAttribute), ['ORIGIN igp']);
  assert.equal(fault?.action, 'withdraw');
});

test('values borrow nothing from the octets they were read from', () => {
  const bytes = fromHex('e06302 0102 c01609 00060000a0c0000201');
  const { attributes } = decodeAttributes(bytes, 0, bytes.length, context);
  const before = attributes.map(formatAttribute);
  bytes.fill(0);
  assert.deepEqual(attributes.map(formatAttribute), before);
});

test('RFC 4271 §4.3: the length takes two octets only from 256 on', () => {
  const attribute: PathAttribute = { type: 'unknown', code: 99, flags: 0xd0, bytes: new Uint8Array(255) };
  assert.equal(toHex(encodeAttributes([attribute], context).slice(0, 3)), 'c063ff');
  assert.equal(toHex(encodeAttributes([{ ...attribute, bytes: new Uint8Array(256) }], context).slice(0, 4)), 'd0630100');
});

test('the Partial bit is kept, other flags are the RFC’s', () => {
  const [attribute] = decode('f00708 0000fde9c0000201'.replace('f00708', 'f0070008')).attributes;
  assert.equal(toHex(encodeAttributes([attribute!], context).slice(0, 3)), 'e00708');
});

test('RFC 6368 §5: what an ATTR_SET carries is read with LOCAL_PREF and four-octet AS numbers, and judged then', () => {
  const set = makeAttributeSet(65_000, [parseAttribute('LOCAL_PREF', '200'), parseAttribute('AS_PATH', '70000')]);
  assert.deepEqual(openAttributeSet(set).attributes.map(formatAttribute), ['AS_PATH 70000', 'LOCAL_PREF 200']);
  assert.equal(openAttributeSet({ originAs: 1, attributes: fromHex('40010109') }).fault?.action, 'withdraw');
});

test('two attributes of one code cannot be written', () => {
  const origin = parseAttribute('origin', 'igp');
  assert.throws(() => encodeAttributes([origin, origin], context), ValueError);
});

for (const [name, text] of [
  ['COLOUR', 'red'],
  ['ATTRIBUTE_256', '0xc0 0x'],
  ['ATTRIBUTE_99', '0102'],
  ['ORIGIN', 'unknown'],
  ['NEXT_HOP', '2001:db8::1'],
  ['MULTI_EXIT_DISC', '4294967296'],
  ['AIGP', 'metric'],
  ['AIGP', 'metric value=1 value'],
  ['PREFIX_SID', 'srv6-l3-service (sid-information sid=192.0.2.1 flags=0 behavior=1)'],
  ['PREFIX_SID', 'srv6-l3-service (tlv-9 0x00'],
  ['ATTR_SET', 'origin-as 65000 attributes 0x4'],
  ['D_PATH', '65000:1'],
] as const) {
  test(`"${name} ${text}" is refused`, () => assert.throws(() => parseAttribute(name, text), ValueError));
}
