/**
 * Routes injected through the control plane: a batch is checked as a whole, then applied.
 *
 *     1. Every route is read and encoded; equal attributes are encoded once. Up to PROBLEMS_MAX problems are noted.
 *     2. If there is a problem, the batch is refused and nothing has changed.
 *     3. The routes are announced. Nothing can fail in this step.
 *
 * Steps 1 and 3 run in slices of the background's budget. Batches are applied one after the other, in the order of the calls. A reader of the
 * RIB may see a part of a batch while it is applied; the call is answered when all of it is in the RIB.
 */
import type { Rib, RibTable } from '@tsbgp/rib';
import type { Family } from '@tsbgp/wire';
import { type Batch, ControlError, type ControlProblem, type LocalRoute, type LocalRouteKey } from '../control-plane.ts';
import type { Exposition } from '../metrics/exposition.ts';
import { checkAddedBy, noteAddedBy } from './added-by.ts';
import { type Background, Limit } from './background.ts';
import { EncodedBatch } from './encoded-batch.ts';

/** Routes of one batch. */
export const BATCH_ROUTES_MAX: number = 500_000;

/** Batches under way at a time. */
export const BATCHES_MAX: number = 16;

/** Wrong routes that a refusal names. More would not fit into the 8 KB of trailers that gRPC clients accept. */
export const PROBLEMS_MAX: number = 10;

/** Routes between two looks at the clock. */
const STEP_ROUTES = 64;

export interface LocalRoutesOptions {
  readonly rib: Rib;
  readonly background: Background;
  /** The RIB has something to do. */
  readonly schedule: () => void;
  /** The table of a family, which is made where it is not there. */
  readonly addFamily: (family: Family) => RibTable;
}

export class LocalRoutes {
  readonly #rib: Rib;
  readonly #background: Background;
  readonly #schedule: () => void;
  readonly #addFamily: (family: Family) => RibTable;
  readonly #limit: Limit = new Limit(
    BATCHES_MAX,
    (max) => new ControlError('resource-exhausted', 'routes', `routes: ${max} batches are under way, which is the limit; try again later`),
  );
  /** Settles when every earlier batch is applied. */
  #before: Promise<unknown> = Promise.resolve();
  #added = 0;
  #deleted = 0;

  constructor({ rib, background, schedule, addFamily }: LocalRoutesOptions) {
    this.#rib = rib;
    this.#background = background;
    this.#schedule = schedule;
    this.#addFamily = addFamily;
  }

  /** Resolves when all routes are in the RIB. Rejects with ControlError before anything has changed. */
  async add(routes: Batch<LocalRoute>, addedBy = ''): Promise<void> {
    checkAddedBy(addedBy);
    return this.#inOrder(async (isOurTurn) => {
      const batch = new EncodedBatch(this.#rib, Math.min(routes.length, BATCH_ROUTES_MAX), this.#addFamily);
      await this.#check(routes, (route, index) => batch.addRoute(route, index));
      await isOurTurn;
      try {
        await this.#eachStep(routes.length, (index) => {
          const family = batch.familyAt(index);
          const attr = batch.attrAt(index);
          const path = this.#rib.announceLocal(family, batch.octetsAt(index), batch.offsetAt(index), attr, batch.identifierAt(index));
          noteAddedBy(this.#rib.table(family), path, addedBy);
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
      const batch = new EncodedBatch(this.#rib, Math.min(keys.length, BATCH_ROUTES_MAX), this.#addFamily);
      await this.#check(keys, (key, index) => batch.addKey(key, index));
      await isOurTurn;
      let count = 0;
      await this.#eachStep(keys.length, (index) => {
        if (this.#rib.withdrawLocal(batch.familyAt(index), batch.octetsAt(index), batch.offsetAt(index), batch.identifierAt(index)))
          count++;
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
    // The next batch waits for this one and all earlier ones, failed or not.
    this.#before = Promise.allSettled([before, done]).then(() => undefined);
    return done;
  }

  /** Gives every item to `read`. Rejects with everything that `read` refused. */
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
