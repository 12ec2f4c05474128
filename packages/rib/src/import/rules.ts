/**
 * What becomes of a route on its way in: it is used with an attribute set, which need not be the one that came, or it is held and not used.
 *
 * All of it depends on the attribute set and the peer, so that it is worked out at most once per field of routes, not per route. Nearly all
 * sets need no more than one comparison of bits.
 */
import type { AttributeTable } from '../attributes/attribute-table.ts';
import { AttrFlag } from '../attributes/facts.ts';
import { codeOf } from '../filter-reason.ts';
import { PeerKind, type RibPeer } from '../peer.ts';
import { Verdict } from '../verdict.ts';
import { unusableReason } from './unusable.ts';

export class ImportRules {
  readonly #attributes: AttributeTable;
  readonly #verdict: Verdict = new Verdict();

  constructor(attributes: AttributeTable) {
    this.#attributes = attributes;
  }

  /** What becomes of routes with this set from this peer. Borrowed until the next call. */
  judge(attr: number, peer: RibPeer): Verdict {
    const attributes = this.#attributes;
    const verdict = this.#verdict;
    if (peer.kind === PeerKind.Local) return verdict.accept(attr);
    if ((attributes.flags[attr]! & (AttrFlag.Own | AttrFlag.BadNextHop)) !== 0 || !attributes.own.settled) {
      const reason = unusableReason(attributes, attr, peer);
      if (reason !== undefined) return verdict.reject(attr, codeOf(reason));
    }
    if (attributes.costOf?.(attr) === Number.POSITIVE_INFINITY) return verdict.reject(attr, codeOf('next-hop-unreachable'));
    if (!peer.options.importAccept) return verdict.reject(attr, codeOf('import-policy'));
    return verdict.accept(attr);
  }
}
