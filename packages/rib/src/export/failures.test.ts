/** What is thrown on the way out costs routes of one attribute set, or one peer: everything else goes on, and the columns agree. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { IPV4_UNICAST } from '@tsbgp/wire';
import { FakePeer, settle, smallRib } from '../../test/fake-peer.ts';
import { BrokenInvariant } from '../broken-invariant.ts';
import { NotSent, type Rib, type RibPeer, type UpdateGroup } from '../index.ts';
import { checkInvariants } from '../invariants.ts';
import { AttributeRewriter } from './rewrite.ts';

interface Scene {
  readonly rib: Rib;
  readonly sender: FakePeer;
  readonly one: FakePeer;
  readonly two: FakePeer;
  readonly internal: FakePeer;
  readonly errors: string[];
  readonly failed: string[];
}

/** Two external peers of one group and an internal one. Peers that fail are removed, as the daemon does. */
function scene(): Scene {
  const errors: string[] = [];
  const failed: string[] = [];
  const rib: Rib = smallRib({
    notSent: () => undefined,
    exportFailed: (_group: UpdateGroup, error: unknown) => void errors.push((error as Error).message),
    peerFailed(peer: RibPeer, error: unknown) {
      failed.push(`${peer.options.name}: ${(error as Error).message}`);
      rib.removePeer(peer);
    },
  });
  const peer = (address: string, as: number) => new FakePeer(rib, { address, as, localAs: 64_500 });
  const sender = peer('10.0.0.1', 65_001);
  const one = peer('10.0.0.2', 65_002);
  const two = peer('10.0.0.3', 65_003);
  const internal = peer('10.0.0.4', 64_500);
  for (const each of [sender, one, two, internal]) each.up();
  settle(rib);
  return { rib, sender, one, two, internal, errors, failed };
}

/** Runs `action` while the rewriter throws for sets towards peers of this kind that have the community. */
function whileRewriterThrows(community: number, kind: number, action: () => void): void {
  const { write } = AttributeRewriter.prototype;
  AttributeRewriter.prototype.write = function (attributes, attr, source) {
    write.call(this, attributes, attr, source);
    const text = Buffer.from(attributes.octets(attr)).toString('hex');
    if (!text.includes(`c00804${community.toString(16).padStart(8, '0')}`)) return;
    // An external peer's attributes have no LOCAL_PREF.
    const isInternal = Buffer.from(this.bytes.subarray(0, this.length)).toString('hex').includes('400504');
    if (isInternal === (kind === 2)) throw new RangeError('planted in the rewriter');
  };
  try {
    action();
  } finally {
    AttributeRewriter.prototype.write = write;
  }
}

test('an exception of the rewriter costs the routes of that attribute set, towards that group', () => {
  const { rib, sender, one, two, internal, errors, failed } = scene();
  sender.announce({ prefix: '192.0.2.0/24', asPath: [65_001] }, { prefix: '192.0.2.128/25', asPath: [65_001] });
  settle(rib);
  whileRewriterThrows(7, 1, () => {
    sender.announce(
      { prefix: '198.51.100.0/24', asPath: [65_001], communities: [8] },
      { prefix: '192.0.2.0/24', asPath: [65_001], communities: [7] }, // was sent before
      { prefix: '203.0.113.0/24', asPath: [65_001], communities: [7] },
      { prefix: '203.0.113.128/25', asPath: [65_001], communities: [9] },
    );
    settle(rib);
    checkInvariants(rib);
  });
  assert.deepEqual([...one.view.keys()].sort(), ['192.0.2.128/25', '198.51.100.0/24', '203.0.113.128/25']);
  assert.deepEqual([...two.view.keys()].sort(), [...one.view.keys()].sort());
  assert.equal(internal.view.size, 5);
  assert.deepEqual(errors, ['planted in the rewriter']);
  assert.deepEqual(failed, []);
  const member = rib.memberOf(one.ribPeer!, IPV4_UNICAST)!;
  assert.equal(member.advertised, 3);
  assert.equal(member.group.notSent(NotSent.Failed), 2);

  // Tried again when the route changes.
  sender.announce({ prefix: '192.0.2.0/24', asPath: [65_001], communities: [7], med: 1 });
  settle(rib);
  checkInvariants(rib);
  assert.ok(one.view.has('192.0.2.0/24'));
  assert.equal(member.group.notSent(NotSent.Failed), 1);
});

test('an exception of the rewriter while a member catches up is withdrawn from the others too', () => {
  const { rib, sender, one, two, errors } = scene();
  sender.announce({ prefix: '192.0.2.0/24', asPath: [65_001], communities: [7] }, { prefix: '198.51.100.0/24', asPath: [65_001] });
  settle(rib);
  assert.equal(two.view.size, 2);
  const late = new FakePeer(rib, { address: '10.0.0.9', as: 65_009, localAs: 64_500 });
  late.up();
  whileRewriterThrows(7, 1, () => {
    settle(rib);
    checkInvariants(rib);
  });
  for (const each of [one, two, late]) assert.deepEqual([...each.view.keys()], ['198.51.100.0/24'], each.name);
  assert.deepEqual(late.endOfRib.length, 2, 'End-of-RIB comes nevertheless');
  assert.deepEqual(errors, ['planted in the rewriter']);
});

test('an exception while a large set is measured keeps its routes back', () => {
  const { rib, sender, one, internal, errors } = scene();
  const wide = new FakePeer(rib, { address: '10.0.0.7', as: 65_007, localAs: 64_500, extendedMessage: true });
  wide.up();
  const { write } = AttributeRewriter.prototype;
  AttributeRewriter.prototype.write = () => {
    throw new RangeError('planted');
  };
  try {
    const asns = Array.from({ length: 240 }, (_, index) => 70_000 + index);
    const path = Array.from({ length: 3 }, () => ({ type: 'sequence' as const, asns }));
    wide.announceWith(
      [
        { type: 'origin', flags: 0x40, value: 'igp' },
        { type: 'as-path', flags: 0x40, value: path },
      ],
      ['10.0.0.7'],
      '192.0.2.0/24',
      '198.51.100.0/24',
    );
    settle(rib);
    checkInvariants(rib);
  } finally {
    AttributeRewriter.prototype.write = write;
  }
  assert.equal(one.view.size + internal.view.size + sender.view.size, 0);
  assert.ok(errors.length > 0 && errors.every((error) => error === 'planted'));
});

test('an exception of a port costs that peer, and nobody else', () => {
  const { rib, sender, one, two, internal, errors, failed } = scene();
  sender.announce({ prefix: '192.0.2.0/24', asPath: [65_001] });
  one.throws = new Error('write after end');
  settle(rib);
  checkInvariants(rib);
  assert.deepEqual(failed, ['10.0.0.2: write after end'], 'told once, for both families');
  assert.deepEqual(errors, []);
  assert.equal(two.view.size, 1);
  assert.equal(internal.view.size, 1);
  one.throws = undefined;
  one.ribPeer = undefined;
  one.up();
  settle(rib);
  assert.equal(one.view.size, 1, 'the next session gets everything');
});

test('an exception of a port while its member catches up costs that peer', () => {
  const { rib, sender, two, failed } = scene();
  sender.announce({ prefix: '192.0.2.0/24', asPath: [65_001] });
  settle(rib);
  const late = new FakePeer(rib, { address: '10.0.0.9', as: 65_009, localAs: 64_500 });
  late.throws = new Error('write after end');
  late.up();
  settle(rib);
  checkInvariants(rib);
  assert.deepEqual(failed, ['10.0.0.9: write after end']);
  sender.withdraw('192.0.2.0/24');
  settle(rib);
  checkInvariants(rib);
  assert.equal(two.view.size, 0);
  assert.equal(rib.table(IPV4_UNICAST).index.count, 0, 'a peer that failed holds up nobody');
});

test('an exception of what a port says of its backlog costs that peer', () => {
  const { rib, sender, one, two, failed } = scene();
  Object.defineProperty(one, 'backlogBytes', {
    get() {
      throw new Error('no socket');
    },
  });
  sender.announce({ prefix: '192.0.2.0/24', asPath: [65_001] });
  settle(rib);
  checkInvariants(rib);
  assert.deepEqual(failed, ['10.0.0.2: no socket']);
  assert.equal(two.view.size, 1);
});

test('an exception while withdrawals are written costs the peers of the group: what they hold is out of date', () => {
  const { rib, sender, internal, failed, errors } = scene();
  sender.announce({ prefix: '192.0.2.0/24', asPath: [65_001] });
  settle(rib);
  const group = rib.memberOf(internal.ribPeer!, IPV4_UNICAST)!.group;
  group.encoder.write = () => {
    throw new Error('planted in withdraw');
  };
  sender.withdraw('192.0.2.0/24');
  settle(rib);
  checkInvariants(rib);
  assert.deepEqual(failed, ['10.0.0.4: planted in withdraw']);
  assert.deepEqual(errors, ['planted in withdraw']);
  internal.ribPeer = undefined;
  sender.announce({ prefix: '198.51.100.0/24', asPath: [65_001] });
  internal.up();
  settle(rib);
  checkInvariants(rib);
  assert.deepEqual([...internal.view.keys()], ['198.51.100.0/24'], 'a new session gets a new group');
});

test('an exception while an NLRI is evaluated costs the peers of that group', () => {
  const { rib, sender, one, two, internal, failed } = scene();
  const { group } = rib.memberOf(internal.ribPeer!, IPV4_UNICAST)!;
  Object.defineProperty(group, 'evaluate', {
    value() {
      throw new RangeError('Array buffer allocation failed');
    },
  });
  sender.announce({ prefix: '192.0.2.0/24', asPath: [65_001] });
  settle(rib);
  checkInvariants(rib);
  assert.deepEqual(failed, ['10.0.0.4: Array buffer allocation failed']);
  assert.equal(one.view.size, 1);
  assert.equal(two.view.size, 1);
});

test('without an observer a peer that failed gets nothing more, and the others all', () => {
  const rib = smallRib();
  const peers = [65_001, 65_002, 65_003].map((as, at) => new FakePeer(rib, { address: `10.0.0.${at + 1}`, as, localAs: 64_500 }));
  for (const each of peers) each.up();
  const [sender, one, two] = peers as [FakePeer, FakePeer, FakePeer];
  settle(rib);
  one.throws = new Error('gone');
  for (let round = 0; round < 3; round++) {
    sender.announce({ prefix: '192.0.2.0/24', asPath: [65_001], med: round });
    settle(rib);
    checkInvariants(rib);
  }
  assert.equal(two.view.size, 1);
  assert.deepEqual(rib.memberOf(one.ribPeer!, IPV4_UNICAST)!.failure, { error: new Error('gone') });
});

test('a broken invariant passes every boundary', () => {
  const { rib, sender } = scene();
  const { write } = AttributeRewriter.prototype;
  AttributeRewriter.prototype.write = () => {
    throw new BrokenInvariant('planted');
  };
  try {
    sender.announce({ prefix: '192.0.2.0/24', asPath: [65_001] });
    assert.throws(() => settle(rib), BrokenInvariant);
  } finally {
    AttributeRewriter.prototype.write = write;
  }
});
