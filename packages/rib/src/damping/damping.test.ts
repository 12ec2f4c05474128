/** Route flap damping (RFC 2439) with the values of RFC 7196. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { IPV4_UNICAST } from '@tsbgp/wire';
import fc from 'fast-check';
import { scaled } from '../../../../test/scale.ts';
import { FakePeer, type FakePeerOptions, settle, smallRib } from '../../test/fake-peer.ts';
import type { PathId, Rib } from '../index.ts';
import { checkInvariants } from '../invariants.ts';
import { DAMPING_DEFAULTS, type DampingOptions, FlapHistory, HISTORIES_MAX, penaltyMax } from './flap-history.ts';

const PREFIX = '192.0.2.0/24';

function world(options: Partial<FakePeerOptions> = {}): { rib: Rib; sender: FakePeer; receiver: FakePeer } {
  const rib = smallRib();
  rib.nowSeconds = 1000;
  const sender = new FakePeer(rib, { address: '10.0.0.1', as: 65_001, localAs: 64_500, damping: DAMPING_DEFAULTS, ...options });
  const receiver = new FakePeer(rib, { address: '10.0.0.2', as: 65_002, localAs: 64_500 });
  sender.up();
  receiver.up();
  return { rib, sender, receiver };
}

function work(rib: Rib): void {
  settle(rib);
  checkInvariants(rib);
}

function reuse(rib: Rib): void {
  rib.reuseDamped();
  work(rib);
}

function flap(sender: FakePeer, times: number): void {
  for (let i = 0; i < times; i++) {
    sender.announce({ prefix: PREFIX, asPath: [65_001] });
    sender.withdraw(PREFIX);
  }
  sender.announce({ prefix: PREFIX, asPath: [65_001] });
}

test('RFC 7196: six withdrawals are no reason to suppress a route, seven are', () => {
  const { rib, sender, receiver } = world();
  flap(sender, 6);
  work(rib);
  assert.ok(receiver.view.has(PREFIX));
  sender.withdraw(PREFIX);
  sender.announce({ prefix: PREFIX, asPath: [65_001] });
  work(rib);
  assert.equal(receiver.view.has(PREFIX), false);
  const table = rib.table(IPV4_UNICAST);
  const path = table.firstPath(table.index.findWire(Uint8Array.of(24, 192, 0, 2), 0));
  assert.equal(table.filterReason(path), 'damped');
  assert.equal(sender.ribPeer?.accepted[0], 0);
});

test('a change of attributes counts half of a withdrawal, and suppresses the path that is there', () => {
  const { rib, sender, receiver } = world();
  for (let med = 0; med <= 12; med++) sender.announce({ prefix: PREFIX, asPath: [65_001], med });
  work(rib);
  assert.ok(receiver.view.has(PREFIX), '12 changes: 6000');
  sender.announce({ prefix: PREFIX, asPath: [65_001], med: 13 });
  work(rib);
  assert.equal(receiver.view.has(PREFIX), false);
});

test('an announcement without a change, and a refresh, count nothing', () => {
  const { rib, sender, receiver } = world();
  for (let i = 0; i < 50; i++) sender.announce({ prefix: PREFIX, asPath: [65_001] });
  sender.withdraw('198.51.100.0/24');
  work(rib);
  assert.equal(sender.ribPeer?.damping?.historyOf(0), undefined);
  assert.ok(receiver.view.has(PREFIX));
});

test('the route is used again when its penalty has decayed, without being announced', () => {
  const { rib, sender, receiver } = world();
  flap(sender, 7);
  work(rib);
  // 7000 * 2^(-t/900) is below 750 after 2901 seconds.
  rib.nowSeconds += 2895;
  reuse(rib);
  assert.equal(receiver.view.has(PREFIX), false);
  rib.nowSeconds += 10;
  reuse(rib);
  assert.ok(receiver.view.has(PREFIX));
  // And forgotten at half of that, a half-life later.
  assert.equal(sender.ribPeer?.damping?.historyOf(0)?.count, 1);
  rib.nowSeconds += 900;
  reuse(rib);
  assert.equal(sender.ribPeer?.damping?.historyOf(0)?.count, 0);
});

test('no route is suppressed longer than the maximum after its last flap', () => {
  const { rib, sender, receiver } = world();
  flap(sender, 1000);
  work(rib);
  rib.nowSeconds += DAMPING_DEFAULTS.maxSuppressSeconds - 1;
  reuse(rib);
  assert.equal(receiver.view.has(PREFIX), false);
  rib.nowSeconds += 2;
  reuse(rib);
  assert.ok(receiver.view.has(PREFIX));
});

test('the history outlives the route, and ends with the session', () => {
  const { rib, sender } = world();
  flap(sender, 7);
  sender.withdraw(PREFIX);
  work(rib);
  const table = rib.table(IPV4_UNICAST);
  assert.equal(table.index.count, 1, 'the prefix keeps its id');
  sender.down();
  work(rib);
  assert.equal(table.index.count, 0);
});

test('a path that is rejected for another reason keeps that reason', () => {
  const { rib, sender } = world({ importAccept: false });
  flap(sender, 8);
  work(rib);
  assert.equal(rib.table(IPV4_UNICAST).filterReason(1 as PathId), 'import-policy');
});

test('all paths of a prefix are suppressed together (RFC 7911)', () => {
  const { rib, sender, receiver } = world({ sendsAddPath: true });
  for (const pathIdentifier of [1, 2]) sender.announce({ prefix: PREFIX, asPath: [65_001], pathIdentifier });
  for (let med = 1; med <= 13; med++) sender.announce({ prefix: PREFIX, asPath: [65_001], med, pathIdentifier: 1 });
  work(rib);
  assert.equal(receiver.view.size, 0);
  assert.equal(
    sender.ribPeer?.rejected[0]!.reduce((sum, count) => sum + count, 0),
    2,
  );
});

test('no more than HISTORIES_MAX prefixes are watched; flaps of others are counted', () => {
  const history = new FlapHistory(DAMPING_DEFAULTS);
  for (let nlri = 1; nlri <= HISTORIES_MAX + 5; nlri++) history.flap(nlri as never, 1000, 0);
  assert.deepEqual([history.count, history.unnoted], [HISTORIES_MAX, 5]);
});

test('random flaps and times: the same prefixes are suppressed as by the formulas of RFC 2439 §4.2 over the list of flaps', () => {
  const options: DampingOptions = { halfLifeSeconds: 60, reuse: 750, suppress: 2000, maxSuppressSeconds: 180 };
  const prefixes = ['192.0.2.0/24', '192.0.3.0/24', '198.51.100.0/24'];
  const step = fc.oneof(
    fc.record({ type: fc.constant('announce' as const), at: fc.nat(2), med: fc.nat(2) }),
    fc.record({ type: fc.constant('withdraw' as const), at: fc.nat(2) }),
    fc.record({ type: fc.constant('wait' as const), seconds: fc.integer({ min: 1, max: 90 }) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80, size: 'max' }), (steps) => {
      const { rib, sender, receiver } = world({ damping: options });
      const model = prefixes.map(() => ({ med: undefined as number | undefined, penalty: 0, at: 0, suppressed: false }));
      for (const each of steps) {
        const now = rib.nowSeconds;
        const decayed = (one: (typeof model)[number]): number => one.penalty * 2 ** ((one.at - now) / 60);
        if (each.type === 'wait') {
          rib.nowSeconds = now + each.seconds;
          reuse(rib);
          for (const one of model) if (one.penalty * 2 ** ((one.at - rib.nowSeconds) / 60) <= 750) one.suppressed = false;
          // What is forgotten counts from nothing.
          for (const one of model) if (!one.suppressed && one.penalty * 2 ** ((one.at - rib.nowSeconds) / 60) <= 375) one.penalty = 0;
          continue;
        }
        const one = model[each.at]!;
        const added = each.type === 'withdraw' ? 1000 : 500;
        const isFlap = one.med !== undefined && (each.type === 'withdraw' || one.med !== each.med);
        if (isFlap) {
          one.penalty = Math.min(decayed(one) + added, penaltyMax(options));
          one.at = now;
          if (one.penalty > 2000) one.suppressed = true;
        }
        one.med = each.type === 'announce' ? each.med : undefined;
        if (each.type === 'announce') sender.announce({ prefix: prefixes[each.at]!, asPath: [65_001], med: each.med });
        else sender.withdraw(prefixes[each.at]!);
        checkInvariants(rib);
      }
      work(rib);
      const expected = prefixes.filter((_, at) => model[at]!.med !== undefined && !model[at]!.suppressed);
      assert.deepEqual([...receiver.view.keys()].toSorted(), expected.toSorted());
    }),
    { numRuns: scaled(3000, 300), seed: 2439 },
  );
});

test('a route that is suppressed stays so where the peer is at its limit, and where rejected routes are not held', () => {
  const limits = { action: 'discard', warningPercent: 75, routes: new Map([[IPV4_UNICAST, { received: 1 }]]) } as const;
  for (const options of [{ keepRejected: false }, { limits }]) {
    const { rib, sender, receiver } = world(options);
    flap(sender, 7);
    work(rib);
    assert.equal(receiver.view.has(PREFIX), false);
    sender.announce({ prefix: PREFIX, asPath: [65_001] });
    work(rib);
    assert.equal(receiver.view.has(PREFIX), false);
    rib.nowSeconds += DAMPING_DEFAULTS.maxSuppressSeconds + 1;
    reuse(rib);
    assert.ok(receiver.view.has(PREFIX), 'held, and used again');
  }
});
