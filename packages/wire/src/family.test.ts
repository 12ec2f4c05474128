import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Afi, afiOf, formatFamily, IPV4_UNICAST, IPV6_UNICAST, makeFamily, parseFamily, Safi, safiOf } from './family.ts';

for (const [afi, safi, text] of [
  [Afi.Ipv4, Safi.Unicast, 'ipv4-unicast'],
  [Afi.Ipv6, Safi.MplsVpn, 'ipv6-mpls-vpn'],
  [Afi.L2vpn, Safi.Evpn, 'l2vpn-evpn'],
  [Afi.BgpLs, Safi.BgpLs, 'bgp-ls'],
  [Afi.BgpLs, Safi.BgpLsVpn, 'bgp-ls-vpn'],
  [9, 200, 'afi-9/safi-200'],
  [0xffff, 0xff, 'afi-65535/safi-255'],
] as const) {
  test(`RFC 4760 §3: AFI ${afi} and SAFI ${safi} are ${text}, both ways`, () => {
    const family = makeFamily(afi, safi);
    assert.deepEqual([afiOf(family), safiOf(family)], [afi, safi]);
    assert.equal(formatFamily(family), text);
    assert.equal(parseFamily(text), family);
  });
}

test('the families that code names', () => {
  assert.deepEqual([formatFamily(IPV4_UNICAST), formatFamily(IPV6_UNICAST)], ['ipv4-unicast', 'ipv6-unicast']);
});

for (const text of ['', 'ipv4', 'unicast', 'ipv4-nothing', 'afi-65536/safi-1', 'afi-1/safi-256', 'afi-1']) {
  test(`"${text}" is no family`, () => assert.equal(parseFamily(text), undefined));
}

test('property: every AFI and SAFI comes back from its text', () => {
  const afi = fc.oneof(fc.integer({ min: 0, max: 0xffff }), fc.constantFrom(...Object.values(Afi)));
  const safi = fc.oneof(fc.integer({ min: 0, max: 0xff }), fc.constantFrom(...Object.values(Safi)));
  fc.assert(
    fc.property(afi, safi, (a, s) => assert.equal(parseFamily(formatFamily(makeFamily(a, s))), makeFamily(a, s))),
    { seed: 4760, numRuns: 5000 },
  );
});
