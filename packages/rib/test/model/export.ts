/** Export in the naive reference: whether a peer gets a route, and in which form. */
import { Role } from '@tsbgp/wire';
import { sentPath } from './as-path.ts';
import type { ModelPeer, ModelRoute } from './route.ts';

export const NO_EXPORT = 0xffff_ff01;
export const NO_ADVERTISE = 0xffff_ff02;
export const NO_EXPORT_SUBCONFED = 0xffff_ff03;
const DEFAULT_LOCAL_PREF = 100;

export function isExported(route: ModelRoute, to: ModelPeer): boolean {
  const { from, communities } = route;
  if (from.address === to.address) return false;
  // RFC 1997.
  if (communities.includes(NO_ADVERTISE)) return false;
  if (communities.includes(NO_EXPORT) && to.relation === 'external') return false;
  if (communities.includes(NO_EXPORT_SUBCONFED) && to.relation !== 'internal') return false;
  // RFC 9234 §5, egress 2.
  if (to.relation === 'external' && isCustomerOf(to.role) && route.onlyToCustomer !== undefined) return false;
  // RFC 4271 §9.2, RFC 4456 §6.
  if (from.relation === 'internal' && to.relation === 'internal') {
    if (!from.client && !to.client) return false;
    if (from.client && to.client && from.clusterId === to.clusterId && !to.clientToClient) return false;
  }
  return true;
}

/** The route as the peer gets it; `ourNextHop` is our own address in the family. */
export function sent(route: ModelRoute, to: ModelPeer, ourNextHop: string): Omit<ModelRoute, 'from'> {
  const isExternal = to.relation === 'external';
  const isReflected = route.from.relation === 'internal' && to.relation === 'internal';
  const isInOurAs = to.relation === 'internal';
  return {
    asPath: sentPath(route.asPath, to),
    nextHop: isExternal ? ourNextHop : route.nextHop,
    med: isExternal ? undefined : route.med,
    localPref: isExternal ? undefined : (route.localPref ?? DEFAULT_LOCAL_PREF),
    communities: route.communities,
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
