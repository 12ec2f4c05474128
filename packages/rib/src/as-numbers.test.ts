/** What operators do with AS numbers: local-as, remove-private-as, allowas-in, as-override, first AS, sets and long paths. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asPathAt, asPathSegments } from '../test/as-path-text.ts';
import { FakePeer, type FakePeerOptions, settle, smallRib } from '../test/fake-peer.ts';
import type { AsPathOptions, PathId } from './index.ts';
import { checkInvariants } from './invariants.ts';

const AS = 64_500;
const PREFIX = '198.51.100.0/24';

function scene(from: Partial<FakePeerOptions> = {}, to: Partial<FakePeerOptions> = {}) {
  const rib = smallRib(undefined, AS);
  const peer = (address: string, options: Partial<FakePeerOptions>): FakePeer => {
    const made = new FakePeer(rib, { address, as: 65_001, localAs: AS, ...options });
    made.up();
    return made;
  };
  return { rib, from: peer('10.0.0.1', from), to: peer('10.0.0.2', { as: 3356, ...to }), internal: peer('10.0.0.3', { as: AS }) };
}

/** AS_PATH that a peer of AS 3356 gets of a route with this one. */
function sent(path: string, asPathOptions: AsPathOptions, to: Partial<FakePeerOptions> = {}): string | undefined {
  const { rib, from, to: receiver } = scene({}, { asPathOptions, ...to });
  from.announce({ prefix: PREFIX, asPath: [], segments: asPathSegments(path) });
  settle(rib);
  checkInvariants(rib);
  return asPathAt(receiver, PREFIX);
}

/** Why a route with this AS_PATH is not used. */
function reasonOf(path: string, asPathOptions: AsPathOptions, from: Partial<FakePeerOptions> = {}): string | undefined {
  const scenery = scene({ asPathOptions, ...from });
  scenery.from.announce({ prefix: PREFIX, asPath: [], segments: asPathSegments(path) });
  settle(scenery.rib);
  checkInvariants(scenery.rib);
  return scenery.rib.tables[0]!.filterReason(1 as PathId);
}

for (const [mode, path, expected] of [
  ['remove', '64512 65534', '64500'],
  ['remove', '4200000000 4294967294', '64500'],
  ['remove', '64512 174', '64500 64512 174'],
  ['remove', '', '64500'],
  ['all', '64512 64513 1 2', '64500 1 2'],
  ['all', '1 64512 {64513 64514} 2', '64500 1 | 2'],
  ['all', '1 {64513 2}', '64500 1 {2}'],
  ['all', '64511 65535 4199999999 4294967295', '64500 64511 65535 4199999999 4294967295'],
  ['replace', '64512 1 64513', '64500 64500 1 64500'],
  ['replace', '1 {64512 2}', '64500 1 {64500 2}'],
] as const) {
  test(`RFC 6996: remove-private-as ${mode} makes "${expected}" of "${path}"`, () => {
    assert.equal(sent(path, { removePrivate: mode }), expected);
  });
}

test('RFC 6996: the AS of the peer itself stays, so that it sees its own routes', () => {
  assert.equal(sent('64512 64600', { removePrivate: 'all' }, { as: 64_600 }), '64500 64600');
  assert.equal(sent('64512 64600', { removePrivate: 'replace' }, { as: 64_600 }), '64500 64500 64600');
});

test('RFC 6793 §4.2.2: private AS numbers are gone from AS4_PATH too', () => {
  assert.equal(sent('4200000000 1', { removePrivate: 'all' }, { fourOctetAs: false }), '64500 1');
});

test('as-override: our AS takes the place of that of the peer, which else would find a loop', () => {
  assert.equal(sent('3356 65009 3356', { override: true }), '64500 64500 65009 64500');
  assert.equal(sent('3356 65009 3356', {}), '64500 3356 65009 3356');
});

test('local-as: the AS of the session in front, ours behind it, or the AS of the session alone', () => {
  assert.equal(sent('1', { behindLocal: AS }, { localAs: 65_100 }), '65100 64500 1');
  assert.equal(sent('1', {}, { localAs: 65_100 }), '65100 1');
  const long = Array.from({ length: 254 }, (_, index) => index + 1).join(' ');
  assert.equal(sent(long, { behindLocal: AS }, { localAs: 65_100 }), `65100 64500 | ${long}`);
});

test('local-as: what comes in gets the AS of the session in front, the set as it came is kept, and a loop is looked for in that one', () => {
  const { rib, from, internal } = scene({ localAs: 65_100, asPathOptions: { prependIn: 65_100 } });
  from.announce({ prefix: PREFIX, asPath: [65_001, 174] });
  settle(rib);
  assert.equal(asPathAt(internal, PREFIX), '65100 65001 174');
  const [table] = rib.tables;
  assert.notEqual(table!.receivedAttrOf(1 as PathId), table!.pathAttr[1]);
  from.announce({ prefix: PREFIX, asPath: [], segments: asPathSegments('{1 2}') });
  settle(rib);
  assert.equal(asPathAt(internal, PREFIX), '65100 {1 2}');
  rib.changePeer(from.ribPeer!, { ...from.ribPeer!.options, asPath: {} });
  settle(rib);
  assert.equal(asPathAt(internal, PREFIX), '{1 2}', 'the change ends while the session lasts');
  checkInvariants(rib);
});

for (const [allowed, path, reason] of [
  [0, '65001 64500', 'as-loop'],
  [1, '65001 64500', undefined],
  [1, '65001 64500 174 64500', 'as-loop'],
  [2, '65001 64500 174 64500', undefined],
  [2, '65001 {64500 1} 64500 64500', 'as-loop'],
] as const) {
  test(`allowas-in ${allowed}: "${path}" is ${reason ?? 'used'}`, () => assert.equal(reasonOf(path, { ownAllowed: allowed }), reason));
}

for (const [path, reason] of [
  ['65001', undefined],
  ['65001 65001 174', undefined],
  ['174 65001', 'first-as'],
  ['', 'first-as'],
  ['{65001}', 'first-as'],
] as const) {
  test(`RFC 4271 §6.3: "${path}" of AS 65001 is ${reason ?? 'used'} where the first AS is enforced`, () => {
    assert.equal(reasonOf(path, { enforceFirst: true }), reason);
    assert.equal(reasonOf(path, { enforceFirst: false }), undefined);
  });
}

test('RFC 4271 §6.3: the first AS of internal peers may be any', () => {
  assert.equal(reasonOf('174', { enforceFirst: true }, { as: AS }), undefined);
});

for (const path of ['65001 {1 2}', '{1} 65001', '65001 {1} 2']) {
  test(`RFC 9774: "${path}" is not used where AS_SETs are rejected`, () => {
    assert.equal(reasonOf(path, { rejectSets: true }), 'as-set');
    assert.equal(reasonOf(path, { rejectLong: true }), undefined);
  });
}

test('a path of more than 750 AS numbers is not used where long ones are rejected, one of 750 is', () => {
  const path = (length: number) => [65_001, ...Array.from({ length: length - 1 }, (_, index) => index + 1)].join(' ');
  assert.equal(reasonOf(path(750), { rejectLong: true, rejectSets: true }), undefined);
  assert.equal(reasonOf(path(751), { rejectLong: true }), 'as-path-length');
  assert.equal(reasonOf(path(751), { rejectSets: true }), undefined);
});

test('rejections are switched while the session lasts, and a rejected route takes the place of the one before', () => {
  const { rib, from, internal } = scene({ asPathOptions: { rejectSets: true } });
  from.announce({ prefix: PREFIX, asPath: [65_001] });
  settle(rib);
  assert.equal(internal.view.size, 1);
  from.announce({ prefix: PREFIX, asPath: [], segments: asPathSegments('65001 {1 2}') });
  settle(rib);
  assert.equal(internal.view.size, 0);
  rib.changePeer(from.ribPeer!, { ...from.ribPeer!.options, asPath: {} });
  settle(rib);
  assert.equal(asPathAt(internal, PREFIX), '65001 {1 2}');
  checkInvariants(rib);
});
