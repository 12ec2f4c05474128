/** Attribute sets with the origin validation state as a community (RFC 8097), made where the first peer needs them. */
import type { AttributeTable } from '../attributes/attribute-table.ts';
import { ChangedSets } from '../attributes/changed-sets.ts';
import { RovState } from '../validation-options.ts';
import { withState } from './state-community.ts';

export class RouteMarks {
  readonly #attributes: AttributeTable;
  /** By state. */
  #sets: readonly ChangedSets[] | undefined;

  constructor(attributes: AttributeTable) {
    this.#attributes = attributes;
  }

  /** The set with this state as its only one. The caller holds `attr`, and with it the result. */
  of(attr: number, state: RovState): number {
    this.#sets ??= Object.values(RovState).map(
      (marked) => new ChangedSets(this.#attributes, (table, set) => withState(table, set, marked)),
    );
    return this.#sets[state]!.of(attr);
  }

  /** The sets that are held here: each id as often as it is held. */
  *heldSets(): Iterable<number> {
    for (const sets of this.#sets ?? []) yield* sets.held();
  }
}
