/**
 * What import changes in the attribute sets of a peer, before policy:
 *
 *   1. ONLY_TO_CUSTOMER with the AS of the peer is added where our role asks for it and the set has none (RFC 9234 §5).
 *   2. An AS of ours goes in front of AS_PATH (local-as).
 *   3. LOCAL_PREF is 0 where the route or the session is to go soon (RFC 8326).
 *   4. NO_EXPORT or NO_ADVERTISE is added to what has BLACKHOLE (RFC 7999 §3.2).
 *
 * Peers with the same changes share the changed sets. Each is made once, when the first route comes with the original.
 */
import type { AttributeTable } from '../attributes/attribute-table.ts';
import { withAsInFront, withCommunity, withLocalPref, withOnlyToCustomer } from '../attributes/change.ts';
import { ChangedSets, type SetChange } from '../attributes/changed-sets.ts';
import { AttrFlag } from '../attributes/facts.ts';
import { PeerKind, type RibPeer } from '../peer.ts';
import { marksWhatComes } from '../roles.ts';

/** The same numbers are the same changes. 0 is none: it is nobody's AS number (RFC 7607). */
interface Recipe {
  readonly onlyToCustomer: number;
  readonly prepend: number;
  readonly gracefulShutdown: GracefulShutdown;
  /** The community that goes to BLACKHOLE. */
  readonly blackholeMark: number;
}

/** Which routes get LOCAL_PREF 0. */
const GracefulShutdown = { None: 0, Marked: 1, All: 2 } as const;
type GracefulShutdown = (typeof GracefulShutdown)[keyof typeof GracefulShutdown];

const BLACKHOLE_MARKS = { 'no-export': 0xffff_ff01, 'no-advertise': 0xffff_ff02 } as const;

/** What changes the sets of a peer. */
export interface PeerChanges {
  readonly sets: ChangedSets;
  /** Bits of `AttrFlag` of which a set must have one to be changed; ALWAYS: any set may be. */
  readonly when: number;
}

/** Beside the bits of `AttrFlag`. */
export const ALWAYS: number = 1 << 16;

interface Shared extends PeerChanges {
  readonly key: string;
  users: number;
}

export class ImportChanges {
  readonly #attributes: AttributeTable;
  readonly #shared: Map<string, Shared> = new Map();

  constructor(attributes: AttributeTable) {
    this.#attributes = attributes;
  }

  /** The changes for a peer, until `release`; undefined where there are none. */
  acquire(peer: RibPeer): PeerChanges | undefined {
    const recipe = recipeOf(peer);
    const when = whenOf(recipe);
    if (when === 0) return undefined;
    const key = Object.values(recipe).join(' ');
    const shared = this.#shared.get(key) ?? { key, sets: new ChangedSets(this.#attributes, changeOf(recipe)), when, users: 0 };
    this.#shared.set(key, shared);
    shared.users++;
    return shared;
  }

  release(changes: PeerChanges): void {
    for (const shared of this.#shared.values()) {
      if (shared !== changes || --shared.users > 0) continue;
      this.#shared.delete(shared.key);
      shared.sets.dispose();
    }
  }

  /** The sets that are held here: each id as often as it is held. */
  *heldSets(): Iterable<number> {
    for (const { sets } of this.#shared.values()) yield* sets.held();
  }
}

function recipeOf({ kind, options }: RibPeer): Recipe {
  const isExternal = kind === PeerKind.External;
  const { role, remoteAs, asPath, gracefulShutdown, obeysGracefulShutdown, blackholeMark } = options;
  const obeys = isExternal && obeysGracefulShutdown === true;
  return {
    onlyToCustomer: isExternal && marksWhatComes(role) ? remoteAs : 0,
    prepend: asPath?.prependIn ?? 0,
    gracefulShutdown: gracefulShutdown === true ? GracefulShutdown.All : obeys ? GracefulShutdown.Marked : GracefulShutdown.None,
    blackholeMark: isExternal && blackholeMark !== undefined ? BLACKHOLE_MARKS[blackholeMark] : 0,
  };
}

function whenOf({ onlyToCustomer, prepend, gracefulShutdown, blackholeMark }: Recipe): number {
  if (onlyToCustomer !== 0 || prepend !== 0 || gracefulShutdown === GracefulShutdown.All) return ALWAYS;
  const marked = gracefulShutdown === GracefulShutdown.Marked ? AttrFlag.GracefulShutdown : 0;
  return marked | (blackholeMark === 0 ? 0 : AttrFlag.Blackhole);
}

function changeOf({ onlyToCustomer, prepend, gracefulShutdown, blackholeMark }: Recipe): SetChange {
  return (attributes, attr) => {
    const before = attributes.octets(attr);
    const flags = attributes.flags[attr]!;
    let after = before;
    if (onlyToCustomer !== 0 && (flags & AttrFlag.OnlyToCustomer) === 0) after = withOnlyToCustomer(after, onlyToCustomer);
    if (prepend !== 0) after = withAsInFront(after, prepend);
    const isGoing = gracefulShutdown === GracefulShutdown.All || (flags & AttrFlag.GracefulShutdown) !== 0;
    if (gracefulShutdown !== GracefulShutdown.None && isGoing) after = withLocalPref(after, 0);
    if (blackholeMark !== 0 && (flags & AttrFlag.Blackhole) !== 0) after = withCommunity(after, blackholeMark);
    return after === before ? attr : attributes.intern(after, 0, after.length);
  };
}
