/** Vectors of path attributes from other implementations' test suites: what they mean, that they come back, and RFC 7606's verdicts. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isNoHost, vectorContext, withRightFlags } from '../../test/expected-verdict.ts';
import { MEANINGS } from '../../test/neutral-communities.ts';
import { assertNlri } from '../../test/neutral-nlri.ts';
import { loadVectors, type Vector } from '../../test/shared.ts';
import { UPDATE_AREAS } from '../../test/vectors/nlri.ts';
import { parseAddress } from '../address.ts';
import { fromHex, readU16, toHex } from '../bytes.ts';
import { AttributeCode, HEADER_LENGTH, MessageType, UpdateError } from '../codes.ts';
import { decodeIpv6ExtendedCommunity } from '../communities/ipv6-extended.ts';
import type { WireContext } from '../context.ts';
import { afiOf, type Family, Safi, safiOf } from '../family.ts';
import { Fault, strongest } from '../fault.ts';
import type { Nlri } from '../nlri/nlri.ts';
import { prefixesAreWhole } from '../parts/prefix-bits.ts';
import { formatRd } from '../parts/route-distinguisher.ts';
import { decodeAttributes } from '../scan/decode-attributes.ts';
import { AttributeScan, UpdateScan } from '../scan/update-scan.ts';
import { updateVerdict } from '../scan/update-verdict.ts';
import { AIGP_TLVS } from './aigp.ts';
import type { PathAttribute } from './attribute.ts';
import { encodeAttributes, formatAttributeValue, parseAttribute } from './attributes.ts';
import { BGP_LS_TLVS } from './bgp-ls-tlvs.ts';
import type { MpReachNlri } from './mp-reach-nlri.ts';
import { PREFIX_SID_TLVS } from './prefix-sid.ts';
import { attributeCodec } from './registry.ts';
import { isUnknown, rowOfName, type Tlv, type TlvTable, tlvOctets } from './tlv.ts';
import { TUNNEL_TLVS } from './tunnel-encapsulation.ts';

type Fields = Record<string, unknown>;

const MPNH = 'RFC 7606 §7.11: a next hop of a length that the family cannot have ends the session';
const DUP = 'RFC 7606 §3 (g): of an attribute that appears twice only the first counts';
const EMPTY = 'RFC 7606 §7.2: a segment without AS numbers is malformed';
const AS4 = 'RFC 6793 §4.1, §6: AS4_PATH from a four-octet speaker, or malformed, is discarded and the UPDATE goes on';
const LO = 'let pass on purpose: all there is when both speakers run on one host';
const OAD = 'a peer of one administrative domain (draft-ietf-idr-bgp-oad) is asked as an internal one, which may send CLUSTER_LIST';
const NHC = 'attribute 39 (draft-ietf-idr-entropy-label) has no row; it is optional and transitive, and goes on as octets';
const PARTIAL = 'RFC 7606 §3 (c) compares the Optional and Transitive bits only';

/** Vectors that are not met, and why. */
const NOT_MET: Readonly<Record<string, string>> = {
  'bgpcep/SimpleRegistryTest/testMpReachWithZeroNextHop': MPNH,
  'ze/split_test/TestSeparateMPAttributes_MultipleMPReach#1': MPNH,
  'bgp4j/UpdatePacketEncodingTest/testEncodeMpReachNlriUpdatePacketNullNextHopOneNlri': MPNH,
  'exabgp/extended-nexthop/extended-nexthop.ci#2': MPNH,
  'bgp4j/BGPv4CodecTest/testDecodeBogusSafiMpReachNlri#1': MPNH,
  'bgpkit-parser/mod/test_rfc7606_duplicate_attribute': DUP,
  'ze/rfc7606_test/TestRFC7606DuplicateOrigin': DUP,
  'routecore/aspath/empty_segments': EMPTY,
  'ze/rfc7606_test/TestRFC7606ASPathZeroSegmentLength': EMPTY,
  'gobgp/prefix_sid_test/TestRoundTripSubTLV': 'RFC 8669 §3.1: a label index has 7 octets; this is a sub-TLV taken for an attribute',
  'gobmp/rfc8669_test/TestRFC8669_ForwardCompatibility': 'RFC 9252 §7: type 5 is known today, and its sub-TLVs do not add up',
  'frr-rfc7606-as4path-seg-type-0-ebgp': AS4,
  'frr-rfc7606-as4path-seg-type-0-ebgp-oad': AS4,
  'frr-rfc7606-as4path-seg-type-0-ibgp': AS4,
  'bgp4j-codec-testDecodeBogusSafiMpUnreachNlri': 'SAFI 4 is labeled unicast (RFC 8277); that is its End-of-RIB',
  'bgp4j-testDecodeClusterListPacketBrokenCLusterID': 'RFC 7606 §7.10: from an external peer it is discarded whatever it holds',
  'bgpgg-atomic_aggregate_wrong_flags':
    "RFC 7606 §3 (c): wrong flags are treat-as-withdraw unless the attribute's own document says otherwise; §7.6 does not",
  'frr-rfc7606-nexthop-loopback-ebgp': LO,
  'frr-rfc7606-nexthop-loopback-ebgp-oad': LO,
  'frr-rfc7606-nexthop-loopback-ibgp': LO,
  'yabgp-test_parse-1': 'RFC 6793 §3: on a two-octet session an AGGREGATOR of six octets is right',
  'frr-rfc7606-aspath-flag-partial-ebgp': PARTIAL,
  'frr-rfc7606-aspath-flag-partial-ebgp-oad': PARTIAL,
  'frr-rfc7606-aspath-flag-partial-ibgp': PARTIAL,
  'frr-rfc7606-origin-flag-partial-ebgp': PARTIAL,
  'frr-rfc7606-origin-flag-partial-ebgp-oad': PARTIAL,
  'frr-rfc7606-origin-flag-partial-ibgp': PARTIAL,
  'frr-rfc7606-cluster-list-len-0-ebgp-oad': OAD,
  'frr-rfc7606-cluster-list-len-5-ebgp-oad': OAD,
  'frr-rfc7606-nhc-bad-afi-safi-ebgp': NHC,
  'frr-rfc7606-nhc-bad-afi-safi-ebgp-oad': NHC,
  'frr-rfc7606-nhc-bad-afi-safi-ibgp': NHC,
  'frr-mp-reach-ipv6-bug': 'an MP_REACH_NLRI without NLRI announces nothing, and breaks no rule of RFC 4760 §3 or RFC 7606',
};

/**
 * RFC 4760 §7 gives a malformed MP_REACH_NLRI 3/9; two vectors want 3/1, while others want 3/9 for the same. The third is too short for an
 * UPDATE: 1/2 when its header is read (RFC 4271 §6.1), not 1/1.
 */
const OTHER_SUBCODE: ReadonlySet<string> = new Set([
  'bgp4j-codec-testMalformedWithdrawnRoutesNopathAttributeListUpdatePacket',
  'frr-rfc7606-mp-reach-nexthop-len-bogus-ebgp',
  'frr-rfc7606-mp-reach-truncated-ebgp',
]);

const SEGMENT_NAMES = { sequence: 'AS_SEQUENCE', set: 'AS_SET', 'confed-sequence': 'AS_CONFED_SEQUENCE', 'confed-set': 'AS_CONFED_SET' };

/** What `expect` of a vector says of an attribute's value, made from ours. */
function neutral(attribute: PathAttribute): unknown {
  switch (attribute.type) {
    case 'unknown':
      return toHex(attribute.bytes);
    case 'origin':
      return attribute.value.toUpperCase();
    case 'as-path':
    case 'as4-path':
      return attribute.value.map(({ type, asns }) => ({ type: SEGMENT_NAMES[type], asns }));
    case 'communities':
      return attribute.value.map((community) => `${community >>> 16}:${community & 0xffff}`);
    case 'ipv6-extended-communities':
      return attribute.value.map((community) => {
        const decoded = decodeIpv6ExtendedCommunity(community);
        const { address, value } = 'fields' in decoded ? decoded.fields : {};
        return { type: community[0], subtype: community[1], raw: toHex(community), address, value, local_administrator: value };
      });
    case 'extended-communities':
      // What they mean is in communities.test.ts.
      return attribute.value.map((community) => ({ type: community[0], subtype: community[1], raw: toHex(community) }));
    case 'large-communities':
      return attribute.value.map((community) => `${community.globalAdministrator}:${community.localData1}:${community.localData2}`);
    case 'mp-reach-nlri':
      return { ...familyFields(attribute.value.family), next_hops: neutralNextHops(attribute.value), nlri: attribute.value.nlri };
    case 'aigp':
      return { tlvs: neutralTlvs(AIGP_TLVS, attribute.value) };
    case 'bgp-ls':
      return { tlvs: neutralTlvs(BGP_LS_TLVS, attribute.value) };
    case 'prefix-sid':
      return { tlvs: neutralTlvs(PREFIX_SID_TLVS, attribute.value) };
    case 'tunnel-encapsulation':
      return { tunnels: attribute.value.map(neutralTunnel) };
    case 'pmsi-tunnel': {
      const { flags, tunnelType, labelField, identifier } = attribute.value;
      return { flags, tunnel_type: tunnelType, label_field: labelField, tunnel_id: toHex(identifier) };
    }
    case 'mp-unreach-nlri':
      return { ...familyFields(attribute.value.family), nlri: attribute.value.nlri };
    default:
      return attribute.value;
  }
}

/** Type and octets of each, and what the vectors know of its fields. */
function neutralTlvs(table: TlvTable, tlvs: readonly Tlv[]): Fields[] {
  return tlvs.map((tlv) => {
    const { code, bytes } = tlvOctets(table, tlv);
    if (isUnknown(tlv)) return { type: code, length: bytes.length + 3, raw: toHex(bytes) };
    const { flags, index, srgbs, value } = tlv.fields;
    if (tlv.name === 'metric') return { type: code, length: bytes.length + 3, metric: Number(value) };
    if (tlv.name === 'label-index') return { type: code, raw: toHex(bytes), label_index: index, flags };
    if (tlv.name === 'originator-srgb') return { type: code, raw: toHex(bytes), flags, srgbs };
    return { type: code, raw: toHex(bytes) };
  });
}

/** A VPN next hop has a route distinguisher; ours are shown without one that is zero. */
function neutralNextHops({ family, nextHops, nextHopOctets: octets }: MpReachNlri): unknown[] {
  if (safiOf(family) !== Safi.MplsVpn) return nextHops;
  const size = octets === undefined ? 0 : octets.length / nextHops.length;
  return nextHops.map((address, i) => ({ rd: octets === undefined ? '0:0' : formatRd(octets, i * size), address }));
}

function neutralTunnel(tunnel: Tlv): Fields {
  assert.ok(!isUnknown(tunnel));
  const { code } = tlvOctets(TUNNEL_TLVS, tunnel);
  // What the encapsulation sub-TLV says depends on the tunnel type: each has a table of its own.
  return { tunnel_type: code, sub_tlvs: neutralTlvs(rowOfName(TUNNEL_TLVS, tunnel.name).holds!, tunnel.tlvs!) };
}

function familyFields(family: Family): Fields {
  return { afi: afiOf(family), safi: safiOf(family) };
}

/** Members of vectors that say again what others say. */
const AGAIN: ReadonlySet<string> = new Set(['name', 'family', 'next_hop_len']);

/** Whether `got` says all that `want` says. */
function assertMeans(got: unknown, want: unknown, where: string): void {
  if (where.endsWith('.nlri')) {
    assertNlri(got as Nlri[], want as unknown[]);
  } else if (Array.isArray(want)) {
    assert.ok(Array.isArray(got), where);
    assert.equal(got.length, want.length, where);
    for (const [i, each] of want.entries()) assertMeans(got[i], each, `${where}[${i}]`);
  } else if (typeof want === 'string' && isRaw(got)) {
    assert.equal(got.raw, want, where);
  } else if (typeof want === 'object' && want !== null) {
    assert.ok(typeof got === 'object' && got !== null, where);
    for (const [key, each] of Object.entries(want)) {
      if (AGAIN.has(key) || (key in MEANINGS && isRaw(got))) continue;
      assert.ok(key in got, `${where}.${key} is not in ${Object.keys(got).join(', ')}`);
      assertMeans((got as Fields)[key], each, `${where}.${key}`);
    }
  } else if (typeof want === 'string' && typeof got === 'string' && parseAddress(want) !== undefined) {
    assert.deepEqual(parseAddress(got), parseAddress(want), where);
  } else {
    assert.deepEqual(got, want, where);
  }
}

function isRaw(got: unknown): got is { raw: string } {
  return typeof got === 'object' && got !== null && 'raw' in got && typeof got.raw === 'string';
}

interface Expected {
  readonly type: number;
  readonly flags?: number;
  readonly value?: unknown;
  readonly raw?: string;
}

/** The attribute block of a vector and what is expected of it; undefined when there is none. */
function block(vector: Vector): { bytes: Uint8Array; start: number; end: number; expected: readonly Expected[] } | undefined {
  const bytes = fromHex(vector.hex);
  if (vector.kind === 'attributes') return { bytes, start: 0, end: bytes.length, expected: vector.expect as Expected[] };
  if (vector.kind === 'attribute-value') {
    const type = vector.context?.attr_type ?? 0;
    const header = [(attributeCodec(type)?.flags ?? 0xc0) | 0x10, type, bytes.length >>> 8, bytes.length & 0xff];
    const whole = new Uint8Array([...header, ...bytes]);
    return { bytes: whole, start: 0, end: whole.length, expected: [{ type, value: vector.expect }] };
  }
  if (vector.kind !== 'message' || bytes[18] !== MessageType.Update) return undefined;
  const scan = new UpdateScan();
  assert.equal(scan.scan(bytes, HEADER_LENGTH, bytes.length), undefined);
  return {
    bytes,
    start: scan.attributesStart,
    end: scan.attributesEnd,
    expected: (vector.expect as { attributes?: Expected[] }).attributes ?? [],
  };
}

function meets(vector: Vector): void {
  const found = block(vector);
  if (found === undefined) return;
  const { bytes, start, end, expected } = found;
  const context = vectorContext(vector, expected);
  const repaired = withRightFlags(bytes, start, end);
  if (repaired !== undefined) {
    // RFC 7606 §3 (c), (h). What the value means is asked of the same attributes with the flags that their RFCs want.
    const { fault } = decodeAttributes(bytes, start, end, context);
    assert.equal(fault?.action, repaired.action, fault?.reason);
  }
  const decoded = decodeAttributes(repaired?.bytes ?? bytes, start, end, context);
  const noHost = expected.some(({ type, value }) => type === AttributeCode.NextHop && isNoHost(String(value)));
  // RFC 4271 §6.3: an address that no host can have is read all the same.
  assert.deepEqual(decoded.fault?.subcode, noHost ? UpdateError.InvalidNextHop : undefined, decoded.fault?.reason);
  assert.equal(decoded.attributes.length, expected.length);
  for (const [i, attribute] of decoded.attributes.entries()) {
    const want = expected[i]!;
    const codec = attributeCodec(want.type);
    const wanted = want.value ?? want.raw;
    if (codec === undefined) {
      assert.ok(attribute.type === 'unknown' && attribute.code === want.type);
      if (want.raw !== undefined) assert.equal(toHex(attribute.bytes), want.raw);
      continue;
    }
    assert.equal(attribute.type, codec.type);
    if (want.flags !== undefined && repaired === undefined) assert.equal(attribute.flags, want.flags);
    if (want.value !== undefined) assertMeans(neutral(attribute), wanted, codec.name);
    else assert.equal(toHex(encodedValue(attribute, context)), want.raw);
    comesBack(attribute, bytes, context);
  }
}

function encodedValue(attribute: PathAttribute, context: WireContext): Uint8Array {
  const octets = encodeAttributes([attribute], context);
  return octets.slice((octets[0]! & 0x10) === 0 ? 3 : 4);
}

/** Octets, and text where there is one, give the same value again; and canonical octets stay as they are. */
function comesBack(attribute: PathAttribute, _bytes: Uint8Array, context: WireContext): void {
  const octets = encodeAttributes([attribute], context);
  const again = decodeAttributes(octets, 0, octets.length, context);
  if (attribute.type === 'as-path' || attribute.type === 'aggregator')
    assert.deepEqual(withoutFlags(again.attributes[0]), withoutFlags(attribute));
  else assert.deepEqual(again.attributes.map(withoutFlags), [withoutFlags(attribute)]);
  if (attribute.type === 'unknown' || attribute.type === 'mp-reach-nlri' || attribute.type === 'mp-unreach-nlri') return;
  assert.deepEqual(withoutFlags(parseAttribute(attribute.type, formatAttributeValue(attribute))), withoutFlags(attribute));
}

/** What the sender set beyond the Partial bit is not kept: encode writes what the RFC demands. */
function withoutFlags(attribute: PathAttribute | undefined): unknown {
  if (attribute === undefined || attribute.type === 'unknown') return attribute;
  return { ...attribute, flags: 0 };
}

/** A vector that is listed as not met is not: else it leaves the list. */
function holds(title: string, notMet: string | undefined, body: () => void): void {
  if (notMet === undefined) test(title, body);
  else test(`${title}: not met: ${notMet}`, () => assert.throws(body));
}

// NLRI that `expect` says in full are the business of nlri/vectors.test.ts.
for (const area of UPDATE_AREAS) {
  const vectors = loadVectors(area);
  if (typeof vectors === 'string') {
    test(`attributes of ${area}`, { skip: vectors }, () => {});
    continue;
  }
  for (const vector of vectors) {
    if (vector.expect === undefined) continue;
    if (vector.kind !== 'attributes' && vector.kind !== 'attribute-value' && vector.kind !== 'message') continue;
    const reason = NOT_MET[vector.id];
    holds(`${area}: ${vector.id}`, reason, () => meets(vector));
  }
}

const BEHAVIOURS = {
  reset: 'session-reset',
  withdraw: 'treat-as-withdraw',
  discard: 'attribute-discard',
  disable: 'afi-safi-disable',
} as const;

const invalidNetworkField = new Fault('reset', 3, 10, 'NLRI cannot be read');

/** What we would do with an UPDATE: of its attributes alone, and with RFC 7606 §5.2 (no reachable NLRI: reset in place of withdraw). */
function verdicts(vector: Vector): (Fault | undefined)[] {
  const bytes = fromHex(vector.hex);
  const update = new UpdateScan();
  const broken = update.scan(bytes, HEADER_LENGTH, bytes.length);
  if (broken !== undefined) return [broken];
  if (!prefixesAreWhole(bytes, update.withdrawnStart, update.withdrawnEnd, 32, false)) return [invalidNetworkField];
  if (!prefixesAreWhole(bytes, update.nlriStart, update.nlriEnd, 32, false)) return [invalidNetworkField];
  const attributes = new AttributeScan();
  attributes.scan(bytes, update.attributesStart, update.attributesEnd, vectorContext(vector, []));
  return [strongest(attributes.fault, attributes.nextHopFault), updateVerdict(update, attributes)];
}

const errors = loadVectors('errors');
if (typeof errors === 'string') {
  test('verdicts of errors', { skip: errors }, () => {});
} else {
  for (const vector of errors) {
    const bytes = fromHex(vector.hex);
    if (vector.kind !== 'message' || bytes[18] !== MessageType.Update || readU16(bytes, 16) !== bytes.length) continue;
    const want = vector.expect_error?.behaviour ?? 'accept';
    const reason = NOT_MET[vector.id];
    holds(`errors: ${vector.id} is ${want}`, reason, () => {
      const got = verdicts(vector);
      const behaviours = got.map((fault) => (fault === undefined ? 'accept' : BEHAVIOURS[fault.action]));
      const met = behaviours.some((behaviour) => want.includes(behaviour) || (want.startsWith('reject') && behaviour !== 'accept'));
      assert.ok(met || (want === 'first-instance-wins' && behaviours[0] === 'accept'), `${behaviours.join(', ')}: ${got.at(-1)?.reason}`);
      const { code, subcode, data_hex: data } = vector.expect_error ?? {};
      const reset = got.find((fault) => fault?.action === 'reset');
      if (code === undefined || reset === undefined || OTHER_SUBCODE.has(vector.id)) return;
      assert.deepEqual([reset.code, reset.subcode], [code, subcode], reset.reason);
      if (data !== undefined) assert.equal(toHex(reset.data), data);
    });
  }
}
