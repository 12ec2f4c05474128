/** What BGP changes in attributes on their way out, octet by octet. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type AsPathSegment,
  DEFAULT_CONTEXT,
  encodeAttributes,
  fromHex,
  IPV4_UNICAST,
  type PathAttribute,
  toHex,
  type WireContext,
} from '@tsbgp/wire';
import { FakePeer, type FakePeerOptions, smallRib } from '../../test/fake-peer.ts';
import { Horizon, PeerKind } from '../peer.ts';
import { AttributeRewriter } from './rewrite.ts';
import type { ExportView } from './view.ts';

const ORIGIN = '40010100';
const NEXT_HOP = '400304c0000209';
const LOCAL_PREF = '40050400000064';
const OWN = fromHex('c6336401');
/** What goes out with our own next hop. */
const OWN_NEXT_HOP = `400304${toHex(OWN)}`;
const EXTERNAL: ExportView = {
  family: IPV4_UNICAST,
  kind: PeerKind.External,
  horizon: Horizon.External,
  localAs: 64_500,
  nextHopMeaning: 'plain',
  routeServerClient: false,
  ownAsInFront: false,
  asPath: { front: [64_500], isConfederation: false, removePrivate: undefined, override: false, remoteAs: undefined },
  clusterId: undefined,
  clientToClient: true,
  role: undefined,
  nextHopSelfAlways: false,
  nextHopUnchanged: false,
  ipv6NextHops: false,
  gracefulShutdown: false,
  staleRoutes: 'none',
  nextHopSelf: OWN,
  link: undefined,
  context: DEFAULT_CONTEXT,
};
const CLIENT: ExportView = { ...EXTERNAL, routeServerClient: true };
const INTERNAL: ExportView = {
  ...EXTERNAL,
  kind: PeerKind.Internal,
  horizon: Horizon.NonClient,
  asPath: { ...EXTERNAL.asPath, front: [] },
  context: { ...DEFAULT_CONTEXT, peerType: 'ibgp' },
};
const twoOctet = (view: ExportView): ExportView => ({ ...view, context: { ...view.context, fourOctetAs: false } });

/** The attributes of a canonical block as they go out; `from` is a peer of this AS. */
function rewritten(block: string, view: ExportView, from: Partial<FakePeerOptions> | 'local' = {}): string {
  const rib = smallRib();
  const peer = new FakePeer(rib, { address: '192.0.2.9', as: 65_001, localAs: 64_500, ...(from === 'local' ? {} : from) });
  peer.up();
  const bytes = fromHex(block);
  const attr = rib.attributes.intern(bytes, 0, bytes.length);
  const rewriter = new AttributeRewriter(view);
  rewriter.write(rib.attributes, attr, from === 'local' ? rib.localPeer : peer.ribPeer!);
  return toHex(rewriter.bytes.subarray(0, rewriter.length));
}

const hex = (text: string): string => text.replaceAll(' ', '');

for (const [view, name] of [
  [EXTERNAL, 'an external peer'],
  [CLIENT, 'a route server client'],
  [INTERNAL, 'an internal peer'],
] as const) {
  test(`RFC 5065 §4.1: AS_CONFED_SEQUENCE does not go to ${name}, as there is no confederation`, () => {
    const got = rewritten(`${ORIGIN}40020603010000ffdd${NEXT_HOP}${LOCAL_PREF}`, view, { as: 64_500 });
    const path = view === EXTERNAL ? '40020602010000fbf4' : '400200';
    const rest = view === INTERNAL ? NEXT_HOP + LOCAL_PREF : view === EXTERNAL ? OWN_NEXT_HOP : NEXT_HOP;
    assert.equal(got, ORIGIN + path + rest);
  });
}

test('RFC 5065 §4.1: segments of a confederation go, the others stay in their order', () => {
  const block = hex(`${ORIGIN} 400218 0401 0000fde8 0201 0000fde9 0301 00000001 0101 0000fdea ${NEXT_HOP}`);
  const path = '400210 0202 0000fbf4 0000fde9 0101 0000fdea';
  assert.equal(rewritten(block, EXTERNAL), hex(ORIGIN + path + OWN_NEXT_HOP));
});

test('RFC 5065 §4.1: towards a member of our confederation the segments stay', () => {
  const member = { ...INTERNAL, context: { ...INTERNAL.context, confederation: true } };
  const path = '40020603010000ffdd';
  assert.equal(rewritten(ORIGIN + path + NEXT_HOP, member), ORIGIN + path + NEXT_HOP + LOCAL_PREF);
});

test('RFC 4271 §4.3: the low four bits of the flags are zero when sent, and Partial is on optional transitive attributes only', () => {
  // ORIGIN 45, AS_PATH 60, NEXT_HOP 4f, MULTI_EXIT_DISC a8, COMMUNITIES e5, unknown c1.
  const block = hex('45010100 60020602010000fde9 4f0304c0000209 a8040400000005 e5080400010002 c1630101');
  const got = rewritten(block, INTERNAL);
  assert.equal(got, hex(`40010100 40020602010000fde9 ${NEXT_HOP} 80040400000005 ${LOCAL_PREF} e0080400010002 e0630101`));
});

test('RFC 4360 §6: non-transitive extended communities do not leave the AS', () => {
  const path = '40020602010000fde9';
  const out = '40020a02020000fbf40000fde9';
  const two = 'c01010 0002fde800000001 4304000000000002';
  assert.equal(rewritten(hex(ORIGIN + path + NEXT_HOP + two), EXTERNAL), hex(`${ORIGIN}${out}${OWN_NEXT_HOP} c01008 0002fde800000001`));
  assert.equal(rewritten(hex(ORIGIN + path + NEXT_HOP + two), CLIENT), hex(`${ORIGIN}${path}${NEXT_HOP} c01008 0002fde800000001`));
  assert.equal(rewritten(hex(ORIGIN + path + NEXT_HOP + two), INTERNAL), hex(`${ORIGIN}${path}${NEXT_HOP}${LOCAL_PREF}${two}`));
  // Where all go, the attribute goes: an empty one would be malformed (RFC 7606 §7.14).
  const bandwidth = 'c01010 4004fde84e6e6b28 4304000000000002';
  assert.equal(rewritten(hex(ORIGIN + path + NEXT_HOP + bandwidth), EXTERNAL), hex(`${ORIGIN}${out}${OWN_NEXT_HOP}`));
  assert.equal(rewritten(hex(ORIGIN + path + NEXT_HOP + bandwidth), EXTERNAL, 'local'), hex(`${ORIGIN}${out}${OWN_NEXT_HOP}`));
});

test('RFC 4360 §6: of a long list the transitive ones stay, with the length in one octet again', () => {
  const path = '40020602010000fde9';
  const list = Array.from({ length: 40 }, (_, at) => (at % 4 === 0 ? '0002fde8' : '4004fde8') + at.toString(16).padStart(8, '0'));
  const kept = list.filter((community) => community.startsWith('00')).join('');
  const block = `${ORIGIN}${path}${NEXT_HOP}d0100140${list.join('')}`;
  assert.equal(rewritten(block, EXTERNAL), `${ORIGIN}40020a02020000fbf40000fde9${OWN_NEXT_HOP}c01050${kept}`);
});

test('RFC 5701 §2: non-transitive IPv6 extended communities do not leave the AS', () => {
  const path = '40020602010000fde9';
  const stays = `0002${'20010db8'}${'00'.repeat(11)}01${'0064'}`;
  const goes = `4002${stays.slice(4)}`;
  const out = `${ORIGIN}40020a02020000fbf40000fde9${OWN_NEXT_HOP}`;
  assert.equal(rewritten(`${ORIGIN}${path}${NEXT_HOP}c01928${goes}${stays}`, EXTERNAL), `${out}c01914${stays}`);
  assert.equal(rewritten(`${ORIGIN}${path}${NEXT_HOP}c01914${goes}`, EXTERNAL), out);
});

test('RFC 6793 §4.2.2: two-octet peers get AS_TRANS, AS4_PATH and AS4_AGGREGATOR in the order of type codes', () => {
  const block = hex(
    `${ORIGIN} 40020a0202 00011170 0000fde9 ${NEXT_HOP} c00708 00011171 c0000201 c0080400010002 c0200c 000000010000000200000003`,
  );
  assert.equal(
    rewritten(block, twoOctet(EXTERNAL)),
    hex(
      `${ORIGIN} 4002080203 fbf4 5ba0 fde9 ${OWN_NEXT_HOP} c00706 5ba0 c0000201 c0080400010002 ` +
        'c0110e0203 0000fbf4 00011170 0000fde9 c01208 00011171 c0000201 c0200c 000000010000000200000003',
    ),
  );
});

test('RFC 6793 §4.2.2: what fits into two octets goes without AS4_PATH and AS4_AGGREGATOR', () => {
  const block = hex(`${ORIGIN} 4002060201 0000fde9 ${NEXT_HOP} e00708 0000fde8 c0000201`);
  assert.equal(rewritten(block, twoOctet(EXTERNAL)), hex(`${ORIGIN} 4002060202 fbf4 fde9 ${OWN_NEXT_HOP} e00706 fde8 c0000201`));
  assert.equal(
    rewritten(block, twoOctet({ ...EXTERNAL, asPath: { ...EXTERNAL.asPath, front: [4_200_000_000] } })),
    hex(`${ORIGIN} 4002060202 5ba0 fde9 ${OWN_NEXT_HOP} e00706 fde8 c0000201 c0110a0202 fa56ea00 0000fde9`),
  );
});

test('RFC 6793 §3: AS4_PATH and AS4_AGGREGATOR of an injected set go to nobody', () => {
  const block = hex(`${ORIGIN}4002060201 0000fde9 ${NEXT_HOP} c0110602010001 1170 c01208 00011171 c0000201`);
  assert.equal(rewritten(block, EXTERNAL, 'local'), hex(`${ORIGIN}40020a02020000fbf40000fde9${OWN_NEXT_HOP}`));
  assert.equal(rewritten(block, twoOctet(EXTERNAL), 'local'), hex(`${ORIGIN}4002060202fbf4fde9${OWN_NEXT_HOP}`));
});

/** What goes out, by way of the typed codec. */
function model(path: readonly AsPathSegment[], view: ExportView): string {
  const [first, ...rest] = path;
  const { localAs } = view;
  const prepended: AsPathSegment[] =
    first?.type === 'sequence' && first.asns.length < 255
      ? [{ type: 'sequence', asns: [localAs, ...first.asns] }, ...rest]
      : [{ type: 'sequence', asns: [localAs] }, ...path];
  const attributes: PathAttribute[] = [
    { type: 'origin', flags: 0x40, value: 'igp' },
    { type: 'as-path', flags: 0x40, value: view.kind === PeerKind.External ? prepended : [...path] },
    { type: 'next-hop', flags: 0x40, value: view.kind === PeerKind.External ? '198.51.100.1' : '192.0.2.9' },
  ];
  if (view.kind === PeerKind.Internal) attributes.push({ type: 'local-pref', flags: 0x40, value: 100 });
  return toHex(encodeAttributes(attributes, view.context));
}

const STORED: WireContext = { ...DEFAULT_CONTEXT, peerType: 'ibgp' };

for (const [name, view] of Object.entries({
  external: EXTERNAL,
  internal: INTERNAL,
  'two-octet external': twoOctet(EXTERNAL),
  'two-octet internal': twoOctet(INTERNAL),
})) {
  test(`RFC 4271 §5.1.2, RFC 6793 §4.2.2: AS_PATH of every length, towards ${name} peers`, () => {
    const rib = smallRib();
    const peer = new FakePeer(rib, { address: '192.0.2.9', as: 65_001, localAs: 64_500 });
    peer.up();
    const rewriter = new AttributeRewriter(view);
    for (const from of [65_001, 70_000]) {
      for (let length = 0; length < 2200; length++) {
        const path: AsPathSegment[] = [];
        for (let at = 0; at < length; at += 255) {
          path.push({ type: 'sequence', asns: Array.from({ length: Math.min(255, length - at) }, (_, index) => from + index) });
        }
        const block = encodeAttributes(
          [
            { type: 'origin', flags: 0x40, value: 'igp' },
            { type: 'as-path', flags: 0x40, value: path },
            { type: 'next-hop', flags: 0x40, value: '192.0.2.9' },
          ],
          STORED,
        );
        const attr = rib.attributes.intern(block, 0, block.length);
        rewriter.write(rib.attributes, attr, peer.ribPeer!);
        rib.attributes.sweep(attr);
        const got = toHex(rewriter.bytes.subarray(0, rewriter.length));
        if (got !== model(path, view)) assert.fail(`${length} AS numbers from ${from}: ${got.slice(0, 80)}…`);
      }
    }
  });
}
