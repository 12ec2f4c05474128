/** What becomes of a path that is there already: the rules of import for its attribute set, and whether it is suppressed (RFC 2439). */
import { codeOf, NO_REASON } from '../filter-reason.ts';
import type { RibPeer } from '../peer.ts';
import type { PathId, RibTable } from '../table.ts';
import type { Verdict } from '../verdict.ts';
import type { ImportRules } from './rules.ts';

/** Borrowed until the rules judge again. */
export function judgePath(rules: ImportRules, table: RibTable, path: PathId, peer: RibPeer): Verdict {
  const attr = table.receivedAttrOf(path);
  const verdict = rules.judge(attr, peer);
  if (peer.damping === undefined || verdict.reason !== NO_REASON) return verdict;
  return peer.damping.isSuppressed(table.position, table.nlriOf(path)) ? verdict.reject(attr, codeOf('damped')) : verdict;
}
