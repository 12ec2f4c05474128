/**
 * Where a listing finds the routes of one prefix: the Loc-RIB and the Adj-RIBs-In, or the Adj-RIB-Out of one neighbor.
 */
import {
  AttributeRewriter,
  type Member,
  type NlriId,
  NONE,
  type PathId,
  PeerKind,
  type RibPeer,
  type RibTable,
  type RouteStates,
} from '@tsbgp/rib';
import { ControlError, type Route } from '../control-plane.ts';
import { NOTHING_TOLD, type Told } from './listing-cursor.ts';
import type { CompiledFilter } from './route-filter.ts';
import { advertisedRoute, receivedRoute } from './route-view.ts';

export interface Source {
  /**
   * Adds the routes of a prefix that are not listed yet, until `routes` has `max` entries. Returns what is listed by then, or undefined if no
   * route of the prefix is left.
   */
  add(routes: Route[], max: number, nlri: NlriId, told: Told): Told | undefined;
}

export interface PathSourceOptions {
  /** Only its routes; `local`: only those of our own. Undefined: all. */
  readonly peer: RibPeer | 'local' | undefined;
  readonly bestOnly: boolean;
  /** What RPKI says of routes. */
  readonly states: RouteStates | undefined;
}

/** Routes of the Loc-RIB, or of the Adj-RIBs-In; of one peer or of all. */
export class PathSource implements Source {
  readonly #filter: CompiledFilter;
  readonly #table: RibTable;
  readonly #peer: RibPeer | 'local' | undefined;
  readonly #bestOnly: boolean;
  readonly #states: RouteStates | undefined;
  #paths: PathId[] = [];

  constructor(filter: CompiledFilter, table: RibTable, { peer, bestOnly, states }: PathSourceOptions) {
    this.#states = states;
    this.#filter = filter;
    this.#table = table;
    this.#peer = peer;
    this.#bestOnly = bestOnly;
  }

  add(routes: Route[], max: number, nlri: NlriId, told: Told): Told | undefined {
    const table = this.#table;
    const best = table.bestPath(nlri);
    if (this.#bestOnly) {
      if (best !== NONE && this.#wants(best)) routes.push(receivedRoute(table, best, this.#states));
      return undefined;
    }
    const paths = this.#paths;
    paths.length = 0;
    for (let path = table.firstPath(nlri); path !== NONE; path = table.nextPath(path)) {
      if (this.#wants(path) && !this.#isTold(path, told)) paths.push(path);
    }
    // New routes change the order of the chain, so the paths are sorted by peer. Only the first call for a prefix puts the best path in front:
    // in a later call another path may be the best.
    const first = told === NOTHING_TOLD ? best : NONE;
    paths.sort((a, b) => Number(b === first) - Number(a === first) || this.#compare(a, b));
    let now = told;
    for (const path of paths) {
      if (routes.length >= max) return now;
      routes.push(receivedRoute(table, path, this.#states));
      const place = { peer: table.peerIndexOf(path), identifier: table.identifierOf(path) };
      now = path === first ? { best: place, last: undefined } : { best: now.best, last: place };
    }
    return undefined;
  }

  #wants(path: PathId): boolean {
    const from = this.#table.peerOf(path);
    if (this.#peer === 'local' ? from?.kind !== PeerKind.Local : this.#peer !== undefined && from !== this.#peer) return false;
    return this.#filter.matchesPath(this.#table, path) && this.#filter.matchesAttributes(this.#table.attrOf(path));
  }

  #isTold(path: PathId, { best, last }: Told): boolean {
    const peer = this.#table.peerIndexOf(path);
    const identifier = this.#table.identifierOf(path);
    if (best !== undefined && peer === best.peer && identifier === best.identifier) return true;
    return last !== undefined && (peer - last.peer || identifier - last.identifier) <= 0;
  }

  #compare(a: PathId, b: PathId): number {
    const table = this.#table;
    return table.peerIndexOf(a) - table.peerIndexOf(b) || table.identifierOf(a) - table.identifierOf(b);
  }
}

/** Routes of an Adj-RIB-Out. */
export class AdvertisedSource implements Source {
  readonly #filter: CompiledFilter;
  readonly #member: Member;
  readonly #rewriter: AttributeRewriter;

  constructor(filter: CompiledFilter, member: Member) {
    this.#filter = filter;
    this.#member = member;
    this.#rewriter = new AttributeRewriter(member.group.view);
  }

  add(routes: Route[], _max: number, nlri: NlriId): Told | undefined {
    const { peer, group } = this.#member;
    if (!peer.up || peer.isSuspended) {
      throw new ControlError('failed-precondition', 'neighbor', `the session with ${peer.options.name} ended while its routes were listed`);
    }
    if (!group.table.hasPaths(nlri)) return undefined;
    const sent = this.#member.sent(nlri).filter(({ attr }) => this.#filter.matchesAttributes(attr));
    const found = sent.map((route) => advertisedRoute(group.table, nlri, route, this.#rewriter));
    // The best one first, the others by their identifiers.
    found.sort((a, b) => Number(b.best) - Number(a.best) || (a.pathIdentifier ?? 0) - (b.pathIdentifier ?? 0));
    routes.push(...found);
    return undefined;
  }
}
