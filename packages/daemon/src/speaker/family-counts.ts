/** What is counted of a neighbor and family. All of it is kept as routes come and go: no question walks a table. */
import { countOf, FILTER_REASONS, type FilterReason, type Rib } from '@tsbgp/rib';
import type { Family } from '@tsbgp/wire';
import type { FamilyCounts, ReasonCount } from '../control-plane.ts';
import type { Neighbor } from './neighbor.ts';

export function familyCounts(rib: Rib, neighbor: Neighbor, family: Family): FamilyCounts {
  const { ribPeer: peer } = neighbor;
  if (peer === undefined) {
    return {
      family,
      received: 0,
      accepted: 0,
      advertised: 0,
      rejected: [],
      discarded: [],
      withdrawn: 0,
      announcementsSent: 0,
      withdrawalsSent: 0,
      refreshing: false,
      stale: 0,
      prefixFilter: [],
      awaitsPrefixFilter: false,
    };
  }
  const { position } = rib.table(family);
  const member = rib.memberOf(peer, family);
  return {
    family,
    received: peer.received[position]!,
    accepted: peer.accepted[position]!,
    advertised: member?.advertised ?? 0,
    rejected: byReason(rib, peer.rejected[position]!),
    discarded: byReason(rib, peer.discarded[position]!),
    withdrawn: peer.withdrawn[position]!,
    announcementsSent: member?.announcements ?? 0,
    withdrawalsSent: member?.withdrawals ?? 0,
    limitState: peer.limits?.stateOf(peer, position),
    refreshing: peer.refresh[position]!.isRunning && !peer.refresh[position]!.isRestart,
    stale: peer.refresh[position]!.stale,
    staleRoutes: neighbor.restart?.stateOf(family),
    prefixFilter: neighbor.orf?.entriesOf(family) ?? [],
    awaitsPrefixFilter: neighbor.orf?.isAwaited(family) === true,
    groupMembers: member?.group.memberCount,
    behind: member?.behind === true ? member.missedCount : undefined,
  };
}

/** Reasons that have a count, in their order; after `import-policy`, the reasons that policies name. */
function byReason(rib: Rib, counts: ArrayLike<number>): ReasonCount[] {
  const named = Array.from(rib.policyReasonCounts(counts), ({ reason, count }) => ({
    reason: 'import-policy' as const,
    policyReason: reason,
    count,
  }));
  const unnamed = (reason: FilterReason): number =>
    countOf(counts, reason) - (reason === 'import-policy' ? named.reduce((sum, { count }) => sum + count, 0) : 0);
  return FILTER_REASONS.flatMap((reason): ReasonCount[] => [
    { reason, count: unnamed(reason) },
    ...(reason === 'import-policy' ? named : []),
  ]).filter(({ count }) => count > 0);
}
