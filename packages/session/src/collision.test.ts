/**
 * RFC 4271 §6.8: two speakers that connect to each other at the same time end with one connection, in whatever order octets arrive. The
 * network is simulated, so that the test chooses the order: two whole peers, two connections, four directions, one write at a time.
 */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Capability } from '@tsbgp/wire';
import fc from 'fast-check';
import { breathe, FakeClock } from '../test/fake-clock.ts';
import { FakeSocket, socketPair } from '../test/fake-socket.ts';
import { KEEPALIVE, message, open } from '../test/messages.ts';
import { RawListener, RawPeer } from '../test/raw-peer.ts';
import { Recorder } from '../test/recorder.ts';
import { speaker } from '../test/speaker.ts';
import { type CollisionRules, collide, dominates } from './collision.ts';
import { Containment } from './containment.ts';
import type { PeerOptions } from './index.ts';
import { InputScheduler } from './input-scheduler.ts';
import { PeerSession } from './peer-session.ts';
import { Server } from './server.ts';
import { SILENT } from './server-options.ts';

interface Side {
  readonly peer: PeerSession;
  readonly plugin: Recorder;
  dialed: FakeSocket | undefined;
}

/** Exactly RFC 4271 §6.8: judges at once and never waits for the other side. */
const NAIVE: CollisionRules = {
  collide: (direction, other, dominates, replaceEstablished) => collide(direction, other, dominates, replaceEstablished, false),
  mustAwait: () => false,
};

/** Two peers of each other, and the sockets between them. */
class Network {
  readonly clock = new FakeClock();
  readonly a: Side;
  readonly b: Side;
  readonly sockets: FakeSocket[] = [];

  constructor(identifiers: readonly [string, string], ases: readonly [number, number], otherRules?: CollisionRules) {
    this.a = this.#side(0, identifiers, ases, undefined);
    this.b = this.#side(1, identifiers, ases, otherRules);
  }

  #side(
    index: 0 | 1,
    identifiers: readonly [string, string],
    ases: readonly [number, number],
    collisionRules: CollisionRules | undefined,
  ): Side {
    const other = index === 0 ? 1 : 0;
    const addresses = ['192.0.2.1', '192.0.2.2'];
    const plugin = new Recorder();
    const side: { peer?: PeerSession; plugin: Recorder; dialed: FakeSocket | undefined } = { plugin, dialed: undefined };
    const dial = () => {
      const pair = socketPair(addresses[index]!, addresses[other]!);
      this.sockets.push(...pair);
      side.dialed = pair[0];
      pair[0].connecting = true;
      return pair[0].asSocket();
    };
    const peer = new PeerSession(
      { remoteAddress: addresses[other]!, localAs: ases[index], remoteAs: ases[other] },
      {},
      plugin,
      {
        routerId: identifiers[index],
        logger: SILENT,
        clock: this.clock,
        scheduler: new InputScheduler(1000),
        containment: new Containment({ isFatal: () => true }),
        dial,
        established: () => {},
        replaced: () => {},
        rested: () => {},
        collisionRules,
      },
      ases[other],
    );
    side.peer = peer;
    return side as Side;
  }

  /** What could happen next: a connection comes up at either end, or a write arrives. */
  choices(): (() => void)[] {
    const result: (() => void)[] = [];
    for (const [side, far] of [
      [this.a, this.b],
      [this.b, this.a],
    ] as const) {
      const socket = side.dialed;
      if (socket === undefined || !socket.connecting || socket.destroyed) continue;
      result.push(() => {
        socket.connecting = false;
        // The far end accepts before the near end is connected.
        const refusal = far.peer.accept(socket.other!.asSocket());
        if (refusal !== undefined) socket.other!.destroy();
        socket.emit('connect');
      });
    }
    for (const socket of this.sockets) if (socket.outbox.length > 0) result.push(() => socket.deliver());
    return result;
  }

  alive(): FakeSocket[] {
    return this.sockets.filter((socket) => !socket.destroyed && socket.writable && !socket.connecting && socket.listenerCount('data') > 0);
  }
}

function start(network: Network): void {
  network.a.peer.enable();
  network.b.peer.enable();
}

async function settle(network: Network, choose: (count: number) => number): Promise<void> {
  for (let i = 0; i < 200; i++) {
    const choices = network.choices();
    if (choices.length === 0) {
      // Released connections continue in the next turn.
      await breathe(2);
      if (network.choices().length === 0) return;
      continue;
    }
    choices[choose(choices.length) % choices.length]!();
    await breathe(1);
  }
  throw new Error('does not come to rest');
}

function assertOneSession(network: Network): void {
  for (const side of [network.a, network.b]) {
    assert.equal(side.peer.state, 'Established', side.plugin.events.join('; '));
    assert.equal(side.plugin.events.filter((event) => event === 'established').length, 1, 'comes up once, without a flap');
    assert.ok(!side.plugin.events.some((event) => event.startsWith('close')));
  }
  const [x, y, ...rest] = network.alive();
  assert.deepEqual(rest, [], 'one connection survives');
  assert.ok(x !== undefined && x.other === y, 'the same one on both sides');
}

const IDENTIFIERS: readonly (readonly [string, string])[] = [
  ['10.0.0.1', '10.0.0.2'],
  ['10.0.0.2', '10.0.0.1'],
  ['10.0.0.1', '10.0.0.1'], // RFC 6286: the higher AS is dominant
];

for (const identifiers of IDENTIFIERS) {
  test(`${identifiers.join(' and ')} open at the same time: one session, in any order of arrival`, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(11), { minLength: 40, maxLength: 40 }), async (order) => {
        const network = new Network(identifiers, [65_001, 65_002]);
        start(network);
        let at = 0;
        await settle(network, () => order[at++ % order.length]!);
        assertOneSession(network);
      }),
      { numRuns: 400, seed: 68 },
    );
  });
}

const order = fc.array(fc.nat(11), { minLength: 40, maxLength: 40 });

test('against a dominant peer that judges at once: still one session, in any order of arrival', async () => {
  await fc.assert(
    fc.asyncProperty(order, async (choices) => {
      const network = new Network(['10.0.0.1', '10.0.0.2'], [65_001, 65_002], NAIVE);
      start(network);
      let at = 0;
      await settle(network, () => choices[at++ % choices.length]!);
      assertOneSession(network);
    }),
    { numRuns: 400, seed: 69 },
  );
});

test('against a dominated peer that judges at once both connections may go, and then the next attempt succeeds', async () => {
  await fc.assert(
    fc.asyncProperty(order, async (choices) => {
      const network = new Network(['10.0.0.2', '10.0.0.1'], [65_001, 65_002], NAIVE);
      start(network);
      let at = 0;
      for (let attempt = 0; attempt < 5; attempt++) {
        await settle(network, () => choices[at++ % choices.length]!);
        if (network.a.peer.state === 'Established' && network.b.peer.state === 'Established') break;
        network.clock.chance = 1 - attempt / 10;
        await network.clock.advance(3000);
      }
      assert.equal(network.a.peer.state, 'Established');
      assert.equal(network.b.peer.state, 'Established');
    }),
    { numRuns: 200, seed: 70 },
  );
});

test('every order of the first six arrivals', async () => {
  // Three choices at each of the first six points (there are never more), then in order of arrival.
  for (let code = 0; code < 3 ** 6; code++) {
    const network = new Network(['10.0.0.1', '10.0.0.2'], [65_001, 65_002]);
    start(network);
    let rest = code;
    let steps = 0;
    await settle(network, () => {
      if (steps++ >= 6) return 0;
      const choice = rest % 3;
      rest = Math.trunc(rest / 3);
      return choice;
    });
    assertOneSession(network);
  }
});

test('RFC 6286 §2.3: dominance', () => {
  const speaker = (bgpIdentifier: string, as = 65_001) => ({ bgpIdentifier, as });
  assert.ok(dominates(speaker('10.0.0.2'), speaker('10.0.0.1')));
  assert.ok(dominates(speaker('192.0.0.1'), speaker('10.255.255.255')), 'as unsigned numbers');
  assert.ok(!dominates(speaker('10.0.0.1'), speaker('10.0.0.2')));
  assert.ok(dominates(speaker('10.0.0.1', 65_002), speaker('10.0.0.1', 65_001)));
});

test('the verdict on a connection whose OPEN came', () => {
  const rival = (state: 'OpenSent' | 'OpenConfirm' | 'Established', direction: 'in' | 'out' = 'in', newer = false) => ({
    state,
    direction,
    newer,
  });
  // We dominate: our connection stays.
  assert.equal(collide('out', rival('OpenConfirm'), true, false, true), 'drop-other');
  assert.equal(collide('in', rival('OpenConfirm', 'out'), true, false, true), 'drop-this');
  // The peer dominates: while it may choose either, we wait, but not forever.
  assert.equal(collide('in', rival('OpenConfirm', 'out'), false, false, true), 'wait');
  assert.equal(collide('in', rival('OpenConfirm', 'out'), false, false, false), 'drop-other');
  assert.equal(collide('out', rival('OpenConfirm'), false, false, true), 'drop-this');
  // An Established connection stays.
  assert.equal(collide('out', rival('Established'), true, false, true), 'drop-this');
  assert.equal(collide('in', rival('Established', 'out'), false, false, false), 'drop-this');
  assert.equal(collide('in', rival('Established', 'out'), true, true, true), 'replace-other');
  // Too early to decide.
  assert.equal(collide('out', rival('OpenSent'), true, false, true), 'keep-both');
  // Same direction: the newer stays.
  assert.equal(collide('in', rival('OpenConfirm', 'in', false), true, false, true), 'drop-other');
  assert.equal(collide('in', rival('OpenConfirm', 'in', true), true, false, true), 'drop-this');
});

/** Our connection and the peer's, both open; no message was sent yet. */
async function twoConnections(t: TestContext, options: PeerOptions = {}) {
  const listener = await RawListener.listen(t);
  const { port, plugin, peer, server } = await speaker(t, { passive: false, remotePort: listener.port, ...options });
  const ours = await listener.accept();
  await ours.nextOf(1);
  const theirs = await RawPeer.connect(port);
  await theirs.nextOf(1);
  return { ours, theirs, plugin, peer, server, port };
}

test('RFC 4271 §6.8: we are dominant: the connection of the peer gets Cease/7 although it is in a later state', async (t) => {
  const { ours, theirs, plugin } = await twoConnections(t);
  theirs.send(open({ bgpIdentifier: '10.0.0.0' }));
  await theirs.nextOf(4);
  ours.send(open({ bgpIdentifier: '10.0.0.0' }), KEEPALIVE);
  const cease = await theirs.notification();
  assert.deepEqual([cease.code, cease.subcode], [6, 7]);
  assert.equal((await plugin.established()).session.direction, 'out');
});

test('RFC 4271 §6.8: the peer is dominant: our connection gets Cease/7, at the latest when our patience ends', async (t) => {
  const { ours, theirs, plugin } = await twoConnections(t);
  ours.send(open());
  await ours.nextOf(4);
  theirs.send(open(), KEEPALIVE);
  const cease = await ours.notification();
  assert.deepEqual([cease.code, cease.subcode], [6, 7]);
  assert.equal((await plugin.established()).session.direction, 'in');
});

test('RFC 4271 §6.8: against an Established session the new connection gets Cease/7', async (t) => {
  const { port, plugin, peer } = await speaker(t);
  const first = await RawPeer.connect(port);
  await first.establish();
  await plugin.established();
  const second = await RawPeer.connect(port);
  second.send(open(), KEEPALIVE);
  const cease = await second.notification();
  assert.deepEqual([cease.code, cease.subcode], [6, 7]);
  await second.closed();
  assert.equal(peer.state, 'Established');
  assert.equal(peer.counters.collisions, 1);
  assert.equal(peer.lastError, undefined);
});

test('CollisionDetectEstablishedState: the new connection replaces the Established one', async (t) => {
  const { port, plugin } = await speaker(t, { replaceEstablished: true });
  const first = await RawPeer.connect(port);
  await first.establish();
  await plugin.established();
  const second = await RawPeer.connect(port);
  await second.establish();
  const cease = await first.notification();
  assert.deepEqual([cease.code, cease.subcode], [6, 7]);
  assert.equal((await plugin.closed()).type, 'replaced');
  await plugin.established(2);
});

test('RFC 4724 §4.2: a peer with graceful restart that connects again replaces its old connection without a NOTIFICATION', async (t) => {
  const { port, plugin } = await speaker(t);
  const capabilities: Capability[] = [
    { type: 'graceful-restart', restartState: false, notification: false, restartTimeSeconds: 120, families: [] },
    { type: 'four-octet-as', as: 65_002 },
  ];
  const first = await RawPeer.connect(port);
  await first.establish({ capabilities });
  await plugin.established();
  const second = await RawPeer.connect(port);
  second.send(open({ capabilities }), KEEPALIVE);
  await assert.rejects(first.notification(), /closed/);
  assert.equal((await plugin.closed()).type, 'replaced');
  await plugin.established(2);
});

test('a second connection that stays silent does not disturb the session, and gives way to a third', async (t) => {
  const { port, plugin, peer } = await speaker(t);
  const first = await RawPeer.connect(port);
  await first.nextOf(1);
  const silent = await RawPeer.connect(port);
  await silent.nextOf(1);
  const third = await RawPeer.connect(port);
  const cease = await silent.notification();
  assert.deepEqual([cease.code, cease.subcode], [6, 7]);
  await third.establish();
  await plugin.established();
  await first.closed();
  assert.equal(peer.state, 'Established');
});

test('DelayOpen: the connections of both sides wait for an OPEN, and one survives', async (t) => {
  const listener = await RawListener.listen(t);
  const { port, plugin } = await speaker(t, { passive: false, remotePort: listener.port, delayOpenSeconds: 60 });
  const ours = await listener.accept();
  const theirs = await RawPeer.connect(port);
  await breathe(20);
  theirs.send(open(), KEEPALIVE);
  await theirs.nextOf(4);
  assert.equal((await plugin.established()).session.direction, 'in');
  assert.equal(await ours.next(), undefined, 'closed without a NOTIFICATION: no OPEN had been sent');
});

test('a NOTIFICATION on a held connection is received', async (t) => {
  const { ours, theirs, plugin } = await twoConnections(t);
  ours.send(open());
  await ours.nextOf(4);
  // The dominant peer chose our connection after all (it was Established there).
  theirs.send(open(), message(3, '0607'));
  await theirs.closed();
  ours.send(KEEPALIVE);
  assert.equal((await plugin.established()).session.direction, 'out');
});

test('two servers that dial each other 100 times over loopback always come up, at most one collision each', async (t) => {
  const a = new Server({ routerId: '10.0.0.1' });
  const b = new Server({ routerId: '10.0.0.2' });
  t.after(() => Promise.all([a.close(), b.close()]));
  const [atA, atB] = await Promise.all([a.listen({ host: '127.0.0.1', port: 0 }), b.listen({ host: '127.0.0.3', port: 0 })]);
  for (let round = 0; round < 100; round++) {
    const [x, y] = [new Recorder(), new Recorder()];
    a.addPeer({ remoteAddress: '127.0.0.3', localAs: 65_001, remoteAs: 65_002 }, x, { remotePort: atB.port, localAddress: '127.0.0.1' });
    b.addPeer({ remoteAddress: '127.0.0.1', localAs: 65_002, remoteAs: 65_001 }, y, { remotePort: atA.port, localAddress: '127.0.0.3' });
    await Promise.all([x.established(), y.established()]);
    await Promise.all([a.deletePeer('127.0.0.3'), b.deletePeer('127.0.0.1')]);
    assert.equal(x.events.filter((event) => event === 'established').length, 1);
  }
});
