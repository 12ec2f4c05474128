/** RibService: listings by page and as streams, and the watch. */

import type { MessageInitShape } from '@bufbuild/protobuf';
import type { ConnectRouter, HandlerContext } from '@connectrpc/connect';
import {
  type RouteFilter as FilterMessage,
  type ListRoutesRequest,
  RouteFilter_PrefixMatch as PrefixMatch,
  RibService,
  type RouteEventSchema,
  type StreamRoutesRequest,
  WatchRoutesRequest_Table as Table,
  type WatchRoutesRequest,
} from '@tsbgp/api';
import { formatFamily } from '@tsbgp/wire';
import { ControlError, type ControlPlane, type RouteEvent, type RouteFilter, type RouteQuery } from '../control-plane.ts';
import { familyOf } from './neighbor-service.ts';
import { routeMessage } from './route-messages.ts';

const PAGE_DEFAULT = 100;
const PAGE_MAX = 1000;
/** Events that wait for a slow watcher; beyond it they are dropped, and the watcher is told how many. */
const WATCH_QUEUE_MAX = 100_000;

export function addRibService(router: ConnectRouter, control: ControlPlane): void {
  const page = (table: RouteQuery['table']) => (request: ListRoutesRequest) => {
    const query = { ...queryOf(request, table), after: request.pageToken || undefined };
    const { routes, next } = control.routesPage(query, request.pageSize || PAGE_DEFAULT);
    return { routes: routes.map(routeMessage), nextPageToken: next ?? '' };
  };
  const stream = (table: RouteQuery['table']) =>
    async function* (request: StreamRoutesRequest, context: HandlerContext) {
      // A page at a time: between two of them the event loop has its turn, and the client's socket its say.
      let after: string | undefined;
      do {
        const { routes, next } = control.routesPage({ ...queryOf(request, table), after }, PAGE_MAX);
        if (routes.length > 0) yield { routes: routes.map(routeMessage) };
        await new Promise((resolve) => setImmediate(resolve));
        after = next;
      } while (after !== undefined && !context.signal.aborted);
    };
  router.service(RibService, {
    listReceived: page('received'),
    listBest: page('best'),
    listAdvertised: page('advertised'),
    streamReceived: stream('received'),
    streamBest: stream('best'),
    streamAdvertised: stream('advertised'),
    watchRoutes: (request, context) => watch(control, request, context.signal),
  });
}

function queryOf(request: ListRoutesRequest | StreamRoutesRequest, table: RouteQuery['table']): RouteQuery {
  return { ...filterOf(request.filter), table, neighbor: request.neighbor };
}

function filterOf(filter: FilterMessage | undefined): RouteFilter {
  if (filter === undefined) return {};
  return {
    family: filter.family === '' ? undefined : familyOf(filter.family, 'filter.family'),
    prefix: filter.prefix === '' ? undefined : { value: filter.prefix, match: matchOf(filter.prefixMatch) },
    originAs: filter.originAs,
    community: filter.community || undefined,
  };
}

function matchOf(match: PrefixMatch): 'exact' | 'longer' | 'shorter' {
  switch (match) {
    case PrefixMatch.UNSPECIFIED:
    case PrefixMatch.EXACT:
      return 'exact';
    case PrefixMatch.LONGER:
      return 'longer';
    case PrefixMatch.SHORTER:
      return 'shorter';
    default:
      throw new ControlError(
        'invalid-argument',
        'filter.prefix_match',
        `filter.prefix_match: found ${match}, allowed are exact, longer, shorter`,
      );
  }
}

async function* watch(control: ControlPlane, request: WatchRoutesRequest, signal: AbortSignal) {
  let queue: RouteEvent[] = [];
  let lost = 0;
  let wake: () => void = () => undefined;
  const unwatch = control.watch(
    {
      ...filterOf(request.filter),
      table: request.table === Table.RECEIVED ? 'received' : 'best',
      neighbor: request.neighbor,
      initial: request.initial,
    },
    (events) => {
      if (queue.length + events.length > WATCH_QUEUE_MAX) lost += events.length;
      else queue.push(...events);
      wake();
    },
  );
  const ended = (): void => wake();
  signal.addEventListener('abort', ended);
  try {
    while (!signal.aborted) {
      if (queue.length === 0 && lost === 0) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        continue;
      }
      const events = queue.splice(0, PAGE_MAX).map(eventMessage);
      if (queue.length === 0) {
        queue = [];
        if (lost > 0) events.push(eventMessage({ type: 'lost', count: lost }));
        lost = 0;
      }
      yield { events };
    }
  } finally {
    signal.removeEventListener('abort', ended);
    unwatch();
  }
}

function eventMessage(event: RouteEvent): MessageInitShape<typeof RouteEventSchema> {
  switch (event.type) {
    case 'announce':
      return { event: { case: 'announce', value: routeMessage(event.route) } };
    case 'withdraw': {
      const { family, prefix, pathIdentifier, neighbor } = event;
      return {
        event: { case: 'withdraw', value: { family: formatFamily(family), prefix, pathIdentifier: pathIdentifier ?? 0, neighbor } },
      };
    }
    case 'end-of-initial':
      return { event: { case: 'endOfInitial', value: {} } };
    case 'lost':
      return { event: { case: 'lost', value: { count: BigInt(event.count) } } };
  }
}
