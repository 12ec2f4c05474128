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
import { ControlError, type ControlPlane, type Route, type RouteEvent, type RouteFilter, type RouteQuery } from '../control-plane.ts';
import { familyOf } from './neighbor-service.ts';
import { pathsMessage } from './path-messages.ts';
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
      for await (const routes of pages(control, queryOf(request, table), context.signal)) yield { routes: routes.map(routeMessage) };
    };
  router.service(RibService, {
    listReceived: page('received'),
    listBest: page('best'),
    listAdvertised: page('advertised'),
    listPaths: ({ prefix, longestMatch }) => pathsMessage(control.paths({ prefix, longestMatch })),
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

/** The changes that wait for a watcher that is slower than the RIB. */
class EventQueue {
  #events: RouteEvent[] = [];
  #lost = 0;
  #wake: () => void = () => undefined;

  /** All of them or none: after a loss nothing is kept until the watcher has been told of it. */
  readonly push = (events: readonly RouteEvent[]): void => {
    if (this.#lost > 0 || this.#events.length + events.length > WATCH_QUEUE_MAX) this.#lost += events.length;
    else for (const event of events) this.#events.push(event);
    this.#wake();
  };

  readonly wake = (): void => this.#wake();

  takeUpTo(max: number): RouteEvent[] {
    const events = this.#events.splice(0, max);
    if (this.#events.length === 0 && this.#lost > 0) {
      events.push({ type: 'lost', count: this.#lost });
      this.#lost = 0;
    }
    return events;
  }

  async waitForMore(signal: AbortSignal): Promise<void> {
    if (this.#events.length > 0 || this.#lost > 0 || signal.aborted) return;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
  }
}

async function* watch(control: ControlPlane, request: WatchRoutesRequest, signal: AbortSignal) {
  const table = request.table === Table.RECEIVED ? 'received' : 'best';
  const query = { ...filterOf(request.filter), table, neighbor: request.neighbor } as const;
  const queue = new EventQueue();
  const unwatch = control.watch(query, queue.push);
  signal.addEventListener('abort', queue.wake);
  try {
    if (request.initial) {
      // Read as the client takes it: a table is larger than any queue. What changes meanwhile is told after, so the end is the same.
      for await (const routes of pages(control, query, signal)) {
        yield { events: routes.map((route) => eventMessage({ type: 'announce', route })) };
      }
      yield { events: [eventMessage({ type: 'end-of-initial' })] };
    }
    for (;;) {
      signal.throwIfAborted();
      const events = queue.takeUpTo(PAGE_MAX);
      if (events.length > 0) yield { events: events.map(eventMessage) };
      else await queue.waitForMore(signal);
    }
  } finally {
    signal.removeEventListener('abort', queue.wake);
    unwatch();
  }
}

/** A page at a time: between two of them the event loop has its turn, and the client's socket its say. */
async function* pages(control: ControlPlane, query: RouteQuery, signal: AbortSignal): AsyncGenerator<readonly Route[]> {
  let after: string | undefined;
  do {
    const { routes, next } = control.routesPage({ ...query, after }, PAGE_MAX);
    if (routes.length > 0) yield routes;
    await new Promise((resolve) => setImmediate(resolve));
    // Half a table must not end as a whole one does.
    signal.throwIfAborted();
    after = next;
  } while (after !== undefined);
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
