/** InjectionService of rustbgpd.v1. */
import type { ConnectRouter } from '@connectrpc/connect';
import { rustbgpd } from '@tsbgp/api';
import { type LargeCommunity, parseAddress, parseLargeCommunity } from '@tsbgp/wire';
import { ControlError, type ControlPlane, invalidArgument, type LocalRoute } from '../../control-plane.ts';
import { unicastFamily } from '../../keys/families.ts';
import { notOneHost } from '../../keys/values.ts';
import { quote } from '../../quote.ts';
import { pathAttributes } from '../plain-attributes.ts';
import { unimplemented } from './errors.ts';
import { octetsOf } from './route-messages.ts';
import { prefixText } from './values.ts';

/** Who has added the route, in the listings of tsbgp.v1. */
const ADDED_BY = { addedBy: 'rustbgpd.v1' };

/** AS numbers of one segment (RFC 4271 §4.3 b). */
const SEGMENT_MAX = 255;

export function addInjectionService(router: ConnectRouter, control: ControlPlane): void {
  const noFlowSpec = (): never => {
    throw unimplemented('local routes are IPv4 and IPv6 unicast here: flow specifications come from neighbors');
  };
  router.service(rustbgpd.InjectionService, {
    async addPath(request) {
      await control.addRoutes([localRoute(request)], ADDED_BY);
      return {};
    },
    async deletePath({ prefix: address, prefixLength, pathId }) {
      const prefix = prefixText(address, prefixLength, 'prefix');
      const deleted = await control.deleteRoutes([{ family: unicastFamily(prefix), prefix, pathIdentifier: pathId }]);
      if (deleted === 0) throw new ControlError('not-found', '', `withdraw failed: prefix ${prefix} not found`);
      return {};
    },
    addFlowSpec: noFlowSpec,
    deleteFlowSpec: noFlowSpec,
  });
}

function localRoute(request: rustbgpd.AddPathRequest): LocalRoute {
  const prefix = prefixText(request.prefix, request.prefixLength, 'prefix');
  const { asPath, origin, localPref, med, communities } = request;
  const asns = Array.from({ length: Math.ceil(asPath.length / SEGMENT_MAX) }, (_, i) =>
    asPath.slice(SEGMENT_MAX * i, SEGMENT_MAX * (i + 1)),
  );
  return {
    family: unicastFamily(prefix),
    prefix,
    pathIdentifier: request.pathId,
    nextHop: nextHopOf(request.nextHop, prefix),
    attributes: pathAttributes({
      origin: origin === 0 ? 'igp' : origin === 1 ? 'egp' : 'incomplete',
      asPath: asns.map((each) => ({ type: 'sequence', asns: each })),
      localPref,
      med,
      communities,
      extendedCommunities: request.extendedCommunities.map(octetsOf),
      largeCommunities: request.largeCommunities.map(largeCommunity),
    }),
  };
}

/** Of the family of the prefix, and the address of a host. */
function nextHopOf(text: string, prefix: string): string {
  const bytes = parseAddress(text);
  const isSame = bytes !== undefined && (bytes.length === 4) === !prefix.includes(':');
  const why = isSame ? notOneHost(bytes) : `an ${prefix.includes(':') ? 'IPv6' : 'IPv4'} address is needed`;
  if (why !== undefined) throw invalidArgument('next_hop', `found ${quote(text)}: ${why}`);
  return text;
}

function largeCommunity(text: string, index: number): LargeCommunity {
  if (!/^\d+:\d+:\d+$/.test(text)) {
    throw invalidArgument(`large_communities[${index}]`, `found ${quote(text)}, allowed are three numbers, e.g. "65000:1:2"`);
  }
  return parseLargeCommunity(text);
}
