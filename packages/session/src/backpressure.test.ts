/** A slow reader or a slow handler on one side must not fill the memory of the other. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { breathe, FakeClock } from '../test/fake-clock.ts';
import { concat, END_OF_RIB, KEEPALIVE, message } from '../test/messages.ts';
import { RawPeer } from '../test/raw-peer.ts';
import { speaker } from '../test/speaker.ts';

const BIG = concat(...Array.from({ length: 64 }, () => message(2, new Uint8Array(4000))));

test('a slow reader: write answers false, the backlog is known, onDrain and flushed come when it reads', async (t) => {
  const { port, plugin, peer } = await speaker(t, { highWaterBytes: 1_000_000 });
  const raw = await RawPeer.connect(port);
  await raw.establish();
  const { writer } = await plugin.established();
  raw.socket.pause();
  let written = 0;
  while (writer.write(BIG)) written += BIG.length;
  written += BIG.length;
  assert.ok(writer.backlogBytes > 1_000_000);
  let drained = 0;
  writer.onDrain = () => {
    drained++;
    assert.equal(writer.backlogBytes, 0);
  };
  const flushed = writer.flushed();
  assert.equal(peer.state, 'Established');
  raw.socket.resume();
  await flushed;
  await breathe();
  assert.equal(drained, 1);
  for (let i = 0; i < written / 4019; i++) await raw.nextOf(2);
  assert.equal(peer.counters.updateSent, written / 4019);
  await writer.flushed();
});

test('the session ends while a backlog waits: flushed rejects, write does nothing, the connection is gone soon', async (t) => {
  const { port, plugin, server, peer } = await speaker(t);
  const raw = await RawPeer.connect(port);
  await raw.establish();
  const { writer } = await plugin.established();
  raw.socket.pause();
  while (writer.write(BIG));
  const flushed = assert.rejects(writer.flushed(), { code: 'closed' });
  peer.disable();
  await flushed;
  assert.equal(writer.write(BIG), false);
  assert.equal(writer.backlogBytes, 0);
  const before = Date.now();
  await server.close();
  assert.ok(Date.now() - before < 5000, 'lingering is bounded');
});

test('the same octets go to many peers uncopied, corked into one write', async (t) => {
  const { port, server, plugin } = await speaker(t);
  const raws = [await RawPeer.connect(port)];
  const ups = [];
  await raws[0]!.establish();
  ups.push(await plugin.established());
  const bytes = concat(...Array.from({ length: 20 }, () => END_OF_RIB));
  for (const { writer } of ups) {
    writer.cork();
    for (let i = 0; i < 10; i++) writer.write(bytes);
    assert.equal(writer.backlogBytes, 10 * bytes.length, 'waits for uncork');
    writer.uncork();
    await writer.flushed();
  }
  for (let i = 0; i < 200; i++) await raws[0]!.nextOf(2);
  assert.equal(server.listPeers()[0]?.counters.updateSent, 200);
});

test('we do not read from a paused peer: the kernel holds what it sends, and all of it arrives after resumeReading', async (t) => {
  const { port, plugin, peer } = await speaker(t);
  const raw = await RawPeer.connect(port);
  await raw.establish();
  await plugin.established();
  let count = 0;
  plugin.onUpdate = () => {
    count++;
    if (count === 3) peer.pauseReading();
    return undefined;
  };
  const total = 64 * 200;
  for (let i = 0; i < 200; i++) raw.socket.write(BIG);
  await breathe(200);
  assert.equal(count, 3);
  assert.ok(peer.counters.bytesIn < 300_000, `read ${peer.counters.bytesIn} octets although paused`);
  assert.ok(raw.socket.writableLength > 1_000_000, 'the sender has to wait');
  peer.resumeReading();
  while (count < total) await breathe(1);
  assert.equal(peer.counters.updateReceived, total);
});

test('pauseReading in onEstablished: not one UPDATE comes before resumeReading', async (t) => {
  const { port, plugin, peer } = await speaker(t);
  const original = plugin.onEstablished.bind(plugin);
  plugin.onEstablished = (...args) => {
    args[0].pauseReading();
    return original(...args);
  };
  const raw = await RawPeer.connect(port);
  await raw.establish();
  raw.send(END_OF_RIB);
  await plugin.established();
  await breathe(20);
  assert.deepEqual(plugin.updates, []);
  peer.resumeReading();
  await plugin.updated(1);
});

test('the hold timer does not expire while we do not read, and does when we read again and nothing comes', async (t) => {
  const clock = new FakeClock();
  const { port, plugin, peer } = await speaker(t, {}, { server: { clock } });
  const raw = await RawPeer.connect(port);
  await raw.establish({ holdTimeSeconds: 9 });
  await plugin.established();
  peer.pauseReading();
  raw.send(KEEPALIVE);
  await clock.advance(60_000);
  assert.equal(peer.state, 'Established');
  peer.resumeReading();
  await breathe(20);
  await clock.advance(8000);
  assert.equal(peer.state, 'Established');
  await clock.advance(9000);
  assert.equal((await plugin.closed()).type, 'hold-timer');
});

test('RFC 9687: a peer that takes nothing for the send hold time is dropped at once', async (t) => {
  const clock = new FakeClock();
  const { port, plugin } = await speaker(t, { sendHoldSeconds: 80 }, { server: { clock } });
  const raw = await RawPeer.connect(port);
  await raw.establish({ holdTimeSeconds: 30 });
  const { writer } = await plugin.established();
  raw.socket.pause();
  while (writer.write(BIG));
  await breathe(50);
  for (let i = 0; i < 7; i++) {
    raw.send(KEEPALIVE);
    await breathe(10);
    await clock.advance(10_000);
    assert.deepEqual(plugin.reasons, []);
  }
  for (let i = 0; i < 4; i++) {
    raw.send(KEEPALIVE);
    await breathe(10);
    await clock.advance(10_000);
  }
  const reason = await plugin.closed();
  assert.equal(reason.type, 'send-hold-timer');
  assert.deepEqual([reason.notification?.code, reason.notification?.subcode], [8, 0]);
});

test('keepalives leave on time, and the peer’s are received, while a handler is busy with a flood at hold time 3', async (t) => {
  const { port, plugin, peer } = await speaker(t, { holdTimeSeconds: 3 });
  const raw = await RawPeer.connect(port);
  await raw.establish();
  await plugin.established();
  plugin.onUpdate = () => {
    const until = performance.now() + 0.5;
    while (performance.now() < until);
    return undefined;
  };
  const arrivals: number[] = [];
  raw.socket.on('data', () => arrivals.push(performance.now()));
  let sent = performance.now();
  const start = sent;
  let sending = true;
  const send = () => {
    if (!sending) return;
    raw.socket.write(concat(BIG, KEEPALIVE), () => setImmediate(send));
  };
  send();
  while (performance.now() - start < 4500) await new Promise((resolve) => setTimeout(resolve, 50));
  sending = false;
  assert.equal(peer.state, 'Established');
  for (const at of arrivals) {
    assert.ok(at - sent < 1500, `${Math.round(at - sent)} ms without a keepalive`);
    sent = at;
  }
  assert.ok(arrivals.length >= 3);
  raw.socket.destroy();
});
