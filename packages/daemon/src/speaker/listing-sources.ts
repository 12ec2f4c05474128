/**
 * Where a listing finds the routes of one prefix: the Loc-RIB and the Adj-RIBs-In, or the Adj-RIB-Out of one neighbor.
 */
import { AttributeRewriter, type Member, type NlriId, NONE, type PathId, type Rib, type RibPeer, type RibTable } from '@tsbgp/rib';
import { ControlError, type Route } from '../control-plane.ts';
import { NOTHING_TOLD, type Told } from './listing-cursor.ts';
import type { CompiledFilter } from './route-filter.ts';
import { advertisedRoute, receivedRoute } from './route-view.ts';

export interface Source {
  /** Adds routes of a prefix that are not told yet, at most `max` altogether. Returns what is told then; undefined when that is all. */
  add(routes: Route[], max: number, nlri: NlriId, told: Told): Told | undefined;
}

/** Routes of the Loc-RIB, or of the Adj-RIBs-In; of one peer or of all. */
export class PathSource implements Source {
  readonly #rib: Rib;
  readonly #filter: CompiledFilter;
  readonly #table: RibTable;
  readonly #peer: RibPeer | undefined;
  readonly #bestOnly: boolean;
  #paths: PathId[] = [];

  constructor(rib: Rib, filter: CompiledFilter, table: RibTable, peer: RibPeer | undefined, bestOnly: boolean) {
    this.#rib = rib;
    this.#filter = filter;
    this.#table = table;
    this.#peer = peer;
    this.#bestOnly = bestOnly;
  }

  add(routes: Route[], max: number, nlri: NlriId, told: Told): Told | undefined {
    const table = this.#table;
    const best = table.best[nlri]! as PathId;
    if (this.#bestOnly) {
      if (best !== NONE && this.#wants(best)) routes.push(receivedRoute(this.#rib, table, nlri, best));
      return undefined;
    }
    const paths = this.#paths;
    paths.length = 0;
    for (let path = table.head[nlri]! as PathId; path !== NONE; path = table.pathNext[path]! as PathId) {
      if (this.#wants(path) && !this.#isTold(path, told)) paths.push(path);
    }
    // The chain's own order changes as routes come. The best one is told out of turn only at the beginning: later it may be another one.
    const first = told === NOTHING_TOLD ? best : NONE;
    paths.sort((a, b) => Number(b === first) - Number(a === first) || this.#compare(a, b));
    let now = told;
    for (const path of paths) {
      if (routes.length >= max) return now;
      routes.push(receivedRoute(this.#rib, table, nlri, path));
      const place = { peer: table.pathPeer[path]!, identifier: table.identifierOf(path) };
      now = path === first ? { best: place, last: undefined } : { best: now.best, last: place };
    }
    return undefined;
  }

  #wants(path: PathId): boolean {
    const table = this.#table;
    const peer = this.#peer;
    // When its session has ended, the index of the peer may be another one's.
    if (peer !== undefined && (table.pathPeer[path] !== peer.index || table.peers[peer.index] !== peer)) return false;
    return this.#filter.matchesAttributes(table.pathAttr[path]!);
  }

  #isTold(path: PathId, { best, last }: Told): boolean {
    const peer = this.#table.pathPeer[path]!;
    const identifier = this.#table.identifierOf(path);
    if (best !== undefined && peer === best.peer && identifier === best.identifier) return true;
    return last !== undefined && (peer - last.peer || identifier - last.identifier) <= 0;
  }

  #compare(a: PathId, b: PathId): number {
    const table = this.#table;
    return table.pathPeer[a]! - table.pathPeer[b]! || table.identifierOf(a) - table.identifierOf(b);
  }
}

/** Routes of an Adj-RIB-Out. */
export class AdvertisedSource implements Source {
  readonly #rib: Rib;
  readonly #filter: CompiledFilter;
  readonly #member: Member;
  readonly #rewriter: AttributeRewriter;

  constructor(rib: Rib, filter: CompiledFilter, member: Member) {
    this.#rib = rib;
    this.#filter = filter;
    this.#member = member;
    this.#rewriter = new AttributeRewriter(member.group.view);
  }

  add(routes: Route[], _max: number, nlri: NlriId): Told | undefined {
    const { peer, group } = this.#member;
    if (!peer.up) {
      throw new ControlError('failed-precondition', 'neighbor', `the session with ${peer.options.name} ended while its routes were listed`);
    }
    const { table } = group;
    const source = this.#member.sentSource(nlri);
    if (source === undefined || table.best[nlri] === NONE) return undefined;
    const attr = this.#member.sentAttr(nlri);
    if (this.#filter.matchesAttributes(attr)) routes.push(advertisedRoute(this.#rib, table, nlri, attr, source, this.#rewriter));
    return undefined;
  }
}
