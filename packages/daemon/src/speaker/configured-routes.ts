/**
 * The routes of the configuration file. They are encoded once; those with a condition come and go with it.
 */
import type { Rib } from '@tsbgp/rib';
import { formatFamily } from '@tsbgp/wire';
import type { ConfiguredRoute } from '../own-config.ts';
import { EncodedBatch } from './encoded-batch.ts';

export class ConfiguredRoutes {
  readonly #rib: Rib;
  readonly #routes: readonly ConfiguredRoute[];
  readonly #batch: EncodedBatch;

  /** Throws ControlError that names a route which is not acceptable; then no route is announced. */
  constructor(rib: Rib, routes: readonly ConfiguredRoute[]) {
    this.#rib = rib;
    this.#routes = routes;
    this.#batch = new EncodedBatch(rib, routes.length, (family) => rib.table(family));
    for (const [index, route] of routes.entries()) this.#batch.addRoute(route, index);
  }

  /** Announces the routes with this condition, or withdraws them. Returns how many there are. */
  apply(condition: string, holds: boolean): number {
    const isChosen = (route: ConfiguredRoute): boolean => route.while === condition;
    return holds ? this.announce(isChosen) : this.#withdraw(isChosen);
  }

  /** Announces the chosen routes. Those that are announced as they are stay untouched. Returns how many were chosen. */
  announce(isChosen: (route: ConfiguredRoute) => boolean): number {
    return this.#each(isChosen, (index) => {
      const attr = this.#batch.attrAt(index);
      this.#rib.announceLocal(
        this.#batch.familyAt(index),
        this.#batch.octetsAt(index),
        this.#batch.offsetAt(index),
        attr,
        0,
        'configuration',
      );
    });
  }

  /** Withdraws the chosen routes whose keys are not among `keys`. */
  withdrawWithout(keys: ReadonlySet<string>, isChosen: (route: ConfiguredRoute) => boolean): void {
    this.#withdraw((route) => isChosen(route) && !keys.has(keyOf(route)));
  }

  /** What the chosen routes replace in the RIB, and are replaced by. */
  announcedKeys(isChosen: (route: ConfiguredRoute) => boolean): ReadonlySet<string> {
    return new Set(this.#routes.filter(isChosen).map(keyOf));
  }

  /** The attribute sets of the routes are no longer needed: other routes take their place. */
  release(): void {
    for (let set = 0; set < this.#batch.setCount; set++) this.#batch.release(set);
  }

  #withdraw(isChosen: (route: ConfiguredRoute) => boolean): number {
    return this.#each(isChosen, (index) => {
      this.#rib.withdrawLocal(this.#batch.familyAt(index), this.#batch.octetsAt(index), this.#batch.offsetAt(index), 0, 'configuration');
    });
  }

  #each(isChosen: (route: ConfiguredRoute) => boolean, action: (index: number) => void): number {
    let count = 0;
    for (const [index, route] of this.#routes.entries()) {
      if (!isChosen(route)) continue;
      count++;
      action(index);
    }
    return count;
  }
}

function keyOf({ family, prefix }: ConfiguredRoute): string {
  return `${formatFamily(family)} ${prefix}`;
}
