/** The timers of a session over real sockets. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { breathe, FakeClock } from '../test/fake-clock.ts';
import { END_OF_RIB, KEEPALIVE, message, open } from '../test/messages.ts';
import { RawPeer } from '../test/raw-peer.ts';
import { speaker } from '../test/speaker.ts';

suite('timers', () => {
  test('RFC 4271 §6.5: hold timer of the negotiated time, 4/0; each message restarts it', async (t) => {
    const clock = new FakeClock();
    const { port, plugin } = await speaker(t, {}, { server: { clock } });
    const raw = await RawPeer.connect(port);
    await raw.establish({ holdTimeSeconds: 9 });
    await plugin.established();
    for (const bytes of [KEEPALIVE, END_OF_RIB, KEEPALIVE]) {
      await clock.advance(8900);
      raw.send(bytes);
      await breathe(20);
    }
    assert.equal(plugin.reasons.length, 0);
    await clock.advance(8900);
    assert.equal(plugin.reasons.length, 0);
    await clock.advance(200);
    assert.equal((await plugin.closed()).type, 'hold-timer');
    const sent = await raw.notification();
    assert.deepEqual([sent.code, sent.subcode], [4, 0]);
  });

  test('a message that never ends does not keep the session alive', async (t) => {
    const clock = new FakeClock();
    const { port, plugin } = await speaker(t, {}, { server: { clock } });
    const raw = await RawPeer.connect(port);
    await raw.establish({ holdTimeSeconds: 9 });
    await plugin.established();
    for (let i = 0; i < 12; i++) {
      raw.send(END_OF_RIB.slice(i, i + 1));
      await breathe(10);
      await clock.advance(800);
    }
    assert.equal((await plugin.closed()).type, 'hold-timer');
  });

  test('RFC 4271 §4.4: KEEPALIVE every third of the hold time', async (t) => {
    const clock = new FakeClock();
    const { port, plugin, peer } = await speaker(t, {}, { server: { clock } });
    const raw = await RawPeer.connect(port);
    await raw.establish({ holdTimeSeconds: 30 });
    await plugin.established();
    const before = peer.counters.keepaliveSent;
    for (let i = 0; i < 6; i++) {
      raw.send(KEEPALIVE);
      await clock.advance(5000);
    }
    assert.equal(peer.counters.keepaliveSent - before, 3);
  });

  test('RFC 4271 §4.4: an UPDATE takes the place of a KEEPALIVE', async (t) => {
    const clock = new FakeClock();
    const { port, plugin, peer } = await speaker(t, {}, { server: { clock } });
    const raw = await RawPeer.connect(port);
    await raw.establish({ holdTimeSeconds: 30 });
    const { writer } = await plugin.established();
    const before = peer.counters.keepaliveSent;
    for (let i = 0; i < 10; i++) {
      raw.send(KEEPALIVE);
      writer.write(END_OF_RIB);
      await clock.advance(5000);
    }
    assert.equal(peer.counters.keepaliveSent, before);
  });

  test('hold time 0: no timers, no keepalives', async (t) => {
    const clock = new FakeClock();
    const { port, plugin, peer } = await speaker(t, { holdTimeSeconds: 0 }, { server: { clock } });
    await (await RawPeer.connect(port)).establish();
    const { session } = await plugin.established();
    assert.deepEqual([session.holdTimeSeconds, session.keepaliveSeconds], [0, 0]);
    assert.equal(clock.size, 0);
    await clock.advance(10_000_000);
    assert.equal(peer.state, 'Established');
  });

  test('RFC 4271 §8.2.2: a peer that never sends its OPEN is told 4/0 after four minutes', async (t) => {
    const clock = new FakeClock();
    const { port, plugin } = await speaker(t, {}, { server: { clock } });
    const raw = await RawPeer.connect(port);
    await plugin.event('state Active OpenSent');
    await clock.advance(239_000);
    await clock.advance(1100);
    assert.equal((await raw.notification()).code, 4);
  });

  test('DelayOpen: our OPEN waits for the peer’s, and for the timer', async (t) => {
    const clock = new FakeClock();
    const { port, plugin } = await speaker(t, { delayOpenSeconds: 10 }, { server: { clock } });
    const polite = await RawPeer.connect(port);
    await breathe(10);
    polite.send(open());
    await polite.nextOf(1);
    await polite.nextOf(4);
    polite.send(KEEPALIVE);
    await plugin.established();
    polite.send(message(3, '0602'));
    await plugin.closed();
    await clock.advance(2000);
    const silent = await RawPeer.connect(port);
    await breathe(10);
    await clock.advance(10_100);
    assert.equal((await silent.next())?.type, 1);
  });

  test('damping: after an error the peer is refused for a while, longer each time', async (t) => {
    const clock = new FakeClock();
    const { port, plugin } = await speaker(t, { damping: { minSeconds: 10, maxSeconds: 60 } }, { server: { clock } });
    for (const [round, seconds] of [10, 20, 40].entries()) {
      const raw = await RawPeer.connect(port);
      raw.send(open({ as: 1 }));
      assert.equal((await raw.notification()).code, 2);
      const early = await RawPeer.connect(port);
      assert.equal((await early.notification()).subcode, 5);
      await clock.advance(seconds * 1000 - 100);
      assert.equal(plugin.events.filter((event) => event === 'state Idle Active').length, round + 1);
      await clock.advance(200);
    }
  });

  test('a session that ends leaves no timer but the idle hold timer', async (t) => {
    const clock = new FakeClock();
    const { port, plugin, peer } = await speaker(t, {}, { server: { clock } });
    const raw = await RawPeer.connect(port);
    await raw.establish();
    await plugin.established();
    raw.socket.destroy();
    assert.equal((await plugin.closed()).type, 'connection-lost');
    await breathe();
    assert.equal(clock.size, 1);
    peer.disable();
    assert.equal(clock.size, 0);
  });
});
