/** Attribute sets that are near, at and above what a message holds: sent while any message holds them, withdrawn and counted from then on. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type AsPathSegment,
  DEFAULT_CONTEXT,
  encodeUpdate,
  IPV4_UNICAST,
  IPV6_UNICAST,
  type PathAttribute,
  ValueError,
  type WireContext,
} from '@tsbgp/wire';
import { FakePeer, settle, smallRib } from '../../test/fake-peer.ts';
import { NotSent } from '../index.ts';
import { checkInvariants } from '../invariants.ts';

const LOCAL_AS = 64_500;

function pathOf(length: number, first: number): AsPathSegment[] {
  const segments: AsPathSegment[] = [];
  for (let at = 0; at < length; at += 255) {
    segments.push({ type: 'sequence', asns: Array.from({ length: Math.min(255, length - at) }, (_, index) => first + at + index) });
  }
  return segments;
}

/** Whether some message holds the route once our AS is in front: by way of the typed encoder. */
function fits(path: readonly AsPathSegment[], prefix: string, context: WireContext): boolean {
  const [head, ...rest] = path;
  const joins = head !== undefined && head.asns.length < 255;
  const out: AsPathSegment[] = joins
    ? [{ type: 'sequence', asns: [LOCAL_AS, ...head.asns] }, ...rest]
    : [{ type: 'sequence', asns: [LOCAL_AS] }, ...path];
  const family = prefix.includes(':') ? IPV6_UNICAST : IPV4_UNICAST;
  const nlri = [{ type: 'ip-prefix' as const, family, prefix }];
  const attributes: PathAttribute[] = [
    { type: 'origin', flags: 0x40, value: 'igp' },
    { type: 'as-path', flags: 0x40, value: out },
  ];
  if (family === IPV4_UNICAST) attributes.push({ type: 'next-hop', flags: 0x40, value: '198.51.100.1' });
  // MP_REACH_NLRI of the RIB always has a length of two octets.
  else attributes.push({ type: 'mp-reach-nlri', flags: 0x90, value: { family, nextHops: ['2001:db8:ffff::1'], nlri } });
  try {
    const body = encodeUpdate({ type: 'update', withdrawn: [], attributes, nlri: family === IPV4_UNICAST ? nlri : [] }, context);
    const shorter = family === IPV6_UNICAST ? 1 : 0; // the typed encoder writes MP_REACH_NLRI's length in one octet
    return body.length + 19 + shorter <= (context.extendedMessage ? 65_535 : 4096);
  } catch (error) {
    if (error instanceof ValueError) return false;
    throw error;
  }
}

const RECEIVERS = [
  { name: 'four-octet', fourOctetAs: true, extendedMessage: false },
  { name: 'two-octet', fourOctetAs: false, extendedMessage: false },
  { name: 'extended', fourOctetAs: true, extendedMessage: true },
  { name: 'two-octet extended', fourOctetAs: false, extendedMessage: true },
] as const;

/** Lengths around every border there is, and all of the first 32. */
const LENGTHS: readonly number[] = [
  ...Array.from({ length: 32 }, (_, at) => at),
  61,
  62,
  63,
  126,
  127,
  128,
  254,
  255,
  256,
  509,
  510,
  511,
  ...Array.from({ length: 20 }, (_, at) => 655 + at),
  ...Array.from({ length: 20 }, (_, at) => 995 + at),
  1356,
  1357,
  1358,
  1500,
  1999,
  2000,
  2026,
  2027,
  2028,
  2029,
  ...Array.from({ length: 12 }, (_, at) => 10_820 + 4 * at),
  12_000,
  14_000,
  16_000,
  16_230,
  16_240,
  16_245,
  16_250,
];

for (const first of [1, 70_000]) {
  test(`RFC 8654 §5, RFC 6793 §4.2.2: AS_PATH from ${first} of any length is sent to whom a message can hold it`, () => {
    const rib = smallRib();
    const sender = new FakePeer(rib, { address: '10.0.0.1', as: 65_001, localAs: LOCAL_AS, extendedMessage: true });
    sender.up();
    const receivers = RECEIVERS.map(
      (options, at) => new FakePeer(rib, { address: `10.0.1.${at}`, as: 65_100 + at, localAs: LOCAL_AS, ...options }),
    );
    for (const receiver of receivers) receiver.up();
    settle(rib);
    const prefixes = ['0.0.0.0/0', '198.51.100.7/32', '::/0', '2001:db8::7/128'];
    const borders = new Set<number>();
    let before = '';
    for (const length of LENGTHS) {
      const path = pathOf(length, first);
      for (const prefix of prefixes) {
        const attributes: PathAttribute[] = [
          { type: 'origin', flags: 0x40, value: 'igp' },
          { type: 'as-path', flags: 0x40, value: path },
        ];
        assert.equal(sender.announceWith(attributes, [prefix.includes(':') ? '2001:db8:9::2' : '10.0.0.1'], prefix), undefined);
      }
      settle(rib);
      checkInvariants(rib);
      let held = '';
      for (const [at, receiver] of receivers.entries()) {
        const context = { ...DEFAULT_CONTEXT, ...RECEIVERS[at]! };
        const expected = prefixes.filter((prefix) => fits(path, prefix, context));
        assert.deepEqual([...receiver.view.keys()].sort(), [...expected].sort(), `${length} AS numbers towards "${RECEIVERS[at]!.name}"`);
        const members = rib.membersOf(receiver.ribPeer!);
        assert.equal(
          members.reduce((sum, member) => sum + member.advertised, 0),
          expected.length,
        );
        assert.equal(
          members.reduce((sum, { group }) => sum + group.notSent(NotSent.TooLarge), 0),
          prefixes.length - expected.length,
        );
        held += ` ${expected.length}`;
      }
      if (held !== before) borders.add(length);
      before = held;
    }
    assert.ok(borders.size > 4, 'the lengths cross borders');
  });
}

test('RFC 8654 §5: COMMUNITIES of 1,100 values towards a peer without extended messages: not sent, withdrawn, counted and told', () => {
  const told: string[] = [];
  const rib = smallRib({
    notSent: (group, reason, nlri, total) => void told.push(`${group.members[0]!.peer.options.name} ${reason} ${nlri} ${total}`),
    exportFailed: (_group, error) => assert.fail(String(error)),
    peerFailed: (_peer, error) => assert.fail(String(error)),
  });
  const sender = new FakePeer(rib, { address: '10.0.0.1', as: 65_001, localAs: LOCAL_AS, extendedMessage: true });
  const receiver = new FakePeer(rib, { address: '10.0.0.2', as: 65_002, localAs: LOCAL_AS });
  sender.up();
  receiver.up();
  settle(rib);
  const communities = Array.from({ length: 1100 }, (_, at) => at);
  sender.announce({ prefix: '192.0.2.0/24', asPath: [65_001] });
  settle(rib);
  assert.equal(receiver.view.size, 1);
  sender.announce({ prefix: '192.0.2.0/24', asPath: [65_001], communities }, { prefix: '198.51.100.0/24', asPath: [65_001], communities });
  settle(rib);
  checkInvariants(rib);
  assert.equal(receiver.view.size, 0);
  const member = rib.memberOf(receiver.ribPeer!, IPV4_UNICAST)!;
  assert.equal(member.advertised, 0);
  assert.ok(!member.isSent(1) && !member.isSent(2));
  assert.equal(member.group.notSent(NotSent.TooLarge), 2);
  assert.equal(told.filter((line) => line.startsWith('10.0.0.2')).length, 1, told.join());
  sender.announce({ prefix: '192.0.2.0/24', asPath: [65_001] });
  settle(rib);
  checkInvariants(rib);
  assert.deepEqual([...receiver.view.keys()], ['192.0.2.0/24']);
  assert.equal(member.advertised, 1);
});

test('RFC 7911 §3: a peer that takes path identifiers gets one with each route and each withdrawal', () => {
  const rib = smallRib();
  const sender = new FakePeer(rib, { address: '10.0.0.1', as: 65_001, localAs: LOCAL_AS });
  const receiver = new FakePeer(rib, { address: '10.0.0.2', as: 65_002, localAs: LOCAL_AS, addPath: [IPV4_UNICAST, IPV6_UNICAST] });
  const plain = new FakePeer(rib, { address: '10.0.0.3', as: 65_003, localAs: LOCAL_AS, addPath: [IPV6_UNICAST] });
  for (const each of [sender, receiver, plain]) each.up();
  for (let at = 0; at < 2000; at++) {
    sender.announce(
      { prefix: `10.${at >> 8}.${at & 0xff}.0/24`, asPath: [65_001] },
      { prefix: `2001:db8:${at.toString(16)}::/48`, asPath: [65_001] },
    );
  }
  settle(rib);
  assert.equal(receiver.view.size, 4000);
  assert.equal(plain.view.size, 4000);
  for (let at = 0; at < 2000; at++) {
    sender.withdraw(`10.${at >> 8}.${at & 0xff}.0/24`);
    sender.withdraw(`2001:db8:${at.toString(16)}::/48`);
  }
  settle(rib);
  assert.equal(receiver.view.size + plain.view.size, 0);
});
