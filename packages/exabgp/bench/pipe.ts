/**
 * Routes through one pipe: how long until a peer has them all, how much memory that takes, and how late a single announcement is.
 *
 *     node --conditions=tsbgp-source packages/exabgp/bench/pipe.ts [ROUTES] [PROGRAM ARGUMENT …]
 *
 * PROGRAM is what runs a configuration file; by default this package. For ExaBGP: `… pipe.ts 100000 exabgp`.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const [count = '100000', ...program] = process.argv.slice(2);
const routes = Number(count);
const probes = 500;
const folder = mkdtempSync(join(tmpdir(), 'exabgp-bench-'));
const KEEPALIVE = Uint8Array.from([...new Uint8Array(16).fill(0xff), 0, 19, 4]);

/** Announces all routes, then single ones with the time of each in its MED. */
const SCRIPT = `
const routes = ${routes};
let text = '';
for (let i = 0; i < routes; i++) {
  text += 'announce route 10.' + (i >> 16 & 255) + '.' + (i >> 8 & 255) + '.' + (i & 255) + '/32 next-hop 192.0.2.' + (i >> 24) + ' med ' + (i % 97) + '\\n';
}
process.stdin.on('data', () => {});
process.stdin.on('end', () => process.exit());
process.stdout.write(text);
process.on('SIGUSR2', () => {
  let i = 0;
  const next = () => {
    if (i++ >= ${probes}) return;
    const now = Math.round(performance.timeOrigin * 1000 + performance.now() * 1000) % 4000000000;
    process.stdout.write('announce route 172.16.' + (i >> 8) + '.' + (i & 255) + '/32 next-hop 192.0.2.1 med ' + now + '\\n');
    setTimeout(next, 5 + Math.random() * 5);
  };
  next();
});
`;
writeFileSync(join(folder, 'routes.mjs'), SCRIPT);

let prefixes = 0;
let first = 0;
const delays: number[] = [];
let done: () => void = () => {};
const finished = new Promise<void>((resolve) => (done = resolve));
const child = { pid: 0 };

function onUpdate(message: Uint8Array): void {
  const view = new DataView(message.buffer, message.byteOffset, message.length);
  const withdrawn = view.getUint16(19);
  const attributesAt = 23 + withdrawn;
  const length = view.getUint16(attributesAt - 2);
  let at = attributesAt + length;
  if (at >= message.length) return;
  if (first === 0) first = performance.now();
  for (; at < message.length; at += 1 + ((message[at]! + 7) >> 3)) prefixes++;
  if (prefixes <= routes) {
    if (prefixes === routes) done();
    return;
  }
  for (let a = attributesAt; a < attributesAt + length; a += 3 + message[a + 2]!) {
    if (message[a + 1] !== 4) continue;
    const now = Math.round(performance.timeOrigin * 1000 + performance.now() * 1000) % 4_000_000_000;
    delays.push((now - view.getUint32(a + 3)) / 1000);
  }
  if (prefixes === routes + probes) done();
}

const server = createServer((socket) => {
  let pending = Buffer.alloc(0);
  socket.on('error', () => {});
  socket.on('data', (chunk) => {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
    let at = 0;
    while (pending.length - at >= 19) {
      const length = pending.readUInt16BE(at + 16);
      if (pending.length - at < length) break;
      const message = pending.subarray(at, at + length);
      if (message[18] === 1) {
        const open = Buffer.from(message);
        open[27] = (open[27]! + 1) & 0xff;
        socket.write(open);
        socket.write(KEEPALIVE);
      } else if (message[18] === 2) onUpdate(message);
      else if (message[18] === 4) socket.write(KEEPALIVE);
      at += length;
    }
    pending = pending.subarray(at);
  });
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const { port } = server.address() as { port: number };
writeFileSync(
  join(folder, 'bench.conf'),
  `process routes { run ${process.execPath} ${folder}/routes.mjs; encoder text; }
neighbor 127.0.0.1 { router-id 1.2.3.4; local-address 127.0.0.1; local-as 65000; peer-as 65000; family { ipv4 unicast; } adj-rib-in false; api { processes [ routes ]; } }
`,
);
const own = [process.execPath, '--conditions=tsbgp-source', join(import.meta.dirname, '../src/bin.ts')];
const [command = '', ...args] = program.length > 0 ? program : own;
const started = performance.now();
const env = {
  ...process.env,
  exabgp_tcp_port: String(port),
  exabgp_daemon_drop: 'false',
  exabgp_log_enable: 'false',
  exabgp_api_cli: 'false',
  exabgp_api_ack: 'false',
};
const running = spawn(command, [...args, join(folder, 'bench.conf')], { stdio: 'inherit', env });
child.pid = running.pid ?? 0;
await finished;
const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
console.log(`${routes} routes: first after ${(first - started).toFixed(0)} ms, all after ${(performance.now() - started).toFixed(0)} ms`);
const [utime, stime] = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(' ').slice(13, 15).map(Number) as [number, number];
console.log(`processor time: ${((utime + stime) / 100).toFixed(2)} s`);
console.log(`memory: ${/VmRSS:\s+(\d+)/.exec(status)?.[1]} kB, at most ${/VmHWM:\s+(\d+)/.exec(status)?.[1]} kB`);
const script = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim().split(' ').map(Number)[0]!;
const probed = new Promise<void>((resolve) => (done = resolve));
process.kill(script, 'SIGUSR2');
await Promise.race([probed, new Promise((resolve) => setTimeout(resolve, 20_000))]);
delays.sort((a, b) => a - b);
const at = (share: number): string => (delays[Math.min(Math.floor(delays.length * share), delays.length - 1)] ?? Number.NaN).toFixed(2);
console.log(`announce to UPDATE, ${delays.length} times: median ${at(0.5)} ms, p99 ${at(0.99)} ms, longest ${at(1)} ms`);
running.kill('SIGTERM');
server.close();
await new Promise((resolve) => running.on('exit', resolve));
rmSync(folder, { recursive: true });
process.exit(0);
