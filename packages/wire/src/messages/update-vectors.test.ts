/** Whole UPDATEs from other implementations' test suites: routes, End-of-RIB, and that everything comes back as octets and as text. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isNoHost, vectorContext, withRightFlags } from '../../test/expected-verdict.ts';
import { loadVectors, type Vector } from '../../test/shared.ts';
import { UPDATE_AREAS } from '../../test/vectors/nlri.ts';
import { parseAddress } from '../address.ts';
import type { PathAttribute } from '../attributes/attribute.ts';
import { attributeName, formatAttributeValue, parseAttribute } from '../attributes/attributes.ts';
import { fromHex, toHex } from '../bytes.ts';
import { AttributeCode, HEADER_LENGTH, MessageType } from '../codes.ts';
import { afiOf, safiOf } from '../family.ts';
import { Fault, type FaultAction, ValueError } from '../fault.ts';
import { toJson } from '../json.ts';
import type { IpPrefix } from '../nlri/ip-prefix.ts';
import { UpdateScan } from '../scan/update-scan.ts';
import { splitUpdate } from './split-update.ts';
import { decodeUpdate, encodeUpdate, saysNothing, type UpdateMessage } from './update.ts';

/** UPDATEs that end the session, and why; attributes/vectors.test.ts lists the same. */
const NOT_MET: Readonly<Record<string, string>> = {
  'bgp4j/BGPv4CodecTest/testNextHopPacketIpMulticastNextHop#1':
    'RFC 4271 §6.3: 224.0.0.1 is not the address of a host; RFC 7606 §5.2: no NLRI to withdraw',
  'bgp4j/UpdatePacketEncodingTest/testEncodeMpReachNlriUpdatePacketNullNextHopOneNlri': 'RFC 7606 §7.11: a next hop of no octets',
  'bgp4j/BGPv4CodecTest/testDecodeBogusSafiMpReachNlri#1': 'RFC 7606 §7.11: a next hop that labelled unicast cannot have',
  'exabgp/extended-nexthop/extended-nexthop.ci#2': 'RFC 7606 §7.11: a next hop that the family cannot have',
};

interface Expected {
  readonly attributes?: readonly { readonly type: number; readonly value?: unknown }[];
  readonly withdrawn?: readonly ExpectedPrefix[];
  readonly nlri?: readonly ExpectedPrefix[];
  readonly end_of_rib?: { readonly afi: number; readonly safi: number };
}

interface ExpectedPrefix {
  readonly prefix: string;
  readonly path_id?: number;
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
  const context = vectorContext(vector, (vector.expect as Expected).attributes ?? []);
  const sections = new UpdateScan();
  assert.equal(sections.scan(bytes, HEADER_LENGTH, bytes.length), undefined);
  const repaired = withRightFlags(bytes, sections.attributesStart, sections.attributesEnd);
  if (repaired !== undefined) {
    // RFC 7606 §3 (c), §5.2; all the rest is asked of the same UPDATE with the flags that the RFCs want.
    const got = decodeUpdate(bytes, HEADER_LENGTH, bytes.length, context);
    const action = got instanceof Fault ? got.action : got.fault?.action;
    assert.ok(action === repaired.action || (action === 'reset' && repaired.action === 'withdraw'), String(action));
  }
  const update = decodeUpdate(repaired?.bytes ?? bytes, HEADER_LENGTH, bytes.length, context);
  assert.ok(!(update instanceof Fault), update instanceof Fault ? update.reason : '');
  assert.equal(update.fault?.action, expectedVerdict(vector), update.fault?.reason);
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

/** Most are well-formed. Of the others the vector says which mandatory attributes are missing, or shows a NEXT_HOP that no host can have. */
function expectedVerdict({ context, expect }: Vector): FaultAction | undefined {
  const { attributes = [], nlri = [] } = expect as Expected;
  const noHost = nlri.length > 0 && attributes.some(({ type, value }) => type === AttributeCode.NextHop && isNoHost(String(value)));
  return noHost || context?.lacks_mandatory_attributes !== undefined ? 'withdraw' : undefined;
}

/** As `encode` writes it: flags by the book; in any order. */
function plain(update: UpdateMessage): unknown {
  return { ...update, attributes: update.attributes.map(withoutFlags).sort((a, b) => a.type.localeCompare(b.type)) };
}

function withoutFlags(attribute: PathAttribute): PathAttribute {
  return attribute.type === 'unknown' ? attribute : { ...attribute, flags: 0 };
}

for (const area of UPDATE_AREAS) {
  const vectors = loadVectors(area);
  if (typeof vectors === 'string') {
    test(`UPDATEs of ${area}`, { skip: vectors }, () => {});
    continue;
  }
  for (const vector of vectors) {
    if (vector.kind !== 'message' || Number.parseInt(vector.hex.slice(36, 38), 16) !== MessageType.Update) continue;
    if (vector.expect === undefined) continue;
    const reason = NOT_MET[vector.id];
    test(`UPDATE of ${area}: ${vector.id}`, reason === undefined ? {} : { todo: reason }, () => check(vector));
  }
}
