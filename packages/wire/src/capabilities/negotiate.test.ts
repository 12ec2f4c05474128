import assert from 'node:assert/strict';
import { test } from 'node:test';
import { IPV4_UNICAST, IPV6_UNICAST } from '../family.ts';
import { parseCapability } from './capabilities.ts';
import { negotiate } from './negotiate.ts';

const EBGP = { localAs: 65_001, remoteAs: 65_002 };
const IBGP = { localAs: 65_001, remoteAs: 65_001 };

function capabilities(...texts: string[]) {
  return texts.map(parseCapability);
}

test('RFC 4760 §8: a family needs both; without any the session carries IPv4 unicast', () => {
  const families = (local: string[], remote: string[]) => [...negotiate(capabilities(...local), capabilities(...remote), EBGP).families];
  assert.deepEqual(families([], []), [IPV4_UNICAST]);
  assert.deepEqual(families(['multiprotocol ipv4-unicast', 'multiprotocol ipv6-unicast'], []), [IPV4_UNICAST]);
  assert.deepEqual(families(['multiprotocol ipv6-unicast'], []), []);
  assert.deepEqual(families(['multiprotocol ipv4-unicast', 'multiprotocol ipv6-unicast'], ['multiprotocol ipv6-unicast']), [IPV6_UNICAST]);
});

test('RFC 6793 §4: 4-octet AS numbers need both sides', () => {
  const asked = capabilities('four-octet-as 65001');
  assert.equal(negotiate(asked, capabilities('four-octet-as 65002'), EBGP).receive.fourOctetAs, true);
  assert.equal(negotiate(asked, [], EBGP).send.fourOctetAs, false);
});

test('RFC 7911 §4: several paths go where one side sends and the other receives', () => {
  const { addPath, send, receive } = negotiate(
    capabilities('multiprotocol ipv4-unicast', 'multiprotocol ipv6-unicast', 'add-path ipv4-unicast:send ipv6-unicast:both'),
    capabilities('multiprotocol ipv4-unicast', 'multiprotocol ipv6-unicast', 'add-path ipv4-unicast:both ipv6-unicast:send'),
    EBGP,
  );
  assert.deepEqual(addPath.get(IPV4_UNICAST), { send: true, receive: false });
  assert.deepEqual(addPath.get(IPV6_UNICAST), { send: false, receive: true });
  assert.deepEqual([...send.addPath], [IPV4_UNICAST]);
  assert.deepEqual([...receive.addPath], [IPV6_UNICAST]);
});

test('ADD-PATH of a family that is not negotiated, or that nobody receives, is nothing', () => {
  const local = capabilities('multiprotocol ipv4-unicast', 'add-path ipv4-unicast:send ipv6-unicast:both');
  assert.equal(negotiate(local, capabilities('add-path ipv4-unicast:send ipv6-unicast:both'), EBGP).addPath.size, 0);
});

test('the peer’s paths limit holds where we send it several paths; 0 is no limit', () => {
  const local = capabilities('add-path ipv4-unicast:both');
  const limit = (text: string) => negotiate(local, capabilities('add-path ipv4-unicast:both', text), EBGP).pathsLimit.get(IPV4_UNICAST);
  assert.equal(limit('paths-limit ipv4-unicast:4'), 4);
  assert.equal(limit('paths-limit ipv4-unicast:0'), undefined);
});

test('RFC 8654 §4: who said Extended Message can take them', () => {
  const { send, receive } = negotiate(capabilities('extended-message'), [], EBGP);
  assert.equal(send.extendedMessage, false);
  assert.equal(receive.extendedMessage, true);
});

test('RFC 8950 §4: a next hop of another family needs the tuple on both sides', () => {
  const local = capabilities('extended-next-hop ipv4-unicast:ipv6');
  const got = negotiate(local, capabilities('extended-next-hop ipv4-unicast:ipv6 ipv4-multicast:ipv6'), EBGP).extendedNextHop;
  assert.deepEqual([...got], [[IPV4_UNICAST, new Set([2])]]);
});

test('RFC 2918, RFC 7313: refresh goes to who advertised it, enhanced refresh needs both', () => {
  const got = negotiate(capabilities('route-refresh', 'enhanced-route-refresh'), capabilities('route-refresh-cisco'), EBGP);
  assert.deepEqual(got.routeRefresh, { send: true, receive: true });
  assert.equal(got.enhancedRouteRefresh, false);
  assert.deepEqual(negotiate([], capabilities('route-refresh'), EBGP).routeRefresh, { send: true, receive: false });
});

test('RFC 5291 §4: filters flow from who sends to who receives', () => {
  const got = negotiate(
    capabilities('outbound-route-filtering ipv4-unicast:64=send'),
    capabilities('outbound-route-filtering ipv4-unicast:64=both:128=receive'),
    EBGP,
  );
  assert.deepEqual([...got.orf.send], [[IPV4_UNICAST, [64]]]);
  assert.equal(got.orf.receive.size, 0);
});

test('RFC 4724 §3: of two graceful restart capabilities the last counts; RFC 8538 §2: N needs both', () => {
  const got = negotiate(
    capabilities('graceful-restart 120 notification'),
    capabilities('graceful-restart 10', 'graceful-restart 20 notification'),
    EBGP,
  );
  assert.equal(got.gracefulRestart.remote?.restartTimeSeconds, 20);
  assert.equal(got.gracefulNotification, true);
  assert.equal(negotiate(capabilities('graceful-restart 120 notification'), [], EBGP).gracefulNotification, false);
});

const ROLES = ['provider', 'rs', 'rs-client', 'customer', 'peer'];
const FIT = new Set(['provider customer', 'customer provider', 'rs rs-client', 'rs-client rs', 'peer peer']);

test('RFC 9234 §4.2: roles that do not fit are 2/11', () => {
  for (const local of ROLES) {
    for (const remote of ROLES) {
      const { fault } = negotiate(capabilities(`role ${local}`), capabilities(`role ${remote}`), EBGP);
      assert.equal(fault?.subcode, FIT.has(`${local} ${remote}`) ? undefined : 11, `${local} ${remote}`);
    }
  }
});

test('RFC 9234 §4.2: no role on one side is fine unless strict; several different ones are a mismatch; iBGP has none', () => {
  const local = capabilities('role customer');
  assert.equal(negotiate(local, [], EBGP).fault, undefined);
  assert.equal(negotiate(local, [], { ...EBGP, strictRole: true }).fault?.subcode, 11);
  assert.equal(negotiate(local, capabilities('role provider', 'role provider'), EBGP).fault, undefined);
  assert.equal(negotiate(local, capabilities('role provider', 'role peer'), EBGP).fault?.subcode, 11);
  assert.equal(negotiate(local, capabilities('role peer'), IBGP).fault, undefined);
  assert.equal(negotiate(local, capabilities('role peer'), IBGP).peerType, 'ibgp');
});

test('RFC 8277 §2.1: several labels need both sides', () => {
  const got = negotiate(capabilities('multiple-labels ipv4-unicast:3'), capabilities('multiple-labels ipv4-unicast:5'), EBGP);
  assert.equal(got.multipleLabels.get(IPV4_UNICAST), 5);
  assert.equal(negotiate([], capabilities('multiple-labels ipv4-unicast:5'), EBGP).multipleLabels.size, 0);
});

test('RFC 8205 §2.2: BGPsec goes where one side sends and the other receives, by AFI and version, with four-octet AS numbers', () => {
  const offer = (...words: string[]) => capabilities('four-octet-as 65001', ...words.map((word) => `bgpsec ${word}`));
  const both = negotiate(
    offer('0 send afi-1', '0 receive afi-1', '0 receive afi-2'),
    offer('0 send afi-1', '0 receive afi-1', '0 send afi-2'),
    EBGP,
  );
  assert.deepEqual([...(both.send.bgpsec ?? [])], [1]);
  assert.deepEqual([...(both.receive.bgpsec ?? [])], [1, 2]);
  assert.equal(negotiate(offer('0 receive afi-1'), offer('0 receive afi-1'), EBGP).receive.bgpsec, undefined);
  assert.equal(negotiate(offer('0 receive afi-1'), offer('1 send afi-1'), EBGP).receive.bgpsec, undefined);
  assert.equal(negotiate(offer('0 receive afi-1'), capabilities('bgpsec 0 send afi-1'), EBGP).receive.bgpsec, undefined);
});
