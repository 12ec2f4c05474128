/** A daemon over the API. */
import { createTsbgpClient, type TsbgpClient, TsbgpError, WatchRoutesRequest_Table } from '@tsbgp/api';
import { type Address, chooseAddress } from './address.ts';
import type { Daemon, RouteQuery } from './daemon.ts';
import { CliError, ExitCode } from './exit-code.ts';
import { changeView, globalView, healthView, neighborView, routeView } from './from-api.ts';
import type { Io } from './terminal/io.ts';
import { localRoute, localRouteKey, neighborConfig, present, resetKind, routeFilter } from './to-api.ts';
import type { RouteView } from './views/route.ts';

/** Up to this many routes a page is asked for; beyond, a stream is opened. */
const PAGE_MAX = 1000;

/** How long one question may take. Lists and changes have no limit. */
const TIMEOUT_MS = 30_000;

export async function connectDaemon(option: string | undefined, io: Io): Promise<Daemon> {
  const address = chooseAddress(option, io.env);
  const client = createTsbgpClient({ address: address.url });
  const { signal } = io;
  const call = { signal, timeoutMs: TIMEOUT_MS };

  /** Whatever goes wrong is said in the words of the command line. */
  async function asked<T>(answer: Promise<T>): Promise<T> {
    try {
      return await answer;
    } catch (error) {
      throw explain(error, address);
    }
  }

  /** Whoever stops listening ends the call at once: Connect would wait for the rest of the stream, which nobody reads any more. */
  async function* streamed<T>(open: (signal: AbortSignal) => AsyncIterable<T>): AsyncGenerator<T> {
    const over = new AbortController();
    const messages = open(AbortSignal.any([signal, over.signal]))[Symbol.asyncIterator]();
    try {
      for (;;) {
        const { value, done } = await messages.next();
        if (done === true) return;
        yield value;
      }
    } catch (error) {
      if (!signal.aborted) throw explain(error, address);
    } finally {
      over.abort();
    }
  }

  return {
    global: async () => globalView(await asked(client.global.getGlobal({}, call))),
    health: async () => healthView(await asked(client.control.getHealth({}, call))),
    metrics: async () => (await asked(client.control.getMetrics({}, call))).text,
    async shutdown(reason) {
      await asked(client.control.shutdown(present({ reason }), call));
    },

    async listNeighbors() {
      return (await asked(client.neighbors.listNeighbors({}, call))).neighbors.map(neighborView);
    },
    async getNeighbor(which) {
      return neighborView(must((await asked(client.neighbors.getNeighbor({ address: which }, call))).neighbor));
    },
    async addNeighbor(request) {
      return neighborView(must((await asked(client.neighbors.addNeighbor({ neighbor: neighborConfig(request) }, call))).neighbor));
    },
    async deleteNeighbor(which) {
      await asked(client.neighbors.deleteNeighbor({ address: which }, call));
    },
    async enableNeighbor(which) {
      await asked(client.neighbors.enableNeighbor({ address: which }, call));
    },
    async disableNeighbor(which, reason) {
      await asked(client.neighbors.disableNeighbor({ address: which, ...present({ reason }) }, call));
    },
    async resetNeighbor(which, { kind, reason, families }) {
      await asked(
        client.neighbors.resetNeighbor(
          { address: which, kind: resetKind(kind), ...present({ reason }), families: [...(families ?? [])] },
          call,
        ),
      );
    },

    async *routes(query) {
      const { limit } = query;
      if (limit !== undefined && limit <= PAGE_MAX) {
        yield await asked(page(client, query, limit, call));
        return;
      }
      let left = limit ?? Number.POSITIVE_INFINITY;
      for await (const { routes } of streamed((until) => stream(client, query, until))) {
        yield routes.slice(0, left).map(routeView);
        left -= routes.length;
        if (left <= 0) return;
      }
    },
    async *watch(query) {
      const request = {
        filter: routeFilter(query),
        table: query.table === 'best' ? WatchRoutesRequest_Table.BEST : WatchRoutesRequest_Table.RECEIVED,
        initial: query.initial,
        ...present({ neighbor: query.neighbor }),
      };
      for await (const { events } of streamed((until) => client.rib.watchRoutes(request, { signal: until }))) {
        yield events.map(changeView).filter((change) => change !== undefined);
      }
    },
    async addRoutes(batches) {
      let count = 0;
      for await (const batch of batches) {
        await asked(client.injection.addRoutes({ routes: batch.map(localRoute) }, call));
        count += batch.length;
      }
      return count;
    },
    async deleteRoutes(batches) {
      let count = 0;
      for await (const batch of batches) {
        count += Number((await asked(client.injection.deleteRoutes({ routes: batch.map(localRouteKey) }, call))).deleted);
      }
      return count;
    },
  };
}

async function page(
  client: TsbgpClient,
  query: RouteQuery,
  pageSize: number,
  call: { readonly signal: AbortSignal },
): Promise<readonly RouteView[]> {
  const request = { filter: routeFilter(query), pageSize, ...present({ neighbor: query.neighbor }) };
  const method = { best: 'listBest', received: 'listReceived', advertised: 'listAdvertised' } as const;
  return (await client.rib[method[query.table]](request, call)).routes.map(routeView);
}

function stream(client: TsbgpClient, query: RouteQuery, signal: AbortSignal): ReturnType<TsbgpClient['rib']['streamBest']> {
  const request = { filter: routeFilter(query), ...present({ neighbor: query.neighbor }) };
  const method = { best: 'streamBest', received: 'streamReceived', advertised: 'streamAdvertised' } as const;
  return client.rib[method[query.table]](request, { signal });
}

function must<T>(value: T | undefined): T {
  if (value === undefined) throw new CliError(ExitCode.Refused, 'the daemon answered without a neighbor; is it of another version?');
  return value;
}

function explain(thrown: unknown, address: Address): unknown {
  // Where an interceptor throws, Connect wraps it once more.
  const error = thrown instanceof Error && thrown.cause instanceof TsbgpError ? thrown.cause : thrown;
  if (!(error instanceof TsbgpError)) return error;
  if (error.isUnreachable) return cannotConnect(error, address);
  if (error.code === 'DEADLINE_EXCEEDED') {
    return new CliError(ExitCode.CannotConnect, `the daemon at ${address.text} did not answer in time`, [], { cause: error });
  }
  const place = error.field === undefined || error.field === '' ? '' : `${error.field}: `;
  return new CliError(ExitCode.Refused, place + error.message, [], { cause: error });
}

const WHY: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such socket',
  ECONNREFUSED: 'nobody listens there',
  EACCES: 'permission denied',
  ECONNRESET: 'the connection was closed',
  ENOTFOUND: 'there is no such host',
};

function cannotConnect(error: TsbgpError, address: Address): CliError {
  const code = /\b(E[A-Z]{4,})\b/.exec(error.message)?.[1] ?? '';
  const why = WHY[code] ?? error.message;
  const hints =
    code === 'EACCES'
      ? ['who may write to the socket may use the daemon: its mode is api.mode in the configuration, 0660 by default']
      : ['start a daemon:     tsbgpd /etc/tsbgp/tsbgpd.yaml     or, in the repository, npm start'];
  if (address.source === 'default') hints.push('it is elsewhere:    tsbgp -a 127.0.0.1:50051 …       or TSBGP_ADDRESS=127.0.0.1:50051');
  else hints.push(`this address is from ${address.source}`);
  return new CliError(ExitCode.CannotConnect, `no daemon at ${address.text}: ${why}`, hints, { cause: error });
}
