/**
 * What becomes of a route on its way in: it is used with an attribute set, which need not be the one that came, or it is held and not used.
 *
 * All of it depends on the attribute set and the peer, so that it is worked out at most once per field of routes, not per route. Nearly all
 * sets need no more than one comparison of bits.
 */
import type { AttributeTable } from '../attributes/attribute-table.ts';
import { AttrFlag } from '../attributes/facts.ts';
import { NONE } from '../columns.ts';
import { PathFlag } from '../path-flags.ts';
import { PeerKind, type RibPeer } from '../peer.ts';
import { codeOf, NO_REASON, type ReasonCode } from './reasons.ts';
import { unusableReason } from './unusable.ts';

/** What a path slot gets. */
export interface ImportVerdict {
  /** The attribute set as it came. */
  readonly received: number;
  /** The set that the decision process sees. */
  readonly used: number;
  /** Bits of `PathFlag`, and the generation (refresh.ts). */
  readonly flags: number;
  readonly reason: ReasonCode;
}

/** A verdict that its maker overwrites. Borrowed until the next one. */
export class Verdict implements ImportVerdict {
  received: number = NONE;
  used: number = NONE;
  flags = 0;
  reason: ReasonCode = NO_REASON;

  /** The route is used as it came. */
  accept(attr: number): this {
    this.received = attr;
    this.used = attr;
    this.flags = 0;
    this.reason = NO_REASON;
    return this;
  }

  reject(attr: number, reason: ReasonCode): this {
    this.accept(attr);
    this.flags = PathFlag.Filtered;
    this.reason = reason;
    return this;
  }
}

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
    if (!peer.options.importAccept) return verdict.reject(attr, codeOf('import-policy'));
    return verdict.accept(attr);
  }
}
