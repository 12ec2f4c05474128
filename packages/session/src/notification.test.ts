/** Every NOTIFICATION of RFC 4271 §6 and later RFCs, provoked by a bare socket. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { fromHex, type NotificationMessage, notification, shutdownMessageData, toHex } from '@tsbgp/wire';
import { concat, END_OF_RIB, KEEPALIVE, message, open } from '../test/messages.ts';
import { RawPeer } from '../test/raw-peer.ts';
import { Recorder } from '../test/recorder.ts';
import { speaker } from '../test/speaker.ts';
import type { PeerOptions } from './index.ts';

type When = 'OpenSent' | 'OpenConfirm' | 'Established';

interface Case {
  readonly name: string;
  readonly when: When | readonly When[];
  readonly send: Uint8Array;
  /** Code, subcode and data in hexadecimal. */
  readonly answer: readonly [number, number, string?];
  readonly options?: PeerOptions;
  readonly capabilities?: Recorder['capabilities'];
  readonly config?: { localAs?: number; remoteAs?: number };
}

const ANY: readonly When[] = ['OpenSent', 'OpenConfirm', 'Established'];

/** `bytes` with some octets replaced. */
function patched(bytes: Uint8Array, offset: number, hex: string): Uint8Array {
  const copy = bytes.slice();
  copy.set(fromHex(hex), offset);
  return copy;
}

/** A header that claims `length`, and nothing else. */
function header(type: number, length: number): Uint8Array {
  return patched(message(type), 16, length.toString(16).padStart(4, '0'));
}

const CASES: Case[] = [
  // §6.1 Message header
  { name: 'a marker that is not all ones', when: ANY, send: patched(KEEPALIVE, 7, 'fe'), answer: [1, 1] },
  { name: 'a marker that is not all ones, of an UPDATE', when: 'Established', send: patched(END_OF_RIB, 15, '00'), answer: [1, 1] },
  { name: 'a length below the header', when: ANY, send: header(4, 18), answer: [1, 2, '0012'] },
  { name: 'a length of 0', when: ANY, send: header(2, 0), answer: [1, 2, '0000'] },
  { name: 'a length above 4096', when: ANY, send: header(2, 4097), answer: [1, 2, '1001'] },
  { name: 'a KEEPALIVE that is too long', when: ANY, send: header(4, 20), answer: [1, 2, '0014'] },
  { name: 'an OPEN that is too short', when: ANY, send: header(1, 28), answer: [1, 2, '001c'] },
  { name: 'an UPDATE that is too short', when: ANY, send: header(2, 22), answer: [1, 2, '0016'] },
  { name: 'a NOTIFICATION that is too short', when: ANY, send: header(3, 20), answer: [1, 2, '0014'] },
  { name: 'a ROUTE-REFRESH that is too short', when: 'Established', send: message(5, '000100'), answer: [1, 2, '0016'] },
  { name: 'message type 0', when: ANY, send: message(0), answer: [1, 3, '00'] },
  { name: 'message type 6, which was not agreed upon', when: ANY, send: message(6), answer: [1, 3, '06'] },
  { name: 'message type 255', when: ANY, send: message(255, '0102'), answer: [1, 3, 'ff'] },
  // §6.2 OPEN
  { name: 'version 3', when: 'OpenSent', send: patched(open(), 19, '03'), answer: [2, 1, '0004'] },
  { name: 'another AS', when: 'OpenSent', send: open({ as: 65_003 }), answer: [2, 2] },
  { name: 'another AS in the field than in the capability', when: 'OpenSent', send: patched(open(), 20, 'fde9'), answer: [2, 2] },
  { name: 'AS 0 (RFC 7607)', when: 'OpenSent', send: patched(open({ capabilities: [] }), 20, '0000'), answer: [2, 2] },
  { name: 'AS_TRANS without the capability', when: 'OpenSent', send: patched(open({ capabilities: [] }), 20, '5ba0'), answer: [2, 2] },
  { name: 'identifier 0.0.0.0', when: 'OpenSent', send: open({ bgpIdentifier: '0.0.0.0' }), answer: [2, 3] },
  {
    name: 'our identifier from a peer in our AS (RFC 6286 §2.3)',
    when: 'OpenSent',
    send: open({ as: 65_001, bgpIdentifier: '10.0.0.1' }),
    config: { remoteAs: 65_001 },
    answer: [2, 3],
  },
  { name: 'an unknown optional parameter', when: 'OpenSent', send: message(1, '04fdea005a0a000002 04 01020000'), answer: [2, 4] },
  { name: 'hold time 1', when: 'OpenSent', send: open({ holdTimeSeconds: 1 }), answer: [2, 6] },
  { name: 'hold time 2', when: 'OpenSent', send: open({ holdTimeSeconds: 2 }), answer: [2, 6] },
  {
    name: 'parameters that reach beyond the message',
    when: 'OpenSent',
    send: message(1, '04fdea005a0a000002 04 0206 4104'),
    answer: [2, 0],
  },
  { name: 'parameters shorter than their length field', when: 'OpenSent', send: message(1, '04fdea005a0a000002 08 0200'), answer: [2, 0] },
  { name: 'a capability that is cut short', when: 'OpenSent', send: message(1, '04fdea005a0a000002 05 0203 410400'), answer: [2, 0] },
  {
    name: 'a 4-octet AS capability of 2 octets',
    when: 'OpenSent',
    send: message(1, '04fdea005a0a000002 06 0204 4102 fdea'),
    answer: [2, 0],
  },
  {
    name: 'a required capability that is missing (RFC 5492 §5)',
    when: 'OpenSent',
    send: open(),
    options: { requiredCapabilities: [{ type: 'extended-message' }, { type: 'route-refresh' }] },
    answer: [2, 7, '0600'],
  },
  {
    name: 'a role that does not fit ours (RFC 9234)',
    when: 'OpenSent',
    send: open({
      capabilities: [
        { type: 'role', role: 0 },
        { type: 'four-octet-as', as: 65_002 },
      ],
    }),
    capabilities: [{ type: 'role', role: 0 }],
    answer: [2, 11],
  },
  {
    name: 'no role in strict mode (RFC 9234 §4.2)',
    when: 'OpenSent',
    send: open(),
    capabilities: [{ type: 'role', role: 0 }],
    options: { strictRole: true },
    answer: [2, 11],
  },
  // §6.6, RFC 6608
  { name: 'a KEEPALIVE before the OPEN', when: 'OpenSent', send: KEEPALIVE, answer: [5, 1, '04'] },
  { name: 'an UPDATE before the OPEN', when: 'OpenSent', send: END_OF_RIB, answer: [5, 1, '02'] },
  { name: 'a ROUTE-REFRESH before the OPEN', when: 'OpenSent', send: message(5, '00010001'), answer: [5, 1, '05'] },
  { name: 'an UPDATE before the KEEPALIVE', when: 'OpenConfirm', send: END_OF_RIB, answer: [5, 2, '02'] },
  { name: 'a second OPEN', when: 'OpenConfirm', send: open(), answer: [5, 2, '01'] },
  { name: 'a ROUTE-REFRESH before the KEEPALIVE', when: 'OpenConfirm', send: message(5, '00010001'), answer: [5, 2, '05'] },
  { name: 'an OPEN in an established session', when: 'Established', send: open(), answer: [5, 3, '01'] },
  { name: 'a bad OPEN in an established session', when: 'Established', send: patched(open(), 19, '03'), answer: [5, 3, '01'] },
  // RFC 7313 §5
  {
    name: 'a Begin-of-Route-Refresh of a wrong length',
    when: 'Established',
    send: message(5, '0001010100'),
    answer: [7, 1, `${'ff'.repeat(16)}0018050001010100`],
  },
];

suite('NOTIFICATION', { concurrency: true }, () => {
  for (const entry of CASES) {
    for (const when of typeof entry.when === 'string' ? [entry.when] : entry.when) {
      test(`${entry.name}, in ${when}: ${entry.answer[0]}/${entry.answer[1]}`, async (t) => {
        const plugin = new Recorder();
        plugin.capabilities = entry.capabilities;
        const { port, peer } = await speaker(t, entry.options, { plugin, ...(entry.config && { config: entry.config }) });
        const raw = await RawPeer.connect(port);
        // The peer does not wait for us: what it sends too early must not change the answer.
        const before = when === 'OpenSent' ? [] : when === 'OpenConfirm' ? [open()] : [open(), KEEPALIVE];
        raw.send(...before, entry.send);
        const answer = await raw.notification();
        assert.deepEqual([answer.code, answer.subcode, toHex(answer.data)], [entry.answer[0], entry.answer[1], entry.answer[2] ?? '']);
        await raw.closed();
        raw.socket.end();
        assert.equal(peer.lastError?.direction, 'sent');
        assert.equal(peer.counters.notificationSent, 1);
        if (when === 'Established') assert.equal((await plugin.closed()).type, 'notification-sent');
        else assert.ok(!plugin.events.includes('established'));
      });
    }
  }
});

test('the refusal of onOpenMessage is sent as it is', async (t) => {
  const plugin = new Recorder();
  plugin.onOpen = () => notification(2, 7, fromHex('4700'));
  const { port } = await speaker(t, {}, { plugin });
  const raw = await RawPeer.connect(port);
  raw.send(open());
  assert.deepEqual(await raw.notification(), notification(2, 7, fromHex('4700')));
});

test('the refusal of the UPDATE handler is sent, also when more messages follow, and data of any length fits the message', async (t) => {
  const { port, plugin } = await speaker(t);
  const refusal: NotificationMessage = notification(3, 1, new Uint8Array(5000).fill(7));
  plugin.onUpdate = () => refusal;
  const raw = await RawPeer.connect(port);
  await raw.establish();
  raw.send(...Array.from({ length: 100 }, () => END_OF_RIB));
  const answer = await raw.notification();
  assert.deepEqual([answer.code, answer.subcode, answer.data.length], [3, 1, 4096 - 21]);
  assert.equal((await plugin.closed()).type, 'notification-sent');
});

test('a NOTIFICATION reaches a peer that continues to send for a while', async (t) => {
  const { port } = await speaker(t);
  const raw = await RawPeer.connect(port);
  raw.send(patched(KEEPALIVE, 0, '00'), concat(...Array.from({ length: 2000 }, () => END_OF_RIB)));
  assert.deepEqual((await raw.notification()).code, 1);
  raw.send(...Array.from({ length: 2000 }, () => END_OF_RIB));
  await raw.closed();
  raw.socket.end();
});

test('a NOTIFICATION reaches a peer that has already sent its FIN', async (t) => {
  const { port } = await speaker(t);
  const raw = await RawPeer.connect(port);
  raw.socket.end(patched(open(), 19, '03'));
  assert.deepEqual(await raw.notification(), notification(2, 1, fromHex('0004')));
});

for (const [code, subcode] of [
  [6, 2],
  [6, 7],
  [2, 1],
  [3, 1],
] as const) {
  for (const when of ['OpenSent', 'OpenConfirm', 'Established'] as const) {
    test(`NOTIFICATION ${code}/${subcode} of the peer in ${when} is not answered with one`, async (t) => {
      const { port, plugin, peer } = await speaker(t);
      const raw = await RawPeer.connect(port);
      raw.send(
        ...(when === 'OpenSent' ? [] : when === 'OpenConfirm' ? [open()] : [open(), KEEPALIVE]),
        message(3, Uint8Array.of(code, subcode)),
      );
      await plugin.event(`notification received ${code}/${subcode}`);
      await assert.rejects(raw.notification(), /closed/);
      raw.socket.end();
      assert.equal(peer.counters.notificationReceived, 1);
      if (when === 'Established') assert.equal((await plugin.closed()).type, 'notification-received');
    });
  }
}

test('RFC 4486: an unknown peer gets Connection Rejected', async (t) => {
  const { port } = await speaker(t);
  const raw = await RawPeer.connect(port, '127.0.0.9');
  const answer = await raw.notification();
  assert.deepEqual([answer.code, answer.subcode], [6, 5]);
  await raw.closed();
});

test('RFC 4486: a disabled peer gets Connection Rejected', async (t) => {
  const { port } = await speaker(t, { enabled: false });
  const answer = await (await RawPeer.connect(port)).notification();
  assert.deepEqual([answer.code, answer.subcode], [6, 5]);
});

test('a connection to another address than localAddress is refused', async (t) => {
  const { port } = await speaker(t, { localAddress: '127.0.0.77' });
  const answer = await (await RawPeer.connect(port)).notification();
  assert.deepEqual([answer.code, answer.subcode], [6, 5]);
});

test('RFC 9003: what the operator of the peer said stays while the peer refuses connections for it', async (t) => {
  const plugin = new Recorder();
  const { port, peer } = await speaker(t, {}, { plugin });
  const cease = async (subcode: number, data: Uint8Array): Promise<void> => {
    const raw = await RawPeer.connect(port);
    const known = peer.counters.notificationReceived;
    raw.send(open(), message(3, concat(Uint8Array.of(6, subcode), data)));
    await plugin.until(() => peer.counters.notificationReceived > known);
    await raw.closed();
    raw.socket.end();
  };
  const shutdown = shutdownMessageData('maintenance until 5:00');
  for (const [subcode, data, said] of [
    [2, shutdown, /Administrative Shutdown.*maintenance until 5:00/],
    [5, new Uint8Array(), /Administrative Shutdown.*maintenance until 5:00/],
    [3, new Uint8Array(), /Peer De-configured/],
    [5, new Uint8Array(), /Connection Rejected/],
  ] as const) {
    await cease(subcode, data);
    assert.match(peer.lastError!.text, said);
  }
});
