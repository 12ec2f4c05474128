/** The route with the changes so far. They are made only when a condition looks at an attribute. */
import type { Change } from '../change/change.ts';
import type { EditFailure } from '../change/edit.ts';
import type { RouteState } from '../condition/condition.ts';
import { Route } from '../route/route.ts';

export class WorkingRoute implements RouteState {
  readonly change: Change;
  readonly tag: number | undefined;
  given: Route;
  /** Undefined: the attributes are those of `given`. */
  #changed: Route | undefined;
  #isMade: boolean;

  constructor(given: Route, change: Change, conditionsSee: 'changed' | 'received') {
    this.given = given;
    this.change = change;
    this.tag = change.tag;
    this.#isMade = conditionsSee === 'received' || !change.changesAttributes;
  }

  get route(): Route {
    return this.#changed ?? this.given;
  }

  /** Makes the changes, so that conditions see them. Returns why that is not possible. */
  make(): EditFailure | undefined {
    if (this.#isMade) return undefined;
    const { bytes, start, end } = this.given;
    const octets = this.change.apply(bytes, start, end);
    if (typeof octets === 'string') return octets;
    this.#isMade = true;
    if (octets !== undefined) this.#changed = new Route().setAttributes(octets);
    return undefined;
  }
}
