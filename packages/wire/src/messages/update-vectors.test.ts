/** Whole UPDATEs from other implementations' test suites: routes, End-of-RIB, and that everything comes back as octets and as text. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadVectors, type Vector } from '../../test/shared.ts';
import { parseAddress } from '../address.ts';
import type { PathAttribute } from '../attributes/attribute.ts';
import { attributeName, formatAttributeValue, parseAttribute } from '../attributes/attributes.ts';
import { fromHex, toHex } from '../bytes.ts';
import { HEADER_LENGTH, MessageType } from '../codes.ts';
import { DEFAULT_CONTEXT, type WireContext } from '../context.ts';
import { afiOf, type Family, family, safiOf } from '../family.ts';
import { Fault, ValueError } from '../fault.ts';
import { toJson } from '../json.ts';
import type { IpPrefix } from '../nlri/ip-prefix.ts';
import { splitUpdate } from './split-update.ts';
import { decodeUpdate, encodeUpdate, saysNothing, type UpdateMessage } from './update.ts';

const AREAS = [
  'update',
  'add-path',
  'attributes',
  'prefix-sid',
  'sr-policy',
  'labeled-unicast',
  'l3vpn',
  'mvpn',
  'evpn',
  'vpls',
  'rtc',
  'flowspec',
  'mup',
  'bgp-ls',
];

/** UPDATEs that end the session, and why; attributes/vectors.test.ts lists the same. */
const NOT_MET: Readonly<Record<string, string>> = {
  'bgp4j/BGPv4CodecTest/testNextHopPacketIpMulticastNextHop#1':
    'RFC 4271 §6.3: 224.0.0.1 is not the address of a host; RFC 7606 §5.2: no NLRI to withdraw',
  'bgp4j/UpdatePacketEncodingTest/testEncodeMpReachNlriUpdatePacketNullNextHopOneNlri': 'RFC 7606 §7.11: a next hop of no octets',
  'bgp4j/BGPv4CodecTest/testDecodeBogusSafiMpReachNlri#1': 'RFC 7606 §7.11: a next hop that labelled unicast cannot have',
  'exabgp/extended-nexthop/extended-nexthop.ci#2': 'RFC 7606 §7.11: a next hop that the family cannot have',
};

interface Expected {
  readonly withdrawn?: readonly ExpectedPrefix[];
  readonly nlri?: readonly ExpectedPrefix[];
  readonly end_of_rib?: { readonly afi: number; readonly safi: number };
}

interface ExpectedPrefix {
  readonly prefix: string;
  readonly path_id?: number;
}

function contextOf({ context }: Vector): WireContext {
  const addPath = new Set<Family>();
  if (Array.isArray(context?.addpath)) for (const [afi, safi] of context.addpath) addPath.add(family(afi, safi));
  else if (context?.addpath !== undefined) for (const afi of [1, 2]) for (const safi of [1, 2, 4, 128]) addPath.add(family(afi, safi));
  return { ...DEFAULT_CONTEXT, fourOctetAs: context?.four_octet_as ?? true, addPath, peerType: 'ibgp', extendedMessage: true };
}

function prefixes(list: readonly (ExpectedPrefix | IpPrefix)[]): unknown[] {
  return list.map((each) => {
    const [host = '', bits = ''] = each.prefix.split('/');
    return [
      toHex(parseAddress(host)!),
      Number(bits),
      'path_id' in each ? each.path_id : 'pathIdentifier' in each ? each.pathIdentifier : undefined,
    ];
  });
}

function check(vector: Vector): void {
  const bytes = fromHex(vector.hex);
  const context = contextOf(vector);
  const update = decodeUpdate(bytes, HEADER_LENGTH, bytes.length, context);
  assert.ok(!(update instanceof Fault), update instanceof Fault ? update.reason : '');
  const { withdrawn = [], nlri = [], end_of_rib: ended } = vector.expect as Expected;
  assert.deepEqual(prefixes(update.withdrawn), prefixes(withdrawn));
  assert.deepEqual(prefixes(update.nlri), prefixes(nlri));
  assert.deepEqual(update.endOfRib === undefined ? undefined : { afi: afiOf(update.endOfRib), safi: safiOf(update.endOfRib) }, ended);
  // What a verdict discarded is gone; what remains may be nothing, which must not become an End-of-RIB.
  if (saysNothing(update) && ended === undefined) assert.throws(() => encodeUpdate(update, context), ValueError);
  else {
    const octets = encodeUpdate(update, context);
    const again = decodeUpdate(octets, 0, octets.length, context);
    assert.ok(!(again instanceof Fault));
    if (update.fault === undefined) assert.deepEqual(plain(again), plain(update));
  }
  for (const attribute of update.attributes) {
    const back = parseAttribute(attributeName(attribute), formatAttributeValue(attribute));
    assert.deepEqual(withoutFlags(back), withoutFlags(attribute));
  }
  JSON.stringify(toJson(update));
  for (const part of splitUpdate(update, { ...context, extendedMessage: false })) {
    assert.ok(encodeUpdate(part, context).length <= 4096 - HEADER_LENGTH);
  }
}

/** As `encode` writes it: flags by the book; in any order. */
function plain(update: UpdateMessage): unknown {
  return { ...update, attributes: update.attributes.map(withoutFlags).sort((a, b) => a.type.localeCompare(b.type)) };
}

function withoutFlags(attribute: PathAttribute): PathAttribute {
  return attribute.type === 'unknown' ? attribute : { ...attribute, flags: 0 };
}

for (const area of AREAS) {
  const vectors = loadVectors(area);
  if (typeof vectors === 'string') {
    test(`UPDATEs of ${area}`, { skip: vectors }, () => {});
    continue;
  }
  for (const vector of vectors) {
    if (vector.kind !== 'message' || Number.parseInt(vector.hex.slice(36, 38), 16) !== MessageType.Update) continue;
    if (vector.expect === undefined || vector.implementation_specific === true) continue;
    const reason = NOT_MET[vector.id];
    test(`UPDATE of ${area}: ${vector.id}`, reason === undefined ? {} : { todo: reason }, () => check(vector));
  }
}
