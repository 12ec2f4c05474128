/**
 * Stale routes that are kept for long (RFC 9494 §4.2): they get LLGR_STALE, by which the decision process puts them last and by which they are
 * kept from peers that do not know it. Routes with NO_LLGR are not kept. Cold: nothing of it costs anything before a peer is away for long.
 */
import type { AttributeTable } from '../attributes/attribute-table.ts';
import { hasCommunity, withCommunity } from '../attributes/change.ts';
import { ChangedSets } from '../attributes/changed-sets.ts';
import { LLGR_STALE } from '../attributes/facts.ts';

const NO_LLGR = 0xffff_0007;

export class LongLived {
  readonly #attributes: AttributeTable;
  /** With LLGR_STALE; made when it is needed for the first time. */
  #sets: ChangedSets | undefined = undefined;

  constructor(attributes: AttributeTable) {
    this.#attributes = attributes;
  }

  /** The set with LLGR_STALE. The caller holds `attr`, and with it the result. */
  of(attr: number): number {
    this.#sets ??= new ChangedSets(this.#attributes, (attributes, set) => {
      const before = attributes.octets(set);
      const after = withCommunity(before, LLGR_STALE);
      return after === before ? set : attributes.intern(after, 0, after.length);
    });
    return this.#sets.of(attr);
  }

  /** Whether a route with this set is not to be kept. */
  isRefused(attr: number): boolean {
    return hasCommunity(this.#attributes.octets(attr), NO_LLGR);
  }

  /** The sets that are held here: each id as often as it is held. */
  heldSets(): Iterable<number> {
    return this.#sets?.held() ?? [];
  }
}
