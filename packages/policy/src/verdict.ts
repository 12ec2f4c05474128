/**
 * What a policy says about a route. A verdict is a value without reference to the route it was asked about, so that the RIB may keep it for
 * a whole attribute set and apply it to every route that shares the set.
 */
import type { PathAttribute } from '@tsbgp/wire';

/** What a policy says about one route. */
export type Verdict =
  | { readonly type: 'accept' }
  /** Import: kept as filtered, out of the decision process. Export: not advertised, withdrawn if it was. */
  | { readonly type: 'reject' }
  /** Accepted with other attributes. The same change as the verdict before it is the same object. */
  | { readonly type: 'modify'; readonly change: AttributeChange };

/** Attributes to put in, replacing those of the same code, and codes to take out. */
export interface AttributeChange {
  readonly set: readonly PathAttribute[];
  readonly remove: readonly number[];
}

/** The verdict of a policy that lets a route pass as it is. */
export const ACCEPT: Verdict = Object.freeze({ type: 'accept' });
/** The verdict of a policy that lets no route pass. */
export const REJECT: Verdict = Object.freeze({ type: 'reject' });
