/** Why a peer does not get a route: each reason by hand. That the answers agree with what peers hold is in model.test.ts. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { IPV4_UNICAST, IPV6_UNICAST } from '@tsbgp/wire';
import { FakePeer, type FakePeerOptions, settle, smallRib } from '../../test/fake-peer.ts';
import type { Rib } from '../index.ts';

const LOCAL_AS = 64_500;
const PREFIX = '192.0.2.0/24';
const NO_EXPORT = 0xffff_ff01;
const NO_ADVERTISE = 0xffff_ff02;

function join(rib: Rib, last: number, as: number, options: Partial<FakePeerOptions> = {}): FakePeer {
  const peer = new FakePeer(rib, { address: `10.0.0.${last}`, as, localAs: LOCAL_AS, ...options });
  peer.up();
  return peer;
}

/** `10.0.0.1 sent`, in order of preference, and what is due. */
function why(rib: Rib, to: FakePeer): string[] {
  const table = rib.table(IPV4_UNICAST);
  const answer = rib.explainExport(to.ribPeer!, IPV4_UNICAST, table.index.findWire(Uint8Array.of(24, 192, 0, 2), 0))!;
  const paths = answer.paths.map(({ path, reason = 'sent' }) => `${table.peerOf(path)!.options.name} ${reason}`);
  return answer.pending === undefined ? paths : [...paths, `pending: ${answer.pending}`];
}

test('what rules.ts keeps back: policy, communities, from internal to internal, own routes', () => {
  const rib = smallRib();
  const one = join(rib, 1, 65_001);
  const external = join(rib, 2, 65_002);
  const denied = join(rib, 3, 65_003, { exportAccept: false });
  const internal = join(rib, 4, LOCAL_AS);
  const other = join(rib, 5, LOCAL_AS);
  one.announce({ prefix: PREFIX, asPath: [65_001] });
  settle(rib);
  assert.deepEqual(why(rib, one), ['10.0.0.1 own-route']);
  assert.deepEqual(why(rib, external), ['10.0.0.1 sent']);
  assert.deepEqual(why(rib, denied), ['10.0.0.1 export-policy']);
  one.announce({ prefix: PREFIX, asPath: [65_001], communities: [NO_EXPORT] });
  settle(rib);
  assert.deepEqual(why(rib, external), ['10.0.0.1 no-export']);
  assert.deepEqual(why(rib, internal), ['10.0.0.1 sent']);
  one.announce({ prefix: PREFIX, asPath: [65_001], communities: [NO_EXPORT, NO_ADVERTISE] });
  settle(rib);
  assert.deepEqual(why(rib, internal), ['10.0.0.1 no-advertise']);
  internal.announce({ prefix: PREFIX, asPath: [65_007], localPref: 200 });
  settle(rib);
  assert.deepEqual(why(rib, other), ['10.0.0.4 internal-to-internal', '10.0.0.1 not-best']);
});

test('a route without a next hop for the peer, one that no message holds, and one that could not be written', () => {
  const rib = smallRib({ notSent: () => undefined, exportFailed: () => undefined, peerFailed: () => undefined });
  const one = join(rib, 1, 65_001, { extendedMessage: true });
  const without = join(rib, 2, 65_002, { nextHopSelf: new Map([[IPV6_UNICAST, new Uint8Array(16)]]) });
  const small = join(rib, 3, 65_003);
  one.announce({ prefix: PREFIX, asPath: [65_001], communities: Array.from({ length: 1020 }, (_, i) => i + 65_536) });
  settle(rib);
  assert.deepEqual(why(rib, without), ['10.0.0.1 no-next-hop']);
  assert.deepEqual(why(rib, small), ['10.0.0.1 too-large']);
  assert.deepEqual([...small.view.keys()], []);
});

test('RFC 7947, RFC 7911: the clients of a route server, and a bound on the number of paths', () => {
  const rib = smallRib();
  const client = { routeServerClient: true };
  const one = join(rib, 1, 65_001, client);
  const two = join(rib, 2, 65_002, client);
  const three = join(rib, 3, 65_003, client);
  const bestOnly = join(rib, 4, 65_004, { ...client, routeServer: { bestPathOnly: true } });
  const several = join(rib, 5, 65_005, { ...client, addPath: [IPV4_UNICAST], addPathMax: 1 });
  one.announce({ prefix: PREFIX, asPath: [65_001] });
  two.announce({ prefix: PREFIX, asPath: [65_002] });
  settle(rib);
  assert.deepEqual(why(rib, one), ['10.0.0.1 own-route', '10.0.0.2 sent']);
  assert.deepEqual(why(rib, three), ['10.0.0.1 sent', '10.0.0.2 better-path']);
  assert.deepEqual(why(rib, bestOnly), ['10.0.0.1 sent', '10.0.0.2 best-path-only']);
  assert.deepEqual(why(rib, several), ['10.0.0.1 sent', '10.0.0.2 add-path-limit']);
  one.announce({ prefix: PREFIX, asPath: [65_001], nextHop: '10.0.0.3' });
  settle(rib);
  assert.deepEqual(why(rib, three), ['10.0.0.1 own-next-hop', '10.0.0.2 sent']);
});

test('what is due: the decision, or that a peer behind is told; a session without the family has no answer', () => {
  const rib = smallRib();
  const one = join(rib, 1, 65_001);
  const slow = join(rib, 2, 65_002);
  one.announce({ prefix: PREFIX, asPath: [65_001] });
  assert.deepEqual(why(rib, slow).at(-1), 'pending: behind', 'a new session');
  settle(rib);
  one.announce({ prefix: PREFIX, asPath: [65_001, 65_009] });
  assert.deepEqual(why(rib, slow), ['10.0.0.1 sent', 'pending: decision']);
  settle(rib);
  slow.backlogBytes = 1 << 30;
  one.announce({ prefix: PREFIX, asPath: [65_001] });
  settle(rib);
  assert.deepEqual(why(rib, slow), ['10.0.0.1 sent', 'pending: behind']);
  slow.backlogBytes = 0;
  settle(rib);
  assert.deepEqual(why(rib, slow), ['10.0.0.1 sent']);
  one.down();
  assert.deepEqual(why(rib, slow), ['pending: decision']);
  assert.equal(rib.explainExport(one.ribPeer ?? slow.ribPeer!, 0 as never, 1 as never), undefined);
});

test('a member whose port throws is about to lose its session', () => {
  const rib = smallRib({ notSent: () => undefined, exportFailed: () => undefined, peerFailed: () => undefined });
  const one = join(rib, 1, 65_001);
  const two = join(rib, 2, 65_002);
  settle(rib);
  two.throws = new Error('broken');
  one.announce({ prefix: PREFIX, asPath: [65_001] });
  settle(rib);
  assert.deepEqual(why(rib, two), ['10.0.0.1 sent', 'pending: failed']);
});
