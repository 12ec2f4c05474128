/**
 * Listings of the RIB: lazily, in the order of NLRI ids, so that one can be left and taken up again while routes come and go.
 */
import { AttributeRewriter, type NlriId, NONE, type PathId, type Rib, type RibPeer, type RibTable } from '@tsbgp/rib';
import { ControlError, type Route, type RouteCursor, type RouteQuery } from '../control-plane.ts';
import { type CompiledFilter, compileFilter } from './route-filter.ts';
import { advertisedRoute, receivedRoute } from './route-view.ts';

/** Finds the RIB's peer of a neighbour that must exist; undefined while it has no session. */
export type FindPeer = (address: string) => RibPeer | undefined;

interface Place {
  readonly table: number;
  readonly nlri: number;
  /** Paths of this NLRI from peers up to this index have been listed. */
  readonly peer: number;
}

interface Found {
  readonly route: Route;
  readonly place: Place;
}

export function* listRoutes(rib: Rib, query: RouteQuery, findPeer: FindPeer): Iterable<Route> {
  for (const { route } of found(rib, query, findPeer)) yield route;
}

export function pageOfRoutes(
  rib: Rib,
  query: RouteQuery,
  limit: number,
  findPeer: FindPeer,
): { routes: Route[]; next?: RouteCursor | undefined } {
  if (!Number.isInteger(limit) || limit < 1 || limit > 1000) {
    throw new ControlError('invalid-argument', 'page_size', `found ${limit}, allowed 1 to 1000`);
  }
  const routes: Route[] = [];
  let last: Place | undefined;
  for (const { route, place } of found(rib, query, findPeer)) {
    if (routes.length === limit) return { routes, next: formatPlace(last!) };
    routes.push(route);
    last = place;
  }
  return { routes };
}

function* found(rib: Rib, query: RouteQuery, findPeer: FindPeer): Iterable<Found> {
  const after = query.after === undefined ? undefined : parsePlace(query.after);
  const filter = compileFilter(rib, query);
  if (query.table === 'advertised') {
    if (query.neighbor === undefined || query.neighbor === '') {
      throw new ControlError('invalid-argument', 'neighbor', 'advertised routes are those to one neighbour: name it, e.g. "192.0.2.1"');
    }
    const peer = findPeer(query.neighbor);
    if (peer !== undefined) yield* advertised(rib, filter, peer, after);
    return;
  }
  let peer: RibPeer | undefined;
  if (query.neighbor !== undefined) {
    peer = query.neighbor === '' ? rib.localPeer : findPeer(query.neighbor);
    if (peer === undefined) return;
  }
  for (const table of filter.tables) {
    for (const nlri of nlriOf(filter, table, after)) {
      if (query.table === 'best') yield* bestOf(rib, filter, table, nlri, peer);
      else yield* pathsOf(rib, filter, table, nlri, peer, after);
    }
  }
}

/** NLRI of a table that the filter may want and that come after a place. */
function* nlriOf(filter: CompiledFilter, table: RibTable, after: Place | undefined): Iterable<NlriId> {
  if (after !== undefined && table.position < after.table) return;
  const from = after !== undefined && table.position === after.table ? after.nlri : 1;
  const named = filter.candidates(table);
  if (named !== undefined) {
    for (const nlri of [...named].sort((a, b) => a - b)) if (nlri >= from) yield nlri;
    return;
  }
  for (let nlri = from; nlri < table.index.top; nlri++) {
    if (table.index.isLive(nlri) && filter.matchesNlri(table, nlri as NlriId)) yield nlri as NlriId;
  }
}

function* bestOf(rib: Rib, filter: CompiledFilter, table: RibTable, nlri: NlriId, peer: RibPeer | undefined): Iterable<Found> {
  const path = table.best[nlri]!;
  if (path === NONE || !filter.matchesAttributes(table.pathAttr[path]!)) return;
  if (peer !== undefined && table.pathPeer[path] !== peer.index) return;
  const place = { table: table.position, nlri: nlri + 1, peer: 0 };
  yield { route: receivedRoute(rib, table, nlri, path as PathId), place };
}

/** Paths in the order of their peers: the chain's own order changes as routes come. */
function* pathsOf(
  rib: Rib,
  filter: CompiledFilter,
  table: RibTable,
  nlri: NlriId,
  peer: RibPeer | undefined,
  after: Place | undefined,
): Iterable<Found> {
  const from = after !== undefined && after.table === table.position && after.nlri === nlri ? after.peer : -1;
  const paths: number[] = [];
  for (let path = table.head[nlri]!; path !== NONE; path = table.pathNext[path]!) {
    const index = table.pathPeer[path]!;
    if (index <= from || (peer !== undefined && index !== peer.index)) continue;
    if (filter.matchesAttributes(table.pathAttr[path]!)) paths.push(path);
  }
  paths.sort((a, b) => table.pathPeer[a]! - table.pathPeer[b]!);
  for (const path of paths) {
    const place = { table: table.position, nlri, peer: table.pathPeer[path]! };
    yield { route: receivedRoute(rib, table, nlri, path as PathId), place };
  }
}

function* advertised(rib: Rib, filter: CompiledFilter, peer: RibPeer, after: Place | undefined): Iterable<Found> {
  for (const member of rib.membersOf(peer)) {
    const { group } = member;
    const { table } = group;
    if (!filter.tables.includes(table)) continue;
    const rewriter = new AttributeRewriter(group.options);
    for (const nlri of nlriOf(filter, table, after)) {
      const attr = group.attr[nlri] ?? NONE;
      const source = rib.peers[group.source[nlri] ?? 0];
      if (attr === NONE || source === undefined || source === peer || table.best[nlri] === NONE || !filter.matchesAttributes(attr))
        continue;
      const place = { table: table.position, nlri: nlri + 1, peer: 0 };
      yield { route: advertisedRoute(rib, table, nlri, attr, source, rewriter), place };
    }
  }
}

function formatPlace(place: Place): RouteCursor {
  return `${place.table}.${place.nlri}.${place.peer}`;
}

function parsePlace(text: RouteCursor): Place {
  const numbers = /^(\d{1,3})\.(\d{1,10})\.(\d{1,5})$/.exec(text);
  if (numbers === null) {
    throw new ControlError('invalid-argument', 'page_token', `found "${text}", allowed is the token of an earlier page, or none`);
  }
  return { table: Number(numbers[1]), nlri: Math.max(1, Number(numbers[2])), peer: Number(numbers[3]) };
}
