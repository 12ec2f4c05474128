/** The route with the changes so far, made only when a condition looks at an attribute. */
import type { Change } from '../change/change.ts';
import type { EditFailure } from '../change/edit.ts';
import type { RouteState } from '../condition/condition.ts';
import { Route } from '../route/route.ts';

export class WorkingRoute implements RouteState {
  readonly original: Route;
  readonly change: Change;
  readonly tag: number | undefined;
  route: Route;
  #isMade: boolean;

  constructor(original: Route, change: Change, conditionsSee: 'changed' | 'received') {
    this.original = original;
    this.change = change;
    this.tag = change.tag;
    this.route = original;
    this.#isMade = conditionsSee === 'received' || !change.changesAttributes;
  }

  /** Makes the changes, so that conditions see them. Returns why that is not possible. */
  make(): EditFailure | undefined {
    if (this.#isMade) return undefined;
    const { original } = this;
    const octets = this.change.apply(original.bytes, original.start, original.end);
    if (typeof octets === 'string') return octets;
    this.#isMade = true;
    this.route = copyOf(original).setAttributes(octets);
    return undefined;
  }
}

/** The same route without its attributes. */
function copyOf(original: Route): Route {
  const route = new Route();
  route.family = original.family;
  route.setPrefix(original.prefixLength, original.w0, original.w1, original.w2, original.w3);
  route.pathIdentifier = original.pathIdentifier;
  route.rov = original.rov;
  route.aspa = original.aspa;
  route.routeType = original.routeType;
  route.source = original.source;
  return route;
}
