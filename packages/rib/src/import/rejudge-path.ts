/** A path that is there is judged again as it was received: the rules of import changed, or what they ask for. */
import { codeOf, NO_REASON } from '../filter-reason.ts';
import type { RibPeer } from '../peer.ts';
import type { PathId, RibTable } from '../table.ts';
import { Verdict } from '../verdict.ts';
import { isHeldAnyway, isStaleForLong, judgePath } from './judge-path.ts';
import type { ImportRules } from './rules.ts';

const MAX_PREFIX = codeOf('max-prefix');
const beyond = new Verdict();

/** Gives a path the verdict that it gets now. A path that is rejected goes, where the peer's rejected routes are not held. */
export function rejudgePath(rules: ImportRules, table: RibTable, path: PathId, peer: RibPeer): void {
  let verdict = judgePath(rules, table, path, peer);
  if (isStaleForLong(table, path, peer) && rules.longLived.isRefused(verdict.used)) return table.removePath(path, peer);
  const { limits } = peer;
  // Judged again, as many routes as may be are accepted: those beyond are rejected, whatever the action of the limit was.
  if (limits !== undefined && limits.action !== 'warn') {
    const passed = limits.passedByAccepted(peer, table.position, verdict.flags, table.pathFlags[path]);
    if (passed !== undefined) verdict = beyond.rejectAs(verdict, MAX_PREFIX);
  }
  if (verdict.reason === NO_REASON || isHeldAnyway(verdict.reason, peer) || peer.keepsRejected) {
    table.rejudge(path, peer, verdict);
  } else {
    peer.discard(table.position, verdict.reason, 1);
    table.removePath(path, peer);
  }
}
