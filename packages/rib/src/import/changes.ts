/**
 * What import changes in the attribute sets of a peer, before policy:
 *
 *   1. ONLY_TO_CUSTOMER with the AS of the peer is added where our role asks for it and the set has none (RFC 9234 §5).
 *   2. An AS of ours goes in front of AS_PATH (local-as).
 *
 * Peers with the same changes share the changed sets. Each is made once, when the first route comes with the original.
 */
import type { AttributeTable } from '../attributes/attribute-table.ts';
import { withAsInFront, withOnlyToCustomer } from '../attributes/change.ts';
import { ChangedSets } from '../attributes/changed-sets.ts';
import { AttrFlag } from '../attributes/facts.ts';
import { PeerKind, type RibPeer } from '../peer.ts';
import { marksWhatComes } from '../roles.ts';

/** The same numbers are the same changes. 0 is none: it is nobody's AS number (RFC 7607). */
interface Recipe {
  readonly onlyToCustomer: number;
  readonly prepend: number;
}

interface Shared {
  readonly key: string;
  readonly sets: ChangedSets;
  users: number;
}

export class ImportChanges {
  readonly #attributes: AttributeTable;
  readonly #shared: Map<string, Shared> = new Map();

  constructor(attributes: AttributeTable) {
    this.#attributes = attributes;
  }

  /** The changes for a peer, until `release`; undefined where there are none. */
  acquire(peer: RibPeer): ChangedSets | undefined {
    const recipe = recipeOf(peer);
    const key = Object.values(recipe).join(' ');
    if (recipe.onlyToCustomer === 0 && recipe.prepend === 0) return undefined;
    const shared = this.#shared.get(key) ?? { key, sets: new ChangedSets(this.#attributes, changeOf(recipe)), users: 0 };
    this.#shared.set(key, shared);
    shared.users++;
    return shared.sets;
  }

  release(sets: ChangedSets): void {
    for (const shared of this.#shared.values()) {
      if (shared.sets !== sets || --shared.users > 0) continue;
      this.#shared.delete(shared.key);
      sets.dispose();
    }
  }

  /** The sets that are held here: each id as often as it is held. */
  *heldSets(): Iterable<number> {
    for (const { sets } of this.#shared.values()) yield* sets.held();
  }
}

function recipeOf({ kind, options }: RibPeer): Recipe {
  const isExternal = kind === PeerKind.External;
  return {
    onlyToCustomer: isExternal && marksWhatComes(options.role) ? options.remoteAs : 0,
    prepend: options.asPath?.prependIn ?? 0,
  };
}

function changeOf({ onlyToCustomer, prepend }: Recipe): (attributes: AttributeTable, attr: number) => number {
  return (attributes, attr) => {
    const before = attributes.octets(attr);
    const hasOtc = (attributes.flags[attr]! & AttrFlag.OnlyToCustomer) !== 0;
    const marked = onlyToCustomer === 0 || hasOtc ? before : withOnlyToCustomer(before, onlyToCustomer);
    const after = prepend === 0 ? marked : withAsInFront(marked, prepend);
    return after === before ? attr : attributes.intern(after, 0, after.length);
  };
}
