/**
 * The routes of one neighbor: what it has or will have, and what must still be told.
 *
 *     announce   -> `#routes`, `#pending`    unless the peer has the same route already
 *     withdraw   -> `#withdrawals`           always, known or not; takes the route out of `#pending`
 *     take       -> a batch: withdrawals, then announcements
 *
 * The newest state of a route wins inside a batch; a withdrawal before an announcement of the same route stays, as in ExaBGP.
 */
import type { Route } from '@tsbgp/process-api';
import type { Family } from '@tsbgp/wire';

export interface Batch {
  readonly withdrawals: Iterable<Route>;
  readonly announcements: Iterable<Route>;
  /** It is the first one of the session with anything in it: the peer has no routes yet. */
  readonly isFirst: boolean;
  readonly count: number;
}

export class AdjRibOut {
  readonly #routes = new Map<string, Route>();
  #pending = new Map<string, Route>();
  #withdrawals = new Map<string, Route>();
  #isFirst = true;
  /** Of a configuration: routes that a later one of the same prefix has replaced. ExaBGP sends these too. */
  #replaced: Route[] = [];
  readonly #keeps: boolean;

  /** `keeps` false (`adj-rib-out false`): the routes are told once, and forgotten. */
  constructor(keeps = true) {
    this.#keeps = keeps;
  }

  get size(): number {
    return this.#routes.size;
  }

  get hasPending(): boolean {
    return this.#pending.size > 0 || this.#withdrawals.size > 0;
  }

  /** What the peer has or will have. */
  routes(): Iterable<Route> {
    return this.#routes.values();
  }

  get(key: string): Route | undefined {
    return this.#routes.get(key);
  }

  announce(route: Route): void {
    const present = this.#routes.get(route.key);
    if (present !== undefined && present.set.key === route.set.key && present.nlri === route.nlri) return;
    if (this.#keeps) this.#routes.set(route.key, route);
    // A changed route goes to the end of the batch.
    if (present !== undefined) this.#pending.delete(route.key);
    this.#pending.set(route.key, route);
  }

  /** As `announce`, for the routes of a configuration. */
  configure(route: Route): void {
    const waiting = this.#pending.get(route.key);
    if (waiting !== undefined && waiting.set.key !== route.set.key) this.#replaced.push(waiting);
    this.announce(route);
  }

  withdraw(route: Route): void {
    this.#pending.delete(route.key);
    this.#routes.delete(route.key);
    this.#withdrawals.set(route.key, route);
  }

  /** Withdraws everything. */
  clear(): void {
    for (const route of this.#routes.values()) this.withdraw(route);
  }

  /** Everything is told again; with `families` only theirs. */
  resend(families?: ReadonlySet<Family>): void {
    for (const route of this.#routes.values()) {
      if (families === undefined || families.has(route.family)) this.#pending.set(route.key, route);
    }
  }

  /** A session begins: the peer has nothing. */
  restart(): void {
    this.#isFirst = true;
    const waiting = this.#pending;
    this.#pending = new Map(this.#routes);
    for (const [key, route] of waiting) this.#pending.set(key, route);
  }

  /** Everything that must be told. It counts as told from now on. */
  take(): Batch {
    const batch: Batch = {
      withdrawals: this.#withdrawals.values(),
      announcements: this.#replaced.length > 0 ? [...this.#replaced, ...this.#pending.values()] : this.#pending.values(),
      isFirst: this.#isFirst,
      count: this.#withdrawals.size + this.#pending.size,
    };
    this.#replaced = [];
    if (batch.count > 0) this.#isFirst = false;
    this.#withdrawals = new Map();
    this.#pending = new Map();
    return batch;
  }
}
