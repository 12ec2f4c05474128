/** Requests of this program as messages of tsbgp.v1. */
import { AsPathSegment_Type, Origin, RouteFilter_PrefixMatch, type TsbgpClient } from '@tsbgp/api';
import type { AsPathSegment, PathAttribute } from '@tsbgp/wire';
import type { RouteFilter, RouteKeyRequest, RouteRequest } from './daemon.ts';
import { reasonNumber } from './from-api.ts';
import { present } from './present.ts';

type Request<Service extends keyof TsbgpClient, Method extends keyof TsbgpClient[Service]> = TsbgpClient[Service][Method] extends (
  request: infer R,
  ...rest: never[]
) => unknown
  ? R
  : never;
type Item<T> = NonNullable<T> extends readonly (infer E)[] ? E : NonNullable<T>;

export type LocalRouteInit = Item<Request<'injection', 'addRoutes'>['routes']>;
export type LocalRouteKeyInit = Item<Request<'injection', 'deleteRoutes'>['routes']>;
export type RouteFilterInit = Item<Request<'rib', 'listBest'>['filter']>;
type AttributeInit = Item<LocalRouteInit['attributes']>;
type KindInit = NonNullable<AttributeInit['kind']>;

const MATCHES: Readonly<Record<NonNullable<RouteFilter['match']>, RouteFilter_PrefixMatch>> = {
  exact: RouteFilter_PrefixMatch.EXACT,
  longer: RouteFilter_PrefixMatch.LONGER,
  shorter: RouteFilter_PrefixMatch.SHORTER,
};

export function routeFilter({ family, prefix, match, originAs, community, rejected }: RouteFilter): RouteFilterInit {
  const reason = rejected === undefined || rejected === true ? undefined : reasonNumber(rejected);
  return present({ family, prefix, prefixMatch: match && MATCHES[match], originAs, community, rejected: rejected && true, reason });
}

export function localRoute({ nextHop, attributes, ...key }: RouteRequest): LocalRouteInit {
  return { ...routeName(key), nextHop, attributes: attributes.map(attribute) };
}

export function localRouteKey(key: RouteKeyRequest): LocalRouteKeyInit {
  return routeName(key);
}

function routeName({
  prefix,
  family,
}: Pick<RouteKeyRequest, 'prefix' | 'family'>): { prefix: string } | { family: string; nlri: { text: string } } {
  return family === undefined ? { prefix } : { family, nlri: { text: prefix } };
}

/** Flags stay 0: the daemon sets those that the RFCs require. */
function attribute(from: PathAttribute): AttributeInit {
  return { kind: kindOf(from) };
}

const ORIGINS = { igp: Origin.IGP, egp: Origin.EGP, incomplete: Origin.INCOMPLETE } as const;

/** The kinds that `tsbgp route add` has options for. */
function kindOf(from: PathAttribute): KindInit {
  switch (from.type) {
    case 'origin':
      return { case: 'origin', value: ORIGINS[from.value] };
    case 'as-path':
      return { case: 'asPath', value: { segments: from.value.map(segment) } };
    case 'multi-exit-disc':
      return { case: 'multiExitDisc', value: from.value };
    case 'local-pref':
      return { case: 'localPref', value: from.value };
    case 'communities':
      return { case: 'communities', value: { values: from.value } };
    case 'extended-communities':
      return { case: 'extendedCommunities', value: { values: from.value.map((octets) => ({ octets: new Uint8Array(octets) })) } };
    case 'large-communities':
      return { case: 'largeCommunities', value: { values: from.value } };
    default:
      throw new Error(`${from.type} is not an attribute of a route of our own`);
  }
}

const SEGMENT_TYPES: Readonly<Record<AsPathSegment['type'], AsPathSegment_Type>> = {
  sequence: AsPathSegment_Type.SEQUENCE,
  set: AsPathSegment_Type.SET,
  'confed-sequence': AsPathSegment_Type.CONFED_SEQUENCE,
  'confed-set': AsPathSegment_Type.CONFED_SET,
};

function segment({ type, asns }: AsPathSegment): { type: AsPathSegment_Type; asns: number[] } {
  return { type: SEGMENT_TYPES[type], asns };
}
