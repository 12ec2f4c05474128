/** The clock and the rules of enhanced route refresh as its receiver (RFC 7313 §4). */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { PeerKind, RibPeer } from '@tsbgp/rib';
import { DEFAULT_CONTEXT, type Family, IPV4_UNICAST, IPV6_UNICAST, RefreshSubtype } from '@tsbgp/wire';
import { Boundaries } from '../boundaries.ts';
import { InboundRefreshes } from './inbound-refresh.ts';

const { Begin, End } = RefreshSubtype;
const STALE_SECONDS = 600;
const MAX_MS = STALE_SECONDS * 1000;

function scene(t: TestContext, gracefulRestart = false) {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const calls: string[] = [];
  const running = new Set<Family>();
  const logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
  const boundaries = new Boundaries(logger);
  const peer = new RibPeer(
    1 as never,
    {
      name: '192.0.2.1',
      kind: PeerKind.External,
      remoteAs: 65_001,
      localAs: 64_500,
      bgpIdentifier: 1,
      address: new Uint8Array(4),
      families: [IPV4_UNICAST, IPV6_UNICAST],
      receive: DEFAULT_CONTEXT,
      send: DEFAULT_CONTEXT,
      nextHopSelf: new Map(),
      routeServerClient: false,
      nextHopSelfAlways: false,
      importAccept: true,
      exportAccept: true,
      port: { write: () => undefined, backlogBytes: 0 },
    },
    [IPV4_UNICAST, IPV6_UNICAST],
    1,
  );
  let broken = false;
  const rib = {
    beginRefresh: (_: RibPeer, family: Family) => {
      calls.push(`begin ${family}`);
      running.add(family);
    },
    endRefresh: (_: RibPeer, family: Family) => {
      if (broken) throw new Error('no memory');
      calls.push(`end ${family}`);
      return running.delete(family);
    },
  };
  const refreshes = new InboundRefreshes({
    rib,
    peer,
    gracefulRestart,
    staleSeconds: () => STALE_SECONDS,
    logger,
    boundaries,
    schedule: () => calls.push('schedule'),
  });
  return {
    refreshes,
    boundaries,
    calls,
    break: () => {
      broken = true;
    },
  };
}

test('EoRR ends the refresh and the timer', (t) => {
  const { refreshes, calls } = scene(t);
  refreshes.mark(IPV4_UNICAST, Begin);
  refreshes.mark(IPV4_UNICAST, End);
  t.mock.timers.tick(2 * MAX_MS);
  assert.deepEqual(calls, [`begin ${IPV4_UNICAST}`, `end ${IPV4_UNICAST}`, 'schedule']);
});

test('EoRR without BoRR, and subtypes that nobody knows, do nothing', (t) => {
  const { refreshes, calls } = scene(t);
  refreshes.mark(IPV4_UNICAST, End);
  refreshes.mark(IPV4_UNICAST, 3);
  assert.deepEqual(calls, [`end ${IPV4_UNICAST}`]);
});

test(`without EoRR the refresh ends after ${STALE_SECONDS} s, each family for itself, counted from the last BoRR`, (t) => {
  const { refreshes, calls } = scene(t);
  refreshes.mark(IPV4_UNICAST, Begin);
  t.mock.timers.tick(MAX_MS / 2);
  refreshes.mark(IPV6_UNICAST, Begin);
  refreshes.mark(IPV4_UNICAST, Begin);
  t.mock.timers.tick(MAX_MS - 1);
  assert.deepEqual(calls.splice(0), [`begin ${IPV4_UNICAST}`, `begin ${IPV6_UNICAST}`, `begin ${IPV4_UNICAST}`]);
  t.mock.timers.tick(1);
  assert.deepEqual(calls.toSorted(), [`end ${IPV4_UNICAST}`, `end ${IPV6_UNICAST}`, 'schedule', 'schedule']);
});

test('nothing happens once the session is over', (t) => {
  const { refreshes, calls } = scene(t);
  refreshes.mark(IPV4_UNICAST, Begin);
  refreshes.close();
  t.mock.timers.tick(2 * MAX_MS);
  assert.deepEqual(calls, [`begin ${IPV4_UNICAST}`]);
});

test('with graceful restart, marks before End-of-RIB of the family are ignored', (t) => {
  const { refreshes, calls } = scene(t, true);
  refreshes.endOfRib(IPV6_UNICAST);
  refreshes.mark(IPV4_UNICAST, Begin);
  refreshes.mark(IPV4_UNICAST, End);
  refreshes.mark(IPV6_UNICAST, Begin);
  assert.deepEqual(calls, [`begin ${IPV6_UNICAST}`]);
});

test('an exception when the time is up is contained', (t) => {
  const { refreshes, boundaries, break: sabotage } = scene(t);
  refreshes.mark(IPV4_UNICAST, Begin);
  sabotage();
  t.mock.timers.tick(MAX_MS);
  assert.equal(boundaries.count('timer'), 1);
});
