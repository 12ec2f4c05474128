/**
 * Many speakers from one process: how long until all their sessions are up, and how much memory they take.
 *
 *     node --conditions=tsbgp-source packages/exabgp/bench/speakers.ts [COUNT] [PROGRAM ARGUMENT …]
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const [text = '500', ...program] = process.argv.slice(2);
const count = Number(text);
const folder = mkdtempSync(join(tmpdir(), 'exabgp-bench-'));
const KEEPALIVE = Uint8Array.from([...new Uint8Array(16).fill(0xff), 0, 19, 4]);
let up = 0;
let done: () => void = () => {};
const finished = new Promise<void>((resolve) => (done = resolve));

const server = createServer((socket) => {
  let isUp = false;
  socket.on('error', () => {});
  socket.on('data', (chunk) => {
    for (let at = 0; at + 19 <= chunk.length; at += chunk.readUInt16BE(at + 16)) {
      if (chunk[at + 18] === 1) {
        const open = Buffer.from(chunk.subarray(at, at + chunk.readUInt16BE(at + 16)));
        open[27] = (open[27]! + 1) & 0xff;
        socket.write(open);
        socket.write(KEEPALIVE);
      } else if (chunk[at + 18] === 2 && !isUp) {
        isUp = true;
        if (++up === count) done();
      }
    }
  });
});
await new Promise<void>((resolve) => server.listen({ host: '127.0.0.1', port: 0, backlog: 1024 }, resolve));
const { port } = server.address() as { port: number };
const neighbors = Array.from({ length: count }, (_, i) => {
  const address = `127.1.${i >> 8}.${(i & 255) + 1}`.replace('.256', '.0');
  return `neighbor 127.0.0.1 { inherit t; local-address ${address}; router-id 10.1.${i >> 8}.${i & 255}; local-as ${64512 + (i % 1000)}; peer-as ${64512 + (i % 1000)}; }`;
});
const template = 'template { neighbor t { family { ipv4 unicast; } static { route 10.0.0.0/24 next-hop self; } } }';
writeFileSync(join(folder, 'bench.conf'), `${template}\n${neighbors.join('\n')}\n`);
const own = [process.execPath, '--conditions=tsbgp-source', join(import.meta.dirname, '../src/bin.ts')];
const [command = '', ...args] = program.length > 0 ? program : own;
const env = {
  ...process.env,
  exabgp_tcp_port: String(port),
  exabgp_daemon_drop: 'false',
  exabgp_log_enable: 'false',
  exabgp_api_cli: 'false',
};
const started = performance.now();
const running = spawn(command, [...args, join(folder, 'bench.conf')], { stdio: 'inherit', env });
await finished;
const milliseconds = performance.now() - started;
const status = readFileSync(`/proc/${running.pid}/status`, 'utf8');
const [utime, stime] = readFileSync(`/proc/${running.pid}/stat`, 'utf8').split(' ').slice(13, 15).map(Number) as [number, number];
console.log(
  `${count} speakers: up after ${milliseconds.toFixed(0)} ms, processor time ${((utime + stime) / 100).toFixed(2)} s, ${/VmRSS:\s+(\d+)/.exec(status)?.[1]} kB`,
);
running.kill('SIGTERM');
await new Promise((resolve) => running.on('exit', resolve));
server.close();
rmSync(folder, { recursive: true });
process.exit(0);
