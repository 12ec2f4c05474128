/**
 * What becomes of a route on its way in: it is used with an attribute set, which need not be the one that came, or it is held and not used.
 *
 * All of it depends on the attribute set and the peer, so that it is worked out at most once per field of routes, not per route. Nearly all
 * sets need no more than one comparison of bits.
 */
import type { AttributeTable } from '../attributes/attribute-table.ts';
import { codeOf } from '../filter-reason.ts';
import { PeerKind, type RibPeer } from '../peer.ts';
import { RouteMarks } from '../rpki/route-marks.ts';
import type { RouteStates } from '../rpki/route-states.ts';
import { Verdict } from '../verdict.ts';
import { ALWAYS, ImportChanges } from './changes.ts';
import { LongLived } from './long-lived.ts';
import { unusableReason } from './unusable.ts';

export class ImportRules {
  readonly #attributes: AttributeTable;
  readonly #verdict: Verdict = new Verdict();
  readonly #changes: ImportChanges;
  /** What RPKI says of routes; undefined where nobody does. */
  readonly states: RouteStates | undefined;
  readonly marks: RouteMarks;
  readonly longLived: LongLived;

  constructor(attributes: AttributeTable, states?: RouteStates) {
    this.#attributes = attributes;
    this.states = states;
    this.marks = new RouteMarks(attributes);
    this.#changes = new ImportChanges(attributes);
    this.longLived = new LongLived(attributes);
  }

  /** What becomes of routes with this set from this peer. Borrowed until the next call. */
  judge(attr: number, peer: RibPeer): Verdict {
    const attributes = this.#attributes;
    const verdict = this.#verdict;
    if (peer.kind === PeerKind.Local) return verdict.accept(attr);
    const { firstAs } = peer;
    if (
      (attributes.flags[attr]! & peer.suspicious) !== 0 ||
      (firstAs !== 0 && attributes.neighborAs[attr] !== firstAs) ||
      !attributes.own.settled
    ) {
      const reason = unusableReason(attributes, attr, peer);
      if (reason !== undefined) return verdict.reject(attr, codeOf(reason));
    }
    if (attributes.costOf?.(attr) === Number.POSITIVE_INFINITY) return verdict.reject(attr, codeOf('next-hop-unreachable'));
    if (!peer.options.importAccept) return verdict.reject(attr, codeOf('import-policy'));
    const { changes } = peer;
    if (changes === undefined || ((attributes.flags[attr]! | ALWAYS) & changes.when) === 0) return verdict.accept(attr);
    return verdict.accept(attr, changes.sets.of(attr));
  }

  /** A session begins, or its options are others: what import changes in sets of this peer is found out. */
  admit(peer: RibPeer): void {
    const before = peer.changes;
    peer.changes = this.#changes.acquire(peer);
    // Afterwards, so that changed sets that stay the same are not made again.
    if (before !== undefined) this.#changes.release(before);
  }

  /** The session is over. What its paths are used with is held by the paths. */
  dismiss(peer: RibPeer): void {
    if (peer.changes === undefined) return;
    this.#changes.release(peer.changes);
    peer.changes = undefined;
  }

  /** The changed sets that are held here: each id as often as it is held. */
  *heldSets(): Iterable<number> {
    yield* this.#changes.heldSets();
    yield* this.marks.heldSets();
    yield* this.longLived.heldSets();
  }
}
