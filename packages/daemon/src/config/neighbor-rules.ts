/**
 * Rules between the keys of a neighbor. The configuration file (neighbor-section.ts) and the API (speaker/new-neighbor.ts) share them. What a
 * single key may be is in its row (keys/neighbor-keys.ts).
 */
import { REMOTE_PORT_DEFAULT } from '@tsbgp/session';
import { type Endpoint, formatEndpoint, isIpv6, isWildcard, overlaps } from '../endpoint.ts';
import { NEIGHBOR_FIELDS, NEIGHBOR_KEYS, type NeighborConfig, type NeighborField, type RawNeighbor } from '../keys/neighbor-keys.ts';

/** A rule that is broken: why, and what is allowed, as parts of a sentence. */
export interface BrokenRule {
  readonly because: string;
  readonly allowed: string;
}

/** RFC 7947 §2.2.1. */
export const NEXT_HOP_SELF_WITH_ROUTE_SERVER: BrokenRule = {
  because: 'next-hop-self with route-server-client',
  allowed: 'one of them: a route server leaves NEXT_HOP as it is (RFC 7947 §2.2.1)',
};

/** Where a neighbor is, and where our connections come from. */
type NeighborPlace = Pick<NeighborConfig, 'address' | 'localAddress'> & Partial<Pick<NeighborConfig, 'remotePort'>>;

/**
 * A neighbor at one of our own listeners would be ourselves. Several daemons on one machine differ by port. A listener on every address also
 * answers on `ownAddresses`, as far as they are known.
 */
export function ownEndpoint(
  neighbor: NeighborPlace,
  listen: readonly Endpoint[],
  ownAddresses: readonly string[] = [],
): BrokenRule | undefined {
  const there: Endpoint = { host: neighbor.address, port: neighbor.remotePort ?? REMOTE_PORT_DEFAULT };
  const allowed = "a neighbor's address, not our own";
  const ours = listen.find((endpoint) => overlaps(endpoint, there) && (!isWildcard(endpoint.host) || ownAddresses.includes(there.host)));
  if (ours !== undefined) return { because: `global.listen has ${formatEndpoint(ours)}`, allowed };
  const asLocal = there.host === neighbor.localAddress && listen.some((endpoint) => overlaps(endpoint, there));
  return asLocal ? { because: 'its local-address', allowed } : undefined;
}

/** The address that our connections come from must be of the same kind as the neighbor's. */
export function otherKind(address: string, localAddress: string | undefined): BrokenRule | undefined {
  if (localAddress === undefined || isIpv6(localAddress) === isIpv6(address)) return undefined;
  const kind = isIpv6(address) ? 'IPv6' : 'IPv4';
  return { because: `the neighbor has an ${kind} address`, allowed: `an ${kind} address` };
}

/** The keys of an iBGP neighbor that only an eBGP neighbor may have. `as` is the AS of both sides. */
export function onlyExternal(
  neighbor: RawNeighbor | NeighborConfig,
  as: number,
): { readonly field: NeighborField; readonly rule: BrokenRule }[] {
  return NEIGHBOR_FIELDS.flatMap((field) => {
    const { ebgpOnly, default: standard } = NEIGHBOR_KEYS[field];
    const value = neighbor[field];
    if (ebgpOnly === undefined || value === undefined || value === standard) return [];
    return [{ field, rule: { because: `AS ${as} is ours, so this is iBGP`, allowed: ebgpOnly } }];
  });
}
