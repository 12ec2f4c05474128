/** Properties that every row of the attribute table has. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ByteWriter, fromHex, toHex } from '../bytes.ts';
import { DEFAULT_CONTEXT, type WireContext } from '../context.ts';
import { Fault } from '../fault.ts';
import type { AttributeCodec } from './codec.ts';
import { ATTRIBUTE_CODECS, attributeCodec, attributeCodecByName } from './registry.ts';

const codecs = ATTRIBUTE_CODECS.filter((codec) => codec !== undefined);

const contexts: readonly WireContext[] = [
  { ...DEFAULT_CONTEXT, peerType: 'ibgp' },
  { ...DEFAULT_CONTEXT, peerType: 'ibgp', fourOctetAs: false },
  DEFAULT_CONTEXT,
];

/** Well-formed values, for the mutations below to start from. */
const SEEDS: Readonly<Record<string, readonly string[]>> = {
  origin: ['00', '02'],
  'as-path': ['', '02020000fde90000fdea01010000fdeb', '0302fde9fdea0201fdeb'],
  'next-hop': ['c0000201'],
  'multi-exit-disc': ['00000064'],
  'local-pref': ['00000064'],
  'atomic-aggregate': [''],
  aggregator: ['0000fde9c0000201', 'fde9c0000201'],
  communities: ['fde80064', 'ffffff01ffff029a00000000'],
  'extended-communities': ['0002fde800000064', '80060000000000000600010000000003'],
  'ipv6-extended-communities': ['000220010db80000000000000000000000010064', `4077${'ab'.repeat(18)}`],
  'large-communities': ['0000fde80000000100000002', 'ffffffff00000000fffffffe000000000000000000000000'],
  'originator-id': ['c0000201'],
  'cluster-list': ['c0000201c0000202'],
  'as4-path': ['0202000111700000fdea'],
  'as4-aggregator': ['00011170c0000201'],
  'pmsi-tunnel': ['00060000a0c0000201', '0001000000'],
  'tunnel-encapsulation': [
    '000f00240c060000000000c80d06000003e810008000110009060000000000010106000003e81000',
    '000f00280c0600000000006480001d000d1a400020010db80000000000000000000000010001000020101000',
    '00080010060a0000000000010000000008021389',
    '000f000f81000c007072696d61727920282920',
  ],
  aigp: ['01000b000000000000002a', '7f0005aabb01000b00000000ffffffff'],
  'pe-distinguisher-labels': ['0a0a0a0104e3800a0a140204e3c1', '20010db800000000000000000000000104e380'],
  'bgp-ls': [
    '040200016104440004000000ff',
    '044100044998968004430010464350007f800000800000007149f2ca04400004000000010447000300000a040200057231286129010200080000000100000002',
    '040a00170000001f4004890003003e800000640489000400000005010a0004010a0208044b000701020000003e80048600080080000000000007',
    '0452001e003900000000fc0000000005e001000000000000000004e4000420101000040f000c800100800411000400000002',
  ],
  'bgpsec-path': [`0008010000000001${'001d01'}${'ab'.repeat(20)}0004deadbeef`],
  'only-to-customer': ['0000fde9'],
  'd-path': ['020000fde8000146000003e9000280'],
  'prefix-sid': [
    '010007000000000000640300080000003e80001f40',
    '0500220001001e002001000000050003000000000000000000001300010006281810001040',
  ],
  'attribute-set': ['0000fde840010100400206020100000064400504000000c8'],
};

function arbitraryValue(codec: AttributeCodec<unknown>): fc.Arbitrary<Uint8Array> {
  const seeds = SEEDS[codec.type];
  const any = fc.uint8Array({ maxLength: 64 });
  if (seeds === undefined) return any;
  const mutated = fc
    .tuple(fc.constantFrom(...seeds.map(fromHex)), fc.array(fc.tuple(fc.nat(80), fc.nat(255)), { maxLength: 3 }), fc.nat(3))
    .map(([seed, changes, cut]) => {
      const bytes = seed.slice(0, seed.length - (cut === 1 ? 1 : 0));
      for (const [at, octet] of changes) if (at < bytes.length) bytes[at] = octet;
      return bytes;
    });
  return fc.oneof(any, mutated, mutated, mutated);
}

function encode(codec: AttributeCodec<unknown>, value: unknown, context: WireContext): Uint8Array {
  const out = new ByteWriter(16);
  codec.encode(out, value, context);
  return out.take();
}

test('the table has a row for each attribute, under its code, type and name', () => {
  // A ratchet: raise it with each new attribute.
  assert.ok(codecs.length >= 27, String(codecs.length));
  for (const codec of codecs) {
    assert.equal(attributeCodec(codec.code), codec);
    assert.equal(attributeCodecByName(codec.type), codec);
    assert.equal(attributeCodecByName(codec.name), codec);
  }
});

for (const codec of codecs) {
  for (const [i, context] of contexts.entries()) {
    test(`${codec.name}: any octets are refused or give a value that comes back, as octets and as text (context ${i + 1})`, () => {
      fc.assert(
        fc.property(arbitraryValue(codec), fc.nat(7), (value, before) => {
          const bytes = new Uint8Array(before + value.length + 5).fill(0xff);
          bytes.set(value, before);
          const end = before + value.length;
          const fault = codec.check(bytes, before, end, context);
          if (fault !== undefined) {
            assert.ok(fault instanceof Fault);
            return;
          }
          const decoded = codec.decode(bytes, before, end, context);
          // NLRI have forms that are not canonical; nlri/ tests them.
          if (codec.holdsNlri) return;
          const octets = encode(codec, decoded, context);
          const again = codec.decode(octets, 0, octets.length, context);
          assert.equal(toHex(octets), toHex(value));
          assert.deepEqual(again, decoded);
          const text = codec.format(decoded);
          assert.ok(!/[\n\r]/.test(text));
          assert.deepEqual(codec.parse(text), decoded, text);
        }),
        { numRuns: 300 },
      );
    });
  }

  const seeds = SEEDS[codec.type];
  if (seeds === undefined) continue;
  test(`${codec.name}: the seeds of these tests are well-formed`, () => {
    for (const seed of seeds.map(fromHex)) {
      const faults = contexts.map((context) => codec.check(seed, 0, seed.length, context));
      assert.ok(faults.includes(undefined), faults[0]?.reason);
    }
  });
}
