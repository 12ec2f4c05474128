/** Throws exceptions at every place where the library calls user code, or the event loop calls the library. Each ends one session at most. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { suite, type TestContext, test } from 'node:test';
import { breathe, FakeClock } from '../test/fake-clock.ts';
import { END_OF_RIB, KEEPALIVE, message, open } from '../test/messages.ts';
import { RawPeer } from '../test/raw-peer.ts';
import { Recorder } from '../test/recorder.ts';
import { speaker } from '../test/speaker.ts';
import type { ErrorPlace, Logger, PeerOptions, ServerOptions } from './index.ts';

class Fatal extends Error {}

/** Throws the next `left` times. */
class Trap {
  left = 0;
  readonly error: Error;

  constructor(error: Error = new Error('boom')) {
    this.error = error;
  }

  readonly spring = (): void => {
    if (this.left === 0) return;
    this.left--;
    throw this.error;
  };
}

class TrappedClock extends FakeClock {
  readonly nowTrap = new Trap();
  readonly randomTrap = new Trap();
  readonly setTrap = new Trap();

  override now(): number {
    this.nowTrap.spring();
    return super.now();
  }

  override random(): number {
    this.randomTrap.spring();
    return super.random();
  }

  override setTimeout(callback: () => void, milliseconds: number): unknown {
    this.setTrap.spring();
    return super.setTimeout(callback, milliseconds);
  }
}

interface Caught {
  readonly place: ErrorPlace;
  readonly peer: string | undefined;
  readonly message: string;
}

/** A speaker with the peer under test and a bystander, whose session must not be affected. */
async function withBystander(t: TestContext, plugin: Recorder, server: Partial<ServerOptions> = {}, options: PeerOptions = {}) {
  const caught: Caught[] = [];
  const onError: ServerOptions['onError'] = (error, { place, peer }) =>
    caught.push({ place, peer: peer?.config.remoteAddress, message: (error as Error).message });
  const under = await speaker(t, options, { plugin, server: { onError, ...server } });
  const calm = new Recorder();
  under.server.addPeer({ remoteAddress: '127.0.0.3', localAs: 65_001, remoteAs: 65_003 }, calm, { passive: true });
  const bystander = await RawPeer.connect(under.port, '127.0.0.3');
  await bystander.establish({ as: 65_003, bgpIdentifier: '10.0.0.3' });
  await calm.established();
  t.after(() => {
    assert.deepEqual(
      calm.reasons.filter(({ type }) => type !== 'stopped'),
      [],
    );
    bystander.socket.destroy();
  });
  return { ...under, caught, calm, bystander };
}

const CALLBACKS = {
  getCapabilities: 'getCapabilities',
  onOpenMessage: 'onOpenMessage',
  onEstablished: 'onEstablished',
  onUpdate: 'update-handler',
  onRouteRefresh: 'onRouteRefresh',
  onStateChange: 'onStateChange',
} as const satisfies Partial<Record<string, ErrorPlace>>;

suite('what a callback of the plugin throws', () => {
  for (const [callback, place] of Object.entries(CALLBACKS)) {
    test(`${callback}: Cease/8 to that peer, reported once, no other session affected`, async (t) => {
      const plugin = new Recorder();
      let thrown = 0;
      const boom = () => {
        // Only once, so that the test can tell the Cease from what follows.
        if (thrown++ === 0) throw new Error(`boom in ${callback}`);
        return undefined as never;
      };
      const { port, caught, server } = await withBystander(t, plugin);
      Object.assign(plugin, { [callback]: boom });
      const raw = await RawPeer.connect(port);
      raw.send(open(), KEEPALIVE, message(5, '00010001'), END_OF_RIB);
      const { code, subcode } = await raw.notification();
      assert.equal(`${code}/${subcode}`, '6/8');
      await raw.closed();
      assert.deepEqual(caught, [{ place, peer: '127.0.0.2', message: `boom in ${callback}` }]);
      assert.equal(server.statistics.containedErrors, 1);
      const ups = plugin.events.filter((event) => event === 'established').length;
      assert.ok(plugin.reasons.length >= ups, 'onClose once for each onEstablished');
    });
  }

  for (const callback of ['onNotification', 'onClose'] as const) {
    test(`${callback}: the session is over anyway; the next one comes up`, async (t) => {
      const plugin = new Recorder();
      const { port, caught } = await withBystander(t, plugin);
      const raw = await RawPeer.connect(port);
      await raw.establish();
      await plugin.established();
      Object.assign(plugin, {
        [callback]: () => {
          throw new Error('boom');
        },
      });
      raw.send(message(3, '0604'));
      await raw.closed();
      raw.socket.destroy();
      assert.deepEqual(caught, [{ place: callback, peer: '127.0.0.2', message: 'boom' }]);
      const again = await RawPeer.connect(port);
      await again.establish();
      await plugin.established(2);
    });
  }

  test('onDrain: Cease/8 to that peer', async (t) => {
    const plugin = new Recorder();
    const { port, caught } = await withBystander(t, plugin);
    const raw = await RawPeer.connect(port);
    await raw.establish();
    const { writer } = await plugin.established();
    raw.socket.pause();
    writer.onDrain = () => {
      throw new Error('boom');
    };
    const block = new Uint8Array(Buffer.concat(Array.from({ length: 20_000 }, () => END_OF_RIB)));
    for (let i = 0; i < 200 && writer.backlogBytes === 0; i++) writer.write(block);
    raw.socket.resume();
    assert.equal((await plugin.closed()).notification?.subcode, 8);
    assert.deepEqual(caught, [{ place: 'onDrain', peer: '127.0.0.2', message: 'boom' }]);
    raw.socket.destroy();
  });

  test('without a hook it is one line of the log', async (t) => {
    const lines: string[] = [];
    const note = (level: string) => (fields: object, text: string) => void lines.push(`${level} ${text} ${JSON.stringify(fields)}`);
    const logger: Logger = { debug: () => {}, info: () => {}, warn: note('warn'), error: note('error') };
    const plugin = new Recorder();
    plugin.onUpdate = () => {
      throw new Error('boom');
    };
    const { port } = await speaker(t, {}, { plugin, server: { logger } });
    const raw = await RawPeer.connect(port);
    raw.send(open(), KEEPALIVE, END_OF_RIB);
    await raw.closed();
    assert.deepEqual(lines, ['error a callback threw {"peer":"127.0.0.2","state":"Established","place":"update-handler","err":{}}']);
  });
});

suite('what the library itself throws', () => {
  test('in a timer: Cease/8, and the peer may come again', async (t) => {
    const clock = new TrappedClock();
    const plugin = new Recorder();
    const { port, caught } = await withBystander(t, plugin, { clock });
    const raw = await RawPeer.connect(port);
    await raw.establish({ holdTimeSeconds: 9 });
    await plugin.established();
    clock.randomTrap.left = 1; // the jitter of the next KEEPALIVE
    await clock.advance(4000);
    assert.equal((await raw.notification()).subcode, 8);
    assert.deepEqual(
      caught.map(({ place, message: text }) => [place, text]),
      [['timer', 'boom']],
    );
    raw.socket.destroy();
    const again = await RawPeer.connect(port);
    await again.establish();
    await plugin.established(2);
  });

  test('in an event of the socket: Cease/8', async (t) => {
    const clock = new TrappedClock();
    const plugin = new Recorder();
    const { port, caught } = await withBystander(t, plugin, { clock });
    const raw = await RawPeer.connect(port);
    await raw.establish();
    await plugin.established();
    clock.nowTrap.left = 1; // reading the time of a message throws
    raw.send(KEEPALIVE);
    assert.equal((await raw.notification()).subcode, 8);
    assert.equal(caught.length, 1);
  });

  test('while a connection is accepted: it is closed, the listener goes on', async (t) => {
    const clock = new TrappedClock();
    const { port, caught, server } = await withBystander(t, new Recorder(), { clock });
    clock.nowTrap.left = 1;
    const raw = await RawPeer.connect(port);
    await raw.closed();
    assert.deepEqual(
      caught.map(({ place }) => place),
      ['listener'],
    );
    assert.equal(server.statistics.refused['internal-error'], 1);
  });

  test('on the way to Idle as well: the connection goes, the machine starts again', async (t) => {
    const clock = new TrappedClock();
    const plugin = new Recorder();
    const { port, caught, peer } = await withBystander(t, plugin, { clock }, { idleHoldSeconds: 5 });
    const raw = await RawPeer.connect(port);
    await raw.establish({ holdTimeSeconds: 9 });
    await plugin.established();
    plugin.onUpdate = () => {
      clock.setTrap.left = 1; // the idle hold timer cannot be started either
      throw new Error('first');
    };
    raw.send(END_OF_RIB);
    await plugin.closed();
    await raw.closed();
    assert.deepEqual(
      caught.map(({ message: text }) => text),
      ['first', 'boom'],
    );
    assert.equal(plugin.reasons.length, 1);
    plugin.onUpdate = undefined;
    raw.socket.destroy();
    await clock.advance(6000);
    assert.equal(peer.state, 'Active');
    const again = await RawPeer.connect(port);
    await again.establish();
    await plugin.established(2);
  });

  test('a logger and a hook that throw end no session', async (t) => {
    const boom = () => {
      throw new Error('boom');
    };
    const logger: Logger = { debug: boom, info: boom, warn: boom, error: boom };
    const { port, plugin } = await speaker(t, {}, { server: { logger, onError: boom } });
    const raw = await RawPeer.connect(port);
    await raw.establish();
    await plugin.established();
    raw.socket.destroy();
    await plugin.closed();
  });
});

suite('what is fatal', () => {
  test('passes every boundary, and is neither reported nor counted', async (t) => {
    const plugin = new Recorder();
    const { port, caught, server } = await withBystander(t, plugin, { isFatal: (error) => error instanceof Fatal });
    plugin.onUpdate = () => {
      throw new Fatal('the routing state is broken');
    };
    const passed = once(process, 'test:uncaught');
    process.setUncaughtExceptionCaptureCallback((error) => void process.emit('test:uncaught' as never, error as never));
    t.after(() => process.setUncaughtExceptionCaptureCallback(null));
    const raw = await RawPeer.connect(port);
    raw.send(open(), KEEPALIVE, END_OF_RIB);
    const [error] = (await passed) as [Error];
    assert.ok(error instanceof Fatal);
    assert.deepEqual(caught, []);
    assert.equal(server.statistics.containedErrors, 0);
    assert.deepEqual(plugin.reasons, []);
    // What remains to be done: tell every peer, without a call to a plugin.
    const closing = server.abandon();
    assert.equal((await raw.notification()).subcode, 8);
    raw.socket.destroy();
    await breathe();
    assert.deepEqual(plugin.reasons, []);
    assert.equal(plugin.up?.writer.write(END_OF_RIB), false);
    void closing;
  });

  test('in onClose while the server closes: the other peers are told anyway, and close rejects', async (t) => {
    const plugin = new Recorder();
    const { port, server, bystander } = await withBystander(t, plugin, { isFatal: (error) => error instanceof Fatal });
    const raw = await RawPeer.connect(port);
    await raw.establish();
    await plugin.established();
    plugin.onClose = () => {
      throw new Fatal('the routing state is broken');
    };
    const closing = server.close();
    await assert.rejects(closing, Fatal);
    assert.equal((await bystander.notification()).subcode, 2);
    // The daemon does this next.
    const abandoned = server.abandon();
    raw.socket.destroy();
    bystander.socket.destroy();
    await abandoned;
  });

  test('abandon: Cease/8 to every peer that has a connection, then all is closed', async (t) => {
    const plugin = new Recorder();
    const { port, server } = await speaker(t, {}, { plugin });
    const raw = await RawPeer.connect(port);
    await raw.establish();
    await plugin.established();
    const closing = server.abandon();
    const { code, subcode } = await raw.notification();
    assert.equal(`${code}/${subcode}`, '6/8');
    await raw.closed();
    await closing;
    assert.deepEqual(plugin.reasons, []);
  });
});
