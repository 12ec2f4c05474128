/** RibService: routes by page and as streams, the paths of a prefix, and changes of routes. */

import type { MessageInitShape } from '@bufbuild/protobuf';
import type { ConnectRouter, HandlerContext } from '@connectrpc/connect';
import {
  type RouteFilter as FilterMessage,
  type ListRoutesRequest,
  RouteFilter_PrefixMatch as PrefixMatch,
  FilterReason as Reason,
  RibService,
  type RouteEventSchema,
  type StreamRoutesRequest,
  WatchRoutesRequest_Table as Table,
  type WatchRoutesRequest,
} from '@tsbgp/api';
import { FILTER_REASONS } from '@tsbgp/rib';
import { formatFamily } from '@tsbgp/wire';
import { invalidArgument } from '../../control-error.ts';
import type { ChangePosition, ControlPlane, RouteEvent, RouteFilter, RouteQuery } from '../../control-plane.ts';
import { explanationMessage } from './explanation-message.ts';
import { namedFamily } from './neighbor-config-message.ts';
import { nlriMessage, pathsMessage, REASONS, routeMessage } from './route-messages.ts';

const PAGE_DEFAULT = 100;

export function addRibService(router: ConnectRouter, control: ControlPlane): void {
  const page = (table: RouteQuery['table']) => async (request: ListRoutesRequest) => {
    const query = { ...queryOf(request, table), after: request.pageToken || undefined };
    const { routes, next } = await control.routesPage(query, request.pageSize || PAGE_DEFAULT);
    return { routes: routes.map(routeMessage), nextPageToken: next ?? '' };
  };
  const stream = (table: RouteQuery['table']) =>
    async function* (request: StreamRoutesRequest, context: HandlerContext) {
      for await (const routes of control.routes(queryOf(request, table), context.signal)) yield { routes: routes.map(routeMessage) };
    };
  router.service(RibService, {
    listReceived: page('received'),
    listBest: page('best'),
    listAdvertised: page('advertised'),
    listPaths: ({ prefix, longestMatch }) => pathsMessage(control.paths({ prefix, longestMatch })),
    explainRoute: ({ prefix, longestMatch, neighbor, pairwise }) =>
      explanationMessage(control.explain({ prefix, longestMatch, neighbor: neighbor || undefined, pairwise })),
    listDampened({ neighbor, all }) {
      const { routes, count } = control.dampened({ neighbor, all });
      return { routes: routes.map((route) => ({ ...route, family: formatFamily(route.family) })), count: BigInt(count) };
    },
    streamReceived: stream('received'),
    streamBest: stream('best'),
    streamAdvertised: stream('advertised'),
    async *watchRoutes({ filter, table, neighbor, initial, ...position }, { signal }) {
      const query = { ...filterOf(filter), table: tableOf(table), neighbor, initial, resume: resumeOf(position) };
      for await (const changes of control.watch(query, signal)) {
        const { events, instance, sequence, latest, resumableAfter } = changes;
        yield {
          events: events.map(eventMessage),
          instance,
          sequence: BigInt(sequence),
          latestSequence: BigInt(latest),
          resumableAfter: BigInt(resumableAfter),
        };
      }
    },
  });
}

const TABLES: Partial<Record<Table, 'best' | 'received' | 'advertised'>> = {
  [Table.UNSPECIFIED]: 'best',
  [Table.BEST]: 'best',
  [Table.RECEIVED]: 'received',
  [Table.ADVERTISED]: 'advertised',
};

const MATCHES: Partial<Record<PrefixMatch, 'exact' | 'longer' | 'shorter'>> = {
  [PrefixMatch.UNSPECIFIED]: 'exact',
  [PrefixMatch.EXACT]: 'exact',
  [PrefixMatch.LONGER]: 'longer',
  [PrefixMatch.SHORTER]: 'shorter',
};

function tableOf(table: Table): 'best' | 'received' | 'advertised' {
  const known = TABLES[table];
  if (known === undefined) throw invalidArgument('table', `found ${table}, allowed are TABLE_BEST, TABLE_RECEIVED and TABLE_ADVERTISED`);
  return known;
}

function matchOf(match: PrefixMatch): 'exact' | 'longer' | 'shorter' {
  const known = MATCHES[match];
  if (known === undefined) throw invalidArgument('filter.prefix_match', `found ${match}, allowed are exact, longer, shorter`);
  return known;
}

function resumeOf({ resumeAfter, instance }: Pick<WatchRoutesRequest, 'resumeAfter' | 'instance'>): ChangePosition | undefined {
  if ((resumeAfter === undefined) !== (instance === '')) {
    throw invalidArgument('instance', 'resume_after and instance are given together: both are in each response');
  }
  return resumeAfter === undefined ? undefined : { instance, after: Number(resumeAfter) };
}

function queryOf(request: ListRoutesRequest | StreamRoutesRequest, table: RouteQuery['table']): RouteQuery {
  return { ...filterOf(request.filter), table, neighbor: request.neighbor };
}

function filterOf(filter: FilterMessage | undefined): RouteFilter {
  if (filter === undefined) return {};
  return {
    family: filter.family === '' ? undefined : namedFamily(filter.family, 'filter.family'),
    prefix: filter.prefix === '' ? undefined : { value: filter.prefix, match: matchOf(filter.prefixMatch) },
    originAs: filter.originAs,
    community: filter.community || undefined,
    rejected: rejectedOf(filter),
  };
}

/** The reason, or whether any will do. */
function rejectedOf({ rejected, reason }: FilterMessage): RouteFilter['rejected'] {
  if (reason === Reason.UNSPECIFIED) return rejected || undefined;
  const known = FILTER_REASONS.find((each) => REASONS[each] === reason);
  if (known === undefined) throw invalidArgument('filter.reason', `found ${reason}, allowed are the reasons of FilterReason`);
  return known;
}

function eventMessage(event: RouteEvent): MessageInitShape<typeof RouteEventSchema> {
  const sequence = BigInt(event.sequence ?? 0);
  switch (event.type) {
    case 'announce':
      return { sequence, event: { case: 'announce', value: routeMessage(event.route) } };
    case 'withdraw': {
      const { family, prefix, nlri, pathIdentifier, neighbor } = event;
      const value = { family: formatFamily(family), prefix, ...nlriMessage(nlri), pathIdentifier: pathIdentifier ?? 0, neighbor };
      return { sequence, event: { case: 'withdraw', value } };
    }
    case 'end-of-initial':
      return { sequence, event: { case: 'endOfInitial', value: {} } };
    case 'lost':
      return { sequence, event: { case: 'lost', value: { count: BigInt(event.count ?? 0) } } };
  }
}
