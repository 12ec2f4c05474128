/** A daemon with a file, a neighbor that a test can be, and its API on a unix socket and a free port: for tests of the API's dialects. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { DescService } from '@bufbuild/protobuf';
import { type Client, createClient } from '@connectrpc/connect';
import { createGrpcTransport } from '@connectrpc/connect-node';
import { loadConfig } from '../../src/config/load.ts';
import { Daemon } from '../../src/daemon.ts';
import type { DaemonLog } from '../../src/log.ts';
import { loadParts } from '../../src/parts.ts';

export interface DialectDaemon {
  readonly daemon: Daemon;
  readonly socket: string;
  /** Where the API listens on TCP, e.g. `127.0.0.1:40123`. */
  readonly tcp: string;
  readonly bgpPort: number;
  /** The text of its file. */
  readonly text: () => string;
  /** A client over the unix socket. */
  client<S extends DescService>(service: S): Client<S>;
}

/** Of AS 64512, with the passive neighbor 127.0.0.2 of AS 65002, from which everything is accepted. `more` goes to the end of the file. */
export async function startDaemon(t: TestContext, more = ''): Promise<DialectDaemon> {
  const folder = mkdtempSync(join(tmpdir(), 'tsbgp-dialect-'));
  const path = join(folder, 'tsbgpd.yaml');
  const socket = join(folder, 'api.sock');
  writeFileSync(
    path,
    `global: { as: 64512, router-id: 192.0.2.254, listen: ["127.0.0.1:0"] }
api: { unix-socket: ${socket}, tcp: "127.0.0.1:0" }
neighbors:
  - address: 127.0.0.2
    remote-as: 65002
    passive: true
    families: [ipv4-unicast, ipv6-unicast]
    policy: accept-all
${more}`,
  );
  let tcp = '';
  const nothing = (): undefined => undefined;
  const info = (fields: object, message: string): void => {
    if (message.startsWith('API listening on 127') && 'port' in fields) tcp = `127.0.0.1:${String(fields.port)}`;
  };
  const log: DaemonLog = {
    debug: nothing,
    info,
    warn: nothing,
    error: nothing,
    fatal: nothing,
    flush: async () => undefined,
    flushNow: nothing,
    recent: () => [],
    configure: async () => undefined,
    addMetrics: nothing,
  };
  const loaded = loadConfig(path);
  const daemon = new Daemon(loaded.config, log, await loadParts(), { loaded, overrides: { level: undefined, format: undefined } });
  await daemon.start();
  t.after(async () => {
    await daemon.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  const transport = createGrpcTransport({ baseUrl: 'http://localhost', nodeOptions: { path: socket } });
  return {
    daemon,
    socket,
    tcp,
    bgpPort: daemon.speaker.global().listen[0]!.port,
    text: () => readFileSync(path, 'utf8'),
    client: (service) => createClient(service, transport),
  };
}

/** The status and the message of a call that fails. */
export async function failure(call: Promise<unknown>): Promise<{ readonly code: number; readonly message: string }> {
  try {
    await call;
  } catch (error) {
    const { code, rawMessage } = error as { code: number; rawMessage: string };
    return { code, message: rawMessage };
  }
  throw new Error('the call succeeded');
}

/** Resolves when `condition` holds, rejects after 30 seconds. */
export async function eventually(condition: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const end = Date.now() + 30_000;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`not within 30 s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
