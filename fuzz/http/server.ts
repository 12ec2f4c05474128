/**
 * The process under test: the API and the HTTP listener with a control plane in memory. Tells its parent where it listens and, when asked, what it
 * holds. `plant` adds a fault that the fuzzer must find.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { startHttpServer } from '../../packages/daemon/src/http/http-server.ts';
import { Exposition } from '../../packages/daemon/src/metrics/exposition.ts';
import { FakeControlPlane, fakeRoute } from '../../packages/daemon/test/api-server/fake-control-plane.ts';
import { serve } from '../../packages/daemon/test/api-server/serve.ts';

export interface Addresses {
  readonly type: 'addresses';
  readonly tcp: number;
  readonly unix: string;
  readonly http: number;
}

export interface State {
  readonly type: 'state';
  /** Number of exceptions that a boundary contained, and of errors in the log. */
  readonly contained: number;
  readonly firstError: string;
  /** Number of connections, calls, watchers and octets that are held. */
  readonly held: number;
  /** What they are. */
  readonly what: string;
  /** Octets after garbage collection. */
  readonly heap: number;
}

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
const control = new FakeControlPlane();
control.table = Array.from({ length: 2000 }, (_, i) => fakeRoute(i));
const plant = process.argv[2];
if (plant === 'dies') {
  const die = () => {
    setImmediate(() => {
      throw new Error('planted: outside of any promise');
    });
    throw new Error('planted');
  };
  // What every unary call uses, so that most inputs with an answer fail, alone or together.
  Object.assign(control, { health: die, listNeighbors: die, getNeighbor: die, routes: die, routesPage: die, paths: die });
}
if (plant === 'leaks') {
  // What the fuzzer asks after each batch, so that the leak does not depend on which inputs get an answer in time.
  const global = control.global.bind(control);
  control.global = () => {
    leaked.push(Buffer.alloc(8_000_000));
    return global();
  };
}
const leaked: Buffer[] = [];

const api = await serve(control, { limits: { headerSeconds: 1, goawaySeconds: 1, messageSeconds: 1, answerSeconds: 1 } });
const quiet = { debug() {}, info() {}, warn() {}, error: (fields: object) => void api.logged.push(fields) };
const http = await startHttpServer(
  { metrics: () => api.metrics(), health: () => control.health() },
  { host: '127.0.0.1', port: 0 },
  quiet,
  { boundaries: api.boundaries, limits: { idleSeconds: 1, answerSeconds: 1 } },
);

process.on('message', () => {
  collect();
  const out = new Exposition();
  http.addMetrics(out);
  const numbers = [
    ...`${api.metrics()}${out.toString()}`.matchAll(
      /^tsbgp_(?:api|http)_(?:connections\S*|calls_running\S*|streams\S*|held\S*|scrapes) (\d+)$/gm,
    ),
  ];
  const { heapUsed, external } = process.memoryUsage();
  // What clients put into the control plane does not count as held.
  for (const map of [control.neighbors, control.injected, control.disabled]) map.clear();
  control.queries.length = control.resets.length = control.shutdowns.length = 0;
  const error = api.logged[0] as { err?: unknown } | undefined;
  const state: State = {
    type: 'state',
    contained: api.boundaries.count('api') + api.boundaries.count('http') + api.logged.length,
    firstError: error === undefined ? '' : String((error.err as Error | undefined)?.stack ?? error.err ?? JSON.stringify(error)),
    held: control.listeners.size + numbers.reduce((sum, [, value]) => sum + Number(value), 0),
    what: numbers
      .filter(([, value]) => value !== '0')
      .map(([line]) => line)
      .join(', '),
    heap: heapUsed + external,
  };
  process.send!(state);
});
process.on('disconnect', () => process.exit(0));
const addresses: Addresses = { type: 'addresses', tcp: Number(new URL(api.url).port), unix: api.socket, http: http.endpoint.port };
process.send!(addresses);
