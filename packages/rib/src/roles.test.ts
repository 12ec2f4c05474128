/** Roles and ONLY_TO_CUSTOMER (RFC 9234 §5): each sentence of ingress and egress, for each role. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findAttribute, Role } from '@tsbgp/wire';
import { FakePeer, type FakePeerOptions, settle, smallRib } from '../test/fake-peer.ts';
import type { PathId } from './index.ts';
import { checkInvariants } from './invariants.ts';

const AS = 64_500;
const PREFIX = '198.51.100.0/24';
const ROLES: readonly (readonly [string, number | undefined])[] = [...Object.entries(Role), ['no role', undefined]];

function scene(fromRole: number | undefined, toRole?: number) {
  const rib = smallRib(undefined, AS);
  const peer = (address: string, as: number, options: Partial<FakePeerOptions>): FakePeer => {
    const made = new FakePeer(rib, { address, as, localAs: AS, ...options });
    made.up();
    return made;
  };
  const from = peer('10.0.0.1', 65_001, { role: fromRole });
  const to = peer('10.0.0.2', 65_002, { role: toRole });
  return { rib, from, to, internal: peer('10.0.0.3', AS, {}) };
}

const otcAt = (peer: FakePeer): number | undefined => findAttribute(peer.attributes.get(PREFIX) ?? [], 'only-to-customer')?.value;

for (const [name, role] of ROLES) {
  const [leaksTheirs, leaksOthers, adds] = {
    Provider: [true, true, false],
    RouteServer: [true, true, false],
    Peer: [false, true, true],
    Customer: [false, false, true],
    RouteServerClient: [false, false, true],
    'no role': [false, false, false],
  }[name]!;

  for (const [what, otc, leaks] of [
    ['the OTC of the peer', 65_001, leaksTheirs],
    ['the OTC of another AS', 3356, leaksOthers],
  ] as const) {
    test(`RFC 9234 §5: ${name}: a route that comes with ${what} is ${leaks ? 'a leak' : 'used, and the OTC stays'}`, () => {
      const { rib, from, internal } = scene(role);
      from.announce({ prefix: PREFIX, asPath: [65_001, 174], onlyToCustomer: otc });
      settle(rib);
      assert.equal(rib.tables[0]!.filterReason(1 as PathId), leaks ? 'route-leak' : undefined);
      assert.equal(otcAt(internal), leaks ? undefined : otc);
      assert.equal(internal.view.size, leaks ? 0 : 1);
      checkInvariants(rib);
    });
  }

  test(`RFC 9234 §5: ${name}: a route that comes without OTC ${adds ? 'gets that of the peer' : 'gets none'}`, () => {
    const { rib, from, internal } = scene(role);
    from.announce({ prefix: PREFIX, asPath: [65_001, 174], med: 7, communities: [1] });
    settle(rib);
    assert.equal(otcAt(internal), adds ? 65_001 : undefined);
    assert.equal(findAttribute(internal.attributes.get(PREFIX)!, 'multi-exit-disc')?.value, 7);
    assert.deepEqual(findAttribute(internal.attributes.get(PREFIX)!, 'communities')?.value, [1]);
    const [table] = rib.tables;
    assert.equal(table!.receivedAttrOf(1 as PathId) !== table!.pathAttr[1], adds, 'the set as it came is kept');
    checkInvariants(rib);
    from.withdraw(PREFIX);
    settle(rib);
    checkInvariants(rib);
    assert.equal(rib.attributes.count, 0);
  });

  const keepsBack = ['Peer', 'Customer', 'RouteServerClient'].includes(name);
  const marks = ['Provider', 'RouteServer', 'Peer'].includes(name);
  test(`RFC 9234 §5: ${name}: a route with OTC ${keepsBack ? 'does not go out' : 'goes out as it is'}, one without ${marks ? 'gets ours' : 'stays without'}`, () => {
    const { rib, from, to } = scene(undefined, role);
    from.announce({ prefix: PREFIX, asPath: [65_001], onlyToCustomer: 3356 });
    settle(rib);
    assert.equal(otcAt(to), keepsBack ? undefined : 3356);
    assert.equal(to.view.size, keepsBack ? 0 : 1);
    from.announce({ prefix: PREFIX, asPath: [65_001] });
    settle(rib);
    assert.equal(to.view.size, 1);
    assert.equal(otcAt(to), marks ? AS : undefined);
    checkInvariants(rib);
  });
}

test('RFC 9234 §5: a route of a provider does not go to a peer, and goes to a customer with the OTC of the provider', () => {
  const rib = smallRib(undefined, AS);
  const [provider, peer, customer] = [Role.Customer, Role.Peer, Role.Provider].map((role, index) => {
    const made = new FakePeer(rib, { address: `10.0.0.${index + 1}`, as: 65_001 + index, localAs: AS, role });
    made.up();
    return made;
  });
  provider!.announce({ prefix: PREFIX, asPath: [65_001] });
  settle(rib);
  assert.deepEqual([peer!.view.size, customer!.view.size, otcAt(customer!)], [0, 1, 65_001]);
});

test('a role says nothing to internal peers', () => {
  const rib = smallRib(undefined, AS);
  const [from, to] = [1, 2].map((index) => {
    const made = new FakePeer(rib, { address: `10.0.0.${index}`, as: AS, localAs: AS, role: Role.Provider, reflectorClient: true });
    made.up();
    return made;
  });
  from!.announce({ prefix: PREFIX, asPath: [174], onlyToCustomer: 174, localPref: 100 });
  settle(rib);
  assert.equal(otcAt(to!), 174);
});

test('peers of one AS and role share the changed sets; when the last of them goes, nothing is held', () => {
  const rib = smallRib(undefined, AS);
  const peers = ['10.0.0.1', '10.0.0.2'].map((address) => {
    const made = new FakePeer(rib, { address, as: 65_001, localAs: AS, role: Role.Customer });
    made.up();
    return made;
  });
  for (const peer of peers) peer.announce({ prefix: PREFIX, asPath: [65_001], nextHop: '10.0.0.9' });
  settle(rib);
  assert.equal(rib.attributes.count, 2);
  assert.equal([...rib.heldSets()].length, 1);
  peers[0]!.down();
  settle(rib);
  checkInvariants(rib);
  assert.equal(rib.attributes.count, 2);
  peers[1]!.down();
  settle(rib);
  checkInvariants(rib);
  assert.equal(rib.attributes.count, 0);
});
