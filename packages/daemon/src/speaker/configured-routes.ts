/**
 * The routes of the configuration file. They are encoded once; those with a condition come and go with it.
 */
import type { Rib } from '@tsbgp/rib';
import type { ConfiguredRoute } from '../own-config.ts';
import { EncodedBatch, PREFIX_OCTETS } from './encoded-batch.ts';

export class ConfiguredRoutes {
  readonly #rib: Rib;
  readonly #routes: readonly ConfiguredRoute[];
  readonly #batch: EncodedBatch;

  /** Throws ControlError that names a route which is not acceptable; then no route is announced. */
  constructor(rib: Rib, routes: readonly ConfiguredRoute[]) {
    this.#rib = rib;
    this.#routes = routes;
    this.#batch = new EncodedBatch(rib, routes.length);
    for (const [index, route] of routes.entries()) this.#batch.addRoute(route, index);
  }

  /** Announces the routes that need no condition. */
  announceUnconditional(): void {
    this.apply(undefined, true);
  }

  /** Announces the routes with this condition, or withdraws them. Returns how many there are. */
  apply(condition: string | undefined, holds: boolean): number {
    let count = 0;
    for (const [index, route] of this.#routes.entries()) {
      if (route.while !== condition) continue;
      count++;
      const family = this.#batch.familyAt(index);
      const { prefixes } = this.#batch;
      const offset = index * PREFIX_OCTETS;
      if (holds) this.#rib.announceLocal(family, prefixes, offset, this.#batch.attrAt(index), 0, 'configuration');
      else this.#rib.withdrawLocal(family, prefixes, offset, 0, 'configuration');
    }
    return count;
  }
}
