/** What a program that imitates another speaker needs: its very OPEN, any AS, other messages, and how a session ends. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { type Capability, notification, toHex } from '@tsbgp/wire';
import { KEEPALIVE, message, open } from '../test/messages.ts';
import { RawPeer } from '../test/raw-peer.ts';
import { Recorder } from '../test/recorder.ts';
import { speaker } from '../test/speaker.ts';
import type { Peer } from './index.ts';

const UNICAST = { type: 'multiprotocol', family: 257 as never } as const;

/** Also records every message. */
class Observer extends Recorder {
  readonly seen: string[] = [];

  onMessage(_peer: Peer, direction: 'sent' | 'received', octets: Uint8Array): void {
    this.seen.push(`${direction} ${octets[18]}`);
  }
}

suite('imitation', () => {
  test('exactCapabilities: those of the plugin, in their order, each in a parameter', async (t) => {
    const plugin = new Recorder();
    plugin.capabilities = [{ type: 'route-refresh' }, { type: 'four-octet-as', as: 65_001 }, UNICAST] satisfies Capability[];
    const { port } = await speaker(t, { exactCapabilities: true }, { plugin });
    const octets = await (await RawPeer.connect(port)).establish();
    assert.equal(toHex(octets, 28), '14 02020200 0206 41040000fde9 0206 010400010001'.replaceAll(' ', ''));
  });

  test('exactCapabilities: without four-octet AS none is added', async (t) => {
    const plugin = new Recorder();
    plugin.capabilities = [UNICAST];
    const { port } = await speaker(t, { exactCapabilities: true }, { plugin });
    const raw = await RawPeer.connect(port);
    assert.equal(toHex(await raw.establish({ capabilities: [UNICAST] }), 28), '080206010400010001');
    assert.equal((await plugin.established()).session.receive.fourOctetAs, false);
  });

  test('anyRemoteAs: the peer says its AS', async (t) => {
    const { port, plugin, peer } = await speaker(t, { anyRemoteAs: true });
    await (await RawPeer.connect(port)).establish({ as: 65_099 });
    await plugin.established();
    assert.equal(peer.config.remoteAs, 65_099);
  });

  test('adoptRemoteAs: our OPEN comes second, with the AS of the peer', async (t) => {
    const { port, plugin } = await speaker(t, { adoptRemoteAs: true, delayOpenSeconds: 240 });
    const raw = await RawPeer.connect(port);
    const octets = await raw.establish({ as: 65_099 });
    assert.deepEqual([...octets.subarray(20, 22)], [65_099 >>> 8, 65_099 & 0xff]);
    assert.equal((await plugin.established()).session.peerType, 'ibgp');
  });

  test('onMessage sees what the library sends and receives, once each, before it acts', async (t) => {
    const plugin = new Observer();
    const { port, peer } = await speaker(t, {}, { plugin });
    const raw = await RawPeer.connect(port);
    await raw.establish();
    await plugin.established();
    assert.deepEqual(plugin.seen.toSorted(), ['received 1', 'received 4', 'sent 1', 'sent 4']);
    plugin.seen.length = 0;
    peer.sendRouteRefresh(257 as never);
    raw.send(message(5, '00010001'));
    await plugin.event('refresh');
    raw.send(KEEPALIVE, message(3, '0602'));
    await plugin.closed();
    assert.deepEqual(plugin.seen, ['sent 5', 'received 5', 'received 4', 'received 3']);
  });

  test('otherMessageTypes: onMessage gets them; without the option the session ends with 1/3', async (t) => {
    const plugin = new Observer();
    const { port } = await speaker(t, { otherMessageTypes: [6, 255] }, { plugin });
    const raw = await RawPeer.connect(port);
    await raw.establish();
    await plugin.established();
    raw.send(message(6, '00020004 00010161'.replaceAll(' ', '')), message(255, '00'), message(5, '00010001'));
    await plugin.event('refresh');
    assert.ok(plugin.seen.includes('received 6') && plugin.seen.includes('received 255'));
    raw.send(message(7, '00'));
    const { code, subcode } = await raw.notification();
    assert.deepEqual([code, subcode], [1, 3]);
  });

  test('end: the session ends with this NOTIFICATION; drop: without one; both come up again', async (t) => {
    const { port, plugin, peer } = await speaker(t);
    const first = await RawPeer.connect(port);
    await first.establish();
    await plugin.established();
    peer.end(notification(6, 3, new TextEncoder().encode('gone')));
    const { code, subcode, data } = await first.notification();
    assert.deepEqual([code, subcode, new TextDecoder().decode(data)], [6, 3, 'gone']);
    await first.closed();

    const second = await RawPeer.connect(port);
    await second.establish();
    await plugin.established(2);
    peer.drop();
    assert.equal(await second.next(), undefined, 'closed without NOTIFICATION');
    assert.equal((await plugin.closed(2)).type, 'connection-lost');

    const third = await RawPeer.connect(port);
    third.send(open(), KEEPALIVE);
    await plugin.established(3);
    third.socket.destroy();
  });

  test('setRetry refuses what the options refuse', async (t) => {
    const { peer } = await speaker(t);
    peer.setRetry({ connectRetrySeconds: 2, idleHoldSeconds: 1 });
    assert.equal(peer.options.connectRetrySeconds, 2);
    assert.throws(() => peer.setRetry({ connectRetrySeconds: 0, idleHoldSeconds: 1 }), /connectRetrySeconds: found 0/);
  });
});
