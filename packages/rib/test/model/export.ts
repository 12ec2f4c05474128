/** Export in the naive reference: whether a peer gets a route, and in which form. */
import { Role } from '@tsbgp/wire';
import { sentPath } from './as-path.ts';
import { withCommunity } from './import.ts';
import { type Judged, judged, type ModelPolicy } from './policy.ts';
import {
  GRACEFUL_SHUTDOWN,
  LLGR_STALE,
  type ModelPeer,
  type ModelRoute,
  NO_ADVERTISE,
  NO_EXPORT,
  NO_EXPORT_SUBCONFED,
  NO_PEER,
} from './route.ts';

const DEFAULT_LOCAL_PREF = 100;

/** Why a peer does not get a route to a prefix: the first sentence that holds; undefined where it gets it. */
export function reasonAgainst(route: ModelRoute, to: ModelPeer, prefix: string): string | undefined {
  const { from, communities } = route;
  const verdict = ofPolicy(route, to, prefix);
  const goes = verdict.type === 'accept' ? verdict.route : route;
  const isExternal = to.relation === 'external';
  const sentences: readonly (readonly [string, boolean])[] = [
    // RFC 1997.
    ['no-advertise', communities.includes(NO_ADVERTISE)],
    ['no-export', communities.includes(NO_EXPORT) && isExternal],
    ['no-export', communities.includes(NO_EXPORT_SUBCONFED) && to.relation !== 'internal'],
    // RFC 9494 §4.3, §4.6.
    ['llgr-stale', communities.includes(LLGR_STALE) && (to.staleRoutes === 'none' || (to.staleRoutes === 'marked' && isExternal))],
    // RFC 3765.
    ['no-peer', communities.includes(NO_PEER) && isExternal && to.role === Role.Peer],
    // RFC 9234 §5, egress 2.
    ['only-to-customer', isExternal && isCustomerOf(to.role) && route.onlyToCustomer !== undefined],
    ['internal-to-internal', isBeyondHorizon(from, to)],
    ['own-route', from.address === to.address],
    ['export-policy', verdict.type === 'reject'],
    // RFC 4271 §5.1.3.
    ['own-next-hop', keepsNextHop(goes, to, nextHopOfPolicy(to, prefix)) && goes.nextHop === to.address],
  ];
  return sentences.find(([, holds]) => holds)?.[0];
}

function ofPolicy(route: ModelRoute, { exportPolicy, number }: ModelPeer, prefix: string): Judged<ModelRoute> {
  return exportPolicy === undefined ? { type: 'accept', route } : judged(exportPolicy, route, prefix, number);
}

/** What export policy says of the next hop of routes to a prefix. */
function nextHopOfPolicy({ exportPolicy }: ModelPeer, prefix: string): ModelPolicy['nextHop'] {
  const isFor = exportPolicy?.changesOnly === undefined || exportPolicy.changesOnly === prefix;
  return isFor ? exportPolicy?.nextHop : undefined;
}

/** RFC 4271 §9.2, RFC 4456 §6. */
function isBeyondHorizon(from: ModelPeer, to: ModelPeer): boolean {
  if (from.relation !== 'internal' || to.relation !== 'internal') return false;
  if (!from.client && !to.client) return true;
  return from.client && to.client && from.clusterId === to.clusterId && !to.clientToClient;
}

function keepsNextHop({ nextHop }: ModelRoute, to: ModelPeer, byPolicy: ModelPolicy['nextHop']): boolean {
  if (nextHop === '0.0.0.0' || nextHop === '::' || byPolicy === 'self') return false;
  if (byPolicy === 'unchanged') return true;
  return to.relation === 'external' ? to.nextHopUnchanged : !to.nextHopSelf;
}

/** The route as the peer gets it; `ourNextHop` is our own address in the family. */
export function sent(chosen: ModelRoute, to: ModelPeer, ourNextHop: string, prefix: string): Omit<ModelRoute, 'from'> {
  const verdict = ofPolicy(chosen, to, prefix);
  const route = verdict.type === 'accept' ? verdict.route : chosen;
  const isMedOurs = to.exportPolicy?.med !== undefined && route !== chosen;
  const isExternal = to.relation === 'external';
  const isReflected = route.from.relation === 'internal' && to.relation === 'internal';
  const isInOurAs = to.relation === 'internal';
  const communities = to.gracefulShutdown ? withCommunity(route.communities, GRACEFUL_SHUTDOWN) : route.communities;
  const isLast = to.staleRoutes === 'marked' && route.communities.includes(LLGR_STALE);
  return {
    asPath: sentPath(route.asPath, to),
    nextHop: keepsNextHop(route, to, nextHopOfPolicy(to, prefix)) ? route.nextHop : ourNextHop,
    // RFC 4271 §5.1.4: what came from elsewhere does not go to a third AS.
    med: isExternal && route.from.relation !== 'local' && !isMedOurs ? undefined : route.med,
    localPref: isExternal ? undefined : isLast ? 0 : (route.localPref ?? DEFAULT_LOCAL_PREF),
    communities: isLast ? withCommunity(communities, NO_EXPORT) : communities,
    originatorId: isInOurAs ? (route.originatorId ?? (isReflected ? route.from.bgpIdentifier : undefined)) : undefined,
    clusterList: isInOurAs ? [...(isReflected ? clustersPassed(route.from, to) : []), ...route.clusterList] : [],
    onlyToCustomer: route.onlyToCustomer ?? (isExternal && isProviderOf(to.role) ? to.localAs : undefined),
  };
}

/** RFC 4456 §8: the cluster of the peer, then that of the source, each once; only clients are in a cluster. */
function clustersPassed(from: ModelPeer, to: ModelPeer): readonly string[] {
  return [...new Set([...(to.client ? [to.clusterId] : []), ...(from.client ? [from.clusterId] : [])])];
}

/** RFC 9234 §5, egress 2: the peer is a provider, a peer or a route server. */
function isCustomerOf(role: number | undefined): boolean {
  return role === Role.Customer || role === Role.Peer || role === Role.RouteServerClient;
}

/** RFC 9234 §5, egress 1: the peer is a customer, a peer or a client of our route server. */
function isProviderOf(role: number | undefined): boolean {
  return role === Role.Provider || role === Role.Peer || role === Role.RouteServer;
}
