import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { NLRI_VECTORS } from '../../test/vectors/nlri.ts';
import { ByteWriter, fromHex, toHex } from '../bytes.ts';
import { type Family, formatFamily, parseFamily } from '../family.ts';
import { ValueError } from '../fault.ts';
import { appendTypedNlri, decodeTypedNlriList, encodeTypedNlri, FAMILY_CODECS, familyCodec, type TypedNlri } from './families.ts';

function familyNamed(name: string): Family {
  const family = parseFamily(name);
  assert.ok(family !== undefined, name);
  return family;
}

const EXAMPLES = NLRI_VECTORS.flatMap(({ examples }) => examples);

test('every row has its file of vectors', () => {
  assert.deepEqual(NLRI_VECTORS.map(({ type }) => type).sort(), FAMILY_CODECS.map(({ type }) => type).sort());
});

for (const [name, title, octets, text] of EXAMPLES) {
  test(`${name}, ${title}: ${text}`, () => {
    const family = familyNamed(name);
    const codec = familyCodec(family)!;
    const bytes = fromHex(octets);
    assert.equal(codec.next(bytes, 0, bytes.length), bytes.length, 'framing');
    const nlri = codec.decode(bytes, 0, bytes.length, family);
    assert.ok(nlri, 'malformed');
    assert.equal(codec.format(nlri), text);
    assert.deepEqual(codec.parse(text, family), nlri);
    assert.equal(toHex(encodeTypedNlri(nlri)), toHex(bytes));
  });
}

test('every family has an example; the count is a ratchet', () => {
  const families = FAMILY_CODECS.flatMap((codec) => codec.families);
  assert.equal(new Set(families).size, families.length);
  assert.equal(families.length, 25);
  const shown = new Set(EXAMPLES.map(([name]) => name.replace(/^ipv[46]/, '')));
  for (const family of families) assert.ok(shown.has(formatFamily(family).replace(/^ipv[46]/, '')), formatFamily(family));
});

/** Octets that often get past the framing: a head that fits, then anything; or an example with some octets changed. */
function arbitraryNlri(family: Family): fc.Arbitrary<Uint8Array> {
  const name = formatFamily(family);
  const examples = EXAMPLES.filter(([family]) => family.replace(/^ipv[46]/, '') === name.replace(/^ipv[46]/, '')).map(([, , octets]) =>
    fromHex(octets),
  );
  const mutated = fc
    .tuple(
      fc.constantFrom(...(examples.length > 0 ? examples : [Uint8Array.of(0)])),
      fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 3 }),
    )
    .map(([example, changes]) => {
      const bytes = example.slice();
      for (const [at, octet] of changes) bytes[at % bytes.length] = octet;
      return bytes;
    });
  return fc.oneof(mutated, mutated, fc.uint8Array({ maxLength: 60 }));
}

for (const codec of FAMILY_CODECS) {
  for (const family of codec.families) {
    test(`property: ${formatFamily(family)}: any octets decode or are refused; what decodes has one text and one canonical form`, () => {
      fc.assert(
        fc.property(arbitraryNlri(family), (bytes) => {
          const next = codec.next(bytes, 0, bytes.length);
          assert.ok(next === -1 || (next > 0 && next <= bytes.length));
          if (next === -1) return;
          const nlri = codec.decode(bytes, 0, next, family);
          if (nlri === undefined) return;
          const canonical = encodeTypedNlri(nlri);
          assert.equal(codec.next(canonical, 0, canonical.length), canonical.length);
          assert.deepEqual(codec.decode(canonical, 0, canonical.length, family), nlri);
          assert.deepEqual(codec.parse(codec.format(nlri), family), nlri);
        }),
        { seed: 7606, numRuns: 3000 },
      );
    });
  }
}

test('every beginning of an example that is cut off does not frame, or is malformed', () => {
  for (const [name, , octets] of EXAMPLES) {
    const family = familyNamed(name);
    const bytes = fromHex(octets);
    for (let end = 0; end < bytes.length; end++)
      assert.equal(familyCodec(family)!.next(bytes, 0, end), -1, `${name} ${octets} cut at ${end}`);
  }
});

function flow(octets: number): TypedNlri {
  const family = familyNamed('ipv4-flowspec');
  return { type: 'flowspec', family, components: [{ code: 99, name: 'unknown', bytes: new Uint8Array(octets - 1) }] };
}

test('RFC 8955 §4.1: from 240 octets on the length takes two; above 4095 there is none', () => {
  const family = familyNamed('ipv4-flowspec');
  for (const [octets, head] of [
    [239, 'ef'],
    [240, 'f0f0'],
    [4095, 'ffff'],
  ] as const) {
    const bytes = encodeTypedNlri(flow(octets));
    assert.equal(toHex(bytes, 0, head.length / 2), head);
    assert.equal(bytes.length, octets + head.length / 2);
    assert.equal(familyCodec(family)!.next(bytes, 0, bytes.length), bytes.length);
    assert.deepEqual(familyCodec(family)!.decode(bytes, 0, bytes.length, family), flow(octets));
  }
  assert.throws(() => encodeTypedNlri(flow(4096)), ValueError);
});

test('RFC 8955 §4.2: components out of order or twice are malformed, and are not written', () => {
  const family = familyNamed('ipv4-flowspec');
  for (const hex of ['06 04 81 50 03 81 06', '06 03 81 06 03 81 11']) {
    const bytes = fromHex(hex);
    assert.equal(familyCodec(family)!.decode(bytes, 0, bytes.length, family), undefined);
  }
  const components = [5, 4].map((code) => ({ code, name: 'unknown' as const, bytes: new Uint8Array(0) }));
  assert.throws(() => encodeTypedNlri({ type: 'flowspec', family, components }), ValueError);
});

for (const [name, title, hex] of NLRI_VECTORS.flatMap(({ malformed }) => malformed)) {
  test(`${name}, ${title}: malformed`, () => {
    const family = familyNamed(name);
    const bytes = fromHex(hex);
    assert.equal(familyCodec(family)!.next(bytes, 0, bytes.length), bytes.length, 'framing');
    assert.equal(familyCodec(family)!.decode(bytes, 0, bytes.length, family), undefined);
  });
}

for (const [name, text] of NLRI_VECTORS.flatMap(({ refused }) => refused)) {
  test(`${name}: text "${text}" is refused with what is allowed`, () => {
    assert.throws(() => familyCodec(familyNamed(name))!.parse(text, familyNamed(name)), ValueError);
  });
}

test('a value that cannot be written is refused', () => {
  const family = familyNamed('ipv4-labeled-unicast');
  const encode = (nlri: TypedNlri) => familyCodec(nlri.family)!.encode(new ByteWriter(), nlri);
  assert.throws(() => encode({ type: 'labeled-unicast', family, labels: [], prefix: '192.0.2.0/24' }), ValueError);
  assert.throws(
    () => encode({ type: 'labeled-unicast', family, labels: [16, 17, 18, 19, 20, 21, 22, 23, 24, 25], prefix: '192.0.2.0/24' }),
    ValueError,
  );
});

test('RFC 7911 §3: lists of NLRI with path identifiers, both ways', () => {
  const family = familyNamed('ipv4-labeled-unicast');
  const bytes = fromHex('00000001 30000101c00002 ffffffff 30000111c63364');
  const list = decodeTypedNlriList(bytes, 0, bytes.length, family, true);
  assert.ok(list);
  assert.deepEqual(
    list.nlri.map((nlri) => nlri.pathIdentifier),
    [1, 4_294_967_295],
  );
  assert.deepEqual([list.malformed, list.cutAt], [0, undefined]);
  const out = new ByteWriter();
  for (const nlri of list.nlri) appendTypedNlri(out, nlri, true);
  assert.equal(toHex(out.take()), toHex(bytes));
});

test('RFC 7606 §5.3: what does not frame ends the list, what makes no sense is left out', () => {
  const family = familyNamed('l2vpn-evpn');
  const good = '0311 0000fde800000001 00000000 20c0000201';
  const bytes = fromHex(`0302ffff ${good} 0340`);
  const list = decodeTypedNlriList(bytes, 0, bytes.length, family, false);
  assert.deepEqual([list?.nlri.length, list?.malformed, list?.cutAt], [1, 1, 23]);
  assert.equal(decodeTypedNlriList(bytes, 0, bytes.length, familyNamed('ipv4-evpn'), false), undefined);
  const short = fromHex('000000');
  assert.equal(decodeTypedNlriList(short, 0, 3, familyNamed('ipv4-route-target'), true)?.cutAt, 0);
});

test('RFC 9552 §5.1, §8.2.2: TLVs of BGP-LS NLRI in order of type, length and value, descriptors of a node once; they are written so', () => {
  const BGP_LS = familyNamed('bgp-ls');
  const codec = familyCodec(BGP_LS)!;
  const read = (descriptors: string): unknown => {
    const bytes = fromHex(`0001 ${(9 + fromHex(descriptors).length).toString(16).padStart(4, '0')} 02 0000000000000000 ${descriptors}`);
    return codec.decode(bytes, 0, bytes.length, BGP_LS);
  };
  const [as, id, router] = ['0200 0004 0000fde9', '0201 0004 00000001', '0203 0004 c0000201'];
  assert.ok(read(`0100 0018 ${as} ${id} ${router}`));
  assert.equal(read(`0100 0018 ${id} ${as} ${router}`), undefined, 'out of order');
  assert.equal(read(`0100 0010 ${as} 0200 0004 0000fdea`), undefined, 'an AS twice');
  assert.ok(read('03e7 0001 01 03e7 0001 02'), 'a TLV twice, in order of its value');
  assert.equal(read('03e7 0001 02 03e7 0001 01'), undefined, 'in disorder');
  const out = new ByteWriter();
  codec.encode(out, codec.parse('node protocol 2 identifier 0 descriptors [local-node [igp-router-id 192.0.2.1, as 65001]]', BGP_LS));
  assert.equal(toHex(out.take()), toHex(fromHex(`0001 001d 02 0000000000000000 0100 0010 ${as} ${router}`)));
});
