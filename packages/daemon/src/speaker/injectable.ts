/**
 * What a route of our own may be: prefixes that can be routed between networks, and next hops that are the address of a router. An operator
 * who injects something else has mistyped it, and neighbors would refuse it or lose traffic by it.
 */
import { parseAddress } from '@tsbgp/wire';
import { notOneHost } from '../keys/values.ts';
import type { WirePrefix } from './route-filter.ts';

/** Address blocks within which nothing is routed between networks (RFC 6890, IANA's registries of special-purpose addresses). */
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

/** Why a prefix cannot be injected; undefined: it can. The default routes can. */
export function notRouted(prefix: WirePrefix): string | undefined {
  for (const { octets, bits, what, name } of BLOCKS) {
    if (octets.length * 8 !== prefix.bitsMax || prefix.bits < bits || !startsWith(prefix.octets, octets, bits)) continue;
    return `which is within ${name}: ${what}`;
  }
  return undefined;
}

/** Why an address cannot be the next hop of a route; undefined: it can. The unspecified address stands for our own. */
export function notANextHop(address: Uint8Array): string | undefined {
  if (address.every((octet) => octet === 0)) return undefined;
  const isIpv4Compatible = address.length === 16 && address.subarray(0, 12).every((octet) => octet === 0);
  const isLoopback = address.length === 4 ? address[0] === 127 : address.every((octet, i) => octet === (i === 15 ? 1 : 0));
  // RFC 4271 §5.1.3: the next hop is the address of a router.
  return isLoopback
    ? 'a loopback address'
    : address[0] === 0xfe && address.length === 16 && (address[1]! & 0xc0) === 0x80
      ? 'a link-local address'
      : isIpv4Compatible
        ? 'an IPv4-compatible address (RFC 4291 §2.5.5.1)'
        : notOneHost(address);
}

/** Whether the first `bits` bits of a prefix in wire form are those of a block. */
function startsWith(prefix: Uint8Array, block: Uint8Array, bits: number): boolean {
  const whole = bits >>> 3;
  for (let i = 0; i < whole; i++) if (prefix[1 + i] !== block[i]) return false;
  return bits % 8 === 0 || ((prefix[1 + whole]! ^ block[whole]!) & (0xff << (8 - (bits % 8))) & 0xff) === 0;
}
