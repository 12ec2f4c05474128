/**
 * The attributes and the next hop of routes, as somebody wrote them. Routes that have the same ones share a set where they can: it is parsed
 * once, and encoded once for all sessions of one form.
 */
import { type AttributeValue, attributeKey } from './attribute-value.ts';

/** An address; `self`, which is our address of the session; undefined: there is none (flow). */
export type NextHop = string | undefined;

export class AttributeSet {
  /** By ascending type code, without NEXT_HOP and without what depends on the session. */
  readonly attributes: readonly AttributeValue[];
  readonly nextHop: NextHop;
  /** Equal for sets that mean the same. */
  readonly key: string;
  /** The octets for each form of session (`SessionForm.id`). */
  readonly encoded: (Uint8Array | undefined)[] = [];
  #withNextHop: Map<string, AttributeSet> | undefined;

  constructor(attributes: readonly AttributeValue[], nextHop: NextHop) {
    this.attributes = attributes.toSorted((a, b) => a.code - b.code);
    this.nextHop = nextHop;
    this.key = `${nextHop ?? ''} ${this.attributes.map(attributeKey).join('')}`;
  }

  /** The same attributes with this next hop. */
  with(nextHop: string): AttributeSet {
    this.#withNextHop ??= new Map();
    let set = this.#withNextHop.get(nextHop);
    if (set === undefined) {
      set = new AttributeSet(this.attributes, nextHop);
      this.#withNextHop.set(nextHop, set);
    }
    return set;
  }
}
