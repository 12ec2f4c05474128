/** RibService of rustbgpd.v1. */
import type { MessageInitShape } from '@bufbuild/protobuf';
import type { ConnectRouter, HandlerContext } from '@connectrpc/connect';
import { rustbgpd } from '@tsbgp/api';
import { type Family, findAttribute, formatFamily, formatLargeCommunity, IPV4_UNICAST } from '@tsbgp/wire';
import { ControlError, type ControlPlane, invalidArgument, type Route, type RouteQuery } from '../../control-plane.ts';
import { UNICAST_FAMILIES, unicastFamily } from '../../keys/families.ts';
import { quote } from '../../quote.ts';
import { type BestChange, BestChanges } from './best-changes.ts';
import { unimplemented } from './errors.ts';
import { explainAdvertised, explainBest } from './explanation-message.ts';
import { LOCAL_PEER, routeMessage } from './route-messages.ts';
import { type PagedQuery, RoutePages } from './route-pages.ts';
import { bareAddress, familyOf, prefixParts, prefixText } from './values.ts';

const PAGE_DEFAULT = 100;

/** A larger page is cut: `next_page_token` says where it goes on. */
const PAGE_MAX = 20_000;

export function addRibService(router: ConnectRouter, control: ControlPlane): void {
  const pages = new RoutePages(control);
  const changes = new BestChanges(control);
  const list =
    (table: RouteQuery['table']) =>
    async (request: rustbgpd.ListRoutesRequest, { signal }: HandlerContext) => {
      const from = offsetOf(request.pageToken);
      const paged = queryOf(control, request, table);
      if (paged === undefined) return { routes: [], nextPageToken: '', totalCount: 0n };
      const { routes, next, total } = await pages.page(paged, from, Math.min(request.pageSize || PAGE_DEFAULT, PAGE_MAX), signal);
      return {
        routes: routes.map((route) => routeMessage(route, table === 'best')),
        nextPageToken: next === undefined ? '' : String(next),
        totalCount: BigInt(total),
      };
    };
  router.service(rustbgpd.RibService, {
    listReceivedRoutes: list('received'),
    listBestRoutes: list('best'),
    listAdvertisedRoutes: list('advertised'),
    explainAdvertisedRoute({ peerAddress, prefix, prefixLength }) {
      const peer = bareAddress(peerAddress);
      const asked = prefixText(prefix, prefixLength, 'prefix');
      if (control.getNeighbor(peer).session === undefined) {
        throw new ControlError('not-found', 'peer_address', `neighbor ${peer} is not Established`);
      }
      return explainAdvertised(control, peer, asked);
    },
    explainBestPath: ({ prefix, prefixLength }) => explainBest(control, prefixText(prefix, prefixLength, 'prefix')),
    async *watchRoutes({ neighborAddress, afiSafi }, { signal }) {
      const neighbor = neighborAddress === '' ? undefined : sourceOf(bareAddress(neighborAddress));
      const family = familyOf(afiSafi);
      for await (const change of changes.watch(signal)) {
        if (family !== undefined && family !== unicastFamily(change.prefix)) continue;
        if (neighbor === undefined || change.neighbor === neighbor || change.previous === neighbor) yield eventMessage(change);
      }
    },
    listFlowSpecRoutes() {
      throw unimplemented(
        'flow specifications are listed by tsbgp.v1.RibService/ListBest with the family "ipv4-flowspec" or "ipv6-flowspec"',
      );
    },
  });
}

function offsetOf(token: string): number {
  if (/^\d{0,15}$/.test(token)) return Number(token);
  throw invalidArgument('page_token', `found ${quote(token)}, allowed is next_page_token of an answer`);
}

/** The control plane calls the source of local routes ''. */
function sourceOf(address: string): string {
  return address === LOCAL_PEER ? '' : address;
}

/** Undefined: no route can match. */
function queryOf(control: ControlPlane, request: rustbgpd.ListRoutesRequest, table: RouteQuery['table']): PagedQuery | undefined {
  const family = familyOf(request.afiSafi);
  const neighbor = neighborOf(request, table);
  const prefix = prefixFilterOf(request);
  const { communityFilter, largeCommunityFilter, originAsn } = request;
  if (family === 'none') return undefined;
  if (neighbor !== undefined && neighbor !== '' && !control.listNeighbors().some(({ config }) => config.address === neighbor))
    return undefined;
  if (family !== undefined && prefix !== undefined && unicastFamily(prefix.value) !== family) return undefined;
  const isFiltered = prefix !== undefined || originAsn !== 0 || communityFilter.length > 0 || largeCommunityFilter.length > 0;
  const query: RouteQuery = { table, neighbor, family, prefix, originAs: originAsn === 0 ? undefined : originAsn };
  return {
    query,
    // Received routes are those that passed import policy.
    matches: (route) =>
      !route.filtered && UNICAST_FAMILIES.includes(route.family) && hasCommunity(route, communityFilter, largeCommunityFilter),
    total: isFiltered ? undefined : countOf(control, table, neighbor, family),
    key: JSON.stringify([table, neighbor, family && formatFamily(family), prefix, originAsn, communityFilter, largeCommunityFilter]),
  };
}

/** How many routes a table has, where the control plane counts them. */
function countOf(
  control: ControlPlane,
  table: RouteQuery['table'],
  neighbor: string | undefined,
  family: Family | undefined,
): number | undefined {
  if (neighbor === '') return undefined;
  const neighbors = control.listNeighbors();
  if (neighbor !== undefined) {
    const { prefixes = [] } = neighbors.find(({ config }) => config.address === neighbor) ?? {};
    const wanted = prefixes.filter((counts) => UNICAST_FAMILIES.includes(counts.family) && (family ?? counts.family) === counts.family);
    return wanted.reduce((sum, { accepted, advertised }) => sum + (table === 'received' ? accepted : advertised), 0);
  }
  // The daemon counts the best routes of all families together.
  const isUnicast = neighbors.every(({ config }) => config.families.every((each) => UNICAST_FAMILIES.includes(each)));
  return table === 'best' && family === undefined && isUnicast ? control.health().routes : undefined;
}

function neighborOf({ neighborAddress }: rustbgpd.ListRoutesRequest, table: RouteQuery['table']): string | undefined {
  if (table === 'best') return undefined;
  if (neighborAddress !== '') return sourceOf(bareAddress(neighborAddress));
  if (table === 'advertised') throw invalidArgument('neighbor_address', 'is missing: advertised routes are those to one neighbor');
  return undefined;
}

function prefixFilterOf({ prefixFilter, prefixFilterLength, longerPrefixes }: rustbgpd.ListRoutesRequest): RouteQuery['prefix'] {
  if (prefixFilter === '') return undefined;
  return { value: prefixText(prefixFilter, prefixFilterLength, 'prefix_filter'), match: longerPrefixes ? 'longer' : 'exact' };
}

/** Any of each list that is not empty. */
function hasCommunity({ attributes }: Route, wanted: readonly number[], wantedLarge: readonly string[]): boolean {
  if (wanted.length > 0) {
    const communities = findAttribute(attributes, 'communities')?.value ?? [];
    if (!communities.some((community) => wanted.includes(community))) return false;
  }
  if (wantedLarge.length === 0) return true;
  const large = findAttribute(attributes, 'large-communities')?.value ?? [];
  return large.some((community) => wantedLarge.includes(formatLargeCommunity(community)));
}

const { AddressFamily, RouteEventType } = rustbgpd;

function eventMessage({ prefix, neighbor, previous, pathIdentifier, at }: BestChange): MessageInitShape<typeof rustbgpd.RouteEventSchema> {
  const isIpv4 = formatFamily(unicastFamily(prefix)) === formatFamily(IPV4_UNICAST);
  const announced = previous === undefined ? RouteEventType.ADDED : RouteEventType.BEST_CHANGED;
  return {
    eventType: neighbor === undefined ? RouteEventType.WITHDRAWN : announced,
    ...prefixParts(prefix),
    peerAddress: neighbor === undefined ? '' : neighbor || LOCAL_PEER,
    afiSafi: isIpv4 ? AddressFamily.IPV4_UNICAST : AddressFamily.IPV6_UNICAST,
    timestamp: String(Math.floor(at.getTime() / 1000)),
    previousPeerAddress: previous === undefined ? '' : previous || LOCAL_PEER,
    pathId: pathIdentifier,
  };
}
