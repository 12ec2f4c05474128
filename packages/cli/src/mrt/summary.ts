/** Counts of a file. Every count is an addition; nothing is decoded. */

import { formatMrtType, type MrtRecord, type RoutePeer, type RouteSink, type RouteView } from '@tsbgp/mrt';
import { formatFamily } from '@tsbgp/wire';

export interface PeerSummary {
  readonly address: string;
  readonly as: number;
  announced: number;
  withdrawn: number;
  inTable: number;
  stateChanges: number;
}

/** Plain values, which worker threads can send. */
export interface Summary {
  readonly records: Record<string, number>;
  /** By family: announced, withdrawn, in tables. */
  readonly routes: Record<string, { announced: number; withdrawn: number; inTable: number }>;
  stateChanges: number;
  /** Octets of all records, unpacked. */
  octets: number;
  /** Seconds since 1970; of the earliest and of the latest record. Undefined without records. */
  firstTime: number | undefined;
  lastTime: number | undefined;
  readonly peers: PeerSummary[];
}

const KINDS = ['announced', 'withdrawn', 'inTable'] as const;
/** Counters in `#routes` for each family. */
const KIND_COUNT = KINDS.length;

export class SummarySink implements RouteSink {
  /** By type << 16 | subtype. */
  readonly #records = new Map<number, number>();
  #lastKey = -1;
  #lastCount = 0;
  /** By family: three counters. */
  readonly #routes = new Map<number, Float64Array>();
  #family = -1;
  #counts: Float64Array = new Float64Array(KIND_COUNT);
  readonly #peers = new Map<RoutePeer, Float64Array>();
  #peer: RoutePeer | undefined;
  #peerCounts: Float64Array = new Float64Array(KIND_COUNT + 1);
  #stateChanges = 0;
  #octets = 0;
  #first = Number.POSITIVE_INFINITY;
  #last = Number.NEGATIVE_INFINITY;

  countRecord(record: MrtRecord): void {
    const key = (record.type << 16) | record.subtype;
    if (key !== this.#lastKey) this.#countKey(key);
    this.#lastCount++;
    this.#octets += record.end - record.start;
    if (record.timestamp < this.#first) this.#first = record.timestamp;
    if (record.timestamp > this.#last) this.#last = record.timestamp;
  }

  /** Keeps the count of the last key, and goes on with that of another. */
  #countKey(key: number): void {
    if (this.#lastKey !== -1) this.#records.set(this.#lastKey, this.#lastCount);
    this.#lastKey = key;
    this.#lastCount = this.#records.get(key) ?? 0;
  }

  route(view: RouteView): void {
    if (view.family !== this.#family) {
      this.#family = view.family;
      this.#counts = countersOf(this.#routes, view.family, KIND_COUNT);
    }
    this.#counts[view.kind]!++;
    this.#usePeer(view.peer);
    this.#peerCounts[view.kind]!++;
  }

  stateChange(_record: MrtRecord, peer: RoutePeer): void {
    this.#stateChanges++;
    this.#usePeer(peer);
    this.#peerCounts[KIND_COUNT]!++;
  }

  #usePeer(peer: RoutePeer): void {
    if (peer === this.#peer) return;
    this.#peer = peer;
    this.#peerCounts = countersOf(this.#peers, peer, KIND_COUNT + 1);
  }

  summary(): Summary {
    this.#countKey(-1);
    const peers = new Map<string, PeerSummary>();
    for (const [peer, counts] of this.#peers) {
      const key = `${peer.addressText} ${peer.as}`;
      const known = peers.get(key) ?? { address: peer.addressText, as: peer.as, announced: 0, withdrawn: 0, inTable: 0, stateChanges: 0 };
      for (const [i, kind] of KINDS.entries()) known[kind] += counts[i]!;
      known.stateChanges += counts[KIND_COUNT]!;
      peers.set(key, known);
    }
    return {
      records: Object.fromEntries([...this.#records].map(([key, count]) => [formatMrtType(key >>> 16, key & 0xffff), count])),
      routes: Object.fromEntries(
        [...this.#routes].map(([family, [announced = 0, withdrawn = 0, inTable = 0]]) => [
          formatFamily(family as Parameters<typeof formatFamily>[0]),
          { announced, withdrawn, inTable },
        ]),
      ),
      stateChanges: this.#stateChanges,
      octets: this.#octets,
      firstTime: Number.isFinite(this.#first) ? this.#first : undefined,
      lastTime: Number.isFinite(this.#last) ? this.#last : undefined,
      peers: [...peers.values()],
    };
  }
}

function countersOf<Key>(map: Map<Key, Float64Array>, key: Key, length: number): Float64Array {
  let counters = map.get(key);
  if (counters === undefined) {
    counters = new Float64Array(length);
    map.set(key, counters);
  }
  return counters;
}

/** The sum of several files or parts, in an order that does not depend on theirs. */
export function sumOf(summaries: readonly Summary[]): Summary {
  const records: Summary['records'] = {};
  const routes: Summary['routes'] = {};
  const peers = new Map<string, PeerSummary>();
  for (const summary of summaries) {
    for (const [type, count] of Object.entries(summary.records)) records[type] = (records[type] ?? 0) + count;
    for (const [family, counts] of Object.entries(summary.routes)) {
      const sum = (routes[family] ??= { announced: 0, withdrawn: 0, inTable: 0 });
      for (const kind of KINDS) sum[kind] += counts[kind];
    }
    for (const peer of summary.peers) {
      const key = `${peer.address} ${peer.as}`;
      const sum = peers.get(key);
      if (sum === undefined) peers.set(key, { ...peer });
      else for (const kind of [...KINDS, 'stateChanges'] as const) sum[kind] += peer[kind];
    }
  }
  const times = summaries.flatMap(({ firstTime, lastTime }) => (firstTime === undefined ? [] : [firstTime, lastTime!]));
  const total = (field: 'stateChanges' | 'octets') => summaries.reduce((sum, each) => sum + each[field], 0);
  return {
    records: sortedByKey(records),
    routes: sortedByKey(routes),
    stateChanges: total('stateChanges'),
    octets: total('octets'),
    firstTime: times.length === 0 ? undefined : Math.min(...times),
    lastTime: times.length === 0 ? undefined : Math.max(...times),
    peers: [...peers.values()].toSorted((a, b) => a.as - b.as || (a.address < b.address ? -1 : 1)),
  };
}

function sortedByKey<Value>(object: Readonly<Record<string, Value>>): Record<string, Value> {
  return Object.fromEntries(Object.entries(object).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
