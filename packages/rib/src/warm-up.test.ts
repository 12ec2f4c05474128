import assert from 'node:assert/strict';
import { test } from 'node:test';
import { IPV4_UNICAST } from '@tsbgp/wire';
import { checkInvariants } from './invariants.ts';
import { WarmUp } from './warm-up.ts';

test('a warm-up has an end; its UPDATEs are good, every peer is announced routes, and some are withdrawn', () => {
  const load = new WarmUp(400);
  let slices = 1;
  while (load.slice()) slices++;
  assert.equal(slices, 8);

  const { rib } = load;
  checkInvariants(rib);
  const peers = rib.peers.filter((peer) => peer?.options.name.startsWith('warm-up'));
  assert.equal(peers.length, 5);
  let withdrawals = 0;
  for (const peer of peers) {
    assert.equal(peer!.treatedAsWithdraw + peer!.attributesDiscarded, 0);
    const member = rib.memberOf(peer!, IPV4_UNICAST)!;
    assert.ok(member.announcements > 100, `${peer!.options.name}: ${member.announcements}`);
    withdrawals += member.withdrawals;
  }
  assert.ok(withdrawals > 10, String(withdrawals));
  // Both senders announce the same prefixes.
  const { bestCount, pathCount } = rib.table(IPV4_UNICAST);
  assert.ok(pathCount > bestCount * 1.5, `${pathCount} paths of ${bestCount} prefixes`);
});
