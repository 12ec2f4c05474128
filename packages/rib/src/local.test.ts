import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fault, fromHex, IPV4_UNICAST } from '@tsbgp/wire';
import type { AttrId } from './attributes/attribute-table.ts';
import { checkInvariants } from './invariants.ts';
import type { NlriId } from './nlri/nlri-index.ts';
import { Rib } from './rib.ts';

function setUp(): Rib {
  return new Rib({ localAs: 64_500, bgpIdentifier: 1, observer: { fault: () => undefined, endOfRib: () => undefined } });
}

/** ORIGIN IGP, an empty AS_PATH, NEXT_HOP 192.0.2.1. */
const ATTRIBUTES = fromHex('40010100 400200 400304 c0000201');
/** 10.0.0.0/8 and 198.51.100.0/24 in wire form. */
const PREFIXES = fromHex('080a 18c63364');

function intern(rib: Rib): AttrId {
  const attr = rib.internLocal(IPV4_UNICAST, ATTRIBUTES);
  assert.ok(!(attr instanceof Fault));
  return attr;
}

test('one attribute set is interned once for many local routes, and goes with the last of them', () => {
  const rib = setUp();
  const attr = intern(rib);
  rib.announceLocal(IPV4_UNICAST, PREFIXES, 0, attr);
  rib.announceLocal(IPV4_UNICAST, PREFIXES, 2, attr);
  rib.releaseLocal(attr);
  while (rib.work());
  assert.equal(rib.attributes.count, 1);
  assert.equal(rib.tables[0]!.bestCount, 2);
  checkInvariants(rib);
  assert.equal(rib.withdrawLocal(IPV4_UNICAST, PREFIXES, 0), true);
  assert.equal(rib.withdrawLocal(IPV4_UNICAST, PREFIXES, 0), false);
  assert.equal(rib.withdrawLocal(IPV4_UNICAST, PREFIXES, 2), true);
  while (rib.work());
  assert.equal(rib.attributes.count, 0);
  checkInvariants(rib);
});

test('a set that nobody used is gone when it is given back', () => {
  const rib = setUp();
  rib.releaseLocal(intern(rib));
  assert.equal(rib.attributes.count, 0);
});

test('attributes that RFC 7606 refuses are a fault, and nothing is interned', () => {
  const rib = setUp();
  // ORIGIN 9.
  const fault = rib.internLocal(IPV4_UNICAST, fromHex('40010109 400200 400304 c0000201'));
  assert.ok(fault instanceof Fault);
  assert.equal(fault.action, 'withdraw');
  assert.equal(rib.attributes.count, 0);
});

test('an NLRI that somebody keeps is not freed until it is doomed again, and a route may come back meanwhile', () => {
  const rib = setUp();
  const [table] = rib.tables as [(typeof rib.tables)[0]];
  const kept = new Set<NlriId>();
  table.keeps = (nlri) => kept.has(nlri);
  const announce = (): void => {
    const attr = intern(rib);
    rib.announceLocal(IPV4_UNICAST, PREFIXES, 0, attr);
    rib.releaseLocal(attr);
    while (rib.work());
  };
  const withdraw = (): void => {
    rib.withdrawLocal(IPV4_UNICAST, PREFIXES, 0);
    while (rib.work());
  };
  announce();
  const nlri = table.index.findWire(PREFIXES, 0);
  kept.add(nlri);
  withdraw();
  assert.equal(table.index.findWire(PREFIXES, 0), nlri);
  assert.equal(table.doomedCount, 0);
  checkInvariants(rib);
  announce();
  assert.equal(table.index.findWire(PREFIXES, 0), nlri);
  withdraw();
  kept.delete(nlri);
  table.doom(nlri);
  while (rib.work());
  assert.equal(table.index.findWire(PREFIXES, 0), 0);
  checkInvariants(rib);
});
