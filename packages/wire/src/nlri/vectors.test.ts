/** Vectors of NLRI from other implementations' test suites: the octets mean what they say, and come back. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertNlri } from '../../test/neutral-nlri.ts';
import { loadVectors, type Vector } from '../../test/shared.ts';
import { type Fields, UPDATE_AREAS } from '../../test/vectors/nlri.ts';
import { fromHex, readU16, toHex } from '../bytes.ts';
import { makeFamily } from '../family.ts';
import { encodeTypedNlri, familyCodec, type TypedNlri } from './families.ts';

/** Vectors that are not met, and why. */
const NOT_MET: Readonly<Record<string, string>> = {
  'gobmp/rfc8956_ipv6_test/TestRFC8956_IPv6PrefixOffsetEdgeCases#1':
    'RFC 8956 §3.1: the offset must be below the length unless both are 0, else the component is malformed',
  'zebra-rs/nlri_flowspec/component_order_is_canonicalised_not_trusted#2':
    'RFC 8955 §4.2: a component must precede any of a higher type; the vector has type 4 before 3',
  'netgauze/bgp_ls/test_bgp_ls_nlri_ipv6_parse':
    'RFC 9552 §5.1, §8.2.2: TLVs stand in ascending order of type, else the NLRI is malformed; the vector has 265 before 263',
  'reject-bgpkit-parser-068': 'a component of unknown type is kept with all behind it, so that it can be passed on',
  'reject-rustybgp-064': 'RFC 7606 §5.4: a route type that is not known is no error; it is kept as octets',
  'reject-rustybgp-066': 'RFC 7606 §5.4: as above, an architecture that is not known is kept as octets',
};

/** All NLRI in the octets, or undefined when one is malformed. */
function decodeAll(bytes: Uint8Array, start: number, end: number, afi: number, safi: number, addPath: boolean): TypedNlri[] | undefined {
  const family = makeFamily(afi, safi);
  const codec = familyCodec(family);
  assert.ok(codec, `no codec for ${afi}/${safi}`);
  const found: TypedNlri[] = [];
  for (let at = start; at < end; ) {
    const from = addPath ? at + 4 : at;
    const next = codec.next(bytes, from, end);
    if (next < 0) return undefined;
    const nlri = codec.decode(bytes, from, next, family);
    if (nlri === undefined) return undefined;
    if (addPath) nlri.pathIdentifier = readU16(bytes, at) * 0x1_0000 + readU16(bytes, at + 2);
    found.push(nlri);
    // Text and octets come back.
    const { pathIdentifier: _, ...plain } = nlri;
    assert.deepEqual(codec.parse(codec.format(nlri), family), plain);
    const again = encodeTypedNlri(nlri);
    assert.deepEqual(codec.decode(again, 0, again.length, family), plain);
    counts.nlri++;
    if (toHex(again) === toHex(bytes, from, next)) counts.same++;
    at = next;
  }
  return found;
}

const counts = { nlri: 0, same: 0 };

function checkList(
  vector: Vector,
  bytes: Uint8Array,
  start: number,
  end: number,
  afi: number,
  safi: number,
  expected: readonly unknown[],
): void {
  const addPath = vector.context?.addpath?.some(([a, s]) => a === afi && s === safi) === true;
  const got = decodeAll(bytes, start, end, afi, safi, addPath);
  assert.ok(got, 'malformed');
  assertNlri(got, expected);
}

interface Mp {
  readonly type: number;
  readonly value?: { readonly afi: number; readonly safi: number; readonly nlri?: readonly unknown[] };
}

/** MP_REACH_NLRI and MP_UNREACH_NLRI values in an attribute list, by hand: these tests do not use the attribute codecs. */
function* mpAttributes(bytes: Uint8Array, start: number, end: number): Generator<{ type: number; start: number; end: number }> {
  for (let at = start; at < end; ) {
    const extended = (bytes[at]! & 0x10) !== 0;
    const from = at + (extended ? 4 : 3);
    const to = from + (extended ? readU16(bytes, at + 2) : bytes[at + 2]!);
    if (bytes[at + 1] === 14 || bytes[at + 1] === 15) yield { type: bytes[at + 1]!, start: from, end: to };
    at = to;
  }
}

function checkAttributes(vector: Vector, bytes: Uint8Array, start: number, end: number, expected: readonly Mp[]): number {
  const wanted = expected.filter((attribute) => attribute.type === 14 || attribute.type === 15);
  let checked = 0;
  for (const found of mpAttributes(bytes, start, end)) {
    const value = wanted.shift()?.value;
    if (value?.nlri === undefined || familyCodec(makeFamily(value.afi, value.safi)) === undefined) continue;
    const at = found.type === 15 ? found.start + 3 : found.start + 5 + bytes[found.start + 3]!;
    checkList(vector, bytes, at, found.end, value.afi, value.safi, value.nlri);
    checked++;
  }
  return checked;
}

function checkVector(vector: Vector): number {
  const bytes = fromHex(vector.hex);
  const { afi = 0, safi = 0 } = vector.context ?? {};
  if (vector.kind === 'nlri') {
    checkList(vector, bytes, 0, bytes.length, afi, safi, vector.expect as unknown[]);
    return 1;
  }
  if (vector.kind === 'attributes') return checkAttributes(vector, bytes, 0, bytes.length, listOf(vector.expect));
  if (vector.kind !== 'message' || bytes[18] !== 2) return 0;
  const attributes = 19 + 2 + readU16(bytes, 19);
  return checkAttributes(vector, bytes, attributes + 2, attributes + 2 + readU16(bytes, attributes), listOf(vector.expect));
}

function listOf(expect: unknown): Mp[] {
  if (Array.isArray(expect)) return expect as Mp[];
  return ((expect as Fields)['attributes'] ?? []) as Mp[];
}

for (const area of UPDATE_AREAS) {
  const vectors = loadVectors(area);
  if (typeof vectors === 'string') {
    test(`vectors: ${area}`, { skip: vectors }, () => {});
    continue;
  }
  for (const vector of vectors) {
    if (vector.kind === 'attribute-value' || vector.kind === 'bgpls-tlv') continue;
    // Plain prefixes are the business of prefix-vectors.test.ts.
    if (vector.kind === 'nlri' && familyCodec(makeFamily(vector.context?.afi ?? 0, vector.context?.safi ?? 0)) === undefined) continue;
    test(`vector ${area}: ${vector.id}`, { todo: NOT_MET[vector.id] }, (t) => {
      if (checkVector(vector) === 0) t.skip('no NLRI of these families');
    });
  }
}

const errors = loadVectors('errors');
if (typeof errors === 'string') {
  test('vectors: errors', { skip: errors }, () => {});
} else {
  for (const vector of errors) {
    const { afi = 0, safi = 0 } = vector.context ?? {};
    if (vector.kind !== 'nlri' || vector.expect_error === undefined || familyCodec(makeFamily(afi, safi)) === undefined) continue;
    test(`vector errors: ${vector.id}`, { todo: NOT_MET[vector.id] }, () => {
      const bytes = fromHex(vector.hex);
      assert.equal(decodeAll(bytes, 0, bytes.length, afi, safi, false), undefined, 'accepted');
    });
  }
  test('most NLRI of the vectors are canonical, and come back octet by octet', (t) => {
    t.diagnostic(`${counts.same} of ${counts.nlri}`);
    assert.ok(counts.same > 0.9 * counts.nlri);
  });
}
