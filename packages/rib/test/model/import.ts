/** Import in the naive reference: why a route is not used, and in which form one is used. */
import { Role } from '@tsbgp/wire';
import { isConfederationSegment, prepended } from './as-path.ts';
import { type Judged, judged } from './policy.ts';
import { BLACKHOLE, GRACEFUL_SHUTDOWN, LLGR_STALE, type ModelRoute, type ModelSpeaker, NO_ADVERTISE, NO_EXPORT } from './route.ts';

const LONG = 750;

/** Why a route to a prefix is not used: the first sentence that holds. What a policy says follows a colon. */
export function rejection(route: ModelRoute, prefix: string, speaker: ModelSpeaker): string | undefined {
  if (route.from.relation === 'local') return undefined;
  const sentences: readonly (readonly [string, boolean])[] = [
    ['as-loop', isLoop(route, speaker)],
    ['originator-id', route.originatorId === speaker.bgpIdentifier],
    ['cluster-list', route.clusterList.some((cluster) => cluster === speaker.clusterId || speaker.clusterIds.has(cluster))],
    ['next-hop', speaker.addresses.includes(route.nextHop)],
    ['first-as', hasOtherFirstAs(route)],
    ['as-set', route.from.asPath.rejectSets && route.asPath.some(({ type }) => type === 'set' || type === 'confed-set')],
    ['as-path-length', route.from.asPath.rejectLong && route.asPath.flatMap(({ asns }) => asns).length > LONG],
    ['route-leak', isLeak(route)],
  ];
  const reason = sentences.find(([, holds]) => holds)?.[0];
  if (reason !== undefined) return reason;
  const verdict = ofPolicy(route, prefix);
  return verdict.type === 'accept' ? undefined : `import-policy: ${verdict.reason ?? ''}`;
}

function ofPolicy(route: ModelRoute, prefix: string): Judged<ModelRoute> {
  const { importPolicy, number } = route.from;
  return importPolicy === undefined ? { type: 'accept', route } : judged(importPolicy, route, prefix, number);
}

/** The route as it is used: policy sees what came, and the rest sees what policy made of it. */
export function used(came: ModelRoute, prefix: string): ModelRoute {
  if (came.from.relation === 'local') return came;
  const verdict = ofPolicy(came, prefix);
  const route = verdict.type === 'accept' ? verdict.route : came;
  const { prependIn } = route.from.asPath;
  const { onlyToCustomer = addedOnImport(route) } = route;
  const asPath = prependIn === undefined ? route.asPath : prepended(route.asPath, 'sequence', [prependIn]);
  return { ...route, asPath, onlyToCustomer, localPref: localPrefOf(route), communities: communitiesOf(route) };
}

/** RFC 8326 §4.1, and the receiver's side of a session that is to end. */
function localPrefOf({ from, communities, localPref }: ModelRoute): number | undefined {
  const isMarked = from.relation === 'external' && from.obeysGracefulShutdown && communities.includes(GRACEFUL_SHUTDOWN);
  return from.gracefulShutdown || isMarked ? 0 : localPref;
}

/** RFC 9494 §4.2. */
function communitiesOf(route: ModelRoute): readonly number[] {
  return route.staleForLong === true ? withCommunity(blackholed(route), LLGR_STALE) : blackholed(route);
}

/** RFC 7999 §3.2. */
function blackholed({ from, communities }: ModelRoute): readonly number[] {
  if (from.relation !== 'external' || from.blackholeMark === undefined || !communities.includes(BLACKHOLE)) return communities;
  return withCommunity(communities, from.blackholeMark === 'no-export' ? NO_EXPORT : NO_ADVERTISE);
}

export function withCommunity(communities: readonly number[], added: number): readonly number[] {
  return communities.includes(added) ? communities : [...communities, added];
}

/** RFC 4271 §9.1.2; RFC 5065 §4: in a confederation our own AS counts in confederation segments, the confederation's everywhere. */
function isLoop({ asPath, from }: ModelRoute, { as, confederation }: ModelSpeaker): boolean {
  const ours = asPath.flatMap((segment) =>
    segment.asns.filter((asn) => {
      if (confederation === undefined) return asn === as || asn === from.localAs;
      if (asn === confederation) return true;
      return isConfederationSegment(segment) ? asn === as : from.relation === 'external' && asn === from.localAs;
    }),
  );
  return ours.length > from.asPath.ownAllowed;
}

/** RFC 4271 §6.3. */
function hasOtherFirstAs({ asPath: [first], from }: ModelRoute): boolean {
  if (from.relation !== 'external' || !from.asPath.enforceFirst) return false;
  return first?.type !== 'sequence' || first.asns[0] !== from.as;
}

/** RFC 9234 §5, ingress 1 and 2. */
function isLeak({ onlyToCustomer, from }: ModelRoute): boolean {
  if (onlyToCustomer === undefined || from.relation !== 'external') return false;
  if (from.role === Role.Peer) return onlyToCustomer !== from.as;
  return from.role === Role.Provider || from.role === Role.RouteServer;
}

/** RFC 9234 §5, ingress 3. */
function addedOnImport({ from }: ModelRoute): number | undefined {
  if (from.relation !== 'external') return undefined;
  return from.role === Role.Customer || from.role === Role.Peer || from.role === Role.RouteServerClient ? from.as : undefined;
}
