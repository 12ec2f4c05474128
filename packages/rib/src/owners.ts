/**
 * Who makes routes of our own beside the origins of which there is one: programs and health checks. Each owner has a peer of its own for each set of
 * neighbors that its routes are for, so that owners do not replace each other's routes, and what an owner has is counted, listed and swept as
 * with any other peer.
 */
import type { Family } from '@tsbgp/wire';
import type { AttrId } from './attributes/attribute-table.ts';
import { invariant } from './broken-invariant.ts';
import { NONE } from './columns.ts';
import { findPath } from './find-path.ts';
import { announceLocal, type LocalRoute, localRoutes, withdrawLocal } from './local.ts';
import type { OwnRoutes, RouteOwner } from './own-routes.ts';
import type { RibPeer } from './peer.ts';
import type { Sweeps } from './sweep.ts';
import type { PathId, RibTable } from './table.ts';

/** A prefix in wire form at the beginning of `prefix`, of a family that the RIB has. */
export interface OwnedKey {
  readonly family: Family;
  readonly prefix: Uint8Array;
  /** Tells several routes of one prefix apart (RFC 7911); 0 where there is one. */
  readonly identifier: number;
}

/** The parts of the RIB that owners use. */
export interface OwnersOptions {
  readonly tables: readonly RibTable[];
  readonly own: OwnRoutes;
  readonly sweeps: Sweeps;
  /** The table of a family that the RIB has. */
  readonly tableOf: (family: Family) => RibTable;
  /** Seconds since 1970. */
  readonly nowSeconds: () => number;
}

/** The owners of routes, as `Rib.owners` has them. */
export class Owners {
  readonly #options: OwnersOptions;

  constructor(options: OwnersOptions) {
    this.#options = options;
  }

  /** A peer for the routes of this owner and audience. */
  add(owner: RouteOwner): RibPeer {
    const peer = this.#options.own.ownerPeer(owner);
    this.#count(peer, 1);
    return peer;
  }

  /** The owner is gone: its routes no longer take part, and `Rib.work` sweeps them away. */
  remove(peer: RibPeer): void {
    invariant(peer.up && peer.options.owner !== undefined, 'an owner removed twice');
    peer.up = false;
    this.#count(peer, -1);
    this.#options.sweeps.addDeparted(peer, this.#options.tables);
  }

  /** Announces a route with a set that the caller holds. */
  announce(peer: RibPeer, { family, prefix, identifier }: OwnedKey, attr: AttrId): void {
    announceLocal(this.#options.tableOf(family), peer, prefix, 0, attr, identifier, this.#options.nowSeconds());
  }

  /** Returns whether there was such a route. */
  withdraw(peer: RibPeer, { family, prefix, identifier }: OwnedKey): boolean {
    return withdrawLocal(this.#options.tableOf(family), peer, prefix, 0, identifier);
  }

  /** The attribute set of a route, held by the route alone; undefined where there is no such route. */
  attrOf(peer: RibPeer, { family, prefix, identifier }: OwnedKey): AttrId | undefined {
    const table = this.#options.tableOf(family);
    const nlri = table.index.findWire(prefix, 0);
    const path = nlri === NONE ? NONE : findPath(table, nlri, peer, identifier);
    return path === NONE ? undefined : table.attrOf(path as PathId);
  }

  /** The routes of an owner, in no order: a walk over all paths. */
  *routes(peer: RibPeer): Generator<LocalRoute> {
    for (const table of this.#options.tables) if (peer.received[table.position]! > 0) yield* localRoutes(table, peer);
  }

  /** With routes for some peers alone, every path of a prefix matters to all. */
  #count({ hasAudience }: RibPeer, by: 1 | -1): void {
    const [first] = this.#options.tables;
    if (hasAudience && first !== undefined) first.attributes.audienceCount += by;
  }
}
