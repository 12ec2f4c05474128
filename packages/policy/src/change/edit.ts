/**
 * An edit is one step of a change, with all numbers known: "LOCAL_PREF 200", "communities add 64512:100". An action is what a statement
 * says; it becomes an edit once it is known for which neighbor, because it may name the neighbor's numbers.
 */
import type { Peer } from '../route/peer.ts';
import { type ReadBits, Reads } from '../route/reads.ts';
import type { Draft } from './draft.ts';

/** One step of a change, with all numbers known. */
export interface Edit {
  /** Says what is done. Edits with the same text are the same edit. */
  readonly text: string;
  /** Changes the draft, or returns why that is not possible: the route is then rejected. Undefined: no attribute changes. */
  readonly apply?: ((draft: Draft) => EditFailure | undefined) | undefined;
  /** What the export does with the next hop, where that is not decided by octets here. */
  readonly nextHop?: NextHopMode | undefined;
  /** MULTI_EXIT_DISC becomes one of ours, so that it goes out to other ASes (RFC 4271 §5.1.4). */
  readonly setsMed?: boolean | undefined;
  /** The number that later statements see. */
  readonly tag?: number | undefined;
}

/** `given`: the octets have it, leave it. `self`, `unchanged`: as the session's options of these names. */
export type NextHopMode = 'given' | 'self' | 'unchanged';

/** Why a change cannot be made. */
export type EditFailure = 'attributes-too-long' | 'next-hop-of-other-family';

/** What a statement does to an attribute set, for whatever neighbor. */
export interface Action {
  readonly text: string;
  /** Identifies the action by content: equal keys, equal edits. */
  readonly key: string;
  readonly reads: ReadBits;
  /** undefined: there is nothing to do for this neighbor, because a number of its does not fit. */
  readonly editFor: (peer: Peer | undefined) => Edit | undefined;
}

/** An action that is the same for all neighbors. */
export function constantAction(edit: Edit): Action {
  return { text: edit.text, key: edit.text, reads: Reads.Nothing, editFor: () => edit };
}
