/**
 * What policies do to an attribute set: a list of edits, as a value. The same list, made of the same root, is the same object, so that sets
 * of neighbors with the same change are found by comparing references, and a result is kept per (attribute set, change).
 */
import { SET_LENGTH_MAX } from '../route/block.ts';
import { Draft } from './draft.ts';
import type { Edit, EditFailure, NextHopMode } from './edit.ts';

/**
 * Changes that a root remembers. A policy in TypeScript may make a new one for each prefix. Beyond this all are forgotten: equal changes
 * made before and after are then different objects, which costs work and no correctness.
 */
export const CHANGES_MAX = 100_000;

/** A list of edits of an attribute set. */
export class Change {
  /** In the order in which they are done. */
  readonly edits: readonly Edit[];
  /** What the export does with the next hop; undefined: what the session does anyway. */
  readonly nextHop: NextHopMode | undefined;
  /** Set by a statement for later ones; no attribute. */
  readonly tag: number | undefined;
  readonly #next = new Map<string, Change>();
  readonly #root: Change;
  /** Of a root: changes that were made of it since it last forgot them. */
  #made = 0;

  private constructor(root: Change | undefined, edits: readonly Edit[], nextHop: NextHopMode | undefined, tag: number | undefined) {
    this.#root = root ?? this;
    this.edits = edits;
    this.nextHop = nextHop;
    this.tag = tag;
  }

  /** No change: the root from which all changes of an engine are made. */
  static root(): Change {
    return new Change(undefined, [], undefined, undefined);
  }

  /** This change, then the edit. */
  plus(edit: Edit): Change {
    let next = this.#next.get(edit.text);
    if (next === undefined) {
      const root = this.#root;
      if (++root.#made > CHANGES_MAX) {
        root.#made = 1;
        root.#next.clear();
      }
      next = new Change(root, [...this.edits, edit], edit.nextHop ?? this.nextHop, edit.tag ?? this.tag);
      this.#next.set(edit.text, next);
    }
    return next;
  }

  /** This change, then the other one. */
  followedBy(other: Change): Change {
    return other.edits.reduce<Change>((change, edit) => change.plus(edit), this);
  }

  /** Some edit is one of attributes, not only of the tag or of how the next hop is exported. */
  get changesAttributes(): boolean {
    return this.edits.some(({ apply }) => apply !== undefined);
  }

  /** Some edit is one of MULTI_EXIT_DISC. */
  get setsMed(): boolean {
    return this.edits.some(({ setsMed }) => setsMed === true);
  }

  /** `LOCAL_PREF 200; communities add 64512:100` */
  get text(): string {
    return this.edits.map(({ text }) => text).join('; ');
  }

  /**
   * The changed octets of the canonical block `bytes[start, end)`, canonical again. Undefined where nothing changes. Or why the change
   * cannot be made: the route is then to be rejected.
   */
  apply(bytes: Uint8Array, start = 0, end: number = bytes.length): Uint8Array | EditFailure | undefined {
    const draft = new Draft(bytes, start, end);
    for (const { apply } of this.edits) {
      const failure = apply?.(draft);
      if (failure !== undefined) return failure;
    }
    const octets = draft.finish();
    return octets !== undefined && octets.length > SET_LENGTH_MAX ? 'attributes-too-long' : octets;
  }
}
