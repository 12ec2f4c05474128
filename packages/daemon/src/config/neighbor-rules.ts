/**
 * What a neighbor must be, wherever it comes from: the configuration file (rules.ts) and the API (speaker/new-neighbor.ts) ask the same
 * questions. What one key may be is in the schema, which both use as well.
 */
import type { Endpoint } from '../control-plane.ts';
import { formatEndpoint, isIpv6, isWildcard, overlaps } from './values.ts';

/** A rule that is broken: what was found and what is allowed, as they stand in a sentence. */
export interface BrokenRule {
  readonly because: string;
  readonly allowed: string;
}

/** Where a neighbor is, and from where we connect to it. */
export interface NeighborPlace {
  readonly address: string;
  readonly port: number;
  readonly localAddress?: string | undefined;
}

/** RFC 7947 §2.2.1. */
export const NEXT_HOP_SELF_WITH_ROUTE_SERVER: BrokenRule = {
  because: 'next-hop-self with route-server-client',
  allowed: 'one of them: a route server leaves NEXT_HOP as it is (RFC 7947 §2.2.1)',
};

/**
 * A neighbor at one of our own listeners would be ourselves. On one machine with several daemons the port tells them apart.
 * `ownAddresses` are those that a listener on every address answers on, as far as they are known.
 */
export function ownEndpoint(
  neighbor: NeighborPlace,
  listen: readonly Endpoint[],
  ownAddresses: readonly string[] = [],
): BrokenRule | undefined {
  const there: Endpoint = { host: neighbor.address, port: neighbor.port };
  const allowed = "a neighbor's address, not our own";
  const ours = listen.find((one) => overlaps(one, there) && (!isWildcard(one.host) || ownAddresses.includes(there.host)));
  if (ours !== undefined) return { because: `global.listen has ${formatEndpoint(ours)}`, allowed };
  const asLocal = there.host === neighbor.localAddress && listen.some((one) => overlaps(one, there));
  return asLocal ? { because: 'its local-address', allowed } : undefined;
}

/** The address that our connections come from must be of the same kind as the neighbor's. */
export function otherKind(address: string, localAddress: string | undefined): BrokenRule | undefined {
  if (localAddress === undefined || isIpv6(localAddress) === isIpv6(address)) return undefined;
  const kind = isIpv6(address) ? 'IPv6' : 'IPv4';
  return { because: `the neighbor has an ${kind} address`, allowed: `an ${kind} address` };
}

/** `as` is ours, so the session is iBGP. */
export function onlyExternal(as: number, key: 'multihop' | 'route-server-client'): BrokenRule {
  const allowed = key === 'multihop' ? 'multihop for eBGP only; iBGP needs none' : 'route-server-client for eBGP only (RFC 7947)';
  return { because: `AS ${as} is ours, so this is iBGP`, allowed };
}
