/** Why a route is the best one, and why a neighbor gets it or does not, in the words of rustbgpd.v1. */
import type { MessageInitShape } from '@bufbuild/protobuf';
import { rustbgpd } from '@tsbgp/api';
import { findAttribute, formatLargeCommunity } from '@tsbgp/wire';
import { ControlError, type ControlPlane, type ExplainedRoute, type Route, type RouteDefeat } from '../../control-plane.ts';
import { LOCAL_PEER, numberOf, routeMessage } from './route-messages.ts';
import { prefixParts } from './values.ts';

const { ExplainDecision } = rustbgpd;

/** Steps that rustbgpd does not have keep the daemon's name. */
const STEPS: Readonly<Partial<Record<RouteDefeat['step'], string>>> = {
  stale: 'stale_preference',
  'local-pref': 'higher_local_pref',
  'as-path-length': 'shorter_as_path',
  origin: 'lower_origin',
  'multi-exit-disc': 'lower_med',
  'peer-type': 'ebgp_over_ibgp',
  'cluster-list-length': 'shorter_cluster_list',
  'bgp-identifier': 'lower_originator_id',
  'peer-address': 'lower_peer_address',
};

/** Reasons that rustbgpd does not have keep the daemon's name. */
const REASONS: Readonly<Record<string, string>> = {
  'own-route': 'ibgp_split_horizon',
  'internal-to-internal': 'ibgp_split_horizon',
  'export-policy': 'policy_denied',
};

export function explainBest(control: ControlPlane, prefix: string): MessageInitShape<typeof rustbgpd.ExplainBestPathResponseSchema> {
  const paths = pathsOf(() => control.paths({ prefix }).paths).filter(({ route }) => !route.filtered);
  const best = paths.find(({ route }) => route.best);
  return {
    ...prefixParts(prefix),
    ...(best && { bestRoute: routeMessage(best.route, true) }),
    candidates: paths
      .filter((path) => path !== best)
      .map(({ route, defeat }) => ({
        route: routeMessage(route),
        vsBestReason: defeat === undefined ? '' : (STEPS[defeat.step] ?? underscored(defeat.step)),
        vsBestOrdering: defeat === undefined ? 'equal' : 'worse',
      })),
  };
}

/** Of a neighbor with a session. */
export async function explainAdvertised(
  control: ControlPlane,
  peer: string,
  prefix: string,
): Promise<MessageInitShape<typeof rustbgpd.ExplainAdvertisedRouteResponseSchema>> {
  const message = { peerAddress: peer, ...prefixParts(prefix) };
  const none = {
    ...message,
    decision: ExplainDecision.NO_BEST_ROUTE,
    reasons: [{ code: 'no_best_route', message: `there is no best path to ${prefix}` }],
  };
  let explanation: ReturnType<ControlPlane['explain']>;
  try {
    explanation = control.explain({ prefix, neighbor: peer });
  } catch (error) {
    if (error instanceof ControlError && error.code === 'not-found') return none;
    throw error;
  }
  const found = explanation.neighbors[0];
  const best = explanation.paths.find(({ route }) => route.best);
  if (best === undefined || found === undefined) return none;
  if (found.cause !== undefined) {
    const reasons = [{ code: 'family_not_sendable', message: `the session with ${peer} does not carry the family of the prefix` }];
    return { ...message, decision: ExplainDecision.UNSUPPORTED_FAMILY, reasons };
  }
  const sent = found.paths.find(({ reason }) => reason === undefined);
  if (sent !== undefined) return { ...message, ...(await advertised(control, peer, prefix, explanation.paths[sent.path]!.route)) };
  const denied = found.paths.find(({ path }) => explanation.paths[path] === best) ?? found.paths[0];
  const { reason = 'not-best', policyStatement, policyReason } = denied ?? {};
  const words = [reason.replaceAll('-', ' '), policyStatement, policyReason].filter((text) => text !== undefined && text !== '');
  return {
    ...message,
    ...sourceOf(control, best.route),
    decision: ExplainDecision.DENY,
    reasons: [{ code: REASONS[reason] ?? underscored(reason), message: words.join(': ') }],
  };
}

/** What leaves towards the neighbor, and how it differs from the route. */
async function advertised(
  control: ControlPlane,
  peer: string,
  prefix: string,
  route: Route,
): Promise<MessageInitShape<typeof rustbgpd.ExplainAdvertisedRouteResponseSchema>> {
  const source = sourceOf(control, route);
  const query = { table: 'advertised', neighbor: peer, prefix: { value: prefix, match: 'exact' } } as const;
  const { routes } = await control.routesPage(query, 1);
  const out = routes[0] ?? route;
  const kind = source.routeType === 'local' ? 'local_route' : source.routeType === 'internal' ? 'ibgp_route' : 'ebgp_route';
  return {
    ...source,
    decision: ExplainDecision.ADVERTISE,
    nextHop: out.nextHop,
    pathId: out.pathIdentifier ?? 0,
    reasons: [
      { code: kind, message: `a route of ${route.neighbor || 'the daemon itself'}` },
      { code: 'policy_permitted', message: 'the export policy of the neighbor permits it' },
    ],
    modifications: modifications(route, out),
  };
}

function sourceOf(control: ControlPlane, { neighbor }: Route): { readonly routePeerAddress: string; readonly routeType: string } {
  if (neighbor === '') return { routePeerAddress: LOCAL_PEER, routeType: 'local' };
  const session = control.listNeighbors().find(({ config }) => config.address === neighbor)?.session;
  return { routePeerAddress: neighbor, routeType: session?.peerType === 'ibgp' ? 'internal' : 'external' };
}

function modifications(before: Route, after: Route): MessageInitShape<typeof rustbgpd.ExplainModificationsSchema> {
  const localPref = findAttribute(after.attributes, 'local-pref')?.value;
  const med = findAttribute(after.attributes, 'multi-exit-disc')?.value;
  const communities = difference(
    findAttribute(before.attributes, 'communities')?.value ?? [],
    findAttribute(after.attributes, 'communities')?.value ?? [],
  );
  const extended = (route: Route): bigint[] => (findAttribute(route.attributes, 'extended-communities')?.value ?? []).map(numberOf);
  const large = (route: Route): string[] => (findAttribute(route.attributes, 'large-communities')?.value ?? []).map(formatLargeCommunity);
  const extendeds = difference(extended(before), extended(after));
  const larges = difference(large(before), large(after));
  return {
    ...(localPref !== undefined && localPref !== findAttribute(before.attributes, 'local-pref')?.value && { setLocalPref: localPref }),
    ...(med !== undefined && med !== findAttribute(before.attributes, 'multi-exit-disc')?.value && { setMed: med }),
    setNextHop: before.nextHop === after.nextHop ? '' : after.nextHop,
    communitiesAdd: communities.added,
    communitiesRemove: communities.removed,
    extendedCommunitiesAdd: extendeds.added,
    extendedCommunitiesRemove: extendeds.removed,
    largeCommunitiesAdd: larges.added,
    largeCommunitiesRemove: larges.removed,
  };
}

function difference<T>(before: readonly T[], after: readonly T[]): { readonly added: T[]; readonly removed: T[] } {
  return { added: after.filter((each) => !before.includes(each)), removed: before.filter((each) => !after.includes(each)) };
}

function underscored(name: string): string {
  return name.replaceAll('-', '_');
}

/** None where there is no path. */
function pathsOf(find: () => readonly ExplainedRoute[]): readonly ExplainedRoute[] {
  try {
    return find();
  } catch (error) {
    if (error instanceof ControlError && error.code === 'not-found') return [];
    throw error;
  }
}
