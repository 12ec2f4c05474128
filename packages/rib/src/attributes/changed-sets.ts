/**
 * Attribute sets made from others by one and the same change, each made once: what came in -> what it is used as.
 *
 * A set that was made is held for as long as the one that it was made from is in use. Where the change leaves a set as it is, nothing is held.
 */
import { grown, NONE } from '../columns.ts';
import type { AttributeTable } from './attribute-table.ts';

/** The id of the changed set, or `attr` itself. A new id is not held yet. */
export type SetChange = (attributes: AttributeTable, attr: number) => number;

export class ChangedSets {
  readonly #attributes: AttributeTable;
  readonly #change: SetChange;
  /** By attribute set; NONE where it is not yet worked out. */
  #changed: Int32Array = new Int32Array(0);

  constructor(attributes: AttributeTable, change: SetChange) {
    this.#attributes = attributes;
    this.#change = change;
    attributes.removed.add(this.#forget);
  }

  /** What `attr`, which the caller holds, becomes. */
  of(attr: number): number {
    if (attr >= this.#changed.length) {
      this.#changed = grown(this.#changed, this.#attributes.offset.length, this.#changed.length);
    }
    const known = this.#changed[attr]!;
    if (known !== NONE) return known;
    const made = this.#change(this.#attributes, attr);
    if (made !== attr) this.#attributes.hold(made);
    this.#changed[attr] = made;
    return made;
  }

  /** The sets that are held here: each id as often as it is held. */
  *held(): Iterable<number> {
    for (const [attr, made] of this.#changed.entries()) if (made !== NONE && made !== attr) yield made;
  }

  /** Gives back every reference, and forgets what was worked out. */
  dispose(): void {
    this.#attributes.removed.delete(this.#forget);
    const held = [...this.held()];
    this.#changed = new Int32Array(0);
    for (const made of held) this.#attributes.release(made);
  }

  readonly #forget = (attr: number): void => {
    if (attr >= this.#changed.length) return;
    const made = this.#changed[attr]!;
    this.#changed[attr] = NONE;
    if (made !== NONE && made !== attr) this.#attributes.release(made);
  };
}
