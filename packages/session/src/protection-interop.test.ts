/** MD5 and GTSM with other daemons, where they are installed and we may set these options. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import { Recorder } from '../test/recorder.ts';
import { type PeerOptions, Server } from './index.ts';
import { probe } from './tcp-options.ts';

interface Theirs {
  readonly password?: string;
  readonly ttlSecurity?: boolean;
}

interface Daemon {
  readonly name: string;
  readonly path: string | undefined;
  config(ourPort: number, theirPort: number, options: Theirs): string;
  args(folder: string, config: string, theirPort: number): string[];
}

const DAEMONS: readonly Daemon[] = [
  {
    name: 'bird2',
    path: ['/usr/sbin/bird', '/usr/local/sbin/bird'].find(existsSync),
    config: (ourPort, theirPort, { password, ttlSecurity }) => `
router id 10.0.0.2;
protocol device {}
protocol bgp {
  local 127.0.0.21 port ${theirPort} as 65002;
  neighbor 127.0.0.1 port ${ourPort} as 65001;
  multihop ${ttlSecurity === true ? '1; ttl security on' : '64'}; strict bind yes; connect delay time 1; connect retry time 1;
  ${password === undefined ? '' : `password "${password}";`}
  ipv4 { import all; export none; };
}
`,
    args: (folder, config) => ['-f', '-c', config, '-s', join(folder, 'control'), '-P', join(folder, 'pid')],
  },
  {
    name: 'frr',
    path: ['/usr/lib/frr/bgpd', '/usr/libexec/frr/bgpd'].find(existsSync),
    config: (ourPort, _theirPort, { password, ttlSecurity }) => `
router bgp 65002
 bgp router-id 10.0.0.2
 neighbor 127.0.0.1 remote-as 65001
 neighbor 127.0.0.1 port ${ourPort}
 neighbor 127.0.0.1 update-source 127.0.0.21
 neighbor 127.0.0.1 ${ttlSecurity === true ? 'ttl-security hops 1' : 'ebgp-multihop 64'}
 neighbor 127.0.0.1 disable-connected-check
 neighbor 127.0.0.1 timers connect 1
 ${password === undefined ? '' : `neighbor 127.0.0.1 password ${password}`}
`,
    args: (folder, config, theirPort) => {
      const files = ['-i', join(folder, 'pid'), '--vty_socket', folder, '-z', join(folder, 'zserv')];
      return ['-f', config, '-p', String(theirPort), '-l', '127.0.0.21', '-n', '-S', '-P', '0', ...files];
    },
  },
];

const CASES: readonly { name: string; ours: PeerOptions; theirs: Theirs; up: boolean }[] = [
  { name: 'the same MD5 key', ours: { md5Key: 'secret' }, theirs: { password: 'secret' }, up: true },
  { name: 'another MD5 key', ours: { md5Key: 'secret' }, theirs: { password: 'other' }, up: false },
  { name: 'no MD5 key on their side', ours: { md5Key: 'secret' }, theirs: {}, up: false },
  { name: 'GTSM on both sides', ours: { ttlSecurityHops: 1 }, theirs: { ttlSecurity: true }, up: true },
  { name: 'GTSM on our side, a TTL of 64 on theirs', ours: { ttlSecurityHops: 1 }, theirs: {}, up: false },
];

function unsupported(): string | false {
  try {
    probe({ md5: true });
    return process.getuid?.() === 0 ? false : 'the daemons want to be started by root';
  } catch (error) {
    return (error as Error).message;
  }
}

async function sessionComesUp(t: TestContext, daemon: Daemon, ours: PeerOptions, theirs: Theirs, milliseconds: number): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), 'protection-'));
  const children: ChildProcess[] = [];
  const server = new Server({ routerId: '10.0.0.1' });
  t.after(async () => {
    for (const child of children) child.kill('SIGKILL');
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const { port } = await server.listen({ host: '127.0.0.1', port: 0 });
  // A port that was free a moment ago, on an address that no other test uses.
  const probeServer = new Server({ routerId: '10.0.0.9' });
  const { port: theirPort } = await probeServer.listen({ host: '127.0.0.21', port: 0 });
  await probeServer.close();
  const config = join(folder, 'config');
  writeFileSync(config, daemon.config(port, theirPort, theirs));
  children.push(spawn(daemon.path ?? '', daemon.args(folder, config, theirPort), { stdio: 'ignore' }));
  const plugin = new Recorder();
  const options = { remotePort: theirPort, localAddress: '127.0.0.1', connectRetrySeconds: 0.5, ...ours };
  server.addPeer({ remoteAddress: '127.0.0.21', localAs: 65_001, remoteAs: 65_002 }, plugin, options);
  const { promise: late, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => resolve(false), milliseconds);
  const up = await Promise.race([plugin.established().then(() => true), late]);
  clearTimeout(timer);
  return up;
}

suite('protection towards other daemons', { concurrency: true }, () => {
  for (const daemon of DAEMONS) {
    const skip = daemon.path === undefined ? `${daemon.name} is not installed` : unsupported();
    for (const { name, ours, theirs, up } of CASES) {
      test(`${daemon.name}: ${name}: ${up ? 'a session' : 'none'}`, { skip }, async (t: TestContext) => {
        assert.equal(await sessionComesUp(t, daemon, ours, theirs, up ? 20_000 : 2000), up);
      });
    }
  }
});
