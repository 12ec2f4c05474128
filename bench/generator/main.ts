/**
 * Our own load generator, for machines without the neutral one: N senders and a sink, or a full mesh, with one daemon. It has the same options
 * as bgpload and prints the same line of JSON, so that the runner can use either.
 *
 *     node --conditions=tsbgp-source bench/generator/main.ts --senders 2 --prefixes 100000 [--shared] [--mesh] [--down]
 *         [--target 10.77.0.1] [--port 179] [--src 10.77.1.1] [--sink 10.77.200.1] [--pid PID] [--label TEXT] [--timeout SECONDS]
 *
 * Senders are AS 65001 and higher, the sink is AS 64999. Exit status: 0 measured, 4 a session was lost, 5 not converged in time.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { addressBytes, formatIpv4, readU32, writeU32 } from '@tsbgp/wire';
import { LoadPeer } from './load-peer.ts';
import { ProcessSample } from './process-sample.ts';
import { Prefixes, senderStream } from './routes.ts';

const { values } = parseArgs({
  options: {
    senders: { type: 'string', default: '2' },
    prefixes: { type: 'string', default: '100000' },
    shared: { type: 'boolean', default: false },
    mesh: { type: 'boolean', default: false },
    down: { type: 'boolean', default: false },
    target: { type: 'string', default: '10.77.0.1' },
    port: { type: 'string', default: '179' },
    src: { type: 'string', default: '10.77.1.1' },
    sink: { type: 'string', default: '10.77.200.1' },
    pid: { type: 'string' },
    label: { type: 'string', default: 'run' },
    timeout: { type: 'string', default: '120' },
  },
});

const SINK_AS = 64999;
const LOOK_EVERY_MS = 5;
/** Pause before the next phase, in which late changes of best paths arrive. */
const SETTLE_MS = 500;
/** After a peer left: this long without a message means that all others know. */
const QUIET_MS = 2000;

const senders = Number(values.senders);
const perSender = Number(values.prefixes);
const { shared, mesh } = values;
const total = shared ? perSender : perSender * senders;
const deadline = performance.now() + Number(values.timeout) * 1000;

const prefixes = new Prefixes(total);
const first = readU32(addressBytes(values.src), 0);
const sample = new ProcessSample(values.pid === undefined ? undefined : Number(values.pid));
const target = { host: values.target, port: Number(values.port) };
let leaving: LoadPeer | undefined;

const peers: LoadPeer[] = [];
const streams: Uint8Array[] = [];
for (let index = 0; index < senders; index++) {
  const from = shared ? 0 : perSender * index;
  const own = shared ? { from: 0, to: 0 } : { from, to: from + perSender };
  streams.push(senderStream(prefixes, { as: 65001 + index, address: first + index }, from, perSender));
  addPeer(addressText(first + index), 65001 + index, own);
}
if (!mesh) addPeer(values.sink, SINK_AS, { from: 0, to: 0 });
const receivers = mesh ? peers : peers.slice(-1);

await until('established', () => peers.every(({ established }) => established));
await sleep(1000);

const startedAt = performance.now();
const cpuBefore = sample.cpuSeconds();
const keepalives = setInterval(() => {
  for (const peer of peers) peer.keepalive();
}, 20_000);
await Promise.all(streams.map((stream, index) => peers[index]!.send(stream)));
const sentAt = performance.now();

const wanted = mesh && !shared ? total - perSender : total;
await until('converged', () => receivers.every(({ held }) => held >= wanted) && performance.now() - lastReceived() > SETTLE_MS);
const converged = lastReceived();
const cpuSeconds = sample.cpuSeconds() - cpuBefore;

let leaveSeconds: number | undefined;
if (values.down) {
  leaving = peers[0]!;
  const leftAt = performance.now();
  leaving.close();
  const witness = receivers.find((peer) => peer !== leaving)!;
  const left = shared ? total : wanted - perSender;
  await until('left', () => {
    const quietSince = Math.max(witness.lastReceivedAt, leftAt);
    return witness.held <= left && (!shared || performance.now() - quietSince > QUIET_MS);
  });
  leaveSeconds = Math.max(0, witness.lastReceivedAt - leftAt) / 1000;
}

const receivedNlri = peers.reduce((sum, peer) => sum + peer.receivedNlri, 0);
console.log(
  JSON.stringify({
    label: values.label,
    senders,
    prefixes: perSender,
    shared: Number(shared),
    mesh: Number(mesh),
    converge_s: seconds(converged - startedAt),
    send_s: seconds(sentAt - startedAt),
    target_cpu_s: Number(cpuSeconds.toFixed(2)),
    peak_rss_mb: Math.round(sample.peakRssMb),
    rx_nlri: receivedNlri,
    ...(leaveSeconds === undefined ? {} : { down_s: Number(leaveSeconds.toFixed(3)) }),
  }),
);
clearInterval(keepalives);
process.exit(0);

function addPeer(address: string, as: number, own: { from: number; to: number }): void {
  const index = peers.length;
  const onClosed = (reason: string): void => {
    console.error(`peer ${index}: ${reason}`);
    process.exit(4);
  };
  peers.push(new LoadPeer({ address, as, target, prefixes, own, onClosed }));
}

function addressText(address: number): string {
  const bytes = new Uint8Array(4);
  writeU32(bytes, 0, address);
  return formatIpv4(bytes);
}

function lastReceived(): number {
  return receivers.reduce((latest, peer) => Math.max(latest, peer.lastReceivedAt), 0);
}

async function until(phase: string, reached: () => boolean): Promise<void> {
  for (let round = 0; !reached(); round++) {
    if (performance.now() > deadline) {
      console.error(
        `timeout in phase "${phase}": ${receivers
          .map(({ held }) => held)
          .slice(0, 8)
          .join(' ')} of ${total} prefixes`,
      );
      process.exit(5);
    }
    if (round % 20 === 0) sample.take();
    await sleep(LOOK_EVERY_MS);
  }
}

function seconds(milliseconds: number): number {
  return Number((milliseconds / 1000).toFixed(3));
}
