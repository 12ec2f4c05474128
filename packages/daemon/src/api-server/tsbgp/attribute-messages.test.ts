import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { create, fromBinary, fromJsonString, type MessageInitShape, toBinary, toJson, toJsonString } from '@bufbuild/protobuf';
import { PathAttributeSchema } from '@tsbgp/api';
import {
  ATTRIBUTE_CODECS,
  attributeCodecByName,
  DEFAULT_CONTEXT,
  decodeAttributes,
  encodeAttributes,
  formatExtendedCommunity,
  fromHex,
  type PathAttribute,
  parseExtendedCommunity,
} from '@tsbgp/wire';
import fc from 'fast-check';
import { ATTRIBUTE_VECTORS } from '../../../../wire/test/vectors/attributes.ts';
import { ControlError } from '../../control-plane.ts';
import { attributeMessage, attributeValue } from './attribute-messages.ts';

const INTERNAL = { ...DEFAULT_CONTEXT, peerType: 'ibgp' } as const;

/** Attributes that requests do not hold: a route has them as fields, or the daemon writes them. */
const OF_THE_DAEMON: ReadonlySet<string> = new Set(['next-hop', 'mp-reach-nlri', 'mp-unreach-nlri', 'as4-path', 'as4-aggregator']);

/** Values of every attribute that a route may carry. */
const SEEDS: readonly { readonly type: string; readonly value: string }[] = ATTRIBUTE_VECTORS.filter(
  ({ type }) => !OF_THE_DAEMON.has(type),
).flatMap(({ type, examples }) =>
  examples.filter(([, , , session]) => session === undefined).map(([octets]) => ({ type, value: octets.replaceAll(' ', '') })),
);

function decoded(type: string, value: Uint8Array): PathAttribute {
  const { code, flags } = attributeCodecByName(type)!;
  const block = encodeAttributes([{ type: 'unknown', code, flags, bytes: value }], INTERNAL);
  return decodeAttributes(block, 0, block.length, INTERNAL).attributes[0]!;
}

const message = (attribute: PathAttribute) => create(PathAttributeSchema, attributeMessage(attribute));
const octets = (attribute: PathAttribute) => encodeAttributes([attribute], INTERNAL);

suite('every attribute in structure', () => {
  test('there are values of every attribute but those that requests do not hold', () => {
    const known = ATTRIBUTE_CODECS.flatMap((codec) => codec?.type ?? []);
    assert.deepEqual([...new Set(SEEDS.map(({ type }) => type)), ...OF_THE_DAEMON].sort(), known.sort());
  });

  for (const { type, value } of SEEDS) {
    test(`${type} 0x${value} has a kind of that name, and comes back as the same octets, over binary and over JSON`, () => {
      const attribute = decoded(type, fromHex(value));
      const sent = message(attribute);
      assert.equal(
        sent.kind.case?.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`),
        type,
      );
      for (const got of [
        fromBinary(PathAttributeSchema, toBinary(PathAttributeSchema, sent)),
        fromJsonString(PathAttributeSchema, toJsonString(PathAttributeSchema, sent)),
      ]) {
        assert.deepEqual(octets(attributeValue(got, 'a')), octets(attribute));
      }
    });
  }

  test('so does whatever else decodes', () => {
    const types = SEEDS.map(({ type, value }) => ({ type, value: fromHex(value) }));
    const changes = fc.array(fc.tuple(fc.nat(80), fc.nat(255)), { maxLength: 3 });
    const property = fc.property(fc.constantFrom(...types), changes, ({ type, value }, at) => {
      const bytes = value.slice();
      for (const [place, octet] of at) if (place < bytes.length) bytes[place] = octet;
      const attribute = decoded(type, bytes);
      if (attribute === undefined) return; // Discarded, as its RFC says.
      const got = fromBinary(PathAttributeSchema, toBinary(PathAttributeSchema, message(attribute)));
      assert.deepEqual(octets(attributeValue(got, 'a')), octets(attribute));
    });
    fc.assert(property, { numRuns: 3000 });
  });
});

suite('attributes as people write them', () => {
  const given = (kind: MessageInitShape<typeof PathAttributeSchema>['kind']) =>
    octets(attributeValue(create(PathAttributeSchema, { kind: kind! }), 'a'));
  const same = (type: string, value: string) => octets(decoded(type, fromHex(value)));

  test('TLVs by their text', () => {
    assert.deepEqual(given({ case: 'aigp', value: { text: 'metric value=42' } }), same('aigp', '01000b000000000000002a'));
    assert.deepEqual(
      given({ case: 'prefixSid', value: { text: 'label-index flags=0 index=100, originator-srgb flags=0 srgbs=16000-8000' } }),
      same('prefix-sid', '010007000000000000640300080000003e80001f40'),
    );
  });

  test('TLVs as a tree, for who reads them', () => {
    const { kind } = message(decoded('prefix-sid', fromHex('01000700000000000064090001aa')));
    assert.deepEqual(kind.case === 'prefixSid' && toJson(PathAttributeSchema, create(PathAttributeSchema, { kind })), {
      prefixSid: {
        octets: 'AQAHAAAAAAAAZAkAAao=',
        text: 'label-index flags=0 index=100, tlv-9 0xaa',
        tlvs: [
          { name: 'label-index', fields: { flags: 0, index: 100 } },
          { name: 'unknown', code: 9, bytes: 'aa' },
        ],
      },
    });
  });

  test('an ATTR_SET by its attributes', () => {
    const attributes: MessageInitShape<typeof PathAttributeSchema>[] = [
      { kind: { case: 'origin', value: 1 } },
      { kind: { case: 'asPath', value: { segments: [{ type: 1, asns: [100] }] } } },
      { kind: { case: 'localPref', value: 200 } },
    ];
    assert.deepEqual(
      given({ case: 'attributeSet', value: { originAs: 65000, attributes } }),
      same('attribute-set', '0000fde840010100400206020100000064400504000000c8'),
    );
  });

  for (const text of [
    'rt:65000:100',
    'rt:200000:100',
    'rt:100L:5',
    'ro:192.0.2.1:7',
    'ro:65000:1',
    'source-as:65000L:0',
    'color:0:100',
    '0x0002fde800000064',
  ]) {
    test(`the extended community ${text} by its parts, or as text where it has none`, () => {
      const attribute: PathAttribute = { type: 'extended-communities', flags: 0xc0, value: [parseExtendedCommunity(text)] };
      const { kind } = message(attribute);
      assert.ok(kind.case === 'extendedCommunities');
      const [{ form, name, text: shown }] = kind.value.values as [(typeof kind.value.values)[0]];
      assert.equal(shown, formatExtendedCommunity(attribute.value[0]!));
      const asked = form.case === undefined ? { text } : { name, form };
      assert.deepEqual(given({ case: 'extendedCommunities', value: { values: [asked] } }), octets(attribute));
    });
  }

  test('the parts of a route target', () => {
    const { kind } = message({ type: 'extended-communities', flags: 0xc0, value: [parseExtendedCommunity('rt:65000:100')] });
    assert.ok(kind.case === 'extendedCommunities' && kind.value.values[0]!.form.case === 'asSpecific');
    const { as, value, fourOctetAs } = kind.value.values[0]!.form.value;
    assert.deepEqual([kind.value.values[0]!.name, as, value, fourOctetAs], ['rt', 65000, 100, false]);
  });

  const refused: [kind: MessageInitShape<typeof PathAttributeSchema>['kind'], field: string][] = [
    [{ case: 'aigp', value: { text: 'metric' } }, 'a.aigp.text'],
    [{ case: 'aigp', value: { octets: Uint8Array.of(1, 0) } }, 'a.aigp.octets'],
    [
      { case: 'ipv6ExtendedCommunities', value: { values: [{ octets: new Uint8Array(8) }] } },
      'a.ipv6_extended_communities.values[0].octets',
    ],
    [{ case: 'ipv6ExtendedCommunities', value: { values: [{ text: 'rt:1' }] } }, 'a.ipv6_extended_communities.values[0].text'],
    [
      { case: 'extendedCommunities', value: { values: [{ form: { case: 'asSpecific', value: { as: 1, value: 1 } } }] } },
      'a.extended_communities.values[0].name',
    ],
    [
      { case: 'extendedCommunities', value: { values: [{ name: 'rt', form: { case: 'ipv4Specific', value: { address: 'x' } } }] } },
      'a.extended_communities.values[0]',
    ],
    [{ case: 'attributeSet', value: { attributes: [{ kind: { case: 'origin', value: 0 } }] } }, 'a.attribute_set.attributes[0].origin'],
    [
      {
        case: 'attributeSet',
        value: { attributes: [{ kind: { case: 'localPref', value: 1 } }, { kind: { case: 'localPref', value: 2 } }] },
      },
      'a.attribute_set.attributes',
    ],
  ];
  for (const [kind, field] of refused) {
    test(`what is wrong in ${kind!.case} is refused at ${field}`, () => {
      assert.throws(
        () => given(kind),
        (error) =>
          error instanceof ControlError && error.code === 'invalid-argument' && error.field === field && error.message.startsWith(field),
      );
    });
  }
});
