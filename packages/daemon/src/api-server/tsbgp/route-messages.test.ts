import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { create, fromBinary, type MessageInitShape, toBinary } from '@bufbuild/protobuf';
import { AsPathSchema, PathAttributeSchema, RouteSchema } from '@tsbgp/api';
import {
  ATTRIBUTE_CODECS,
  DEFAULT_CONTEXT,
  decodeAttributes,
  encodeAttributes,
  type PathAttribute,
  parseExtendedCommunity,
} from '@tsbgp/wire';
import fc from 'fast-check';
import { fakeRoute } from '../../../test/api-server/fake-control-plane.ts';
import { ControlError } from '../../control-plane.ts';
import { attributeMessage, attributeValue } from './attribute-messages.ts';
import { routeMessage } from './route-messages.ts';

const u32 = fc.nat({ max: 0xffff_ffff });
const ipv4 = fc.uint8Array({ minLength: 4, maxLength: 4 }).map((octets) => octets.join('.'));
const segments = fc.array(
  fc.record({
    type: fc.constantFrom('sequence' as const, 'set' as const, 'confed-sequence' as const, 'confed-set' as const),
    asns: fc.array(u32, { minLength: 1, maxLength: 20 }),
  }),
  { maxLength: 4 },
);
const octets8 = fc.uint8Array({ minLength: 8, maxLength: 8 });

/** What an operator may inject. */
const attributes: fc.Arbitrary<PathAttribute> = fc.oneof(
  fc.record({ type: fc.constant('origin' as const), flags: fc.constant(0x40), value: fc.constantFrom('igp', 'egp', 'incomplete') }),
  fc.record({ type: fc.constant('as-path' as const), flags: fc.constant(0x40), value: segments }),
  fc.record({ type: fc.constant('multi-exit-disc' as const), flags: fc.constant(0x80), value: u32 }),
  fc.record({ type: fc.constant('local-pref' as const), flags: fc.constant(0x40), value: u32 }),
  fc.record({ type: fc.constant('atomic-aggregate' as const), flags: fc.constant(0x40), value: fc.constant(true as const) }),
  fc.record({
    type: fc.constant('aggregator' as const),
    flags: fc.constantFrom(0xc0, 0xe0),
    value: fc.record({ as: u32, address: ipv4 }),
  }),
  fc.record({ type: fc.constant('communities' as const), flags: fc.constantFrom(0xc0, 0xe0), value: fc.array(u32) }),
  fc.record({ type: fc.constant('originator-id' as const), flags: fc.constant(0x80), value: ipv4 }),
  fc.record({ type: fc.constant('cluster-list' as const), flags: fc.constant(0x80), value: fc.array(ipv4) }),
  fc.record({ type: fc.constant('extended-communities' as const), flags: fc.constant(0xc0), value: fc.array(octets8) }),
  fc.record({
    type: fc.constant('large-communities' as const),
    flags: fc.constant(0xc0),
    value: fc.array(fc.record({ globalAdministrator: u32, localData1: u32, localData2: u32 })),
  }),
  fc.record({
    type: fc.constant('unknown' as const),
    code: fc.integer({ min: 200, max: 255 }),
    flags: fc.constantFrom(0xc0, 0xe0, 0x80),
    bytes: fc.uint8Array({ maxLength: 400 }),
  }),
);

const throughApi = (attribute: PathAttribute): PathAttribute => {
  const message = create(PathAttributeSchema, attributeMessage(attribute));
  return attributeValue(fromBinary(PathAttributeSchema, toBinary(PathAttributeSchema, message)), 'attribute');
};

suite('attributes between wire and API', () => {
  test('come back as they were', () => {
    fc.assert(fc.property(attributes, (attribute) => assert.deepEqual(plain(throughApi(attribute)), plain(attribute))));
  });

  test('whatever the wire package decodes has a message, and those that it shows as octets come back as the same octets', () => {
    const own = new Set([3, 14, 15, 17, 18]);
    const codes = ATTRIBUTE_CODECS.flatMap((codec) => (codec === undefined || own.has(codec.code) ? [] : [codec.code]));
    const property = fc.property(fc.constantFrom(...codes), fc.uint8Array({ maxLength: 60 }), (code, value) => {
      const flags = ATTRIBUTE_CODECS[code]!.flags;
      const bytes = Uint8Array.of(flags, code, value.length, ...value);
      for (const attribute of decodeAttributes(bytes, 0, bytes.length, DEFAULT_CONTEXT).attributes) {
        assert.deepEqual(encodeAttributes([throughApi(attribute)], DEFAULT_CONTEXT), encodeAttributes([attribute], DEFAULT_CONTEXT));
      }
    });
    fc.assert(property, { numRuns: 2000 });
  });

  test('octets that the daemon borrows do not reach the message', () => {
    const bytes = Uint8Array.of(1, 2, 3);
    const message = create(PathAttributeSchema, attributeMessage({ type: 'unknown', code: 250, flags: 0xc0, bytes }));
    bytes.fill(0xff);
    assert.deepEqual(message.kind.case === 'unknown' && [...message.kind.value.value], [1, 2, 3]);
  });

  test('flags of 0 stand for those of the RFC', () => {
    const kind = { case: 'multiExitDisc', value: 7 } as const;
    assert.deepEqual(attributeValue(create(PathAttributeSchema, { kind }), 'a'), { type: 'multi-exit-disc', flags: 0x80, value: 7 });
  });

  test('an extended community may be text', () => {
    const init: MessageInitShape<typeof PathAttributeSchema> = {
      kind: { case: 'extendedCommunities', value: { values: [{ text: 'rt:65000:100' }] } },
    };
    const attribute = attributeValue(create(PathAttributeSchema, init), 'a');
    assert.deepEqual(attribute.type === 'extended-communities' && attribute.value, [parseExtendedCommunity('rt:65000:100')]);
  });

  const refused: [kind: MessageInitShape<typeof PathAttributeSchema>, field: string][] = [
    [{}, 'a'],
    [{ flags: 256, kind: { case: 'localPref', value: 1 } }, 'a.flags'],
    [{ kind: { case: 'nextHop', value: '192.0.2.1' } }, 'a.next_hop'],
    [{ kind: { case: 'as4Path', value: {} } }, 'a'],
    [{ kind: { case: 'origin', value: 0 } }, 'a.origin'],
    [
      { kind: { case: 'asPath', value: create(AsPathSchema, { segments: [{ type: 1 }, { type: 9 as 1 }] }) } },
      'a.as_path.segments[1].type',
    ],
    [{ kind: { case: 'extendedCommunities', value: { values: [{ text: 'rt:x' }] } } }, 'a.extended_communities.values[0].text'],
    [
      { kind: { case: 'extendedCommunities', value: { values: [{ octets: new Uint8Array(7) }] } } },
      'a.extended_communities.values[0].octets',
    ],
    [{ kind: { case: 'unknown', value: { code: 0 } } }, 'a.unknown.code'],
    [{ kind: { case: 'unknown', value: { code: 256 } } }, 'a.unknown.code'],
    [{ kind: { case: 'unknown', value: { code: 14 } } }, 'a.unknown.code'],
  ];
  for (const [init, field] of refused) {
    test(`${JSON.stringify(init.kind ?? init)} is refused at ${field}`, () => {
      assert.throws(
        () => attributeValue(create(PathAttributeSchema, init), 'a'),
        (error) => error instanceof ControlError && error.code === 'invalid-argument' && error.field === field,
      );
    });
  }
});

test('a route has every field of its own', () => {
  const message = create(RouteSchema, routeMessage({ ...fakeRoute(1), pathIdentifier: 9, filtered: true }));
  const { family, prefix, pathIdentifier, neighbor, nextHop, best, filtered, learnedAt, attributes: all } = message;
  assert.deepEqual(
    [family, prefix, pathIdentifier, neighbor, nextHop, best, filtered, learnedAt?.seconds, all.length],
    ['ipv4-unicast', '10.0.1.0/24', 9, '192.0.2.2', '192.0.2.2', true, true, BigInt(Date.parse('2026-11-20T12:00:00Z') / 1000), 3],
  );
});

/** Protobuf gives arrays and octets of its own kinds; what they hold is compared. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (_, part: unknown) => (part instanceof Uint8Array ? [...part] : part)));
}
