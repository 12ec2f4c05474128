import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ACCEPT, compilePolicy, type DefaultAction, type Direction, type PeerType, REJECT, type Verdict } from './index.ts';

const cases: [PeerType, DefaultAction | undefined, Verdict, string][] = [
  ['ebgp', undefined, REJECT, 'RFC 8212 §2: eBGP without policy imports and exports nothing'],
  ['ibgp', undefined, ACCEPT, 'RFC 8212 does not concern iBGP: without policy everything passes'],
  ['ebgp', 'accept-all', ACCEPT, 'eBGP accepts all when told so'],
  ['ibgp', 'deny-all', REJECT, 'iBGP denies all when told so'],
];

for (const [peerType, defaultAction, verdict, title] of cases) {
  for (const direction of ['import', 'export'] satisfies Direction[]) {
    test(`${title} (${direction})`, () => {
      const policy = compilePolicy({ direction, peerType, defaultAction });
      assert.equal(policy.constant, verdict);
      assert.equal(policy.direction, direction);
    });
  }
}
