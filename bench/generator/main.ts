/**
 * Our own load generator: N senders and a sink, or a full mesh, with one daemon. It has the options of bgpload that `npm run bench` uses and
 * prints the same line of JSON, so that the runner can use either. It can do more: IPv6, ADD-PATH, peers that come back, latencies.
 *
 *     node --conditions=tsbgp-source bench/generator/main.ts --senders 2 --prefixes 100000 [--shared] [--mesh] [--down]
 *         [--ipv6]            sessions over IPv6 that carry IPv6 unicast
 *         [--add-path K]      each prefix is announced by K senders, and each receiver gets all of its paths
 *         [--leave N]         N senders leave at once and come back
 *         [--latency]         of each route from the first sender to the sink: median and 99th percentile
 *         [--churn R --churn-seconds S]   then the first sender changes R routes a second, and the latencies are those of the changes
 *         [--port 179] [--pid PID] [--label TEXT] [--timeout SECONDS]
 *
 * Addresses are those of bench/addresses.ts. Senders are AS 65001 and higher, the sink is AS 64999. Exit status: 0 measured, 4 a session was
 * lost, 5 not converged in time.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { IPV4_UNICAST, IPV6_UNICAST } from '@tsbgp/wire';
import { addressesOf } from '../addresses.ts';
import { Latencies } from './latencies.ts';
import { leave } from './leave.ts';
import { Load } from './load.ts';
import { churn, sendAtOnce } from './paced.ts';
import { ProcessSample } from './process-sample.ts';

const { values } = parseArgs({
  options: {
    senders: { type: 'string', default: '2' },
    prefixes: { type: 'string', default: '100000' },
    shared: { type: 'boolean', default: false },
    mesh: { type: 'boolean', default: false },
    down: { type: 'boolean', default: false },
    ipv6: { type: 'boolean', default: false },
    'add-path': { type: 'string', default: '0' },
    leave: { type: 'string', default: '0' },
    latency: { type: 'boolean', default: false },
    churn: { type: 'string', default: '0' },
    'churn-seconds': { type: 'string', default: '60' },
    port: { type: 'string', default: '179' },
    pid: { type: 'string' },
    label: { type: 'string', default: 'run' },
    timeout: { type: 'string', default: '120' },
  },
});

const family = values.ipv6 ? IPV6_UNICAST : IPV4_UNICAST;
const sample = new ProcessSample(values.pid === undefined ? undefined : Number(values.pid));
const load = new Load({
  family,
  addresses: addressesOf(family),
  port: Number(values.port),
  senders: Number(values.senders),
  prefixes: Number(values.prefixes),
  shared: values.shared,
  mesh: values.mesh,
  paths: Number(values['add-path']),
  timeoutSeconds: Number(values.timeout),
  sample,
});
const { senders, streams, receivers } = load;

await load.establish();
await sleep(1000);

const latencies = values.latency ? new Latencies(load.prefixes.count) : undefined;
if (latencies !== undefined) receivers[0]!.latencies = latencies;
const startedAt = performance.now();
const cpuBefore = sample.cpuSeconds();
if (latencies === undefined) await Promise.all(streams.map(({ octets }, index) => senders[index]!.send(octets)));
else await sendAtOnce(senders[0]!, streams[0]!, latencies);
const sentAt = performance.now();
const convergedAt = await load.converge('converged', receivers, load.wanted());
const convergence = {
  converge_s: seconds(convergedAt - startedAt),
  send_s: seconds(sentAt - startedAt),
  target_cpu_s: Number((sample.cpuSeconds() - cpuBefore).toFixed(2)),
};

const figures: Record<string, number> = {};
if (Number(values.churn) > 0) {
  const changes = new Latencies(load.prefixes.count);
  receivers[0]!.latencies = changes;
  const options = { routesPerSecond: Number(values.churn), seconds: Number(values['churn-seconds']) };
  const cpu = sample.cpuSeconds();
  figures['churn_sent'] = Number((await churn(load, options, changes)).toFixed(3));
  await load.converge('churned', receivers, load.wanted());
  figures['churn_cpu_s'] = Number((sample.cpuSeconds() - cpu).toFixed(2));
  addPercentiles(changes, 'churn');
} else if (latencies !== undefined) {
  addPercentiles(latencies, 'latency');
}
const leaving = Number(values.leave);
if (leaving > 0 || values.down) {
  for (const [name, value] of Object.entries(await leave(load, Math.max(1, leaving), leaving > 0)))
    figures[name] = Number(value.toFixed(3));
}
load.end();

console.log(
  JSON.stringify({
    label: values.label,
    senders: senders.length,
    prefixes: load.options.prefixes,
    ...convergence,
    peak_rss_mb: Math.round(sample.peakRssMb),
    rx_nlri: receivers.reduce((sum, peer) => sum + peer.receivedNlri, 0),
    ...figures,
  }),
);
process.exit(0);

function addPercentiles(of: Latencies, name: string): void {
  figures[`${name}_p50_ms`] = Number(of.percentile(50).toFixed(1));
  figures[`${name}_p99_ms`] = Number(of.percentile(99).toFixed(1));
}

function seconds(milliseconds: number): number {
  return Number((milliseconds / 1000).toFixed(3));
}
