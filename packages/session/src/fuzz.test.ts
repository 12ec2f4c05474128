/**
 * Broken sessions: a good handshake, then mutations, truncations, slow octets, resets, half-closes. Nothing may throw, leak or hang, and the
 * peer must get the right NOTIFICATION. TSBGP_FUZZ_SESSIONS sets their number.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { breathe } from '../test/fake-clock.ts';
import { concat, END_OF_RIB, KEEPALIVE, message, open } from '../test/messages.ts';
import { RawPeer } from '../test/raw-peer.ts';
import { speaker } from '../test/speaker.ts';

const SESSIONS = Number(process.env.TSBGP_FUZZ_SESSIONS ?? 300);
const SEED = Number(process.env.TSBGP_FUZZ_SEED ?? 4271);

/** Small, fast, and the same everywhere (xorshift32). */
function random(seed: number): (below: number) => number {
  let x = seed | 1;
  return (below) => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return (x >>> 0) % below;
  };
}

const PARTS = [
  KEEPALIVE,
  END_OF_RIB,
  message(2, '0000000440010100'),
  message(5, '00010001'),
  message(5, '00010201'),
  open(),
  message(3, '0602'),
  message(6, '00'),
];

function mutate(bytes: Uint8Array, pick: (below: number) => number): Uint8Array {
  let result: Uint8Array = bytes.slice();
  for (let i = pick(4); i > 0; i--) {
    switch (pick(5)) {
      case 0:
        result[pick(result.length)] = pick(256);
        break;
      case 1:
        result = result.slice(0, 1 + pick(result.length));
        break;
      case 2:
        result = concat(result, result.slice(0, 1 + pick(result.length)));
        break;
      case 3:
        result[pick(result.length)]! ^= 1 << pick(8);
        break;
      default: {
        // Lengths and types are the octets that matter most.
        const at = 16 + pick(3);
        if (at < result.length) result[at] = [0, 1, 18, 19, 20, 23, 255][pick(7)]!;
      }
    }
  }
  return result;
}

test(`${SESSIONS} broken sessions (seed ${SEED})`, { timeout: 20_000 + SESSIONS * 20 }, async (t) => {
  const unhandled: unknown[] = [];
  const note = (error: unknown) => unhandled.push(error);
  process.on('unhandledRejection', note);
  process.on('uncaughtException', note);
  t.after(() => {
    process.off('unhandledRejection', note);
    process.off('uncaughtException', note);
  });
  const { port, plugin, peer, server } = await speaker(t, { highWaterBytes: 10_000 });
  const pick = random(SEED);
  let established = 0;
  let told = 0;
  for (let i = 0; i < SESSIONS; i++) {
    plugin.events.length = 0;
    plugin.updates.length = 0;
    plugin.reasons.length = 0;
    const raw = await RawPeer.connect(port);
    const stage = pick(4);
    const start = stage === 0 ? [] : stage === 1 ? [open()] : [open(), KEEPALIVE];
    const stream = concat(...start, ...Array.from({ length: 1 + pick(6) }, () => mutate(PARTS[pick(PARTS.length)]!, pick)));
    if (pick(4) === 0) {
      for (let at = 0; at < stream.length; ) {
        const length = 1 + pick(30);
        raw.socket.write(stream.slice(at, at + length));
        at += length;
        await new Promise((resolve) => setImmediate(resolve));
      }
    } else {
      raw.socket.write(stream);
    }
    switch (pick(4)) {
      case 0:
        raw.socket.resetAndDestroy();
        break;
      case 1:
        raw.socket.destroy();
        break;
      default:
        raw.socket.end();
    }
    if (pick(3) === 0) peer.reset();
    let last: number | undefined;
    for (let got = await raw.next(); got !== undefined; got = await raw.next()) last = got.type;
    if (last === 3) told++;
    raw.socket.destroy();
    const ups = plugin.events.filter((event) => event === 'established').length;
    established += ups;
    while (peer.state === 'Established') await new Promise((resolve) => setImmediate(resolve));
    assert.equal(plugin.reasons.length, ups, plugin.events.join('; '));
  }
  assert.deepEqual(unhandled, []);
  assert.ok(established > SESSIONS / 10, `${established} came up`);
  assert.ok(told > SESSIONS / 10, `${told} heard a NOTIFICATION`);
  await server.close();
  await breathe(); // our ends close as well
  const sockets = process.getActiveResourcesInfo().filter((resource) => resource === 'TCPSocketWrap' || resource === 'TCPServerWrap');
  assert.deepEqual(sockets, [], 'nothing is left open');
});
