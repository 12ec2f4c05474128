/**
 * What becomes of a route on its way in: it is used with an attribute set, which need not be the one that came, or it is held and not used.
 *
 *   1. What cannot be used, whatever policy says (unusable.ts).
 *   2. Import policy sees the set as it came. It rejects it, or changes it (policy/policy-memo.ts).
 *   3. What BGP changes, in what policy made of it (changes.ts).
 *   4. A next hop that cannot be reached.
 *
 * All of it depends on the attribute set and the peer, so that it is worked out at most once per field of routes, not per route. Nearly all
 * sets need no more than one comparison of bits. Where policy looks at the NLRI, the path identifier or what RPKI says, 2 to 4 are done for each
 * route (judge-path.ts).
 */
import type { Family } from '@tsbgp/wire';
import type { AttributeTable } from '../attributes/attribute-table.ts';
import { codeOf, NO_REASON, type ReasonCode } from '../filter-reason.ts';
import type { NlriId } from '../nlri/nlri-index.ts';
import { tellOfPaths } from '../path-knowledge.ts';
import { PeerKind, type RibPeer } from '../peer.ts';
import type { PolicyVerdict } from '../policy/policy.ts';
import { PolicyMemo } from '../policy/policy-memo.ts';
import { PolicyReasons } from '../policy/policy-reasons.ts';
import { RouteMarks } from '../rpki/route-marks.ts';
import type { RouteStates } from '../rpki/route-states.ts';
import type { PathId, RibTable } from '../table.ts';
import { AspaState, RovState, Validates } from '../validation-options.ts';
import { Verdict } from '../verdict.ts';
import { ALWAYS, ImportChanges } from './changes.ts';
import { LongLived } from './long-lived.ts';
import { unusableReason } from './unusable.ts';

const NOT_CHECKED = { rov: RovState.NotChecked, aspa: AspaState.NotChecked } as const;

export class ImportRules {
  readonly #attributes: AttributeTable;
  readonly #verdict: Verdict = new Verdict();
  readonly #ofRoute: Verdict = new Verdict();
  readonly #changes: ImportChanges;
  /** What RPKI says of routes; undefined where nobody does. */
  readonly states: RouteStates | undefined;
  readonly marks: RouteMarks;
  readonly longLived: LongLived;
  readonly policies: PolicyMemo;
  readonly policyReasons: PolicyReasons = new PolicyReasons();

  constructor(attributes: AttributeTable, families: readonly Family[], states?: RouteStates) {
    this.#attributes = attributes;
    this.states = states;
    this.marks = new RouteMarks(attributes);
    this.#changes = new ImportChanges(attributes);
    this.longLived = new LongLived(attributes);
    this.policies = new PolicyMemo(attributes, this.policyReasons, families);
  }

  /**
   * What becomes of routes of a table with this set from this peer; `nlri` has the NLRI of one of them, in wire form, at `offset`. Borrowed until
   * the next call. A set that it names and that is not the one that came may be held by nobody but routes.
   */
  judge(attr: number, peer: RibPeer, table: RibTable, nlri: Uint8Array, offset: number): Verdict {
    const attributes = this.#attributes;
    const verdict = this.#verdict;
    if (peer.kind === PeerKind.Local) return verdict.accept(attr);
    const { firstAs, policy } = peer;
    if (
      (attributes.flags[attr]! & peer.suspicious) !== 0 ||
      (firstAs !== 0 && attributes.neighborAs[attr] !== firstAs) ||
      !attributes.own.settled
    ) {
      const reason = unusableReason(attributes, attr, peer);
      if (reason !== undefined) return verdict.reject(attr, codeOf(reason));
    }
    if (policy === undefined) return this.#decided(verdict, attr, attr, NO_REASON, peer);
    if (!peer.options.importAccept) return verdict.reject(attr, codeOf('import-policy'));
    if (policy.readsStates) return verdict.leaveOpen(attr);
    const { policies } = this;
    policies.ask(policy, attr, table.position, nlri, offset);
    return policies.pending === undefined ? this.#decided(verdict, attr, policies.used, policies.reason, peer) : verdict.leaveOpen(attr);
  }

  /** As `judge`, where that was left open: what becomes of one route with these states. */
  judgeOpen(table: RibTable, nlri: NlriId, identifier: number, attr: number, peer: RibPeer, rov: RovState, aspa: AspaState): Verdict {
    const { policies } = this;
    policies.askOfRoute(peer.policy!, attr, table.position, table.index, nlri, identifier, rov, aspa);
    return this.#decided(this.#ofRoute, attr, policies.used, policies.reason, peer);
  }

  /** Policy made `used` of a set, or rejects it. */
  #decided(verdict: Verdict, attr: number, used: number, reason: ReasonCode, peer: RibPeer): Verdict {
    if (reason !== NO_REASON) return verdict.reject(attr, reason);
    const attributes = this.#attributes;
    const isReachable = attributes.costOf?.(used) !== Number.POSITIVE_INFINITY;
    if (isReachable && !peer.options.importAccept) return verdict.reject(attr, codeOf('import-policy'));
    const { changes } = peer;
    const changed = changes === undefined || ((attributes.flags[used]! | ALWAYS) & changes.when) === 0 ? used : changes.sets.of(used);
    verdict.accept(attr, changed);
    return isReachable ? verdict : verdict.rejectAs(verdict, codeOf('next-hop-unreachable'));
  }

  /** Others may ask what is known here of the paths of a table. */
  inform(table: RibTable): void {
    tellOfPaths(table, { policyReasonOf: this.policyReasons.textOf, statesOf: (path) => this.statesOf(table, path) });
  }

  /** Why the policy of a peer accepts or rejects a route; undefined where it has none. Cold. */
  explainPolicy(table: RibTable, path: PathId, peer: RibPeer): PolicyVerdict | undefined {
    if (peer.policy === undefined) return undefined;
    const { rov, aspa } = this.statesOf(table, path);
    const attr = table.receivedAttrOf(path);
    return this.policies.verdictOn(peer.policy, attr, table.index, table.nlriOf(path), table.identifierOf(path), rov, aspa);
  }

  /** What RPKI says of a path, as far as the options of its peer ask for it. */
  statesOf(table: RibTable, path: PathId): { readonly rov: RovState; readonly aspa: AspaState } {
    const validates = table.peerOf(path)?.validates ?? 0;
    if (validates === 0 || this.states === undefined) return NOT_CHECKED;
    const { rov, aspa } = this.states.of(table, path);
    return {
      rov: (validates & Validates.Rov) === 0 ? RovState.NotChecked : rov,
      aspa: (validates & Validates.Aspa) === 0 ? AspaState.NotChecked : aspa,
    };
  }

  /** A session begins, or its options are others: what import changes in sets of this peer is found out. */
  admit(peer: RibPeer): void {
    const before = peer.changes;
    peer.changes = this.#changes.acquire(peer);
    // Afterwards, so that changed sets that stay the same are not made again.
    if (before !== undefined) this.#changes.release(before);
    const policyBefore = peer.policy;
    const { importPolicy, policySubject } = peer.options;
    peer.policy = importPolicy && this.policies.acquire(importPolicy, policySubject);
    if (policyBefore !== undefined) this.policies.release(policyBefore);
  }

  /** The session is over. What its paths are used with is held by the paths. */
  dismiss(peer: RibPeer): void {
    if (peer.changes !== undefined) this.#changes.release(peer.changes);
    peer.changes = undefined;
    if (peer.policy !== undefined) this.policies.release(peer.policy);
    peer.policy = undefined;
  }

  /** The changed sets that are held here: each id as often as it is held. */
  *heldSets(): Iterable<number> {
    yield* this.#changes.heldSets();
    yield* this.marks.heldSets();
    yield* this.longLived.heldSets();
    yield* this.policies.heldSets();
  }
}
