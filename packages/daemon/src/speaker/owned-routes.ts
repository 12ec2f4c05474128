/**
 * The routes of one owner: a program or a health check. For each audience of its routes it has a source of its own in the RIB, which is where the
 * routes are kept: nothing of a route is remembered here.
 *
 * A route that is announced to some neighbors replaces the owner's route of the same prefix for these, and for no others:
 *
 *     announce P to everybody      everybody: P
 *     announce P' to A             everybody but A: P      A: P'
 *     withdraw P from A, B         everybody but A and B: P
 */
import type { AttrId, OwnedKey, Rib, RibPeer, RouteOwner } from '@tsbgp/rib';
import { Fault } from '@tsbgp/wire';
import { ControlError } from '../control-plane.ts';
import { type Audience, audienceKey, isNobody, without } from './audience.ts';
import { encodeLocalAttributes, type LocalAttributes } from './local-attributes.ts';

/** Audiences of one owner that have routes. */
export const AUDIENCES_MAX = 64;

interface Source {
  readonly audience: Audience;
  readonly peer: RibPeer;
}

export class OwnedRoutes {
  readonly #rib: Rib;
  readonly #owner: Omit<RouteOwner, 'audience'>;
  /** Called before the RIB is changed: it sets the clock of the RIB. */
  readonly #schedule: () => void;
  readonly #sources: Map<string, Source> = new Map();

  constructor(rib: Rib, owner: Omit<RouteOwner, 'audience'>, schedule: () => void) {
    this.#rib = rib;
    this.#owner = owner;
    this.#schedule = schedule;
  }

  /** How many routes there are. A route that is another one for some neighbors counts twice. */
  get count(): number {
    let count = 0;
    for (const { peer } of this.#sources.values()) count += countOf(peer);
    return count;
  }

  /** The id of an attribute set, to be given back with `release`. Throws ControlError. */
  intern(attributes: LocalAttributes): AttrId {
    const attr = this.#rib.internLocal(attributes.family, encodeLocalAttributes(attributes, 'route'));
    if (attr instanceof Fault) throw new ControlError('invalid-argument', 'route.attributes', attr.reason);
    return attr;
  }

  release(attr: AttrId): void {
    this.#rib.releaseLocal(attr);
  }

  /** Announces the route to this audience. The caller holds `attr`. Throws ControlError `resource-exhausted`. */
  announce(key: OwnedKey, attr: AttrId, audience: Audience): void {
    this.#schedule();
    const name = audienceKey(audience);
    const source = this.#sources.get(name) ?? this.#addSource(name, audience);
    if (this.#sources.size > 1) this.#takeFrom(key, audience, source);
    this.#rib.owners.announce(source.peer, key, attr);
  }

  /** Withdraws the route from this audience. Returns whether it had one. Throws as `announce`. */
  withdraw(key: OwnedKey, audience: Audience): boolean {
    this.#schedule();
    return this.#takeFrom(key, audience, undefined);
  }

  /** Withdraws every route. */
  clear(): void {
    this.#schedule();
    for (const { peer } of this.#sources.values()) this.#rib.owners.remove(peer);
    this.#sources.clear();
  }

  /** Withdraws every route from this audience, and leaves it to the others that had it. A walk over the tables where there are such. */
  clearFor(audience: Audience): void {
    this.#schedule();
    const sources = Array.from(this.#sources); // more may come
    for (const [name, source] of sources) {
      const rest = without(source.audience, audience);
      const restName = audienceKey(rest);
      if (restName === name) continue;
      if (!isNobody(rest)) {
        const other = this.#sources.get(restName) ?? this.#addSource(restName, rest);
        const routes = Array.from(this.#rib.owners.routes(source.peer));
        for (const route of routes) this.#rib.owners.announce(other.peer, route, route.attr);
      }
      this.#sources.delete(name);
      this.#rib.owners.remove(source.peer);
    }
  }

  /** Takes the route from all sources but `kept`, as far as they have it for this audience. */
  #takeFrom(key: OwnedKey, audience: Audience, kept: Source | undefined): boolean {
    let found = false;
    const sources = Array.from(this.#sources);
    for (const [name, source] of sources) {
      if (source === kept) continue;
      const rest = without(source.audience, audience);
      const restName = audienceKey(rest);
      if (restName === name) continue;
      const attr = this.#rib.owners.attrOf(source.peer, key);
      if (attr === undefined) continue;
      found = true;
      if (isNobody(rest)) {
        this.#rib.owners.withdraw(source.peer, key);
        continue;
      }
      const other = this.#sources.get(restName) ?? this.#addSource(restName, rest);
      // First the new one, so that whoever keeps the route is not told that it goes.
      this.#rib.owners.announce(other.peer, key, attr);
      this.#rib.owners.withdraw(source.peer, key);
    }
    return found;
  }

  #addSource(name: string, audience: Audience): Source {
    if (this.#sources.size >= AUDIENCES_MAX) this.#dropUnused();
    if (this.#sources.size >= AUDIENCES_MAX) {
      const sentence = `routes for ${AUDIENCES_MAX} different sets of neighbors are there, which is the limit; withdraw those of one`;
      throw new ControlError('resource-exhausted', 'neighbor', sentence);
    }
    const source = { audience, peer: this.#rib.owners.add({ ...this.#owner, audience }) };
    this.#sources.set(name, source);
    return source;
  }

  #dropUnused(): void {
    for (const [name, { peer }] of this.#sources) {
      if (countOf(peer) > 0) continue;
      this.#sources.delete(name);
      this.#rib.owners.remove(peer);
    }
  }
}

function countOf(peer: RibPeer): number {
  return peer.received.reduce((sum, count) => sum + count, 0);
}
