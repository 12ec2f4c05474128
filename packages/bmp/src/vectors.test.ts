/** BMP messages from routers and from other implementations' test suites: what they say, and that they come back octet for octet. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { afiOf, decodeMessage, Fault, formatAddress, fromHex, parseAddress, parseRd, safiOf, toHex } from '@tsbgp/wire';
import { conformanceVectors } from '../../../test/conformance.ts';
import { bmpContext } from './context.ts';
import { BmpFault } from './fault.ts';
import { decodeBmp, encodeBmp } from './messages/message.ts';
import type { BmpMessage, BmpStatistic } from './messages/values.ts';
import type { BmpPeer } from './peer.ts';
import type { BmpIndexedTlv, BmpTlv } from './tlv.ts';

interface Expected {
  readonly version: number;
  readonly type_name: string;
  readonly peer?: ExpectedPeer;
  readonly [field: string]: unknown;
}

interface ExpectedPeer {
  readonly peer_type: number;
  readonly flags: number;
  readonly post_policy?: boolean;
  readonly two_octet_as_path?: boolean;
  readonly adj_rib_out?: boolean;
  readonly filtered?: boolean;
  readonly distinguisher: string;
  readonly address: string;
  readonly as: number;
  readonly bgp_id: string;
  readonly timestamp_s: number;
  readonly timestamp_us: number;
}

const NAMES: Readonly<Record<BmpMessage['type'], string>> = {
  'route-monitoring': 'ROUTE_MONITORING',
  'statistics-report': 'STATISTICS_REPORT',
  'peer-down': 'PEER_DOWN',
  'peer-up': 'PEER_UP',
  initiation: 'INITIATION',
  termination: 'TERMINATION',
  'route-mirroring': 'ROUTE_MIRRORING',
  unknown: 'UNKNOWN',
};

/** Read although RFC 7854 §4.9 wants a NOTIFICATION in it; not written. */
const NO_NOTIFICATION = new Set(['routecore/message/peer_down_lacking_notification']);

const vectors = conformanceVectors<Expected>('bmp');
if (typeof vectors === 'string') test('BMP vectors', { skip: vectors }, () => {});
else {
  for (const { id, hex, expect } of vectors) {
    test(`bmp: ${id}`, () => {
      const bytes = fromHex(hex);
      const message = decodeBmp(bytes, 0, bytes.length, { v4: true });
      assert.ok(!(message instanceof BmpFault), message instanceof BmpFault ? message.reason : '');
      assert.equal(NAMES[message.type], expect.type_name);
      if ('peer' in message) checkPeer(message.peer, expect.peer!);
      check(message, expect);
      if (expect.version === 4) {
        const refused = decodeBmp(bytes, 0, bytes.length);
        assert.ok(refused instanceof BmpFault && refused.isFatal);
        assert.match(refused.reason, /version 4 is a draft, which the option v4 allows/);
      }
      if (NO_NOTIFICATION.has(id)) {
        assert.throws(() => encodeBmp(message), /reason 1 needs notification/);
        return;
      }
      // The TLV with the BGP message is written last, wherever it was.
      if (expect.version === 3 || message.type !== 'route-monitoring') assert.equal(toHex(encodeBmp(message)), hex);
      else assert.deepEqual(decodeBmp(encodeBmp(message), 0, bytes.length, { v4: true }), message);
    });
  }
}

function checkPeer(peer: BmpPeer, expected: ExpectedPeer): void {
  assert.deepEqual(
    {
      peer_type: peer.peerType,
      post_policy: peer.postPolicy,
      two_octet_as_path: peer.twoOctetAsPath,
      adj_rib_out: peer.adjRibOut,
      filtered: peer.filtered,
      distinguisher: toHex(parseRd(peer.distinguisher)),
      address: peer.address,
      as: peer.as,
      bgp_id: peer.bgpId,
      timestamp_s: peer.timestamp,
      timestamp_us: peer.microseconds,
    },
    {
      peer_type: expected.peer_type,
      post_policy: expected.post_policy ?? false,
      two_octet_as_path: expected.two_octet_as_path ?? false,
      adj_rib_out: expected.adj_rib_out ?? false,
      filtered: expected.filtered ?? false,
      distinguisher: expected.distinguisher,
      address: sameAddress(expected.address),
      as: expected.as,
      bgp_id: expected.bgp_id,
      timestamp_s: expected.timestamp_s,
      timestamp_us: expected.timestamp_us,
    },
  );
}

function check(message: BmpMessage, expect: Expected): void {
  switch (message.type) {
    case 'initiation':
    case 'termination':
      assert.deepEqual(
        message.information.map(neutralTlv),
        (expect['information'] as { type: number; raw: string }[]).map(({ type, raw }) => ({ type, raw })),
      );
      return;
    case 'statistics-report':
      assert.deepEqual(message.statistics.map(neutralStatistic), expect['stats']);
      return;
    case 'peer-down':
      assert.equal(message.reason, expect['reason']);
      if (message.notification !== undefined) checkBgp(message.notification, message.peer, expect['notification']);
      if (typeof expect['fsm_event'] === 'number') assert.equal(message.fsmEvent, expect['fsm_event']);
      return;
    case 'peer-up':
      assert.deepEqual(
        [message.localAddress, message.localPort, message.remotePort],
        [sameAddress(String(expect['local_address'])), expect['local_port'], expect['remote_port']],
      );
      checkBgp(message.sentOpen, message.peer, expect['sent_open']);
      checkBgp(message.receivedOpen, message.peer, expect['received_open']);
      return;
    case 'route-monitoring':
      checkBgp(message.update, message.peer, expect['update']);
      if (message.tlvs !== undefined) {
        const expected = (expect['tlvs'] as { type: number; index: number; raw: string }[]).map(({ type, index, raw }) => ({
          type,
          index,
          raw,
        }));
        assert.deepEqual(
          message.tlvs.map(neutralTlv),
          expected.filter(({ type }) => type !== 4),
        );
        assert.equal(toHex(message.update), expected.find(({ type }) => type === 4)!.raw);
      }
      return;
    case 'route-mirroring':
      assert.deepEqual(
        message.tlvs.map(({ type, value }) => ({ type, length: value.length })),
        (expect['tlvs'] as { type: number; length: number }[]).map(({ type, length }) => ({ type, length })),
      );
      return;
    default:
      assert.fail(message.type);
  }
}

/** The BGP message decodes, or is one that wire refuses; its routes are those that the vector says. wire's own tests compare the rest. */
function checkBgp(bytes: Uint8Array, peer: BmpPeer, expected: unknown): void {
  const {
    type,
    nlri,
    withdrawn,
    my_as: as,
    bgp_id: bgpId,
  } = (expected ?? {}) as {
    type?: string;
    nlri?: { prefix: string }[];
    withdrawn?: { prefix: string }[];
    my_as?: number;
    bgp_id?: string;
  };
  const message = decodeMessage(bytes, 0, bytes.length, bmpContext(peer), { lenient: true });
  if (message instanceof Fault) return;
  if (type !== undefined) assert.equal(message.type, type.toLowerCase());
  if (message.type === 'open' && type === 'OPEN') assert.deepEqual([message.as, message.bgpIdentifier], [as, bgpId]);
  if (message.type === 'update' && nlri?.every((each) => !('path_id' in each)) === true) {
    assert.deepEqual(
      message.nlri.map(({ prefix }) => prefix),
      nlri.map(({ prefix }) => samePrefix(prefix)),
    );
    assert.equal(message.withdrawn.length, withdrawn?.length ?? 0);
  }
}

function neutralTlv({ type, value, ...rest }: BmpTlv | BmpIndexedTlv): unknown {
  return { type, raw: toHex(value), ...rest };
}

function neutralStatistic(statistic: BmpStatistic): unknown {
  const { type } = statistic;
  if ('counter' in statistic) return { type, length: 4, value: statistic.counter };
  if ('family' in statistic)
    return { type, length: 11, afi: afiOf(statistic.family), safi: safiOf(statistic.family), value: Number(statistic.gauge) };
  return 'gauge' in statistic ? { type, length: 8, value: Number(statistic.gauge) } : { type, length: statistic.bytes.length };
}

function sameAddress(text: string): string {
  return formatAddress(parseAddress(text)!);
}

function samePrefix(text: string): string {
  const [host = '', bits] = text.split('/');
  return `${sameAddress(host)}/${bits}`;
}
