/**
 * What becomes of one route, where that depends on more than its attribute set and its peer:
 *
 *   1. What RPKI says of its prefix and origin, and of its AS_PATH: invalid ones are not used where the peer's options say so.
 *   2. Import policy, where it looks at that, at the NLRI or at the path identifier.
 *   3. The origin validation state goes into the set that is used (RFC 8097).
 *   4. A prefix that flaps is suppressed (RFC 2439).
 *   5. A path whose peer is away for longer than a restart takes is used as the last choice (RFC 9494 §4.2).
 */
import { codeOf, isPolicyReason, NO_REASON, type ReasonCode } from '../filter-reason.ts';
import type { NlriId } from '../nlri/nlri-index.ts';
import { GENERATION_MASK } from '../path-flags.ts';
import { PeerKind, type RibPeer } from '../peer.ts';
import { NLRI_BYTES_MAX } from '../policy/question.ts';
import type { PathId, RibTable } from '../table.ts';
import { AspaState, isValidated, RovState, Validates } from '../validation-options.ts';
import { type ImportVerdict, Verdict } from '../verdict.ts';
import type { ImportRules } from './rules.ts';

const RPKI_INVALID = codeOf('rpki-invalid');
const ASPA_INVALID = codeOf('aspa-invalid');
const DAMPED = codeOf('damped');

/**
 * Reasons that may be over without a word of the peer. Routes that are rejected for one of them are held in any case, so that they are there
 * then (RFC 9324).
 */
export function isHeldAnyway(reason: ReasonCode, peer: RibPeer): boolean {
  return (
    reason === RPKI_INVALID || reason === ASPA_INVALID || reason === DAMPED || (isPolicyReason(reason) && peer.policy?.readsStates === true)
  );
}

const judged = new Verdict();
/** The NLRI of the path that is judged. */
const wire = new Uint8Array(NLRI_BYTES_MAX);

/** The verdict on a route, from that on its attribute set, which it may be itself. Borrowed until the next route is judged. */
export function judgeRoute(
  rules: ImportRules,
  table: RibTable,
  nlri: NlriId,
  identifier: number,
  peer: RibPeer,
  verdict: ImportVerdict,
): ImportVerdict {
  if (verdict.reason !== NO_REASON) return verdict;
  let result = verdict;
  let rov: RovState = RovState.NotChecked;
  let aspa: AspaState = AspaState.NotChecked;
  const { states } = rules;
  const { received } = verdict;
  if (peer.validates !== 0 && states !== undefined) {
    if ((peer.validates & Validates.Rov) !== 0) rov = states.rov(table, nlri, received, peer);
    if (rov === RovState.Invalid && (peer.rejectsInvalid & Validates.Rov) !== 0) return rejected(verdict, RPKI_INVALID);
    if ((peer.validates & Validates.Aspa) !== 0) aspa = states.aspa(table, received, peer);
    if (aspa === AspaState.Invalid && (peer.rejectsInvalid & Validates.Aspa) !== 0) return rejected(verdict, ASPA_INVALID);
  }
  if (verdict.isOpen) {
    const ofPolicy = rules.judgeOpen(table, nlri, identifier, received, peer, rov, aspa);
    ofPolicy.flags |= verdict.flags & GENERATION_MASK;
    if (ofPolicy.reason !== NO_REASON) return ofPolicy;
    result = ofPolicy;
  }
  if (states !== undefined && peer.kind === PeerKind.External && peer.options.validation?.stateCommunity === true) {
    if (isValidated(table.family)) result = accepted(result, rules.marks.of(result.used, rov));
  }
  return peer.damping?.isSuppressed(table.position, nlri) === true ? rejected(verdict, DAMPED) : result;
}

/** What becomes of a path that is there already. Borrowed until the rules judge again. */
export function judgePath(rules: ImportRules, table: RibTable, path: PathId, peer: RibPeer): ImportVerdict {
  const nlri = table.nlriOf(path);
  if (peer.policy !== undefined) table.index.write(wire, 0, nlri);
  const verdict = rules.judge(table.receivedAttrOf(path), peer, table, wire, 0);
  const isOfRoute = verdict.isOpen || peer.judgesOneByOne;
  const ofRoute = isOfRoute ? judgeRoute(rules, table, nlri, table.identifierOf(path), peer, verdict) : verdict;
  if (ofRoute.reason !== NO_REASON || !isStaleForLong(table, path, peer)) return ofRoute;
  return accepted(ofRoute, rules.longLived.of(ofRoute.used));
}

/** Whether a path waits for its peer longer than a restart takes. */
export function isStaleForLong(table: RibTable, path: PathId, peer: RibPeer): boolean {
  const refresh = peer.refresh[table.position]!;
  return refresh.isLongLived && refresh.isStale(table.pathFlags[path]!);
}

function rejected({ received, flags }: ImportVerdict, reason: ReasonCode): ImportVerdict {
  judged.reject(received, reason);
  judged.flags |= flags & GENERATION_MASK;
  return judged;
}

function accepted({ received, flags }: ImportVerdict, used: number): ImportVerdict {
  judged.accept(received, used);
  judged.flags |= flags & GENERATION_MASK;
  return judged;
}
