/** Every message of ExaBGP's own test suite that is shared: it reads without a fault, and comes back as octets and as text. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { messageComesBack } from '../../test/round-trip.ts';
import { sharedWireFolder } from '../../test/shared.ts';
import type { PathAttribute } from '../attributes/attribute.ts';
import { attributeName, formatAttributeValue } from '../attributes/attributes.ts';
import { attributeCodec } from '../attributes/registry.ts';
import { fromHex, toHex } from '../bytes.ts';
import { HEADER_LENGTH } from '../codes.ts';
import { DEFAULT_CONTEXT, type WireContext } from '../context.ts';
import { Afi, makeFamily, Safi } from '../family.ts';
import { Fault } from '../fault.ts';
import { isMalformed } from '../nlri/nlri.ts';
import { frameMessage } from './control-message.ts';
import { decodeMessage, encodeMessage } from './message.ts';
import type { UpdateMessage } from './update.ts';

interface ExaMessage {
  readonly type?: string;
  readonly raw?: string;
  readonly without_marker?: boolean;
}

interface ExaFile {
  readonly name: string;
  readonly kind: string;
  readonly type?: string;
  readonly raw?: string;
  readonly has_header?: boolean;
  readonly config?: string;
  readonly features?: readonly string[];
  readonly sessions?: readonly { readonly stages: readonly { readonly messages: readonly ExaMessage[] }[] }[];
}

/** Messages that are not met, by file and place, and why. */
const NOT_MET: Readonly<Record<string, string>> = {
  'encoding/conf-attributes.json#3': 'RFC 4271 §6.3: next hop 255.255.255.255 is not the address of a host; it reads, with that verdict',
  'encoding/conf-flow.json#7': 'RFC 8956 §3.1: a prefix with an offset has only the octets of the bits behind it; kept as octets',
  'encoding/extended-nexthop.json#2': 'RFC 7606 §7.11: no RFC gives IPv6 unicast a next hop of IPv4; the session ends',
  'decoding/bgp-evpn-1.json#1':
    'RFC 9251 §9.3: a leave synch of 39 octets, this has 38, of an earlier draft; kept as octets, as upstream does',
};

const ADD_PATH: ReadonlySet<ReturnType<typeof makeFamily>> = new Set(
  [Safi.Unicast, Safi.Multicast, Safi.LabeledUnicast, Safi.MplsVpn].flatMap((safi) => [
    makeFamily(Afi.Ipv4, safi),
    makeFamily(Afi.Ipv6, safi),
  ]),
);

function contextOf({ config = '' }: ExaFile): WireContext {
  const as = (word: string) => new RegExp(`\\b${word}-as\\s+(\\d+)`).exec(config)?.[1];
  return {
    ...DEFAULT_CONTEXT,
    peerType: as('local') === as('peer') ? 'ibgp' : 'ebgp',
    fourOctetAs: !/asn4\s+disable/.test(config),
    extendedMessage: true,
    addPath: /add-path\s+(send|receive|send\/receive)/.test(config) ? ADD_PATH : new Set(),
  };
}

function* messagesOf(file: ExaFile): Generator<ExaMessage> {
  if (file.raw !== undefined) yield { type: file.type ?? '', raw: file.raw };
  for (const session of file.sessions ?? []) for (const stage of session.stages) yield* stage.messages;
}

/** The message with its header, whichever part of it is given. */
function whole({ raw = '', type, without_marker: bare }: ExaMessage, file: ExaFile): Uint8Array | undefined {
  const bytes = fromHex(raw);
  if (bare === true) return Uint8Array.from([...new Uint8Array(16).fill(0xff), ...bytes]);
  if (file.has_header !== false) return bytes;
  return type === 'update' ? frameMessage(2, { ...DEFAULT_CONTEXT, extendedMessage: true }, (out) => out.raw(bytes)) : undefined;
}

const counts = { messages: 0, same: 0 };

function check(bytes: Uint8Array, context: WireContext): void {
  const message = decodeMessage(bytes, 0, bytes.length, context, { lenient: true });
  assert.ok(!(message instanceof Fault), message instanceof Fault ? message.reason : '');
  messageComesBack(message);
  const octets = encodeMessage(message, context);
  counts.messages++;
  if (toHex(octets) === toHex(bytes)) counts.same++;
  const again = decodeMessage(octets, 0, octets.length, context, { lenient: true });
  assert.ok(!(again instanceof Fault), again instanceof Fault ? again.reason : '');
  if (message.type !== 'update' || again.type !== 'update') {
    assert.deepEqual(again, message);
    return;
  }
  assert.equal(message.fault, undefined, message.fault?.reason);
  assert.deepEqual(plain(again), plain(message));
  for (const attribute of message.attributes) {
    assert.ok(attribute.type !== 'unknown' || attributeCodec(attribute.code) === undefined, attributeName(attribute));
    if (attribute.type === 'mp-reach-nlri' || attribute.type === 'mp-unreach-nlri') {
      assert.ok(!attribute.value.nlri.some(isMalformed), formatAttributeValue(attribute));
    }
  }
}

function plain(update: UpdateMessage): unknown {
  return { ...update, attributes: update.attributes.map(withoutFlags).sort((a, b) => a.type.localeCompare(b.type)) };
}

function withoutFlags(attribute: PathAttribute): PathAttribute {
  return attribute.type === 'unknown' ? attribute : { ...attribute, flags: 0 };
}

const wire = sharedWireFolder();
if (wire === undefined) {
  test("ExaBGP's messages", { skip: 'no shared conformance folder' }, () => {});
} else {
  for (const folder of ['encoding', 'api', 'decoding']) {
    const path = `${wire}../exabgp/${folder}/`;
    for (const name of readdirSync(path).filter((each) => each.endsWith('.json'))) {
      const file = JSON.parse(readFileSync(path + name, 'utf8')) as ExaFile;
      let place = 0;
      for (const message of messagesOf(file)) {
        if (message.raw === undefined) continue;
        const bytes = whole(message, file);
        if (bytes === undefined || bytes.length < HEADER_LENGTH) continue;
        const title = `${folder}/${name}#${++place}`;
        test(`ExaBGP ${title}`, { todo: NOT_MET[title] }, () => check(bytes, contextOf(file)));
      }
    }
  }
  test('most messages come back octet by octet', (t) => t.diagnostic(`${counts.same} of ${counts.messages}`));
}
