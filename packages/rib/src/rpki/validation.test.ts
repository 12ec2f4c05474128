/** What RPKI says of routes: which are used, what is looked up, and what a change of the data concerns. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatAddress, IPV4_UNICAST, IPV6_UNICAST, toHex } from '@tsbgp/wire';
import { FakePeer, type FakePeerOptions, settle, smallRib } from '../../test/fake-peer.ts';
import { fakeRpki } from '../../test/fake-rpki.ts';
import { TestPolicy } from '../../test/test-policy.ts';
import { AspaState, type ExportPolicy, PolicyReads, type Rib, RovState } from '../index.ts';
import { checkInvariants } from '../invariants.ts';

const PREFIX = '192.0.2.0/24';
const REJECT = { rov: 'reject-invalid' } as const;

function world(options: Partial<FakePeerOptions> = { validation: REJECT }) {
  const rpki = fakeRpki();
  const rib = smallRib(undefined, 64_500, { validator: rpki.validator });
  const sender = new FakePeer(rib, { address: '10.0.0.1', as: 65_001, localAs: 64_500, ...options });
  const receiver = new FakePeer(rib, { address: '10.0.0.2', as: 65_002, localAs: 64_500 });
  const internal = new FakePeer(rib, { address: '10.0.0.3', as: 64_500, localAs: 64_500 });
  for (const peer of [sender, receiver, internal]) peer.up();
  return { rpki, rib, sender, receiver, internal };
}

function work(rib: Rib): void {
  settle(rib);
  checkInvariants(rib);
}

/** The reasons for which the paths of the sender are not used, by prefix. */
function reasons(rib: Rib, sender: FakePeer): Record<string, string | undefined> {
  const found: Record<string, string | undefined> = {};
  for (const table of rib.tables) {
    for (let nlri = 1; nlri < table.index.top; nlri++) {
      if (!table.index.isLive(nlri)) continue;
      const wire = new Uint8Array(17);
      table.index.write(wire, 0, nlri as never);
      const text = `${formatAddress(wire.subarray(1, table.family === IPV4_UNICAST ? 5 : 17))}/${wire[0]}`;
      for (let path = table.firstPath(nlri as never); path !== 0; path = table.nextPath(path)) {
        if (table.peerOf(path) === sender.ribPeer) found[text] = table.filterReason(path);
      }
    }
  }
  return found;
}

test('RFC 6811: an invalid route is held and not used; valid ones and those without a covering VRP are used', () => {
  const { rpki, rib, sender, receiver } = world();
  rpki.vrps('192.0.2.0/24-24 65001', '198.51.100.0/22-22 65009', '2001:db8::/32-48 65001');
  sender.announce({ prefix: PREFIX, asPath: [65_001] }, { prefix: '198.51.100.0/24', asPath: [65_001] });
  sender.announce({ prefix: '203.0.113.0/24', asPath: [65_001] });
  sender.announce({ prefix: '2001:db8:1::/48', asPath: [65_001] }, { prefix: '2001:db8:2::/49', asPath: [65_001] });
  work(rib);
  assert.deepEqual(reasons(rib, sender), {
    '192.0.2.0/24': undefined,
    '198.51.100.0/24': 'rpki-invalid',
    '203.0.113.0/24': undefined,
    '2001:db8:1::/48': undefined,
    '2001:db8:2::/49': 'rpki-invalid',
  });
  assert.deepEqual([...receiver.view.keys()].toSorted(), ['192.0.2.0/24', '2001:db8:1::/48', '203.0.113.0/24']);
});

test('RFC 6811 §2: a path that ends in a set has no origin; an empty one has ours', () => {
  const { rpki, rib, sender, internal } = world();
  internal.change({ validation: REJECT });
  rpki.vrps('192.0.2.0/24-24 65001', '198.51.100.0/24-24 64500');
  const ends = [
    { type: 'sequence' as const, asns: [65_001] },
    { type: 'set' as const, asns: [65_001] },
  ];
  sender.announce({ prefix: PREFIX, asPath: [], segments: ends });
  internal.announce({ prefix: '198.51.100.0/24', asPath: [] }, { prefix: PREFIX, asPath: [] });
  work(rib);
  assert.deepEqual(reasons(rib, sender), { '192.0.2.0/24': 'rpki-invalid' });
  assert.deepEqual(reasons(rib, internal), { '192.0.2.0/24': 'rpki-invalid', '198.51.100.0/24': undefined });
});

test('"mark" uses all routes, and "off" asks nobody', () => {
  for (const [rov, asked] of [
    ['mark', 1],
    ['off', 0],
  ] as const) {
    const { rpki, rib, sender, receiver } = world({ validation: { rov } });
    rpki.vrps('192.0.2.0/24-24 65009');
    sender.announce({ prefix: PREFIX, asPath: [65_001] });
    work(rib);
    assert.ok(receiver.view.has(PREFIX));
    assert.equal(rpki.asked.length, asked);
  }
});

test('the state of a prefix and origin is looked up once', () => {
  const { rpki, rib, sender, receiver } = world();
  receiver.change({ validation: REJECT });
  rpki.vrps('192.0.2.0/24-24 65001');
  for (let med = 0; med < 10; med++) {
    sender.announce({ prefix: PREFIX, asPath: [65_001], med });
    receiver.announce({ prefix: PREFIX, asPath: [65_002, 65_001], med });
  }
  work(rib);
  assert.deepEqual(rpki.asked, ['192.0.2.0/24 65001']);
  // A prefix that is gone is not remembered: its id goes to another one.
  sender.withdraw(PREFIX);
  receiver.withdraw(PREFIX);
  work(rib);
  sender.announce({ prefix: '192.0.3.0/24', asPath: [65_001] });
  work(rib);
  assert.deepEqual(rpki.asked, ['192.0.2.0/24 65001', '192.0.3.0/24 65001']);
});

test('a change of VRPs reaches accepted and rejected routes in its ranges, and no others', () => {
  const { rpki, rib, sender, receiver } = world();
  rpki.vrps('192.0.2.0/24-24 65009', '198.51.100.0/24-24 65001');
  sender.announce({ prefix: PREFIX, asPath: [65_001] }, { prefix: '198.51.100.0/24', asPath: [65_001] });
  sender.announce({ prefix: '203.0.113.0/24', asPath: [65_001] }, { prefix: '192.0.2.128/25', asPath: [65_001] });
  work(rib);
  assert.deepEqual([...receiver.view.keys()].toSorted(), ['198.51.100.0/24', '203.0.113.0/24']);
  rpki.asked.length = 0;
  receiver.log.length = 0;
  rpki.change(rib, ['192.0.2.0/24-24 65001'], ['192.0.2.0/24-24 65009']);
  work(rib);
  assert.deepEqual(rpki.asked.toSorted(), ['192.0.2.0/24 65001', '192.0.2.128/25 65001']);
  assert.deepEqual(receiver.log, ['announce 192.0.2.0/24'], 'nothing is withdrawn in between');
  rpki.change(rib, ['203.0.113.0/24-24 65009'], ['198.51.100.0/24-24 65001']);
  work(rib);
  assert.deepEqual(receiver.log, ['announce 192.0.2.0/24', 'withdraw 203.0.113.0/24']);
});

test('RFC 9324: routes that are invalid are held, also where other rejected routes are not', () => {
  const { rpki, rib, sender, receiver } = world({ validation: REJECT, keepRejected: false });
  rpki.vrps('192.0.2.0/24-24 65009');
  sender.announce({ prefix: PREFIX, asPath: [65_001] });
  work(rib);
  assert.deepEqual(reasons(rib, sender), { '192.0.2.0/24': 'rpki-invalid' });
  rpki.change(rib, [], ['192.0.2.0/24-24 65009']);
  work(rib);
  assert.ok(receiver.view.has(PREFIX));
});

test('routes that become valid again do not pass the limit of a peer', () => {
  const limits = { action: 'discard', warningPercent: 100, routes: new Map([[IPV4_UNICAST, { accepted: 1 }]]) } as const;
  const { rpki, rib, sender, receiver } = world({ validation: REJECT, limits });
  rpki.vrps('192.0.2.0/24-24 65009');
  sender.announce({ prefix: PREFIX, asPath: [65_001] }, { prefix: '198.51.100.0/24', asPath: [65_001] });
  work(rib);
  assert.deepEqual([...receiver.view.keys()], ['198.51.100.0/24']);
  rpki.change(rib, [], ['192.0.2.0/24-24 65009']);
  work(rib);
  assert.deepEqual(reasons(rib, sender), { '192.0.2.0/24': 'max-prefix', '198.51.100.0/24': undefined });
});

test('ASPA: a path that is a leak is not used, and a change concerns only the sets with that customer', () => {
  const { rpki, rib, sender, receiver } = world({ validation: { aspa: 'reject-invalid' } });
  rpki.aspa(65_003, 65_004);
  sender.announce({ prefix: PREFIX, asPath: [65_001, 65_003] }, { prefix: '198.51.100.0/24', asPath: [65_001, 65_005] });
  // The first AS must be the neighbor's.
  sender.announce({ prefix: '203.0.113.0/24', asPath: [65_007] });
  work(rib);
  assert.deepEqual(reasons(rib, sender), {
    '192.0.2.0/24': 'aspa-invalid',
    '198.51.100.0/24': undefined,
    '203.0.113.0/24': 'aspa-invalid',
  });
  assert.equal(rpki.verified.length, 3, 'once per set');
  rpki.verified.length = 0;
  rpki.aspaChange(rib, 65_003, 65_001);
  work(rib);
  assert.deepEqual(rpki.verified, ['up 65001 65003']);
  assert.deepEqual([...receiver.view.keys()].toSorted(), ['192.0.2.0/24', '198.51.100.0/24']);
});

test('ASPA: the direction is that of the role, and a route server need not be in the path', () => {
  const { rpki, rib, sender } = world({ validation: { aspa: 'mark', isDownstream: true, isRouteServer: true } });
  sender.announce({ prefix: PREFIX, asPath: [65_007] });
  work(rib);
  assert.deepEqual(rpki.verified, ['down 65007']);
});

test('a peer whose options change is judged by the new ones', () => {
  const { rpki, rib, sender, receiver } = world({ validation: { rov: 'mark' } });
  rpki.vrps('192.0.2.0/24-24 65009');
  sender.announce({ prefix: PREFIX, asPath: [65_001] });
  work(rib);
  sender.change({ validation: REJECT });
  work(rib);
  assert.equal(receiver.view.has(PREFIX), false);
  sender.change({ validation: {} });
  work(rib);
  assert.ok(receiver.view.has(PREFIX));
});

const INVALID = '0x4300000000000002';
const COMMUNITY = { validation: { rov: 'mark', stateCommunity: true } } as const;

/** The extended communities of a route that a peer holds, in hex. */
function extended(peer: FakePeer, prefix: string): string[] {
  const attribute = peer.attributes.get(prefix)?.find(({ type }) => type === 'extended-communities');
  return attribute?.type === 'extended-communities' ? attribute.value.map((octets) => toHex(octets)) : [];
}

test('RFC 8097: the state goes to internal peers as a community, not to external ones, and follows the data', () => {
  const { rpki, rib, sender, receiver, internal } = world(COMMUNITY);
  rpki.vrps('192.0.2.0/24-24 65009');
  const target = '0002fde900000005';
  sender.announce({ prefix: PREFIX, asPath: [65_001], extendedCommunities: ['rt:65001:5', '0x4300000000000000'] });
  sender.announce({ prefix: '203.0.113.0/24', asPath: [65_001], extendedCommunities: [INVALID] });
  work(rib);
  assert.deepEqual(extended(internal, PREFIX), [target, '4300000000000002']);
  assert.deepEqual(extended(internal, '203.0.113.0/24'), ['4300000000000001']);
  assert.deepEqual(extended(receiver, PREFIX), [target]);
  rpki.change(rib, ['192.0.2.0/24-24 65001'], []);
  work(rib);
  assert.deepEqual(extended(internal, PREFIX), [target, '4300000000000000']);
  // Where nothing is looked up, what an external peer says of the state is taken away.
  sender.change({ validation: { rov: 'off', stateCommunity: true } });
  work(rib);
  assert.deepEqual(extended(internal, PREFIX), [target]);
  assert.deepEqual(extended(internal, '203.0.113.0/24'), []);
});

test('RFC 8097: what an internal peer says of a route is believed, what an external one says is not', () => {
  const { rpki, rib, sender, internal } = world({ validation: { rov: 'reject-invalid', stateCommunity: true } });
  internal.change({ validation: { rov: 'reject-invalid', stateCommunity: true } });
  sender.announce({ prefix: PREFIX, asPath: [65_001], extendedCommunities: [INVALID] });
  internal.announce({ prefix: '198.51.100.0/24', asPath: [65_003], extendedCommunities: [INVALID] });
  internal.announce({ prefix: '203.0.113.0/24', asPath: [65_003] });
  work(rib);
  assert.deepEqual(reasons(rib, sender), { '192.0.2.0/24': undefined });
  assert.deepEqual(reasons(rib, internal), { '198.51.100.0/24': 'rpki-invalid', '203.0.113.0/24': undefined });
  assert.deepEqual(rpki.asked, ['192.0.2.0/24 65001', '203.0.113.0/24 65003']);
});

test('states of IPv6 prefixes are looked up with all of their address', () => {
  const { rpki, rib, sender } = world();
  rpki.vrps('2001:db8:1:2:3::/80-96 65001');
  sender.announce({ prefix: '2001:db8:1:2:3:4::/96', asPath: [65_001] }, { prefix: '2001:db8:1:2:4::/80', asPath: [65_002] });
  work(rib);
  assert.deepEqual(rpki.asked, ['2001:db8:1:2:3:4::/96 65001', '2001:db8:1:2:4::/80 65002']);
  assert.equal(rib.table(IPV6_UNICAST).bestCount, 2);
});

test('import policy sees the states, is asked once for each, and its verdicts follow a change of the data', () => {
  const policy = new TestPolicy({ reads: PolicyReads.Rov, rejectsRov: RovState.Invalid });
  const options = { validation: { rov: 'mark' }, importPolicy: policy, policySubject: { number: 1 }, keepRejected: false } as const;
  const { rpki, rib, sender, receiver } = world(options);
  rpki.vrps('192.0.2.0/24-24 65001', '198.51.100.0/22-22 65009');
  for (const prefix of [PREFIX, '198.51.100.0/24', '203.0.113.0/24', '203.0.112.0/24']) sender.announce({ prefix, asPath: [65_001] });
  work(rib);
  // Held although rejected routes are not: the data may change.
  const rejected = {
    '192.0.2.0/24': undefined,
    '198.51.100.0/24': 'import-policy',
    '203.0.113.0/24': undefined,
    '203.0.112.0/24': undefined,
  };
  assert.deepEqual(reasons(rib, sender), rejected);
  assert.equal(policy.asked, 3);
  rpki.change(rib, ['198.51.100.0/24-24 65001'], []);
  work(rib);
  assert.deepEqual(reasons(rib, sender), { ...rejected, '198.51.100.0/24': undefined });
  assert.equal(policy.asked, 3);
  assert.equal(receiver.view.size, 4);
});

for (const what of ['rov', 'aspa'] as const) {
  test(`an export policy that reads the state of ${what} follows a change of the data`, () => {
    const { rpki, rib, sender, receiver } = world({ validation: { [what]: 'mark' } });
    const vrp = '192.0.2.0/24-24 65009';
    const isRov = what === 'rov';
    receiver.change({
      exportPolicy: isRov ? exportPolicyOf(PolicyReads.Rov, RovState.Invalid) : exportPolicyOf(PolicyReads.Aspa, AspaState.Invalid),
    });
    sender.announce({ prefix: PREFIX, asPath: [65_001, 65_003] }, { prefix: '198.51.100.0/24', asPath: [65_001, 65_004] });
    work(rib);
    assert.equal(receiver.view.size, 2);
    if (isRov) rpki.change(rib, [vrp], []);
    else rpki.aspaChange(rib, 65_003, 65_009);
    work(rib);
    assert.deepEqual([...receiver.view.keys()], ['198.51.100.0/24']);
    if (isRov) rpki.change(rib, [], [vrp]);
    else rpki.aspaChange(rib, 65_003);
    work(rib);
    assert.equal(receiver.view.size, 2);
  });
}

/** Rejects routes with this state, for all members alike. */
function exportPolicyOf(reads: number, state: number): ExportPolicy {
  const verdict = (accepts: boolean) => ({ type: 'verdict', accepts, reason: undefined, change: undefined }) as const;
  const [accepted, rejected] = [verdict(true), verdict(false)];
  return {
    reads,
    forMembers: (members) => ({
      judge: ({ rov, aspa }) => [
        {
          answer: (rov | aspa) === state ? rejected : accepted,
          members: members.reduce((set, { number }) => set | (1n << BigInt(number)), 0n),
        },
      ],
      resume: () => [],
    }),
  };
}
