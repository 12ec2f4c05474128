/** Groups of routes that are announced and withdrawn together. */
import type { Route } from '@tsbgp/process-api';

export class Watchdogs {
  readonly #groups = new Map<string, Map<string, Route>>();

  /** Remembers the route if it belongs to a group. */
  add(route: Route): void {
    if (route.watchdog === undefined) return;
    let group = this.#groups.get(route.watchdog);
    if (group === undefined) {
      group = new Map();
      this.#groups.set(route.watchdog, group);
    }
    group.set(route.key, route);
  }

  routes(name: string): Iterable<Route> {
    return this.#groups.get(name)?.values() ?? [];
  }

  clear(): void {
    this.#groups.clear();
  }
}
