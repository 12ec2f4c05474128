/**
 * An exception in the middle of an UPDATE costs the session and leaves the columns in agreement, wherever it comes from: an observer, or
 * memory that is not there when a column grows. Nothing that a peer sends is such an exception.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromHex, IPV4_UNICAST, IPV6_UNICAST } from '@tsbgp/wire';
import fc from 'fast-check';
import { FakePeer, settle } from '../test/fake-peer.ts';
import { Rib } from './index.ts';
import { checkInvariants } from './invariants.ts';

const INJECTED = new Error('injected');

/** Throws at the call that `countdown` says; -1 never. */
class Bomb {
  countdown = -1;
  exploded = false;

  tick(): void {
    if (this.countdown < 0 || this.countdown-- > 0) return;
    this.exploded = true;
    throw INJECTED;
  }
}

type Place = 'observer' | 'path-observer' | 'column' | 'intern' | 'insert' | 'announce' | 'withdraw';

const TYPED_ARRAY = Object.getPrototypeOf(Int32Array.prototype) as { set: (...args: unknown[]) => void };

/** Calls `bomb` before each call of a method. */
function mine<K extends string>(target: Record<K, unknown>, name: K, bomb: Bomb): () => void {
  const original = target[name] as (...args: unknown[]) => unknown;
  const own = Object.hasOwn(target, name);
  target[name] = function (this: unknown, ...args: unknown[]) {
    bomb.tick();
    return original.apply(this, args);
  };
  return () => {
    if (own) target[name] = original;
    else delete target[name];
  };
}

function mines(rib: Rib, place: Place, bomb: Bomb): () => void {
  const undo: (() => void)[] = [];
  const lay = (target: object, name: string): void => void undo.push(mine(target as Record<string, unknown>, name, bomb));
  if (place === 'column') lay(TYPED_ARRAY, 'set');
  if (place === 'intern') lay(rib.attributes, 'intern');
  for (const table of rib.tables) {
    if (place === 'insert') lay(table.index, 'insertWire');
    if (place === 'announce' || place === 'withdraw') lay(table, place);
    if (place === 'path-observer') {
      table.observer = () => bomb.tick();
      undo.push(() => {
        table.observer = undefined;
      });
    }
  }
  return () => {
    for (const each of undo) each();
  };
}

/** Withdrawn routes, path attributes and NLRI as an UPDATE body. */
function update(withdrawn: string, attributes: string, nlri: string): Uint8Array {
  const [w, a, n] = [fromHex(withdrawn), fromHex(attributes), fromHex(nlri)];
  return Uint8Array.from([w.length >> 8, w.length & 255, ...w, a.length >> 8, a.length & 255, ...a, ...n]);
}

const SET = '40010100 4002060201 0000fdea 400304 0a000002';
const MP = '800f08 000201 20 20010db9 800e1a 000201 10 20010db8000000000000000000000002 00 20 20010db8';

const UPDATES: readonly Uint8Array[] = [
  // Several prefixes, new attributes.
  update('', SET, '18c00002 18c00003 18c00004'),
  // The very octets again, with a withdrawal.
  update('18c00002', SET, '18c00003 18c00005 18c00006 18c00007'),
  // IPv6 and IPv4 in one UPDATE, with MP_UNREACH_NLRI.
  update('', `${MP} 40010100 4002060201 0000fdea 400304 0a000003`, '18c00002'),
  // Flags that are not canonical, an attribute that is discarded.
  update('', `45010100 4002060201 0000fdea 400304 0a000002 40050400000064`, '18c00008 18c00009'),
  // Treat-as-withdraw.
  update('', '40010107 4002060201 0000fdea 400304 0a000002', '18c00002'),
  // A loop.
  update('', '40010100 4002060201 0000fc00 400304 0a000002', '18c0000a'),
  // Only withdrawals, and End-of-RIB.
  update('18c00003 18c00004', '', ''),
  update('', '', ''),
];

function scene(bomb: Bomb) {
  const rib = new Rib({
    localAs: 64_512,
    bgpIdentifier: 1,
    observer: { fault: () => bomb.tick(), endOfRib: () => bomb.tick(), unusable: () => bomb.tick() },
    capacity: { ipv4: 2, ipv6: 2, pathsPerNlri: 1, attributeSets: 2 },
  });
  const other = new FakePeer(rib, { address: '10.0.0.3', as: 65_003, localAs: 64_512 });
  const sender = new FakePeer(rib, { address: '10.0.0.2', as: 65_002, localAs: 64_512 });
  other.up();
  sender.up();
  other.announce({ prefix: '192.0.2.0/24', asPath: [65_003, 65_004] });
  settle(rib);
  return { rib, other, sender };
}

for (const place of ['observer', 'path-observer', 'column', 'intern', 'insert', 'announce', 'withdraw'] as const) {
  test(`an exception at every call of: ${place}`, () => {
    let explosions = 0;
    for (let at = 0; ; at++) {
      const bomb = new Bomb();
      const { rib, other, sender } = scene(bomb);
      const defuse = mines(rib, place, bomb);
      bomb.countdown = at;
      const refused: number[] = [];
      try {
        for (const [i, body] of UPDATES.entries()) if (sender.raw(body) !== undefined) refused.push(i);
      } catch (error) {
        assert.equal(error, INJECTED);
      } finally {
        defuse();
      }
      assert.deepEqual(refused, []);
      checkInvariants(rib);
      if (!bomb.exploded) break;
      explosions++;
      // The session ends; the other one goes on.
      sender.down();
      for (let turns = 0; rib.work(); turns++) checkInvariants(rib);
      checkInvariants(rib);
      assert.equal(other.announce({ prefix: '192.0.5.0/24', asPath: [65_003] }), undefined);
      sender.up();
      assert.equal(sender.announce({ prefix: '192.0.3.0/24', asPath: [65_002] }), undefined);
      settle(rib);
      checkInvariants(rib);
      assert.deepEqual([...sender.view.keys()].sort(), ['192.0.2.0/24', '192.0.5.0/24']);
      for (const peer of [other, sender]) peer.down();
      settle(rib);
      checkInvariants(rib);
      assert.equal(rib.attributes.count, 0);
      assert.equal(rib.tables[0]!.index.count + rib.tables[1]!.index.count, 0);
    }
    assert.ok(explosions > 2, `${explosions} explosions`);
  });
}

test('an observer that throws while paths are swept away does not keep them', () => {
  const bomb = new Bomb();
  const { rib, sender } = scene(bomb);
  for (const body of UPDATES.slice(0, 3)) assert.equal(sender.raw(body), undefined);
  settle(rib);
  for (const table of rib.tables) {
    table.observer = () => {
      throw INJECTED;
    };
  }
  sender.down();
  for (let turns = 0, more = true; more; turns++) {
    assert.ok(turns < 1000);
    try {
      more = rib.work();
    } catch (error) {
      assert.equal(error, INJECTED);
    }
    checkInvariants(rib);
  }
  assert.equal(rib.table(IPV4_UNICAST).pathCount, 1);
  assert.equal(rib.table(IPV6_UNICAST).pathCount, 0);
});

test('property: whatever octets a peer sends, ingest answers and does not throw', () => {
  const twoOctets = update('', '40010100 4002060202 5ba0fdea 400304 0a000002 c0110a 0202 0000fdea 00011170', '18c00002');
  const mutated = fc
    .tuple(
      fc.constantFrom(...UPDATES, twoOctets),
      fc.array(fc.tuple(fc.nat(80), fc.nat(255)), { maxLength: 4 }),
      fc.uint8Array({ maxLength: 12 }),
    )
    .map(([seed, changes, tail]) => {
      const bytes = Uint8Array.from([...seed, ...tail]);
      for (const [at, octet] of changes) if (at < bytes.length) bytes[at] = octet;
      return bytes;
    });
  fc.assert(
    fc.property(fc.array(mutated, { maxLength: 8 }), fc.boolean(), fc.boolean(), (bodies, fourOctetAs, internal) => {
      const rib = new Rib({
        localAs: 64_512,
        bgpIdentifier: 1,
        observer: { fault: () => undefined, endOfRib: () => undefined },
        capacity: { ipv4: 2, ipv6: 2, pathsPerNlri: 1, attributeSets: 2 },
      });
      const options = { localAs: 64_512, fourOctetAs, ownAddresses: ['10.0.0.1'] };
      const sender = new FakePeer(rib, { address: '10.0.0.2', as: internal ? 64_512 : 65_002, ...options });
      const receiver = new FakePeer(rib, { address: '10.0.0.3', as: 65_003, localAs: 64_512 });
      sender.up();
      receiver.up();
      for (const body of bodies) {
        const fault = sender.raw(body);
        checkInvariants(rib);
        if (fault !== undefined) break;
      }
      settle(rib);
      checkInvariants(rib);
    }),
    { numRuns: Number(process.env['TSBGP_MODEL_RUNS'] ?? 2000), seed: 7606 },
  );
});
