/**
 * Routes of our own: who they come from, the aggregates, and the default routes that single neighbors are sent.
 *
 * Each origin has a local peer of its own, so that what the configuration has and what was injected do not replace each other, and a path
 * tells where it comes from. The peers are made when they are first needed.
 *
 * A default route for single neighbors (default-originate) is one path that takes no part in the decision process. In each group it takes the
 * place of any other default route, for the members that are to get it (`Selection`).
 */
import { encodeAttributes, type Family, Fault, formatAddress, IPV4_UNICAST, STORED_CONTEXT, writeU32 } from '@tsbgp/wire';
import { type AggregateOptions, Aggregates } from './aggregates/aggregates.ts';
import { invariant } from './broken-invariant.ts';
import { NONE } from './columns.ts';
import { codeOf } from './filter-reason.ts';
import { findPath } from './find-path.ts';
import { internLocal, localPeerOptions } from './local.ts';
import type { NlriId } from './nlri/nlri-index.ts';
import type { LocalOrigin, PeerOptions, RibPeer, RouteAudience } from './peer.ts';
import type { RibTable } from './table.ts';
import { Verdict } from './verdict.ts';

/** Who we are. */
export interface OwnRoutesOptions {
  readonly localAs: number;
  /** Our BGP Identifier as an unsigned number. */
  readonly bgpIdentifier: number;
  readonly tables: readonly RibTable[];
  readonly newPeer: (options: PeerOptions) => RibPeer;
  /** Seconds since 1970. */
  readonly nowSeconds: () => number;
}

/** Who makes routes of our own beside the origins of which there is one: a program, a health check. */
export interface RouteOwner {
  readonly origin: 'process' | 'healthcheck';
  readonly name: string;
  /** Who may have the routes. @default everybody */
  readonly audience?: RouteAudience | undefined;
}

/** 0.0.0.0/0 and ::/0. */
const DEFAULT_PREFIX = new Uint8Array(17);

export class OwnRoutes {
  readonly #options: OwnRoutesOptions;
  readonly #peers: Map<LocalOrigin, RibPeer> = new Map();
  /** By position of the table; undefined while no aggregate is configured. */
  readonly #aggregates: (Aggregates | undefined)[];
  /** By position of the table: the peers that are sent a default route of ours. */
  readonly #wantDefault: Set<RibPeer>[];

  constructor(options: OwnRoutesOptions) {
    this.#options = options;
    this.#aggregates = options.tables.map(() => undefined);
    this.#wantDefault = options.tables.map(() => new Set());
  }

  /** The RIB has one more family. */
  addFamily(): void {
    this.#aggregates.push(undefined);
    this.#wantDefault.push(new Set());
  }

  /** The peer that our routes of this origin come from. */
  peer(origin: LocalOrigin): RibPeer {
    const known = this.#peers.get(origin);
    if (known !== undefined) return known;
    const { newPeer, tables } = this.#options;
    const families = tables.map((table) => table.family);
    const made = newPeer(localPeerOptions(this.#options, families, origin));
    this.#peers.set(origin, made);
    return made;
  }

  /** A peer of its own for the routes of an owner. */
  ownerPeer({ origin, name, audience }: RouteOwner): RibPeer {
    const { newPeer, tables } = this.#options;
    const families = tables.map((table) => table.family);
    return newPeer(localPeerOptions(this.#options, families, origin, { owner: name, audience }));
  }

  /** The aggregates of a table, told of each decision; undefined where there are none. */
  aggregatesOf(table: RibTable): Aggregates | undefined {
    return this.#aggregates[table.position];
  }

  /** These aggregates of a family from now on. Their prefixes differ. */
  setAggregates(table: RibTable, all: readonly AggregateOptions[]): void {
    const { position } = table;
    if (all.length === 0 && this.#aggregates[position] === undefined) return;
    const { localAs, bgpIdentifier, nowSeconds } = this.#options;
    const aggregator = { localAs, bgpIdentifier: dottedQuad(bgpIdentifier) };
    const aggregates = (this.#aggregates[position] ??= new Aggregates({ table, peer: this.peer('aggregate'), aggregator, nowSeconds }));
    aggregates.configure(all);
  }

  /** Whether `slice` has something to do. */
  get isBusy(): boolean {
    return this.#aggregates.some((each) => each?.isBusy);
  }

  /** One slice of work. True when there was any. */
  slice(): boolean {
    let worked = false;
    for (const [position, aggregates] of this.#aggregates.entries()) {
      if (aggregates?.slice() === true) worked = true;
      if (aggregates?.isUnused === true) this.#aggregates[position] = undefined;
    }
    return worked;
  }

  /** Whether the peer is sent a default route of our own in place of any other. */
  originateDefault(table: RibTable, peer: RibPeer, isWanted: boolean): void {
    const { position } = table;
    const wanting = this.#wantDefault[position]!;
    if (peer.originatesDefault.has(position) === isWanted) return;
    if (isWanted) {
      peer.originatesDefault.add(position);
      wanting.add(peer);
      if (wanting.size === 1) this.#addDefault(table);
    } else {
      peer.originatesDefault.delete(position);
      wanting.delete(peer);
    }
    table.mark(table.ownDefault as NlriId);
    if (wanting.size === 0) this.#removeDefault(table);
  }

  /** The session of the peer is over. */
  forget(peer: RibPeer): void {
    for (const table of this.#options.tables) this.originateDefault(table, peer, false);
  }

  #addDefault(table: RibTable): void {
    const attr = internLocal(table, defaultAttributes(table.family));
    invariant(!(attr instanceof Fault), 'the attributes of a default route are well-formed');
    const source = this.peer('default-originate');
    const nlri = table.index.insertWire(DEFAULT_PREFIX, 0);
    table.announce(nlri, source, 0, new Verdict().reject(attr, codeOf('default-originate')), this.#options.nowSeconds());
    table.attributes.release(attr);
    table.ownDefault = nlri;
    table.ownDefaultPath = findPath(table, nlri, source, 0);
  }

  #removeDefault(table: RibTable): void {
    table.withdraw(table.ownDefault as NlriId, this.peer('default-originate'), 0);
    table.ownDefault = NONE;
    table.ownDefaultPath = NONE;
  }
}

function defaultAttributes(family: Family): Uint8Array {
  return encodeAttributes(
    [
      { type: 'origin', flags: 0x40, value: 'igp' },
      { type: 'as-path', flags: 0x40, value: [] },
      family === IPV4_UNICAST
        ? { type: 'next-hop', flags: 0x40, value: '0.0.0.0' }
        : { type: 'mp-reach-nlri', flags: 0x80, value: { family, nextHops: ['::'], nlri: [] } },
    ],
    STORED_CONTEXT,
  );
}

function dottedQuad(identifier: number): string {
  const octets = new Uint8Array(4);
  writeU32(octets, 0, identifier);
  return formatAddress(octets);
}
