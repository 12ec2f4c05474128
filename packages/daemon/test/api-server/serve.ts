/** Serves the API of a fake control plane on a unix socket and on a free port. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTsbgpClient, type TsbgpClient } from '@tsbgp/api';
import { type ApiListen, type ApiServer, type ApiServerOptions, createApiServer } from '../../src/api-server/api-server.ts';
import { Boundaries } from '../../src/boundaries.ts';
import { Exposition } from '../../src/metrics/exposition.ts';
import { FakeControlPlane } from './fake-control-plane.ts';

export interface Served {
  readonly control: FakeControlPlane;
  readonly socket: string;
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  /** Over the unix socket. */
  readonly client: TsbgpClient;
  /** What the server logged as errors. */
  readonly logged: object[];
  readonly boundaries: Boundaries;
  readonly server: ApiServer;
  /** The metrics of the server. */
  metrics(): string;
  stop(): Promise<void>;
}

export async function serve(
  control: FakeControlPlane = new FakeControlPlane(),
  { hosts, limits, access }: Pick<ApiServerOptions, 'limits'> & Pick<ApiListen, 'hosts' | 'access'> = {},
): Promise<Served> {
  const folder = mkdtempSync(join(tmpdir(), 'tsbgp-api-'));
  const socket = join(folder, 'tsbgpd.sock');
  const logged: object[] = [];
  const logger = { debug() {}, warn() {}, error: (fields: object) => void logged.push(fields) };
  const boundaries = new Boundaries(logger);
  const server = createApiServer(control, {
    logger,
    boundaries,
    limits,
  });
  const bound = await server.listen({ unixSocket: socket, tcp: { host: '127.0.0.1', port: 0 }, hosts, access });
  const { port } = bound.map(({ where }) => where).find((where) => typeof where !== 'string')!;
  return {
    control,
    socket,
    url: `http://127.0.0.1:${port}`,
    client: createTsbgpClient({ address: `unix://${socket}` }),
    logged,
    boundaries,
    server,
    metrics() {
      const out = new Exposition();
      server.addMetrics(out);
      return out.toString();
    },
    async stop() {
      await server.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Resolves when `condition` holds, rejects after 5 seconds. */
export async function until(condition: () => boolean, what: string): Promise<void> {
  const end = Date.now() + 5000;
  while (!condition()) {
    if (Date.now() > end) throw new Error(`not within 5 s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
