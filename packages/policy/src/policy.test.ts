import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Family } from '@tsbgp/wire';
import { ACCEPT, compilePolicy, type DefaultAction, type Direction, type PeerType, REJECT, type RouteView } from './index.ts';

const route: RouteView = { family: 0x101 as Family, prefix: '192.0.2.0/24', neighbor: '198.51.100.1', attributes: [] };

const cases: [PeerType, DefaultAction | undefined, typeof ACCEPT, string][] = [
  ['ebgp', undefined, REJECT, 'RFC 8212 §2: eBGP without policy imports and exports nothing'],
  ['ibgp', undefined, ACCEPT, 'RFC 8212 does not concern iBGP: without policy everything passes'],
  ['ebgp', 'accept-all', ACCEPT, 'eBGP accepts all when told so'],
  ['ibgp', 'deny-all', REJECT, 'iBGP denies all when told so'],
];

for (const [peerType, defaultAction, verdict, title] of cases) {
  for (const direction of ['import', 'export'] satisfies Direction[]) {
    test(`${title} (${direction})`, () => {
      const policy = compilePolicy({ direction, peerType, defaultAction });
      assert.equal(policy.evaluate(route), verdict);
      assert.equal(policy.direction, direction);
    });
  }
}

test('a policy that looks at nothing is asked once: its verdict is a constant, and the same object each time', () => {
  const policy = compilePolicy({ direction: 'import', peerType: 'ebgp', defaultAction: 'accept-all' });
  assert.equal(policy.dependsOn, 'nothing');
  assert.equal(policy.constant, policy.evaluate(route));
});

test('a policy never touches a view that it promised not to look at', () => {
  const untouchable = new Proxy(route, {
    get(_, key) {
      throw new Error(`read ${String(key)}`);
    },
  });
  assert.doesNotThrow(() => compilePolicy({ direction: 'export', peerType: 'ibgp' }).evaluate(untouchable));
});
