/** Properties that every row of the attribute table has. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { vectorsOf } from '../../test/vectors/attributes.ts';
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
function seedsOf({ type }: AttributeCodec<unknown>): readonly Uint8Array[] {
  return vectorsOf(type).examples.map(([octets]) => fromHex(octets));
}

function arbitraryValue(codec: AttributeCodec<unknown>): fc.Arbitrary<Uint8Array> {
  const any = fc.uint8Array({ maxLength: 64 });
  const mutated = fc
    .tuple(fc.constantFrom(...seedsOf(codec)), fc.array(fc.tuple(fc.nat(80), fc.nat(255)), { maxLength: 3 }), fc.nat(3))
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

  test(`${codec.name}: the seeds of these tests are well-formed`, () => {
    for (const seed of seedsOf(codec)) {
      const faults = contexts.map((context) => codec.check(seed, 0, seed.length, context));
      assert.ok(faults.includes(undefined), faults[0]?.reason);
    }
  });
}
