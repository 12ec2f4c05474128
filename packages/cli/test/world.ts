/** For tests: runs `tsbgp` in memory, against a daemon that answers from constants and records what it was asked. */
import {
  AsPathSegment_Type,
  AspaState,
  DecisionStep,
  Event_Type as EventType,
  ExportPending,
  ExportReason,
  FilterReason,
  Origin,
  RovState,
  type TsbgpClient,
} from '@tsbgp/api';
import type { Api } from '../src/api.ts';
import type { Daemon, RouteKeyRequest, RouteRequest } from '../src/daemon.ts';
import { CliError, ExitCode } from '../src/exit-code.ts';
import { FIELD_ROWS } from '../src/neighbor-config.ts';
import { present } from '../src/present.ts';
import { run } from '../src/program.ts';
import type { Io } from '../src/terminal/io.ts';
import type { FamilyView, NeighborView } from '../src/views/neighbor.ts';
import type { PathView, RouteView } from '../src/views/route.ts';

export interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  /** What the daemon was asked: method and arguments, or `service.method` of the API and its request. */
  readonly asked: readonly (readonly unknown[])[];
}

export interface World {
  readonly daemon?: Partial<Daemon>;
  readonly api?: FakeApi;
  readonly stdin?: string;
  readonly env?: Io['env'];
  /** A terminal of this width. @default a pipe */
  readonly columns?: number;
  readonly signal?: AbortSignal;
}

/** Answers of the API by service and method: parts of the messages of tsbgp.v1. */
export type FakeApi = Readonly<Record<string, Readonly<Record<string, (request: never) => unknown>>>>;

export async function tsbgp(args: readonly string[], world: World = {}): Promise<Outcome> {
  let [out, err] = ['', ''];
  const asked: unknown[][] = [];
  const columns = world.columns ?? Number.POSITIVE_INFINITY;
  const isTerminal = world.columns !== undefined;
  const io: Io = {
    stdin: chunks(world.stdin ?? ''),
    stdout: { isTerminal, columns, write: async (text) => void (out += textOf(text)) },
    stderr: { isTerminal, columns, write: async (text) => void (err += textOf(text)) },
    env: world.env ?? {},
    signal: world.signal ?? new AbortController().signal,
  };
  const code = await run(args, io, async (address) => {
    if (address !== undefined) asked.push(['connect', address]);
    const client = fakeClient({ ...API, ...world.api }, asked);
    const api: Api = { call: async (request) => request(client, CALL), stream: (request) => request(client, CALL) };
    return { ...api, ...recorded({ ...fakeDaemon(), ...world.daemon }, asked) };
  });
  return { code, out, err, asked };
}

function textOf(written: string | Uint8Array): string {
  return typeof written === 'string' ? written : Buffer.from(written).toString('latin1');
}

/** Two neighbors and three routes. Accepts every order. */
export function fakeDaemon(): Omit<Daemon, keyof Api> {
  const neighbors = [UP, DOWN];
  const find = (address: string): NeighborView => {
    const found = neighbors.find((neighbor) => neighbor.address === address);
    if (found === undefined) throw new CliError(ExitCode.Refused, `address: there is no neighbor ${address}`);
    return found;
  };
  return {
    listNeighbors: async () => neighbors,
    getNeighbor: async (address) => find(address),
    addNeighbor: async (request) => ({ ...DOWN, importPolicy: 'deny-all', exportPolicy: 'deny-all', ...present(request) }) as NeighborView,
    paths: async () => ({ family: 'ipv4-unicast', prefix: ROUTE.prefix, pathCount: 3, paths: PATHS }),
    async *routes() {
      yield [ROUTE, { ...ROUTE, prefix: '2001:db8::/32', nextHop: '2001:db8::1', best: false, filtered: true }];
      yield [{ ...ROUTE, prefix: '203.0.113.0/24', neighbor: '', asPath: '', origin: 'incomplete', med: undefined }];
    },
    addRoutes: async (batches) => (await collect<RouteRequest>(batches)).length,
    deleteRoutes: async (batches) => (await collect<RouteKeyRequest>(batches)).length,
  };
}

export async function collect<T>(batches: AsyncIterable<readonly T[]>): Promise<T[]> {
  return (await Array.fromAsync(batches)).flat();
}

const CALL = { signal: new AbortController().signal, timeoutMs: 1000, onHeader: () => {} };

const API: FakeApi = {
  global: {
    getGlobal: async () => ({
      localAs: 64_512,
      routerId: '192.0.2.254',
      clusterId: '192.0.2.254',
      listen: [
        { host: '0.0.0.0', port: 179 },
        { host: '::', port: 179 },
      ],
      version: '0.1.0',
      decision: { deterministicMed: true, alwaysCompareMed: false, multipath: 4 },
    }),
  },
  neighbors: {
    deleteNeighbor: async () => ({}),
    enableNeighbor: async () => ({}),
    disableNeighbor: async () => ({}),
    changeNeighbor: async () => ({ touched: ['export'] }),
    resetNeighbor: async () => ({}),
  },
  rpki: {
    getRpki: async () => ({
      configured: true,
      ready: true,
      ipv4Vrps: 0n,
      ipv6Vrps: 0n,
      aspas: 0n,
      vrpBytes: 0n,
      revalidated: 0n,
      files: [],
    }),
    listCaches: async () => ({ caches: [] }),
    validate: async () => ({ rov: RovState.NOT_FOUND, aspa: AspaState.NOT_CHECKED, covering: [], hops: [] }),
    listVrps: async () => ({ vrps: [], nextPageToken: '' }),
    listAspas: async () => ({ aspas: [], nextPageToken: '' }),
  },
  processes: { listProcesses: async () => ({ processes: [] }) },
  mrt: {
    getMrt: async () => ({}),
    dumpTables: async () => ({ dump: { path: '/rib.gz', seconds: 1, peers: 1, records: 0n, routes: 0n, octets: 0n, fileOctets: 0n } }),
  },
  injection: { listAggregates: async () => ({ aggregates: [] }), listConditions: async () => ({ conditions: [] }) },
  policies: {
    listPolicies: async () => ({ policies: [] }),
    listSets: async () => ({ sets: [] }),
    explainPolicy: async () => ({ explanations: [] }),
  },
  control: {
    getHealth: async () => ({
      healthy: true,
      uptimeSeconds: 11_100n,
      neighbors: 2,
      established: 1,
      routes: 1_000_000n,
      rssBytes: 284_000_000n,
    }),
    getMetrics: async () => ({ text: '# TYPE tsbgp_up gauge\ntsbgp_up 1\n' }),
    shutdown: async () => ({}),
  },
  rib: {
    explainRoute: async () => EXPLANATION,
    listDampened: async () => ({ routes: [], count: 0n }),
    async *watchRoutes() {
      yield { instance: 'a1b2', events: [] };
      yield { instance: 'a1b2', events: [{ sequence: 41n, event: ANNOUNCE }] };
      yield {
        instance: 'a1b2',
        events: [
          {
            sequence: 43n,
            event: { case: 'withdraw', value: { family: 'ipv4-unicast', prefix: '1.1.1.0/24', pathIdentifier: 0, neighbor: '192.0.2.1' } },
          },
          { sequence: 50n, event: { case: 'lost', value: { count: 7n } } },
        ],
      };
    },
  },
  events: {
    async *watchEvents() {
      yield { lost: 0n, events: EVENTS };
    },
  },
};

/** A client whose methods answer as `api` says. Each call is recorded first. */
function fakeClient(api: FakeApi, asked: unknown[][]): TsbgpClient {
  const services = Object.entries(api).map(([service, methods]) => {
    const recording = Object.entries(methods).map(([method, answer]) => [
      method,
      (request: never) => {
        asked.push([`${service}.${method}`, request]);
        return answer(request);
      },
    ]);
    return [service, Object.fromEntries(recording)];
  });
  return Object.fromEntries(services) as TsbgpClient;
}

/** The same daemon; each call is recorded first. */
function recorded<T extends object>(daemon: T, asked: unknown[][]): T {
  const methods = Object.entries(daemon).map(([name, method]: [string, (...args: unknown[]) => unknown]) => [
    name,
    (...args: unknown[]) => {
      asked.push([name, ...args]);
      return method(...args);
    },
  ]);
  return Object.fromEntries(methods) as T;
}

async function* chunks(text: string): AsyncGenerator<string> {
  if (text !== '') yield text;
}

/** Every field of the configuration that has a constant as its default. */
const DEFAULTS = Object.fromEntries(
  FIELD_ROWS.filter(({ name, default: standard }) => name !== 'enabled' && standard !== undefined).map((row) => [row.name, row.default]),
) as unknown as NeighborView;

export const NO_COUNTS: FamilyView = {
  family: 'ipv4-unicast',
  received: 0,
  accepted: 0,
  advertised: 0,
  rejected: {},
  discarded: {},
  withdrawn: 0,
  announcementsSent: 0,
  withdrawalsSent: 0,
  limitState: undefined,
  refreshing: false,
  stale: 0,
  prefixFilter: [],
  awaitsPrefixFilter: false,
};

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
  prefixes: [{ ...NO_COUNTS, received: 934_112, accepted: 934_110, advertised: 12 }],
  limitShutdown: '',
  limitRestartAt: undefined,
  paths: 934_112,
  attributeSets: 120_000,
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
  filterReason: undefined,
  learnedAt: undefined,
  source: undefined,
  addedBy: undefined,
};

const SENT = ExportReason.UNSPECIFIED;

function toNeighbor(neighbor: string, reasons: readonly ExportReason[]) {
  return { neighbor, reason: SENT, pending: ExportPending.UNSPECIFIED, paths: reasons.map((reason, path) => ({ path, reason })) };
}

const PATH = { prefix: '1.1.1.0/24', family: 'ipv4-unicast', best: false, filtered: false, attributes: [] };

/** The answer of ExplainRoute: two paths, and neighbors of each kind. */
const EXPLANATION = {
  family: 'ipv4-unicast',
  prefix: '1.1.1.0/24',
  pathCount: 3,
  paths: [
    { route: { ...PATH, neighbor: '192.0.2.1', best: true }, multipath: true },
    {
      route: { ...PATH, neighbor: '192.0.2.2' },
      multipath: true,
      defeat: { step: DecisionStep.BGP_IDENTIFIER, value: '10.0.0.2', betterValue: '10.0.0.1', betterNeighbor: '192.0.2.1' },
    },
    { route: { ...PATH, neighbor: '192.0.2.3', filtered: true }, filterReason: FilterReason.AS_LOOP },
  ],
  comparisons: [{ better: 0, worse: 1, step: DecisionStep.BGP_IDENTIFIER, betterValue: '10.0.0.1', worseValue: '10.0.0.2' }],
  neighbors: [
    toNeighbor('192.0.2.1', [ExportReason.OWN_ROUTE, SENT]),
    { ...toNeighbor('192.0.2.2', [SENT, ExportReason.NOT_BEST]), pending: ExportPending.BEHIND },
    toNeighbor('192.0.2.3', [ExportReason.NO_EXPORT, ExportReason.NOT_BEST]),
    { ...toNeighbor('192.0.2.4', []), reason: ExportReason.NO_SESSION },
    toNeighbor('192.0.2.5', []),
    toNeighbor('192.0.2.6', [SENT, 99 as ExportReason]),
  ],
};

export const PATHS: readonly PathView[] = [
  { ...ROUTE, multipath: false, filterReason: undefined, defeat: undefined },
  {
    ...ROUTE,
    neighbor: '192.0.2.2',
    best: false,
    multipath: false,
    filterReason: undefined,
    defeat: { step: 'as-path-length', value: '4', betterValue: '3', betterNeighbor: '192.0.2.1' },
  },
  { ...ROUTE, neighbor: '192.0.2.3', best: false, filtered: true, multipath: false, filterReason: 'as-loop', defeat: undefined },
];

/** `ROUTE` as the API says it. */
export const ANNOUNCE = {
  case: 'announce',
  value: {
    family: 'ipv4-unicast',
    prefix: '1.1.1.0/24',
    pathIdentifier: 0,
    neighbor: '192.0.2.1',
    nextHop: '192.0.2.1',
    best: true,
    filtered: false,
    attributes: [
      { kind: { case: 'origin', value: Origin.IGP } },
      { kind: { case: 'asPath', value: { segments: [{ type: AsPathSegment_Type.SEQUENCE, asns: [64_501, 1299, 13_335] }] } } },
    ],
  },
} as const;

const EVENT = {
  sequence: 1n,
  at: { seconds: BigInt(new Date(2026, 10, 20, 12, 0, 0).getTime() / 1000), nanos: 0 },
  type: EventType.SESSION_UP,
  neighbor: '192.0.2.1',
  family: '',
  text: 'Established: ipv4-unicast',
  code: 0,
  subcode: 0,
};

const EVENTS = [
  EVENT,
  { ...EVENT, sequence: 2n, type: EventType.END_OF_RIB, family: 'ipv4-unicast', text: 'End-of-RIB received' },
  { ...EVENT, sequence: 3n, type: EventType.NOTIFICATION_RECEIVED, text: 'Cease: bye\u001b[2J', code: 6, subcode: 2 },
];
