/**
 * Many sessions on loopback in one process: they come up, exchange keepalives for a while and end. Memory and descriptors must not grow. Both
 * ends are in this process, so a thousand sessions are two thousand peers.
 *
 *     node --conditions=tsbgp-source packages/session/bench/sessions.ts [sessions = 1000] [seconds = 120] [holdTimeSeconds = 30]
 */
import { readdirSync } from 'node:fs';
import { type Peer, Server } from '../src/index.ts';

const [, , sessions = '1000', seconds = '120', hold = '30'] = process.argv;
const count = Number(sessions);

const a = new Server({ routerId: '10.0.0.1' });
const b = new Server({ routerId: '10.0.0.2' });
const { port } = await a.listen({ host: '0.0.0.0', port: 0 });

function sample(what: string): { rss: number; descriptors: number } {
  globalThis.gc?.();
  const rss = Math.round(process.memoryUsage.rss() / 1e6);
  const descriptors = readdirSync('/proc/self/fd').length;
  console.log(`${what}: RSS ${rss} MB, ${descriptors} descriptors`);
  return { rss, descriptors };
}

let up = 0;
let allUp = () => {};
const plugin = {
  onEstablished: () => {
    up++;
    if (up === 2 * count) allUp();
    return () => undefined;
  },
  onClose: (peer: Peer, reason: { text: string }) => {
    up--;
    if (!closing) console.log(`${peer.config.remoteAddress} closed: ${reason.text}`);
  },
};
let closing = false;

const before = sample('before');
const started = performance.now();
const { promise, resolve } = Promise.withResolvers<void>();
allUp = resolve;
for (let i = 0; i < count; i++) {
  const host = `${(i >> 8) & 255}.${i & 255}`;
  a.addPeer({ remoteAddress: `127.1.${host}`, localAs: 65_001, remoteAs: 65_002 }, plugin, {
    passive: true,
    holdTimeSeconds: Number(hold),
  });
  b.addPeer({ remoteAddress: `127.2.${host}`, localAs: 65_002, remoteAs: 65_001 }, plugin, {
    remotePort: port,
    localAddress: `127.1.${host}`,
    connectRetrySeconds: 2,
  });
}
await promise;
console.log(`${count} sessions up in ${Math.round(performance.now() - started)} ms`);

const first = sample('up');
const cpu = process.cpuUsage();
const end = performance.now() + Number(seconds) * 1000;
let worst = 0;
while (performance.now() < end) {
  const slept = performance.now();
  await new Promise((done) => setTimeout(done, 100));
  worst = Math.max(worst, performance.now() - slept - 100);
}
const { user, system } = process.cpuUsage(cpu);
const keepalives = [...a.listPeers(), ...b.listPeers()].reduce((sum, peer) => sum + peer.counters.keepaliveReceived, 0);
const last = sample(`after ${seconds} s`);
console.log(
  `CPU ${((user + system) / 1e4 / Number(seconds)).toFixed(2)} % of a core for both ends, ${keepalives} keepalives received, timers at most ${Math.round(worst)} ms late`,
);

const stillUp = up === 2 * count;
closing = true;
await Promise.all([a.close(), b.close()]);
const after = sample('closed');
const flat = last.rss <= first.rss * 1.2 + 20 && last.descriptors === first.descriptors && after.descriptors <= before.descriptors + 2;
console.log(stillUp && flat ? 'ok' : 'NOT OK');
process.exit(stillUp && flat ? 0 : 1);
