/** What the vectors say of NLRI, made from ours, so that both can be compared. */
import assert from 'node:assert/strict';
import { parseAddress } from '../src/address.ts';
import { ByteWriter, toHex } from '../src/bytes.ts';
import { BGP_LS_KINDS } from '../src/nlri/bgp-ls.ts';
import { type BgpLsDescriptor, encodeDescriptors } from '../src/nlri/bgp-ls-descriptor.ts';
import type { FlowSpecComponent } from '../src/nlri/flowspec-component.ts';
import type { Nlri } from '../src/nlri/nlri.ts';

export type Fields = Record<string, unknown>;

/** Whether the NLRI are what `expect` of a vector says of them, all of it. */
export function assertNlri(got: readonly Nlri[], expected: readonly unknown[]): void {
  assertSays(
    got.map((nlri) => comparable(neutralLeaf(neutral(nlri)))),
    expected.map((each) => comparable(each)),
    'nlri',
  );
}

/** Whether `got` says all that `want` says: lists are equal in length, objects have at least the members of `want`. */
export function assertSays(got: unknown, want: unknown, where: string): void {
  if (Array.isArray(want)) {
    assert.ok(Array.isArray(got), `${where} is no list`);
    assert.equal(got.length, want.length, `length of ${where}`);
    for (const [i, each] of want.entries()) assertSays(got[i], each, `${where}[${i}]`);
  } else if (typeof want === 'object' && want !== null) {
    assert.ok(typeof got === 'object' && got !== null, `${where} is no object`);
    for (const [key, each] of Object.entries(want)) assertSays((got as Fields)[key], each, `${where}.${key}`);
  } else {
    assert.deepEqual(got, want, where);
  }
}

/** Route types by the vectors' names where ours differ. */
const ROUTE_NAMES: Readonly<Record<string, string>> = {
  'inclusive-multicast': 'inclusive-multicast-ethernet-tag',
  'multicast-join-sync': 'multicast-membership-report-sync',
};

/** What `expect` of a vector says of an NLRI, made from ours. */
function neutral(nlri: Nlri): Fields {
  const path: Fields = nlri.pathIdentifier === undefined ? {} : { path_id: nlri.pathIdentifier };
  const rd: Fields = 'rd' in nlri && nlri.rd !== undefined ? { rd: nlri.rd.replace('L', '') } : {};
  switch (nlri.type) {
    case 'ip-prefix':
      return { ...path, prefix: nlri.prefix };
    case 'unknown':
      return { ...path, raw: toHex(nlri.bytes) };
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

/** Its meaning, and its octets, which are all that some vectors say. */
function neutralDescriptor(descriptor: BgpLsDescriptor): Fields {
  const out = new ByteWriter();
  encodeDescriptors(out, [descriptor]);
  return { raw: toHex(out.take(), 4), ...descriptorMeaning(descriptor) };
}

function descriptorMeaning(descriptor: BgpLsDescriptor): Fields {
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
      return { tlv: 518, sid: descriptor.value, srv6_sid: descriptor.value, address: descriptor.value };
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

/** A leaf A-D route's key and router stand in one `raw` in the vectors. */
function neutralLeaf(fields: Fields): Fields {
  const { route_key: key, originating_router: router, ...rest } = fields;
  if (!(key instanceof Uint8Array)) return fields;
  const address = parseAddress(String(router))!;
  const counted = rest['route_type_name'] === 'leaf-auto-discovery' ? toHex(Uint8Array.of(8 * address.length)) : '';
  return { ...rest, raw: toHex(key) + counted + toHex(address) };
}
