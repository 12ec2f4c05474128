/** Vectors of NLRI from other implementations' test suites: the octets mean what they say, and come back. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadVectors, type Vector } from '../../test/shared.ts';
import { parseAddress } from '../address.ts';
import { fromHex, readU16, toHex } from '../bytes.ts';
import { family as familyOf } from '../family.ts';
import { BGP_LS_KINDS } from './bgp-ls.ts';
import type { BgpLsDescriptor } from './bgp-ls-descriptor.ts';
import { encodeTypedNlri, familyCodec, type TypedNlri } from './families.ts';
import type { FlowSpecComponent } from './flowspec-component.ts';

type Fields = Record<string, unknown>;

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

/** Areas whose NLRI are all of the families here; of the others only those vectors count that hold such an NLRI. */
const AREAS = ['labeled-unicast', 'l3vpn', 'rtc', 'vpls', 'mvpn', 'evpn', 'flowspec', 'mup', 'sr-policy', 'bgp-ls', 'add-path'];

/** Route types by the vectors' names where ours differ. */
const ROUTE_NAMES: Readonly<Record<string, string>> = {
  'inclusive-multicast': 'inclusive-multicast-ethernet-tag',
  'multicast-join-sync': 'multicast-membership-report-sync',
};

/** What `expect` of a vector says of an NLRI, made from ours. */
function neutral(nlri: TypedNlri): Fields {
  const path: Fields = nlri.pathIdentifier === undefined ? {} : { path_id: nlri.pathIdentifier };
  const rd: Fields = 'rd' in nlri && nlri.rd !== undefined ? { rd: nlri.rd.replace('L', '') } : {};
  switch (nlri.type) {
    case 'labeled-unicast':
      return { ...path, labels: nlri.labels, prefix: nlri.prefix };
    case 'vpn':
      return { ...path, ...(nlri.labels && { labels: nlri.labels }), ...rd, prefix: nlri.prefix };
    case 'route-target':
      return {
        ...path,
        prefix_len: nlri.length,
        ...(nlri.originAs !== undefined && { origin_as: nlri.originAs }),
        ...(nlri.routeTarget && { raw: toHex(nlri.routeTarget) }),
      };
    case 'vpls':
      if (nlri.peAddress !== undefined) return { ...path, ...rd, pe_address: nlri.peAddress };
      return {
        ...path,
        ...rd,
        ve_id: nlri.veId,
        ve_block_offset: nlri.veBlockOffset,
        ve_block_size: nlri.veBlockSize,
        label_base: nlri.labelBase,
        label_base_raw: (nlri.labelBase << 4) | (nlri.labelBits ?? 0),
      };
    case 'sr-policy':
      return { ...path, distinguisher: nlri.distinguisher, color: nlri.color, endpoint: nlri.endpoint };
    case 'flowspec':
      return { ...path, ...rd, components: nlri.components.map(neutralComponent) };
    case 'bgp-ls': {
      if (nlri.kind === 'unknown') return { ...path, ...rd, nlri_type: nlri.nlriType, raw: toHex(nlri.bytes) };
      return {
        ...path,
        ...rd,
        nlri_type: BGP_LS_KINDS.indexOf(nlri.kind) + 1,
        protocol_id: nlri.protocol,
        identifier: Number(nlri.identifier),
        descriptors: nlri.descriptors.map(neutralDescriptor),
      };
    }
    case 'evpn':
    case 'mcast-vpn':
    case 'mup': {
      if (nlri.route === 'unknown') return { ...path, route_type: nlri.routeType, route_type_name: 'unknown', raw: toHex(nlri.bytes) };
      const { type: _, family: __, pathIdentifier: ___, route, ...fields } = nlri;
      const name = ROUTE_NAMES[route] ?? route;
      const plain: Fields = { ...path, route_type_name: name };
      for (const [key, value] of Object.entries(fields)) plain[key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)] = value;
      return { ...plain, ...rd };
    }
  }
}

function neutralComponent(component: FlowSpecComponent): Fields {
  const { code: type, name } = component;
  if ('prefix' in component) return { type, name, prefix: component.prefix, offset: component.offset ?? 0 };
  if ('numbers' in component) return { type, name, ops: component.numbers.map(withoutOctets) };
  if ('bits' in component) return { type, name, ops: component.bits.map(withoutOctets) };
  return { type, raw: toHex(component.bytes) };
}

/** How wide a value is written says nothing about what it means. */
function withoutOctets(operator: object): Fields {
  const fields: Fields = { ...operator };
  delete fields['octets'];
  return fields;
}

const DESCRIPTOR_CODES: Readonly<Record<string, number>> = {
  'local-node': 256,
  'remote-node': 257,
  'link-identifiers': 258,
  'ipv4-interface': 259,
  'ipv4-neighbor': 260,
  'ipv6-interface': 261,
  'ipv6-neighbor': 262,
  'multi-topology': 263,
  'ospf-route-type': 264,
  'ip-reachability': 265,
};

function neutralDescriptor(descriptor: BgpLsDescriptor): Fields {
  const tlv = DESCRIPTOR_CODES[descriptor.name];
  switch (descriptor.name) {
    case 'local-node':
    case 'remote-node':
      return { tlv, node: descriptor.descriptors.map(neutralDescriptor) };
    case 'as':
      return { tlv: 512, as: descriptor.value };
    case 'bgp-ls-identifier':
      return { tlv: 513, bgp_ls_id: descriptor.value };
    case 'ospf-area':
      return { tlv: 514, ospf_area: descriptor.value };
    case 'igp-router-id':
      return { tlv: 515, igp_router_id: descriptor.value };
    case 'bgp-router-id':
      return { tlv: 516, bgp_router_id: descriptor.value };
    case 'bgp-confederation-member':
      return { tlv: 517, confed_member_as: descriptor.value };
    case 'srv6-sid':
      return { tlv: 518, sid: descriptor.value };
    case 'link-identifiers':
      return { tlv, local_id: descriptor.local, remote_id: descriptor.remote };
    case 'multi-topology':
      return { tlv, mt_ids: descriptor.ids };
    case 'ospf-route-type':
      return { tlv, ospf_route_type: descriptor.value };
    case 'ip-reachability':
      return { tlv, prefix: descriptor.prefix };
    case 'candidate-path':
      return { tlv, ...descriptor };
    case 'unknown':
      return { tlv: descriptor.code, raw: toHex(descriptor.bytes) };
    default:
      return { tlv, address: descriptor.value };
  }
}

/** Both sides without what only one of them prints, addresses by value. */
function comparable(value: unknown, key = ''): unknown {
  if (Array.isArray(value)) return value.map((each) => comparable(each));
  if (value instanceof Uint8Array) return toHex(value);
  if (typeof value === 'string') return comparableText(value, key);
  if (typeof value !== 'object' || value === null) return value;
  const fields = { ...(value as Fields) };
  const target = fields['route_target'] as Fields | undefined;
  if (target !== undefined) fields['raw'] = target['raw'];
  if (fields['route_target_raw'] !== undefined) fields['raw'] = fields['route_target_raw'];
  if (fields['teid_bits'] !== undefined) {
    // MUP type 2: the vectors print the parts of our endpoint beside each other.
    const bits = Number(fields['teid_bits']);
    const raw = String(fields['teid_raw'] ?? '').padEnd(8, '0');
    // Bits that do not count are as sent in the vectors, 0 in ours.
    const teid = Number((BigInt(`0x${raw}`) >> BigInt(32 - bits)) << BigInt(32 - bits));
    fields['endpoint'] = { address: fields['endpoint'], teid, teidBits: bits };
  }
  if (fields['origin_as'] !== undefined && typeof fields['raw'] === 'string') {
    const bits = Number(fields['prefix_len']) - 32;
    const raw = BigInt(`0x${fields['raw'].padEnd(16, '0')}`);
    fields['raw'] = ((raw >> BigInt(64 - bits)) << BigInt(64 - bits)).toString(16);
  }
  // `raw` beside a meaning says the same twice.
  if (fields['tlv'] !== undefined && Object.keys(fields).some((each) => !['tlv', 'raw', 'prefix_len'].includes(each))) delete fields['raw'];
  const skipped = [
    'route_target',
    'route_target_raw',
    'nlri_type_name',
    'length',
    'mac_len',
    'ip_len',
    'endpoint_len',
    'source_len',
    'teid_bits',
    'teid_raw',
    'architecture',
    'prefix_len',
  ];
  const result: Fields = {};
  for (const [name, each] of Object.entries(fields)) {
    if (skipped.includes(name) && !(name === 'prefix_len' && fields['origin_as'] !== undefined)) continue;
    if (name === 'offset' && each === 0) continue;
    if (name === 'route_type' && fields['route_type_name'] !== 'unknown') continue;
    if (each === null || each === undefined) continue;
    result[name] = comparable(each, name);
  }
  return result;
}

function comparableText(text: string, key: string): string {
  if (key === 'esi' || key === 'mac') return text.replaceAll(':', '');
  // A designated router's interface behind the router: the vectors print octets.
  if (key === 'igp_router_id' && /^[\d.]+-\d+\./.test(text))
    return text
      .split('-')
      .map((part) => toHex(parseAddress(part)!))
      .join('');
  const foreign = /^type(\d+):([0-9a-f]{12})$/.exec(text);
  if (key === 'rd' && foreign !== null) return `0x${Number(foreign[1]).toString(16).padStart(4, '0')}${foreign[2]}`;
  const [host = '', length] = text.split('/');
  const address = parseAddress(host);
  return address === undefined ? text : `${toHex(address)}${length === undefined ? '' : `/${length}`}`;
}

/** All NLRI in the octets, or undefined when one is malformed. */
function decodeAll(bytes: Uint8Array, start: number, end: number, afi: number, safi: number, addPath: boolean): TypedNlri[] | undefined {
  const of = familyOf(afi, safi);
  const codec = familyCodec(of);
  assert.ok(codec, `no codec for ${afi}/${safi}`);
  const found: TypedNlri[] = [];
  for (let at = start; at < end; ) {
    const from = addPath ? at + 4 : at;
    const next = codec.next(bytes, from, end);
    if (next < 0) return undefined;
    const nlri = codec.decode(bytes, from, next, of);
    if (nlri === undefined) return undefined;
    if (addPath) nlri.pathIdentifier = readU16(bytes, at) * 0x1_0000 + readU16(bytes, at + 2);
    found.push(nlri);
    // Text and octets come back.
    const { pathIdentifier: _, ...plain } = nlri;
    assert.deepEqual(codec.parse(codec.format(nlri), of), plain);
    const again = encodeTypedNlri(nlri);
    assert.deepEqual(codec.decode(again, 0, again.length, of), plain);
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
  assert.deepEqual(
    got.map((nlri) => comparable(neutralLeaf(neutral(nlri)))),
    expected.map((each) => comparable(each)),
  );
}

/** A leaf A-D route's key and router stand in one `raw` in the vectors. */
function neutralLeaf(fields: Fields): Fields {
  const { route_key: key, originating_router: router, ...rest } = fields;
  if (!(key instanceof Uint8Array)) return fields;
  const address = parseAddress(String(router))!;
  const counted = rest['route_type_name'] === 'leaf-auto-discovery' ? toHex(Uint8Array.of(8 * address.length)) : '';
  return { ...rest, raw: toHex(key) + counted + toHex(address) };
}

interface Mp {
  readonly type: number;
  readonly value?: { readonly afi: number; readonly safi: number; readonly nlri?: readonly unknown[] };
}

/** MP_REACH_NLRI and MP_UNREACH_NLRI values in an attribute list, by hand: these tests stand below the attribute codecs. */
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
    if (value?.nlri === undefined || familyCodec(familyOf(value.afi, value.safi)) === undefined) continue;
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

for (const area of AREAS) {
  const vectors = loadVectors(area);
  if (typeof vectors === 'string') {
    test(`vectors: ${area}`, { skip: vectors }, () => {});
    continue;
  }
  for (const vector of vectors) {
    if (vector.kind === 'attribute-value' || vector.kind === 'bgpls-tlv') continue;
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
    if (vector.kind !== 'nlri' || vector.expect_error === undefined || familyCodec(familyOf(afi, safi)) === undefined) continue;
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
