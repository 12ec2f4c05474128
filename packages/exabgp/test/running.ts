/** The program as a process of its own, and a peer for it. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { type CloseReason, type Peer, type Plugin, Server, type SessionInfo, type UpdateWriter } from '@tsbgp/session';
import { type Capability, decodeUpdate, Fault, type NotificationMessage, type UpdateMessage } from '@tsbgp/wire';

const BIN = join(import.meta.dirname, '../src/bin.ts');
const NODE_OPTIONS = ['--conditions=tsbgp-source', '--no-warnings'];

/** Waits until `found` is true; fails after a while. */
export async function until(what: string, found: () => boolean): Promise<void> {
  const end = Date.now() + 20_000;
  while (!found()) {
    if (Date.now() > end) throw new Error(`timed out: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** A passive peer on 127.0.0.1 that remembers everything. */
export class TestPeer implements Plugin {
  readonly updates: UpdateMessage[] = [];
  readonly notifications: NotificationMessage[] = [];
  readonly closes: CloseReason[] = [];
  ups = 0;
  peer: Peer | undefined;
  writer: UpdateWriter | undefined;
  capabilities: readonly Capability[] = [{ type: 'multiprotocol', family: 257 as never }, { type: 'route-refresh' }];

  getCapabilities(): readonly Capability[] {
    return this.capabilities;
  }

  onEstablished(peer: Peer, session: SessionInfo, writer: UpdateWriter) {
    this.peer = peer;
    this.writer = writer;
    this.ups++;
    return (bytes: Uint8Array, start: number, end: number) => {
      const update = decodeUpdate(bytes, start, end, session.receive);
      if (!(update instanceof Fault)) this.updates.push(update);
      return undefined;
    };
  }

  onNotification(_peer: Peer, message: NotificationMessage, direction: 'sent' | 'received'): void {
    if (direction === 'received') this.notifications.push(message);
  }

  onClose(_peer: Peer, reason: CloseReason): void {
    this.closes.push(reason);
  }

  /** Prefixes announced and withdrawn so far, in order. */
  get prefixes(): string[] {
    return this.updates.flatMap(({ nlri, withdrawn }) => [
      ...withdrawn.map(({ prefix }) => `-${prefix}`),
      ...nlri.map(({ prefix }) => prefix),
    ]);
  }
}

export interface World {
  readonly folder: string;
  readonly plugin: TestPeer;
  readonly child: ReturnType<typeof spawn>;
  output(): string;
  /** Another text of the configuration. */
  write(config: string): void;
  read(name: string): string;
  /** Runs another command line of the program. */
  run(args: readonly string[]): Promise<{ code: number | null; output: string }>;
}

/** Starts a peer of AS 65001 and the program. FOLDER in `config` is replaced. `prepare` fills the folder. */
export async function startProgram(
  t: TestContext,
  config: string,
  env: NodeJS.ProcessEnv = {},
  prepare: (folder: string) => void = () => {},
): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), 'exabgp-test-'));
  prepare(folder);
  const server = new Server({ routerId: '10.0.0.9' });
  const plugin = new TestPeer();
  const { port } = await server.listen({ host: '127.0.0.1', port: 0 });
  server.addPeer({ remoteAddress: '127.0.0.1', localAs: 65_001, remoteAs: 65_001 }, plugin, { passive: true });
  const file = join(folder, 'exabgp.conf');
  const write = (text: string): void => writeFileSync(file, text.replaceAll('FOLDER', folder));
  write(config);
  const all = {
    ...process.env,
    exabgp_tcp_port: String(port),
    exabgp_daemon_drop: 'false',
    exabgp_daemon_umask: '022',
    exabgp_log_level: 'DEBUG',
    ...env,
  };
  const child = spawn(process.execPath, [...NODE_OPTIONS, BIN, '--root', folder, 'server', file], {
    env: all,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += String(chunk)));
  const ended = new Promise((resolve) => child.on('exit', resolve));
  t.after(async () => {
    if (child.exitCode === null) child.kill('SIGTERM');
    const kill = setTimeout(() => child.kill('SIGKILL'), 8000);
    await ended;
    clearTimeout(kill);
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const run = (args: readonly string[]): Promise<{ code: number | null; output: string }> =>
    new Promise((resolve) => {
      const other = spawn(process.execPath, [...NODE_OPTIONS, BIN, '--root', folder, ...args], {
        env: all,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let text = '';
      for (const stream of [other.stdout, other.stderr]) stream.on('data', (chunk) => (text += String(chunk)));
      other.on('close', (code) => resolve({ code, output: text }));
    });
  return { folder, plugin, child, output: () => output, write, read: (name) => readText(join(folder, name)), run };
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
