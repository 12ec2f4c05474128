/** Verdicts and changes of @tsbgp/policy as those of the RIB. Equal ones stay the same object. */
import type { Change, Place, Verdict } from '@tsbgp/policy';
import type { PolicyChange, PolicyVerdict } from '@tsbgp/rib';

const changes = new WeakMap<Change, PolicyChange>();

/** Undefined where nothing of the route changes. */
function adaptedChange(change: Change): PolicyChange | undefined {
  if (!change.changesAttributes && change.nextHop === undefined) return undefined;
  let adapted = changes.get(change);
  if (adapted === undefined) {
    const { nextHop, changesAttributes, setsMed } = change;
    adapted = { nextHop, setsMed, apply: changesAttributes ? (bytes, start, end) => change.apply(bytes, start, end) : () => undefined };
    changes.set(change, adapted);
  }
  return adapted;
}

/** The verdicts of one policy. `places` says who decided; undefined where that is not known. */
export class Verdicts {
  readonly #places: readonly Place[] | undefined;
  readonly #adapted: WeakMap<Verdict, PolicyVerdict> = new WeakMap();

  constructor(places: readonly Place[] | undefined) {
    this.#places = places;
  }

  of(verdict: Verdict): PolicyVerdict {
    let adapted = this.#adapted.get(verdict);
    if (adapted === undefined) {
      const place = this.#places?.[verdict.place];
      const by = place && textOf(place);
      adapted =
        verdict.type === 'accept'
          ? { type: 'verdict', accepts: true, reason: undefined, change: adaptedChange(verdict.change), by }
          : { type: 'verdict', accepts: false, reason: verdict.reason, change: undefined, by };
      this.#adapted.set(verdict, adapted);
    }
    return adapted;
  }
}

/** `customers-in leak`, `customers-in, its default`, `no policy of the chain`. */
function textOf({ policy, statement }: Place): string {
  if (policy === '') return 'no policy of the chain';
  return statement === '' ? `${policy}, its default` : `${policy} ${statement}`;
}
