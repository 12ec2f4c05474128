/** Routes of bgp.BgpService. */
import type { MessageInitShape } from '@bufbuild/protobuf';
import type { ServiceImpl } from '@connectrpc/connect';
import { bgpgg } from '@tsbgp/api';
import { ControlError, type ControlPlane, invalidArgument, type Route, type RouteQuery } from '../../control-plane.ts';
import { UNICAST_FAMILIES } from '../../keys/families.ts';
import { peerAddress } from './address.ts';
import { pathMessage } from './route-messages.ts';

/** Paths in one answer. Clients take 4 MiB unless they are told otherwise, and the daemon holds the whole answer. */
const ANSWER_PATHS_MAX = 50_000;

export function ribMethods(control: ControlPlane): Pick<ServiceImpl<typeof bgpgg.BgpService>, 'listRoutes' | 'listRoutesStream'> {
  return {
    async listRoutes(request, { signal }) {
      const routes: RouteInit[] = [];
      let paths = 0;
      for await (const route of prefixes(control, queryOf(control, request), signal)) {
        paths += route.paths.length;
        if (paths > ANSWER_PATHS_MAX) {
          throw new ControlError('failed-precondition', '', `there are more than ${ANSWER_PATHS_MAX} paths: use ListRoutesStream`);
        }
        routes.push(route);
      }
      return { routes };
    },
    listRoutesStream: (request, { signal }) => prefixes(control, queryOf(control, request), signal),
  };
}

interface RouteInit {
  readonly prefix: string;
  readonly paths: MessageInitShape<typeof bgpgg.PathSchema>[];
}

/** The Loc-RIB is all paths that passed import policy, the best one of a prefix first. */
function queryOf(control: ControlPlane, { ribType, peerAddress: peer }: bgpgg.ListRoutesRequest): RouteQuery {
  if (ribType !== bgpgg.RibType.ADJ_IN && ribType !== bgpgg.RibType.ADJ_OUT) return { table: 'received' };
  if (!peer) throw invalidArgument('peer_address', 'is missing: ADJ_IN and ADJ_OUT are tables of one peer, e.g. "192.0.2.1"');
  const { address } = peerAddress(peer, 'peer_address');
  if (!control.listNeighbors().some(({ config }) => config.address === address)) {
    throw invalidArgument('peer_address', `peer ${address} not found`);
  }
  return { table: ribType === bgpgg.RibType.ADJ_IN ? 'received' : 'advertised', neighbor: address };
}

/** One after the other, with its paths. */
async function* prefixes(control: ControlPlane, query: RouteQuery, signal: AbortSignal): AsyncGenerator<RouteInit> {
  let current: RouteInit | undefined;
  for await (const routes of control.routes(query, signal)) {
    for (const route of routes) {
      if (!isListed(route, query)) continue;
      if (current !== undefined && current.prefix !== route.prefix) {
        yield current;
        current = undefined;
      }
      current ??= { prefix: route.prefix, paths: [] };
      current.paths.push(pathMessage(route));
    }
  }
  if (current !== undefined) yield current;
}

/** A peer's Adj-RIB-In is that before policy. */
function isListed({ family, filtered }: Route, { neighbor }: RouteQuery): boolean {
  return UNICAST_FAMILIES.includes(family) && (neighbor !== undefined || !filtered);
}
