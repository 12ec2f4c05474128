/**
 * Every type of value, generated: its octets, its text and its JSON each give the very value back, and the octets of what decodes are those it
 * came from. A row that is added to a table and not generated here fails the tests at the end.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { scaled } from '../../../test/scale.ts';
import { attributeContext, attributeOf, unknownAttribute } from '../test/arbitraries/attributes.ts';
import { CAPABILITY_TYPES, capabilityOf } from '../test/arbitraries/capabilities.ts';
import { community, extendedCommunityOf, ipv6ExtendedCommunity, largeCommunity } from '../test/arbitraries/communities.ts';
import { fault, messages } from '../test/arbitraries/messages.ts';
import { NLRI_FAMILIES, NLRI_MEMBERS, nlriList, nlriOf } from '../test/arbitraries/nlri.ts';
import { anyFamily, octets, rd } from '../test/arbitraries/primitives.ts';
import { rowsOf, tlvOf } from '../test/arbitraries/tlvs.ts';
import {
  attributeComesBack,
  capabilityComesBack,
  faultComesBack,
  fromBorrowed,
  messageComesBack,
  nlriComesBack,
} from '../test/round-trip.ts';
import { ATTRIBUTE_VECTORS } from '../test/vectors/attributes.ts';
import { NLRI_VECTORS } from '../test/vectors/nlri.ts';
import { AIGP_TLVS } from './attributes/aigp.ts';
import type { KnownAttribute } from './attributes/attribute.ts';
import { encodeAttributes } from './attributes/attributes.ts';
import { BGP_LS_TLVS } from './attributes/bgp-ls-tlvs.ts';
import { PREFIX_SID_TLVS } from './attributes/prefix-sid.ts';
import { ATTRIBUTE_CODECS } from './attributes/registry.ts';
import { appendTlvs, decodeTlvs, formatTlvs, isUnknown, parseTlvs, type Tlv, type TlvTable, tlvsAreWhole } from './attributes/tlv.ts';
import { tlvsFromJson } from './attributes/tlv-json.ts';
import { TUNNEL_TLVS } from './attributes/tunnel-encapsulation.ts';
import { ByteWriter, toHex } from './bytes.ts';
import { decodeCapabilities, encodeCapability } from './capabilities/capabilities.ts';
import { CAPABILITIES } from './capabilities/registry.ts';
import { MessageType } from './codes.ts';
import {
  decodeExtendedCommunity,
  encodeExtendedCommunity,
  formatExtendedCommunity,
  parseExtendedCommunity,
} from './communities/extended.ts';
import { EXTENDED_COMMUNITIES } from './communities/extended-registry.ts';
import { formatIpv6ExtendedCommunity, parseIpv6ExtendedCommunity } from './communities/ipv6-extended.ts';
import { formatLargeCommunity, parseLargeCommunity } from './communities/large.ts';
import { formatCommunity, parseCommunity } from './communities/standard.ts';
import { formatFamily, parseFamily } from './family.ts';
import { Fault } from './fault.ts';
import { toJson } from './json.ts';
import { decodeMessage, encodeMessage, type Message } from './messages/message.ts';
import { FAMILY_CODECS } from './nlri/families.ts';
import { appendNlri, decodeNlri, nlriAreWhole } from './nlri/nlri.ts';
import { formatRd, parseRd } from './parts/route-distinguisher.ts';
import { decodeAttributes } from './scan/decode-attributes.ts';

function property<T>(arbitrary: fc.Arbitrary<T>, holds: (value: T) => void, numRuns = 100): void {
  fc.assert(fc.property(arbitrary, holds), { seed: 4271, numRuns: scaled(numRuns, Math.ceil(numRuns / 4)) });
}

for (const addPath of [false, true]) {
  const context = attributeContext(addPath);
  const manner = addPath ? 'with path identifiers' : 'without path identifiers';

  for (const family of NLRI_FAMILIES) {
    test(`NLRI of ${formatFamily(family)}, ${manner}`, () => {
      property(nlriList(family, addPath), (list) => {
        const out = new ByteWriter();
        for (const nlri of list) appendNlri(out, nlri, context);
        assert.ok(nlriAreWhole(out.bytes, 0, out.length, family, context));
        const decoded = decodeNlri(out.bytes, 0, out.length, family, context);
        assert.deepEqual(decoded, list);
        assert.deepEqual(
          fromBorrowed(out.take(), (bytes) => decodeNlri(bytes, 0, bytes.length, family, context)),
          list,
        );
        const again = new ByteWriter();
        for (const nlri of decoded) appendNlri(again, nlri, context);
        assert.equal(toHex(again.take()), toHex(out.take()));
        list.forEach(nlriComesBack);
      });
    });
  }
}

for (const codec of ATTRIBUTE_CODECS) {
  if (codec === undefined) continue;
  for (const addPath of codec.type.startsWith('mp-') ? [false, true] : [false]) {
    test(`attribute ${codec.name}${addPath ? ' with path identifiers' : ''}`, () => {
      // AS4_* are of two-octet speakers only.
      const context = attributeContext(addPath, !codec.type.startsWith('as4-'));
      property(
        attributeOf(codec.type as KnownAttribute['type'], context),
        (attribute) => {
          const bytes = encodeAttributes([attribute], context);
          const { attributes, fault: found } = decodeAttributes(bytes, 0, bytes.length, context);
          assert.equal(found, undefined);
          assert.deepEqual(attributes, [attribute]);
          assert.deepEqual(
            fromBorrowed(bytes, (borrowed) => decodeAttributes(borrowed, 0, borrowed.length, context).attributes),
            attributes,
          );
          assert.equal(toHex(encodeAttributes(attributes, context)), toHex(bytes));
          attributeComesBack(attribute);
        },
        codec.type.startsWith('mp-') ? 400 : 150,
      );
    });
  }
}

test('an attribute of a code that nobody knows', () => {
  const context = attributeContext(false);
  property(unknownAttribute, (attribute) => {
    const bytes = encodeAttributes([attribute], context);
    assert.deepEqual(decodeAttributes(bytes, 0, bytes.length, context).attributes, [attribute]);
    attributeComesBack(attribute);
  });
});

test('AS_PATH and AGGREGATOR of two octets', () => {
  const context = attributeContext(false, false);
  for (const type of ['as-path', 'aggregator'] as const) {
    property(attributeOf(type, context), (attribute) => {
      const bytes = encodeAttributes([attribute], context);
      assert.deepEqual(decodeAttributes(bytes, 0, bytes.length, context).attributes, [attribute]);
      attributeComesBack(attribute);
    });
  }
});

const TABLES: readonly (readonly [string, TlvTable])[] = [
  ['AIGP', AIGP_TLVS],
  ['TUNNEL_ENCAPSULATION', TUNNEL_TLVS],
  ['PREFIX_SID', PREFIX_SID_TLVS],
  ['BGP_LS', BGP_LS_TLVS],
];

for (const [name, root] of TABLES) {
  for (const { table, row, path } of rowsOf(root, name)) {
    test(`TLV ${path}: every field`, () => {
      const seen = new Set<string>();
      property(tlvOf(table, row), (tlv) => {
        const list: Tlv[] = [tlv];
        const out = new ByteWriter();
        appendTlvs(out, table, list);
        assert.ok(tlvsAreWhole(table.header, out.bytes, 0, out.length));
        assert.deepEqual(decodeTlvs(table, out.bytes, 0, out.length), list);
        const text = formatTlvs(table, list);
        assert.deepEqual(parseTlvs(table, text), list, text);
        const json = JSON.stringify(toJson(list));
        assert.deepEqual(tlvsFromJson(table)(JSON.parse(json), ''), list, json);
        assert.ok(!isUnknown(tlv));
        for (const key of Object.keys(tlv.fields)) seen.add(key);
      });
      assert.deepEqual([...seen].sort(), Object.keys(row.fields).sort(), 'each field had a value at least once');
    });
  }
}

for (const type of CAPABILITY_TYPES) {
  test(`capability ${type}`, () => {
    property(capabilityOf(type), (capability) => {
      const bytes = encodeCapability(capability);
      const decoded = decodeCapabilities(bytes);
      assert.deepEqual(decoded, [capability]);
      capabilityComesBack(capability);
    });
  });
}

for (const row of EXTENDED_COMMUNITIES) {
  test(`extended community ${row.name} of type ${row.type}${row.subtype === undefined ? '' : `, subtype ${row.subtype}`}`, () => {
    let known = 0;
    property(
      extendedCommunityOf(row),
      (bytes) => {
        const decoded = decodeExtendedCommunity(bytes);
        if (!('bytes' in decoded)) {
          assert.equal(decoded.name, row.name);
          known++;
        }
        assert.deepEqual(encodeExtendedCommunity(decoded), bytes);
        const text = formatExtendedCommunity(bytes);
        assert.ok(!/\s/.test(text), text);
        assert.deepEqual(parseExtendedCommunity(text), bytes, text);
      },
      200,
    );
    assert.ok(known > 0, 'octets of it were found');
  });
}

test('communities of the other kinds', () => {
  property(community, (value) => assert.equal(parseCommunity(formatCommunity(value)), value));
  property(largeCommunity, (value) => assert.deepEqual(parseLargeCommunity(formatLargeCommunity(value)), value));
  property(ipv6ExtendedCommunity, (bytes) => assert.deepEqual(parseIpv6ExtendedCommunity(formatIpv6ExtendedCommunity(bytes)), bytes), 2000);
  property(octets(8), (bytes) => assert.deepEqual(parseExtendedCommunity(formatExtendedCommunity(bytes)), bytes));
});

test('families and route distinguishers', () => {
  property(anyFamily, (family) => assert.equal(parseFamily(formatFamily(family)), family), 500);
  property(rd, (text) => assert.equal(formatRd(parseRd(text)), text));
  property(octets(8), (bytes) => assert.deepEqual(parseRd(formatRd(bytes)), bytes));
});

for (const addPath of [false, true]) {
  const context = attributeContext(addPath);
  for (const [type, arbitrary] of Object.entries(messages(context))) {
    test(`message ${type}${addPath ? ', families with path identifiers' : ''}`, () => {
      property<Message>(
        arbitrary,
        (message) => {
          const bytes = encodeMessage(message, context);
          const decoded = decodeMessage(bytes, 0, bytes.length, context, { lenient: true });
          assert.ok(!(decoded instanceof Fault), decoded instanceof Fault ? decoded.reason : '');
          assert.deepEqual(withoutFault(decoded), message);
          assert.deepEqual(
            fromBorrowed(bytes, (borrowed) => decodeMessage(borrowed, 0, borrowed.length, context, { lenient: true })),
            decoded,
          );
          assert.equal(toHex(encodeMessage(decoded, context)), toHex(bytes));
          messageComesBack(decoded);
        },
        type === 'update' ? 400 : 200,
      );
    });
  }
}

/** What RFC 7606 says of an UPDATE without the mandatory attributes is no part of what was sent. */
function withoutFault(message: Message): Message {
  if (message.type !== 'update') return message;
  const { fault: _, ...rest } = message;
  return rest;
}

test('faults', () => {
  property(fault, faultComesBack);
});

test('every row of every table is generated', () => {
  const attributes: readonly string[] = ATTRIBUTE_VECTORS.map(({ type }) => type);
  assert.deepEqual(ATTRIBUTE_CODECS.flatMap((codec) => (codec === undefined ? [] : [codec.type])).sort(), attributes.toSorted());
  assert.deepEqual(CAPABILITIES.map((row) => row.type as string).sort(), CAPABILITY_TYPES.filter((type) => type !== 'unknown').sort());
  for (const codec of FAMILY_CODECS) {
    assert.ok(NLRI_MEMBERS.has(codec.type), codec.type);
    for (const family of codec.families) assert.ok(NLRI_FAMILIES.includes(family), formatFamily(family));
  }
  assert.equal(Object.keys(messages(attributeContext(false))).length, Object.keys(MessageType).length);
});

for (const { type, kinds } of NLRI_VECTORS) {
  if (kinds === undefined) continue;
  test(`each route of ${type} is generated`, () => {
    const family = FAMILY_CODECS.find((codec) => codec.type === type)!.families[0]!;
    const seen = new Set<unknown>();
    property(nlriOf(family, false), (nlri) => void seen.add('route' in nlri ? nlri.route : 'kind' in nlri ? nlri.kind : ''), 500);
    assert.equal(seen.size, kinds, [...seen].join(', '));
  });
}
