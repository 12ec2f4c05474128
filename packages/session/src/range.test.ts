/** Dynamic peers of a prefix range. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { breathe } from '../test/fake-clock.ts';
import { open } from '../test/messages.ts';
import { RawPeer } from '../test/raw-peer.ts';
import { Recorder } from '../test/recorder.ts';
import { type PeerRangeConfig, Server } from './index.ts';
import { Range } from './range.ts';

async function setUp(t: TestContext, config: Partial<PeerRangeConfig> = {}) {
  const server = new Server({ routerId: '10.0.0.1' });
  t.after(() => server.close());
  const { port } = await server.listen({ host: '127.0.0.1', port: 0 });
  const plugin = new Recorder();
  const range = server.addPeerRange({ prefix: '127.0.1.0/24', localAs: 65_001, ...config }, plugin);
  return { server, port, plugin, range };
}

async function refusal(raw: RawPeer): Promise<string> {
  const { code, subcode } = await raw.notification();
  return `${code}/${subcode}`;
}

test('a connection from the range makes a peer of the AS in its OPEN, which is gone with its session', async (t) => {
  const { server, port, plugin, range } = await setUp(t);
  const raw = await RawPeer.connect(port, '127.0.1.5');
  await raw.establish({ as: 4_200_000_001 });
  const { peer, session } = await plugin.established();
  assert.equal(session.remoteAs, 4_200_000_001);
  assert.deepEqual(peer.config, { remoteAddress: '127.0.1.5', localAs: 65_001, remoteAs: 4_200_000_001 });
  assert.deepEqual(range.listPeers(), [peer]);
  assert.equal(server.getPeer('127.0.1.5'), peer);
  raw.socket.destroy();
  await plugin.closed();
  await breathe();
  assert.deepEqual(server.listPeers(), []);
  assert.deepEqual(range.listPeers(), []);
  await (await RawPeer.connect(port, '127.0.1.5')).establish();
  await plugin.established(2);
});

test('from outside the range: Connection Rejected', async (t) => {
  const { port } = await setUp(t);
  assert.equal(await refusal(await RawPeer.connect(port, '127.0.2.1')), '6/5');
});

test('beyond the limit: Out of Resources, until one is gone', async (t) => {
  const { port, plugin } = await setUp(t, { limit: 2 });
  const raws = [await RawPeer.connect(port, '127.0.1.1'), await RawPeer.connect(port, '127.0.1.2')];
  for (const raw of raws) await raw.establish();
  assert.equal(await refusal(await RawPeer.connect(port, '127.0.1.3')), '6/8');
  raws[0]?.socket.destroy();
  await plugin.closed();
  await breathe();
  await (await RawPeer.connect(port, '127.0.1.3')).establish();
});

test('only the ASes of the range', async (t) => {
  const { server, port } = await setUp(t, { remoteAs: [65_010, 65_011] });
  const good = await RawPeer.connect(port, '127.0.1.1');
  await good.establish({ as: 65_011 });
  const bad = await RawPeer.connect(port, '127.0.1.2');
  bad.send(open({ as: 65_012 }));
  assert.equal(await refusal(bad), '2/2');
  await bad.closed();
  await breathe();
  assert.equal(server.listPeers().length, 1);
});

test('a configured peer has precedence over the range, a longer prefix before a shorter', async (t) => {
  const { server, port, plugin } = await setUp(t);
  const longer = new Recorder();
  const own = new Recorder();
  server.addPeerRange({ prefix: '127.0.1.128/25', localAs: 65_001 }, longer);
  server.addPeer({ remoteAddress: '127.0.1.200', localAs: 65_001, remoteAs: 65_002 }, own, { passive: true });
  for (const [address, expected] of [
    ['127.0.1.1', plugin],
    ['127.0.1.129', longer],
    ['127.0.1.200', own],
  ] as const) {
    await (await RawPeer.connect(port, address)).establish();
    await expected.established();
  }
});

test('deletePeerRange: Cease/3 to all its peers', async (t) => {
  const { server, port, plugin } = await setUp(t);
  const raw = await RawPeer.connect(port, '127.0.1.1');
  await raw.establish();
  await plugin.established();
  const deleted = server.deletePeerRange('127.0.1.0/24');
  assert.equal(await refusal(raw), '6/3');
  await deleted;
  assert.deepEqual(server.listPeers(), []);
  await assert.rejects(server.deletePeerRange('127.0.1.0/24'), { code: 'not-found' });
});

test('prefixes: to the bit, of both families', () => {
  const range = (prefix: string) => new Range({ prefix, localAs: 1 }, {}, new Recorder());
  assert.ok(range('10.0.0.0/9').contains('10.127.255.255'));
  assert.ok(!range('10.0.0.0/9').contains('10.128.0.0'));
  assert.ok(range('0.0.0.0/0').contains('203.0.113.1'));
  assert.ok(!range('0.0.0.0/0').contains('2001:db8::1'));
  assert.ok(range('192.0.2.1/32').contains('192.0.2.1'));
  assert.ok(range('fe80::/10').contains('fe80::1%eth0'));
  assert.ok(!range('2001:db8::/33').contains('2001:db8:8000::'));
  for (const bad of ['10.0.0.0', '10.0.0.0/33', '::/129', 'x/8', '10.0.0.0/']) assert.throws(() => range(bad), { field: 'prefix' }, bad);
});
