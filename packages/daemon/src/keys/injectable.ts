/**
 * Which routes can be injected: their prefix can be routed between networks, and their next hop is the address of a router. Anything else
 * is most likely a typing error, and neighbors would refuse it or lose traffic through it.
 */
import { parseAddress, sharesBits } from '@tsbgp/wire';
import { isLinkLocal, isLoopback, isUnspecified } from './host-address.ts';
import { notOneHost } from './values.ts';
import type { WirePrefix } from './wire-prefix.ts';

/** Address blocks that are not routed between networks (RFC 6890, IANA's registries of special-purpose addresses). */
const NOT_ROUTED: readonly (readonly [block: string, bits: number, what: string])[] = [
  ['0.0.0.0', 8, '"this network" (RFC 791 §3.2)'],
  ['127.0.0.0', 8, 'loopback addresses (RFC 1122 §3.2.1.3)'],
  ['169.254.0.0', 16, 'link-local addresses (RFC 3927)'],
  ['224.0.0.0', 4, 'multicast addresses (RFC 1112)'],
  ['240.0.0.0', 4, 'reserved addresses (RFC 1112 §4)'],
  ['::', 96, 'the unspecified, the loopback and IPv4-compatible addresses (RFC 4291 §2.5)'],
  ['::ffff:0.0.0.0', 96, 'IPv4 addresses in IPv6 form (RFC 4291 §2.5.5.2)'],
  ['fe80::', 10, 'link-local addresses (RFC 4291 §2.5.6)'],
  ['ff00::', 8, 'multicast addresses (RFC 4291 §2.7)'],
];

const BLOCKS = NOT_ROUTED.map(([block, bits, what]) => ({ octets: parseAddress(block)!, bits, what, name: `${block}/${bits}` }));

/** Why a prefix cannot be injected; undefined when it can. Default routes can. */
export function notRouted(prefix: WirePrefix): string | undefined {
  for (const { octets, bits, what, name } of BLOCKS) {
    if (octets.length * 8 !== prefix.bitsMax || prefix.bits < bits || !sharesBits(prefix.octets, 1, octets, 0, bits)) continue;
    return `which is within ${name}: ${what}`;
  }
  return undefined;
}

/** Why an address cannot be the next hop of a route; undefined when it can. The unspecified address means our own. */
export function notANextHop(address: Uint8Array): string | undefined {
  if (isUnspecified(address)) return undefined;
  // RFC 4271 §5.1.3: the next hop is the address of a router.
  if (isLoopback(address)) return 'a loopback address';
  if (isLinkLocal(address)) return 'a link-local address';
  const isIpv4Compatible = address.length === 16 && isUnspecified(address.subarray(0, 12));
  return isIpv4Compatible ? 'an IPv4-compatible address (RFC 4291 §2.5.5.1)' : notOneHost(address);
}
