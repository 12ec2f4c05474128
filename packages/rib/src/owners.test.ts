/** Routes of our own that owners announce, some of them for some peers alone. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fault, fromHex, IPV4_UNICAST } from '@tsbgp/wire';
import { FakePeer, type FakePeerOptions, settle, smallRib } from '../test/fake-peer.ts';
import type { Rib, RibPeer, RouteAudience } from './index.ts';
import { checkInvariants } from './invariants.ts';

/** ORIGIN IGP, an empty AS_PATH, NEXT_HOP 192.0.2.1, and MULTI_EXIT_DISC. */
const attributes = (med: number): Uint8Array => fromHex(`40010100 400200 400304 c0000201 800404 ${med.toString(16).padStart(8, '0')}`);
/** 10.0.0.0/8. */
const PREFIX = fromHex('080a');
const KEY = { family: IPV4_UNICAST, prefix: PREFIX, identifier: 0 };

function up(rib: Rib, last: number, options: Partial<FakePeerOptions> = {}): FakePeer {
  const peer = new FakePeer(rib, { address: `10.0.0.${last}`, as: 65_000 + last, localAs: 64_500, ...options });
  peer.up();
  return peer;
}

function work(rib: Rib): void {
  settle(rib);
  checkInvariants(rib);
}

function announce(rib: Rib, from: RibPeer, med: number): void {
  const attr = rib.internLocal(IPV4_UNICAST, attributes(med));
  assert.ok(!(attr instanceof Fault));
  rib.owners.announce(from, KEY, attr);
  rib.releaseLocal(attr);
}

function owner(rib: Rib, name: string, audience?: RouteAudience): RibPeer {
  return rib.owners.add({ origin: 'process', name, audience });
}

const only = (...last: number[]): RouteAudience => ({ type: 'only', names: new Set(last.map((each) => `10.0.0.${each}`)) });
const med = (peer: FakePeer): string | undefined => {
  const [, attributes = ''] = [...peer.view].find(([prefix]) => prefix.startsWith('10.0.0.0/8')) ?? [];
  return /"multi-exit-disc","flags":128,"value":(\d+)/.exec(attributes)?.[1];
};

for (const options of [{}, { routeServerClient: true }, { addPath: [IPV4_UNICAST] }] satisfies Partial<FakePeerOptions>[]) {
  test(`a route for some peers goes to these alone, and the others get the best of the rest: ${JSON.stringify(options)}`, () => {
    const rib = smallRib();
    const [one, two, three] = [up(rib, 1, options), up(rib, 2, options), up(rib, 3, options)];
    work(rib);
    const first = owner(rib, 'a', only(1));
    announce(rib, first, 10);
    work(rib);
    assert.deepEqual([one, two, three].map(med), ['10', undefined, undefined]);
    announce(rib, owner(rib, 'a', only(2)), 20);
    work(rib);
    assert.deepEqual([one, two, three].map(med), ['10', '20', undefined]);
    announce(rib, owner(rib, 'a', { type: 'except', names: new Set(['10.0.0.1', '10.0.0.2']) }), 30);
    work(rib);
    assert.deepEqual([one, two, three].map(med), ['10', '20', '30']);
    rib.owners.remove(first);
    work(rib);
    assert.deepEqual([one, two, three].map(med), [undefined, '20', '30']);
  });
}

test('a neighbor that comes later gets what is for it, and another one on its number does not', () => {
  const rib = smallRib();
  const other = up(rib, 1);
  announce(rib, owner(rib, 'a', only(2)), 10);
  work(rib);
  assert.equal(med(other), undefined);
  const two = up(rib, 2);
  work(rib);
  assert.equal(med(two), '10');
  two.down();
  work(rib);
  const three = up(rib, 3);
  work(rib);
  assert.deepEqual([other, three].map(med), [undefined, undefined]);
  const again = up(rib, 2);
  work(rib);
  assert.equal(med(again), '10');
});

test('owners do not replace each other, and why a neighbor does not get a route is known', () => {
  const rib = smallRib();
  const one = up(rib, 1);
  const [a, b] = [owner(rib, 'a'), owner(rib, 'b')];
  announce(rib, a, 10);
  announce(rib, b, 20);
  work(rib);
  assert.equal(med(one), '10');
  assert.equal(a.received[0], 1);
  assert.equal(rib.owners.withdraw(a, KEY), true);
  assert.equal(rib.owners.attrOf(a, KEY), undefined);
  assert.deepEqual(
    [...rib.owners.routes(b)].map(({ family }) => family),
    [IPV4_UNICAST],
  );
  work(rib);
  assert.equal(med(one), '20');
  announce(rib, owner(rib, 'c', only(9)), 5);
  work(rib);
  assert.equal(med(one), '20');
  const table = rib.table(IPV4_UNICAST);
  const reasons = rib.explainExport(one.ribPeer!, IPV4_UNICAST, table.index.findWire(PREFIX, 0))?.paths.map(({ reason }) => reason);
  assert.deepEqual(reasons, ['not-selected', undefined]);
});
