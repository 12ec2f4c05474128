/** A daemon over the API. */
import { type TsbgpClient, TsbgpError } from '@tsbgp/api';
import { chooseAddress, readToken } from './address.ts';
import { type CallOptions, connectApi, type StreamOptions } from './api.ts';
import { withoutField } from './api-errors.ts';
import type { Daemon, RouteQuery } from './daemon.ts';
import { CliError, notFound } from './exit-code.ts';
import { neighborView, pathsView, routeView } from './from-api.ts';
import { configMessage } from './neighbor-config.ts';
import { present } from './present.ts';
import { inBatches } from './route-batches.ts';
import type { Io } from './terminal/io.ts';
import { localRoute, localRouteKey, routeFilter } from './to-api.ts';
import type { RouteView } from './views/route.ts';

/** Up to this many routes are asked for as one page; for more, a stream is opened. */
const PAGE_MAX = 1000;

export async function connectDaemon(option: string | undefined, io: Io): Promise<Daemon> {
  const api = connectApi(chooseAddress(option, io.env), io.signal, readToken(io.env));

  return {
    ...api,

    async listNeighbors() {
      const { neighbors } = await api.call((client, options) => client.neighbors.listNeighbors({}, options));
      return neighbors.map(neighborView);
    },
    async getNeighbor(address) {
      const { neighbor } = await api.call((client, options) => client.neighbors.getNeighbor({ address }, options));
      return neighborView(neighbor);
    },
    async addNeighbor(request) {
      const { neighbor } = await api.call((client, options) => client.neighbors.addNeighbor({ neighbor: configMessage(request) }, options));
      return neighborView(neighbor);
    },

    async paths(prefix) {
      try {
        return pathsView(await api.call((client, options) => client.rib.listPaths({ prefix }, options)));
      } catch (error) {
        const cause = error instanceof CliError ? error.cause : undefined;
        if (!(cause instanceof TsbgpError) || cause.code !== 'NOT_FOUND') throw error;
        const hints = prefix.includes('/') ? [`routes that cover it: tsbgp rib ${prefix} --shorter`] : [];
        throw notFound(withoutField(cause.message, cause.field ?? ''), ...hints);
      }
    },
    async *routes(query) {
      const { limit } = query;
      if (limit !== undefined && limit <= PAGE_MAX) {
        yield await api.call((client, options) => page(client, query, limit, options));
        return;
      }
      let left = limit ?? Number.POSITIVE_INFINITY;
      for await (const { routes } of api.stream((client, options) => stream(client, query, options))) {
        yield routes.slice(0, left).map(routeView);
        left -= routes.length;
        if (left <= 0) return;
      }
    },
    addRoutes: (batches, addedBy = '') =>
      inBatches(batches, 'added', async (batch) => {
        await api.call((client, options) => client.injection.addRoutes({ routes: batch.map(localRoute), addedBy }, options));
        return batch.length;
      }),
    deleteRoutes: (batches) =>
      inBatches(batches, 'deleted', async (batch) => {
        const routes = batch.map(localRouteKey);
        return Number((await api.call((client, options) => client.injection.deleteRoutes({ routes }, options))).deleted);
      }),
  };
}

async function page(client: TsbgpClient, query: RouteQuery, pageSize: number, options: CallOptions): Promise<readonly RouteView[]> {
  const request = { filter: routeFilter(query), pageSize, ...present({ neighbor: query.neighbor }) };
  const method = { best: 'listBest', received: 'listReceived', advertised: 'listAdvertised' } as const;
  return (await client.rib[method[query.table]](request, options)).routes.map(routeView);
}

function stream(client: TsbgpClient, query: RouteQuery, options: StreamOptions): ReturnType<TsbgpClient['rib']['streamBest']> {
  const request = { filter: routeFilter(query), ...present({ neighbor: query.neighbor }) };
  const method = { best: 'streamBest', received: 'streamReceived', advertised: 'streamAdvertised' } as const;
  return client.rib[method[query.table]](request, options);
}
