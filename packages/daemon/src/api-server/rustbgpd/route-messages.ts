/** Routes of rustbgpd.v1. */
import type { MessageInitShape } from '@bufbuild/protobuf';
import type { rustbgpd } from '@tsbgp/api';
import { AspaState, RovState } from '@tsbgp/rib';
import { formatLargeCommunity } from '@tsbgp/wire';
import type { Route } from '../../control-plane.ts';
import { prefixParts } from './values.ts';

/** How rustbgpd names itself as the source of an injected route. */
export const LOCAL_PEER = '0.0.0.0';

const ORIGINS = { igp: 0, egp: 1, incomplete: 2 } as const;

const ROV: Readonly<Record<RovState, string>> = {
  [RovState.NotChecked]: 'not_found',
  [RovState.Valid]: 'valid',
  [RovState.NotFound]: 'not_found',
  [RovState.Invalid]: 'invalid',
};

const ASPA: Readonly<Record<AspaState, string>> = {
  [AspaState.NotChecked]: 'unknown',
  [AspaState.Valid]: 'valid',
  [AspaState.Unknown]: 'unknown',
  [AspaState.Invalid]: 'invalid',
};

type RouteInit = MessageInitShape<typeof rustbgpd.RouteSchema>;

/** `best` is false in the lists of what was received and advertised, also for the best route. */
export function routeMessage(route: Route, best = false): RouteInit {
  const message: RouteInit = {
    ...prefixParts(route.prefix),
    nextHop: route.nextHop,
    peerAddress: route.neighbor || LOCAL_PEER,
    best,
    pathId: route.pathIdentifier ?? 0,
    validationState: ROV[route.rov ?? RovState.NotChecked],
    aspaState: ASPA[route.aspa ?? AspaState.NotChecked],
  };
  for (const attribute of route.attributes) {
    switch (attribute.type) {
      case 'origin':
        message.origin = ORIGINS[attribute.value];
        break;
      case 'as-path':
        message.asPath = attribute.value.flatMap(({ asns }) => asns);
        break;
      case 'local-pref':
        message.localPref = attribute.value;
        break;
      case 'multi-exit-disc':
        message.med = attribute.value;
        break;
      case 'communities':
        message.communities = attribute.value;
        break;
      case 'extended-communities':
        message.extendedCommunities = attribute.value.map(numberOf);
        break;
      case 'large-communities':
        message.largeCommunities = attribute.value.map(formatLargeCommunity);
        break;
    }
  }
  return message;
}

/** The eight octets of an extended community as a number, the first one on top. */
export function numberOf(octets: Uint8Array): bigint {
  return new DataView(octets.buffer, octets.byteOffset, octets.byteLength).getBigUint64(0);
}

export function octetsOf(community: bigint): Uint8Array {
  const octets = new Uint8Array(8);
  new DataView(octets.buffer).setBigUint64(0, community);
  return octets;
}
