/**
 * Routes injected through the control plane: a batch is checked as a whole, then applied.
 *
 *     1. Every route is read and encoded, equal attributes once; everything that is wrong is noted (up to PROBLEMS_MAX).
 *     2. With a problem, the batch is refused and nothing has changed.
 *     3. The routes are announced. Nothing can fail any more.
 *
 * Both passes go in slices of the background's budget. One batch is applied after the other, in the order of the calls. A reader of the RIB
 * may see a part of a batch that is being applied; the call is answered when all of it is there.
 */
import { type AttrId, NONE, type Rib } from '@tsbgp/rib';
import {
  encodeAttributes,
  Fault,
  formatFamily,
  IPV4_UNICAST,
  type PathAttribute,
  parseAddress,
  STORED_CONTEXT,
  ValueError,
} from '@tsbgp/wire';
import { type Batch, ControlError, type ControlProblem, type LocalRoute, type LocalRouteKey } from '../control-plane.ts';
import type { Exposition } from '../metrics/exposition.ts';
import { quote } from '../quote.ts';
import { type Background, Limit } from './background.ts';
import { notANextHop, notRouted } from './injectable.ts';
import { readPrefix, type WirePrefix } from './wire-prefix.ts';

/** Routes of one batch. */
export const BATCH_ROUTES_MAX: number = 500_000;

/** Batches under way at a time. */
export const BATCHES_MAX: number = 16;

/** Wrong routes of a batch that the refusal names: more would not fit what gRPC clients take as the end of a call (8 KB). */
export const PROBLEMS_MAX: number = 10;

/** Attribute sets that a batch finds again without encoding them. */
const KNOWN_SETS_MAX = 4096;

/** Routes between two looks at the clock. */
const STEP_ROUTES = 64;

/** Octets of a prefix in wire form: its length, then the whole address. */
const PREFIX_OCTETS = 17;

export interface LocalRoutesOptions {
  readonly rib: Rib;
  readonly background: Background;
  /** The RIB has something to do. */
  readonly schedule: () => void;
}

export class LocalRoutes {
  readonly #rib: Rib;
  readonly #background: Background;
  readonly #schedule: () => void;
  readonly #limit: Limit = new Limit(
    BATCHES_MAX,
    (max) => new ControlError('resource-exhausted', 'routes', `routes: ${max} batches are under way, which is the limit; try again later`),
  );
  /** The batch before has been applied. */
  #before: Promise<unknown> = Promise.resolve();
  #added = 0;
  #deleted = 0;

  constructor({ rib, background, schedule }: LocalRoutesOptions) {
    this.#rib = rib;
    this.#background = background;
    this.#schedule = schedule;
  }

  /** Resolves when all routes are in the RIB. Rejects with ControlError before anything has changed. */
  add(routes: Batch<LocalRoute>): Promise<void> {
    return this.#inOrder(async (isOurTurn) => {
      const batch = new EncodedBatch(this.#rib, routes.length);
      await this.#check(routes, (route, index) => batch.addRoute(route, index));
      await isOurTurn;
      try {
        await this.#eachStep(routes.length, (index) => {
          this.#rib.announceLocal(batch.familyAt(index), batch.prefixes, index * PREFIX_OCTETS, batch.attrAt(index));
        });
      } finally {
        await this.#eachStep(batch.setCount, (set) => batch.release(set));
      }
      this.#added += routes.length;
    });
  }

  /** Resolves with how many of them existed. Rejects with ControlError before anything has changed. */
  delete(keys: Batch<LocalRouteKey>): Promise<number> {
    return this.#inOrder(async (isOurTurn) => {
      const batch = new EncodedBatch(this.#rib, keys.length);
      await this.#check(keys, (key, index) => batch.addKey(key, index));
      await isOurTurn;
      let count = 0;
      await this.#eachStep(keys.length, (index) => {
        if (this.#rib.withdrawLocal(batch.familyAt(index), batch.prefixes, index * PREFIX_OCTETS)) count++;
      });
      this.#deleted += count;
      return count;
    });
  }

  readonly addMetrics = (out: Exposition): void => {
    out.gauge('tsbgp_injection_batches', 'Batches of routes under way.').set(this.#limit.count);
    out.counter('tsbgp_injection_batches_refused_total', 'Batches refused because too many were under way.').set(this.#limit.refused);
    out.counter('tsbgp_injection_routes_added_total', 'Routes added by batches.').set(this.#added);
    out.counter('tsbgp_injection_routes_deleted_total', 'Routes deleted by batches.').set(this.#deleted);
  };

  /** Runs `work` with a promise that resolves when all earlier batches are done. */
  async #inOrder<T>(work: (isOurTurn: Promise<unknown>) => Promise<T>): Promise<T> {
    const leave = this.#limit.enter();
    const before = this.#before;
    const done = work(before).finally(leave);
    // The next one waits for this one and those before it, whatever becomes of them.
    this.#before = Promise.allSettled([before, done]).then(() => undefined);
    return done;
  }

  /** Gives every item to `read`. Rejects with all that `read` refuses. */
  async #check<T>(items: Batch<T>, read: (item: T, index: number) => void): Promise<void> {
    if (items.length > BATCH_ROUTES_MAX) {
      const message = `routes: found ${items.length}, allowed are at most ${BATCH_ROUTES_MAX} in one call; send the others in further calls`;
      throw new ControlError('invalid-argument', 'routes', message);
    }
    const problems: ControlProblem[] = [];
    let wrong = 0;
    await this.#eachStep(items.length, (index) => {
      try {
        read(items.at(index)!, index);
      } catch (error) {
        if (!(error instanceof ControlError)) throw error;
        if (wrong++ < PROBLEMS_MAX) problems.push(...error.problems);
      }
    });
    const [first] = problems;
    if (first === undefined) return;
    throw new ControlError('invalid-argument', first.field, first.sentence, {
      further: problems.slice(1),
      more: wrong > PROBLEMS_MAX ? `and ${wrong - PROBLEMS_MAX} more of ${items.length} routes` : undefined,
    });
  }

  async #eachStep(count: number, visit: (index: number) => void): Promise<void> {
    let index = 0;
    await this.#background.run((deadline) => {
      this.#schedule(); // first, because it sets the clock of the RIB
      while (index < count) {
        for (const end = Math.min(index + STEP_ROUTES, count); index < end; index++) visit(index);
        if (performance.now() >= deadline) break;
      }
      return index >= count;
    });
  }
}

/** A batch in columns: no object is kept for a route. */
class EncodedBatch {
  readonly prefixes: Uint8Array;
  /** Attribute sets that were encoded. */
  setCount = 0;
  /** By route: position of its table, index of its set. */
  readonly #tables: Uint8Array;
  readonly #sets: Int32Array;
  readonly #rib: Rib;
  /** Attributes -> table and next hop -> index of the set; the latest ones. */
  readonly #known: Map<readonly PathAttribute[], Map<string, number>> = new Map();
  /** The octets of the sets, and by set where they end and the id that the set has got in the RIB. */
  #octets: Uint8Array = new Uint8Array(1 << 16);
  #end: Int32Array = new Int32Array(256);
  #attr: Int32Array = new Int32Array(256);

  constructor(rib: Rib, count: number) {
    this.#rib = rib;
    const room = Math.min(count, BATCH_ROUTES_MAX);
    this.prefixes = new Uint8Array(room * PREFIX_OCTETS);
    this.#sets = new Int32Array(room);
    this.#tables = new Uint8Array(room);
  }

  familyAt(index: number): LocalRouteKey['family'] {
    return this.#rib.tables[this.#tables[index]!]!.family;
  }

  /** Throws ControlError that names `routes[index]` and the field. */
  addRoute(route: LocalRoute, index: number): void {
    const reason = notRouted(this.addKey(route, index));
    if (reason !== undefined) throw invalid(`routes[${index}].prefix`, `found ${quote(route.prefix)}, ${reason}; it cannot be injected`);
    this.#sets[index] = this.#setOf(route, index);
  }

  /** Returns the prefix. Throws ControlError that names `routes[index]` and the field. */
  addKey(key: LocalRouteKey, index: number): WirePrefix {
    const { family } = key;
    if (!this.#rib.has(family)) {
      throw invalid(`routes[${index}].family`, `found ${formatFamily(family)}, allowed are ipv4-unicast and ipv6-unicast`);
    }
    if ((key.pathIdentifier ?? 0) !== 0) {
      throw invalid(`routes[${index}].path_identifier`, `found ${key.pathIdentifier}, allowed 0: a prefix has one local route`);
    }
    const table = this.#rib.table(family);
    const prefix = readPrefix(key.prefix, `routes[${index}].prefix`);
    if (prefix.bitsMax !== table.index.bitsMax) {
      throw invalid(`routes[${index}].prefix`, `found ${quote(key.prefix)}, which is not of family ${formatFamily(family)}`);
    }
    this.#tables[index] = table.position;
    this.prefixes.set(prefix.octets, index * PREFIX_OCTETS);
    return prefix;
  }

  /** The id of the route's attributes, which the batch holds until it is released. */
  attrAt(index: number): AttrId {
    const set = this.#sets[index]!;
    const known = this.#attr[set]!;
    if (known !== NONE) return known as AttrId;
    const octets = this.#octets.subarray(set === 0 ? 0 : this.#end[set - 1]!, this.#end[set]!);
    const attr = this.#rib.internLocal(this.familyAt(index), octets);
    if (attr instanceof Fault) throw new Error(`attributes that were checked are refused: ${attr.reason}`);
    this.#attr[set] = attr;
    return attr;
  }

  release(set: number): void {
    if (this.#attr[set] !== NONE) this.#rib.releaseLocal(this.#attr[set]! as AttrId);
  }

  #setOf({ attributes, nextHop, family }: LocalRoute, index: number): number {
    let byNextHop = this.#known.get(attributes);
    if (byNextHop === undefined) {
      if (this.#known.size >= KNOWN_SETS_MAX) this.#known.clear();
      byNextHop = new Map();
      this.#known.set(attributes, byNextHop);
    }
    const table = this.#tables[index]!;
    const key = `${table} ${nextHop}`;
    const known = byNextHop.get(key);
    if (known !== undefined) return known;
    const set = this.#store(this.#encode(attributes, nextHop, family, index));
    byNextHop.set(key, set);
    return set;
  }

  #store(octets: Uint8Array): number {
    const set = this.setCount++;
    if (set === this.#end.length) {
      this.#end = withRoom(this.#end, set * 2);
      this.#attr = withRoom(this.#attr, set * 2);
    }
    const start = set === 0 ? 0 : this.#end[set - 1]!;
    const end = start + octets.length;
    if (end > this.#octets.length) this.#octets = withRoom(this.#octets, end * 2);
    this.#octets.set(octets, start);
    this.#end[set] = end;
    return set;
  }

  #encode(given: readonly PathAttribute[], nextHop: string, family: LocalRouteKey['family'], index: number): Uint8Array {
    const address = parseAddress(nextHop);
    const size = family === IPV4_UNICAST ? 4 : 16;
    const example = size === 4 ? '192.0.2.1' : '2001:db8::1';
    const field = `routes[${index}].next_hop`;
    if (address === undefined || address.length !== size) {
      throw invalid(field, `found ${quote(nextHop)}, allowed is an address of ${formatFamily(family)}, e.g. "${example}"`);
    }
    const reason = notANextHop(address);
    if (reason !== undefined) {
      const own = size === 4 ? '0.0.0.0' : '::';
      throw invalid(
        field,
        `found ${quote(nextHop)} (${reason}), allowed is the address of a router, or ${own} for our own, e.g. "${example}"`,
      );
    }
    const attributes: PathAttribute[] = given.filter(({ type }) => type !== 'next-hop' && type !== 'mp-reach-nlri');
    if (!attributes.some(({ type }) => type === 'origin')) attributes.push({ type: 'origin', flags: 0x40, value: 'igp' });
    if (!attributes.some(({ type }) => type === 'as-path')) attributes.push({ type: 'as-path', flags: 0x40, value: [] });
    attributes.push(
      size === 4
        ? { type: 'next-hop', flags: 0x40, value: nextHop }
        : { type: 'mp-reach-nlri', flags: 0x80, value: { family, nextHops: [nextHop], nlri: [] } },
    );
    let octets: Uint8Array;
    try {
      octets = encodeAttributes(attributes, STORED_CONTEXT);
    } catch (error) {
      if (!(error instanceof ValueError)) throw error;
      throw invalid(`routes[${index}].attributes`, error.message, error);
    }
    const fault = this.#rib.checkLocal(octets);
    if (fault !== undefined) throw invalid(`routes[${index}].attributes`, fault.reason);
    return octets;
  }
}

function withRoom<Column extends Int32Array | Uint8Array>(column: Column, capacity: number): Column {
  const bigger = new (column.constructor as new (length: number) => Column)(capacity);
  bigger.set(column);
  return bigger;
}

function invalid(field: string, message: string, cause?: unknown): ControlError {
  return new ControlError('invalid-argument', field, `${field}: ${message}`, { cause });
}
