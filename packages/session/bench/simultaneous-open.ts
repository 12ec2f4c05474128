/**
 * Simultaneous open with a real daemon, many times: both sides dial at about the same time, and a session must come up every time.
 *
 *     node --conditions=tsbgp-source packages/session/bench/simultaneous-open.ts bird [rounds = 100] [md5 key]
 *
 * `bird`, `frr` and `gobgp` are started on loopback (127.0.0.20, AS 65002; we are 127.0.0.1, AS 65001) with a separate folder, and stopped
 * again. A relay in between delays everything, so that the two connections really cross.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Server as NetServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Peer, type PeerOptions, Server } from '../src/index.ts';

const [, , name = 'bird', roundsText = '100', md5Key] = process.argv;
const rounds = Number(roundsText);
/** Goes through the relay, except with MD5. */
const [ourTarget, theirTarget] = md5Key === undefined ? [2799, 2798] : [1799, 1798];
const folder = mkdtempSync(join(tmpdir(), 'simultaneous-open-'));

interface Daemon {
  readonly command: readonly string[];
  /** Ends the session and begins to dial again soon. */
  readonly restart: readonly string[];
}

function start([program = '', ...args]: readonly string[]): ChildProcess {
  return spawn(program, args, { stdio: ['ignore', 'ignore', 'inherit'] });
}

function run([program = '', ...args]: readonly string[]): void {
  execFileSync(program, args, { stdio: 'ignore' });
}

function bird(identifier: string): Daemon {
  const control = join(folder, 'bird.ctl');
  writeFileSync(
    join(folder, 'bird.conf'),
    `router id ${identifier};
protocol device {}
protocol bgp p1 {
  local 127.0.0.20 port 1799 as 65002;
  neighbor 127.0.0.1 port ${theirTarget} as 65001;
  multihop; strict bind yes;
  ${md5Key === undefined ? '' : `password "${md5Key}";`}
  connect delay time 1; connect retry time 1; error wait time 1, 2;
  ipv4 { import all; export none; };
}
`,
  );
  return {
    command: ['bird', '-f', '-c', join(folder, 'bird.conf'), '-s', control, '-P', join(folder, 'bird.pid')],
    restart: ['birdc', '-s', control, 'restart', 'p1'],
  };
}

function frr(identifier: string): Daemon {
  const config = join(folder, 'bgpd.conf');
  writeFileSync(
    config,
    `router bgp 65002
 bgp router-id ${identifier}
 no bgp ebgp-requires-policy
 no bgp network import-check
 neighbor 127.0.0.1 remote-as 65001
 neighbor 127.0.0.1 port ${theirTarget}
 neighbor 127.0.0.1 ebgp-multihop 255
 neighbor 127.0.0.1 disable-connected-check
 neighbor 127.0.0.1 update-source 127.0.0.20
 neighbor 127.0.0.1 timers connect 1
${md5Key === undefined ? '' : ` neighbor 127.0.0.1 password ${md5Key}\n`}`,
  );
  const path = ['/usr/lib/frr/bgpd', '/usr/sbin/bgpd'].find(existsSync) ?? 'bgpd';
  return {
    command: [
      path,
      '-f',
      config,
      '-p',
      '1799',
      '-l',
      '127.0.0.20',
      '-n',
      '-S',
      '-i',
      join(folder, 'bgpd.pid'),
      '--vty_socket',
      folder,
      '-z',
      join(folder, 'zserv'),
      '-P',
      '0',
    ],
    restart: ['vtysh', '--vty_socket', folder, '-c', 'clear bgp 127.0.0.1'],
  };
}

function gobgp(identifier: string): Daemon {
  const config = join(folder, 'gobgpd.toml');
  writeFileSync(
    config,
    `[global.config]
  as = 65002
  router-id = "${identifier}"
  port = 1799
  local-address-list = ["127.0.0.20"]
[[neighbors]]
  [neighbors.config]
    neighbor-address = "127.0.0.1"
    peer-as = 65001
    ${md5Key === undefined ? '' : `auth-password = "${md5Key}"`}
  [neighbors.transport.config]
    remote-port = ${theirTarget}
    local-address = "127.0.0.20"
  [neighbors.timers.config]
    connect-retry = 1
    idle-hold-time-after-reset = 1
  [neighbors.ebgp-multihop.config]
    enabled = true
    multihop-ttl = 255
`,
  );
  return {
    command: ['gobgpd', '-f', config, '--api-hosts', '127.0.0.20:50999', '--pprof-disable', '-l', 'error'],
    restart: ['gobgp', '-u', '127.0.0.20', '-p', '50999', 'neighbor', '127.0.0.1', 'reset'],
  };
}

/**
 * A relay with a delay. It accepts connections at once; the octets, and the connection itself, reach the other side later. So both sides are
 * busy with their own connection when the other's arrives. Addresses stay, since peers know each other by them. MD5 signatures end here, so
 * it does not work with MD5.
 */
function wire(from: string, to: string, listenPort: number, targetPort: number, onDial: () => void): NetServer {
  const relay = (a: Socket, b: Socket) => {
    a.on('data', (chunk) => setTimeout(() => b.writable && b.write(chunk), LATENCY_MS));
    a.on('end', () => setTimeout(() => b.end(), LATENCY_MS));
    a.on('close', () => setTimeout(() => b.destroy(), LATENCY_MS + 1));
    a.on('error', () => {});
  };
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (near) => {
    near.on('error', () => {});
    onDial();
    setTimeout(() => {
      const far = connect({ host: to, port: targetPort, localAddress: from, allowHalfOpen: true });
      relay(near, far);
      relay(far, near);
      near.resume();
    }, LATENCY_MS);
  });
  return server.listen(listenPort, to);
}

const LATENCY_MS = 20;

const make = { bird, frr, gobgp }[name];
if (make === undefined) throw new Error(`no such daemon: ${name}`);

/** Both outcomes of "who dominates": half of the rounds with a lower identifier than the daemon's, half with a higher one. */
async function half(ours: string, theirs: string): Promise<{ worst: number; collisions: number; flaps: number }> {
  const daemon = (make ?? bird)(theirs);
  const child = start(daemon.command);
  const server = new Server({ routerId: ours });
  await server.listen({ host: '127.0.0.1', port: 1798 });
  let onDial = () => {};
  const wires = [wire('127.0.0.1', '127.0.0.20', 2799, 1799, () => {}), wire('127.0.0.20', '127.0.0.1', 2798, 1798, () => onDial())];
  const options: PeerOptions = { localAddress: '127.0.0.1', remotePort: ourTarget, connectRetrySeconds: 0.5, idleHoldSeconds: 0.2, md5Key };
  let worst = 0;
  let collisions = 0;
  let flaps = 0;
  try {
    await sleep(2000);
    for (let round = 0; round < rounds / 2; round++) {
      run(daemon.restart);
      // We dial while the daemon's attempt is in the relay.
      if (md5Key === undefined) await new Promise<void>((resolve) => (onDial = resolve));
      await sleep(LATENCY_MS * Math.random());
      const started = performance.now();
      const peer: Peer = server.addPeer(
        { remoteAddress: '127.0.0.20', localAs: 65_001, remoteAs: 65_002 },
        { onEstablished: () => () => undefined },
        options,
      );
      while (peer.state !== 'Established') {
        if (performance.now() - started > 30_000)
          throw new Error(`round ${round}: stuck in ${peer.state}, last error ${peer.lastError?.text}`);
        await sleep(5);
      }
      worst = Math.max(worst, performance.now() - started);
      await sleep(10 * LATENCY_MS);
      if (peer.counters.notificationReceived + peer.counters.notificationSent > 0) collisions++;
      if (peer.counters.establishedCount > 1 || peer.state !== 'Established') flaps++;
      await server.deletePeer('127.0.0.20');
    }
  } finally {
    child.kill();
    for (const wire of wires) wire.close();
    await server.close();
  }
  return { worst, collisions, flaps };
}

try {
  for (const [ours, theirs] of [
    ['10.0.0.1', '10.0.0.2'],
    ['10.0.0.2', '10.0.0.1'],
  ] as const) {
    const { worst, collisions, flaps } = await half(ours, theirs);
    const who = ours > theirs ? 'we dominate' : `${name} dominates`;
    console.log(
      `${name}, ${who}: ${rounds / 2} sessions up, the slowest after ${Math.round(worst)} ms; ${collisions} rounds with a NOTIFICATION, ${flaps} with a flap`,
    );
    await sleep(500);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
