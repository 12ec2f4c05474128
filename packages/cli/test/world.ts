/** For tests: a world in memory, and a daemon that answers from it and writes down what it was asked. */
import type { Daemon, RouteKeyRequest, RouteRequest } from '../src/daemon.ts';
import { CliError, ExitCode } from '../src/exit-code.ts';
import { FIELD_ROWS } from '../src/neighbor-config.ts';
import { run } from '../src/program.ts';
import type { Io } from '../src/terminal/io.ts';
import { present } from '../src/to-api.ts';
import type { EventView } from '../src/views/event.ts';
import type { NeighborView } from '../src/views/neighbor.ts';
import type { PathView, RouteView } from '../src/views/route.ts';

export interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  /** Method and arguments of what the daemon was asked. */
  readonly asked: readonly (readonly unknown[])[];
}

export interface World {
  readonly daemon?: Partial<Daemon>;
  readonly stdin?: string;
  readonly env?: Io['env'];
  /** A terminal of this width; without: a pipe. */
  readonly columns?: number;
  readonly signal?: AbortSignal;
}

export async function tsbgp(args: readonly string[], world: World = {}): Promise<Outcome> {
  let [out, err] = ['', ''];
  const asked: unknown[][] = [];
  const columns = world.columns ?? Number.POSITIVE_INFINITY;
  const isTerminal = world.columns !== undefined;
  const io: Io = {
    stdin: chunks(world.stdin ?? ''),
    stdout: { isTerminal, columns, write: async (text) => void (out += text) },
    stderr: { isTerminal, columns, write: async (text) => void (err += text) },
    env: world.env ?? {},
    signal: world.signal ?? new AbortController().signal,
  };
  const code = await run(args, io, async (address) => {
    if (address !== undefined) asked.push(['connect', address]);
    return written({ ...fakeDaemon(), ...world.daemon }, asked);
  });
  return { code, out, err, asked };
}

/** Two neighbors, three routes; takes whatever it is told. */
export function fakeDaemon(): Daemon {
  const neighbors = [UP, DOWN];
  const find = (address: string): NeighborView => {
    const found = neighbors.find((one) => one.address === address);
    if (found === undefined) throw new CliError(ExitCode.Refused, `address: there is no neighbor ${address}`);
    return found;
  };
  return {
    global: async () => ({
      localAs: 64_512,
      routerId: '192.0.2.254',
      listen: ['0.0.0.0:179', '[::]:179'],
      version: '0.1.0',
      startedAt: undefined,
    }),
    health: async () => ({ healthy: true, uptimeSeconds: 11_100, neighbors: 2, established: 1, routes: 1_000_000, rssBytes: 284_000_000 }),
    metrics: async () => '# TYPE tsbgp_up gauge\ntsbgp_up 1\n',
    shutdown: async () => {},
    listNeighbors: async () => neighbors,
    getNeighbor: async (address) => find(address),
    addNeighbor: async (request) => ({ ...DOWN, importPolicy: 'deny-all', exportPolicy: 'deny-all', ...present(request) }) as NeighborView,
    deleteNeighbor: async (address) => void find(address),
    enableNeighbor: async (address) => void find(address),
    disableNeighbor: async (address) => void find(address),
    resetNeighbor: async (address) => void find(address),
    paths: async () => ({ family: 'ipv4-unicast', prefix: ROUTE.prefix, pathCount: 3, paths: PATHS }),
    async *routes() {
      yield [ROUTE, { ...ROUTE, prefix: '2001:db8::/32', nextHop: '2001:db8::1', best: false, filtered: true }];
      yield [{ ...ROUTE, prefix: '203.0.113.0/24', neighbor: '', asPath: '', origin: 'incomplete', med: undefined }];
    },
    async *watch() {
      yield [{ type: 'announce', route: ROUTE }];
      yield [
        { type: 'withdraw', family: 'ipv4-unicast', prefix: '1.1.1.0/24', pathIdentifier: undefined, neighbor: '192.0.2.1' },
        { type: 'lost', count: 7 },
      ];
    },
    async *events() {
      yield { lost: 0, events: EVENTS };
    },
    addRoutes: async (batches) => (await collect<RouteRequest>(batches)).length,
    deleteRoutes: async (batches) => (await collect<RouteKeyRequest>(batches)).length,
  };
}

export async function collect<T>(batches: AsyncIterable<readonly T[]>): Promise<T[]> {
  return (await Array.fromAsync(batches)).flat();
}

/** The same daemon; each call is written down before it is made. */
function written(daemon: Daemon, asked: unknown[][]): Daemon {
  return new Proxy(daemon, {
    get(target, name: keyof Daemon) {
      const method = target[name] as ((...args: unknown[]) => unknown) | undefined;
      if (method === undefined) return undefined;
      return (...args: unknown[]) => {
        asked.push([name, ...args]);
        return method(...args);
      };
    },
  });
}

async function* chunks(text: string): AsyncGenerator<string> {
  if (text !== '') yield text;
}

/** Every field of the configuration that has a constant as its default. */
const DEFAULTS = Object.fromEntries(
  FIELD_ROWS.filter(({ name, default: standard }) => name !== 'enabled' && standard !== undefined).map((row) => [row.name, row.default]),
) as unknown as NeighborView;

export const UP: NeighborView = {
  ...DEFAULTS,
  address: '192.0.2.1',
  remoteAs: 64_501,
  localAs: undefined,
  description: 'transit, circuit 4711',
  families: ['ipv4-unicast', 'ipv6-unicast'],
  localAddress: '',
  multihopTtl: undefined,
  importPolicy: 'accept-all',
  exportPolicy: 'deny-all',
  state: 'Established',
  isUp: true,
  isDisabled: false,
  session: {
    establishedAt: new Date(Date.now() - 187_200_000),
    remoteBgpIdentifier: '192.0.2.1',
    localAddress: '192.0.2.254',
    localPort: 41_234,
    remotePort: 179,
    peerType: 'ebgp',
    holdTimeSeconds: 90,
    keepaliveSeconds: 30,
    families: ['ipv4-unicast'],
    localCapabilities: ['multiprotocol ipv4-unicast', 'route-refresh'],
    remoteCapabilities: ['multiprotocol ipv4-unicast'],
    backlogBytes: 0,
  },
  counters: [{ message: 'update', sent: 12, received: 934_112 }],
  bytesSent: 4000,
  bytesReceived: 81_000_000,
  prefixes: [{ family: 'ipv4-unicast', received: 934_112, accepted: 934_110, advertised: 12 }],
  flapCount: 0,
  lastError: '',
  lastErrorAt: undefined,
  lastNotification: undefined,
};

export const DOWN: NeighborView = {
  ...UP,
  address: '2001:db8::1',
  description: '',
  state: 'Connect',
  isUp: false,
  session: undefined,
  prefixes: [],
  flapCount: 3,
  lastError: 'connect ECONNREFUSED 2001:db8::1:179',
};

export const ROUTE: RouteView = {
  family: 'ipv4-unicast',
  prefix: '1.1.1.0/24',
  pathIdentifier: undefined,
  neighbor: '192.0.2.1',
  nextHop: '192.0.2.1',
  asPath: '64501 1299 13335',
  origin: 'igp',
  med: 50,
  localPref: undefined,
  communities: ['64501:100'],
  largeCommunities: [],
  extendedCommunities: [],
  others: [],
  best: true,
  filtered: false,
  learnedAt: undefined,
};

export const PATHS: readonly PathView[] = [
  { ...ROUTE, filterReason: undefined, defeat: undefined },
  {
    ...ROUTE,
    neighbor: '192.0.2.2',
    best: false,
    filterReason: undefined,
    defeat: { step: 'as-path-length', value: '4', betterValue: '3', betterNeighbor: '192.0.2.1' },
  },
  { ...ROUTE, neighbor: '192.0.2.3', best: false, filtered: true, filterReason: 'as-loop', defeat: undefined },
];

const EVENT: EventView = {
  sequence: 1,
  at: new Date(2026, 10, 20, 12, 0, 0),
  type: 'session-up',
  neighbor: '192.0.2.1',
  family: undefined,
  text: 'Established: ipv4-unicast',
  code: undefined,
  subcode: undefined,
};

export const EVENTS: readonly EventView[] = [
  EVENT,
  { ...EVENT, sequence: 2, type: 'end-of-rib', family: 'ipv4-unicast', text: 'End-of-RIB received' },
  { ...EVENT, sequence: 3, type: 'notification-received', text: 'Cease: bye\u001b[2J', code: 6, subcode: 2 },
];
