/**
 * Prefixes and AS numbers that must not be in the global table. Sources: IANA's IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890)
 * and IANA's Special-Purpose AS Numbers registry, 2026-11.
 */

/** Spelled as prefix sets are; `+` is "and everything inside". */
export const BOGON_PREFIXES: readonly string[] = [
  '0.0.0.0/0', // the default route
  '0.0.0.0/8+', // RFC 1122 §3.2.1.3
  '10.0.0.0/8+', // RFC 1918
  '100.64.0.0/10+', // RFC 6598
  '127.0.0.0/8+', // RFC 1122 §3.2.1.3
  '169.254.0.0/16+', // RFC 3927
  '172.16.0.0/12+', // RFC 1918
  '192.0.0.0/24+', // RFC 6890
  '192.0.2.0/24+', // RFC 5737
  '192.88.99.0/24+', // RFC 7526: deprecated relays of 6to4
  '192.168.0.0/16+', // RFC 1918
  '198.18.0.0/15+', // RFC 2544
  '198.51.100.0/24+', // RFC 5737
  '203.0.113.0/24+', // RFC 5737
  '224.0.0.0/4+', // RFC 5771
  '240.0.0.0/4+', // RFC 1112 §4
  '::/0', // the default route
  '2001::/32+', // RFC 4380, Teredo
  '2001:2::/48+', // RFC 5180
  '2001:3::/32+', // RFC 7450
  '2001:10::/28+', // RFC 4843, deprecated
  '2001:20::/28+', // RFC 7343
  '2001:db8::/32+', // RFC 3849
  '2002::/16+', // RFC 3056, 6to4
  '3ffe::/16+', // RFC 5156, 6bone
  '3fff::/20+', // RFC 9637
];

/** The only part of IPv6 in which unicast addresses are given out (RFC 4291 §2.4). */
export const IPV6_GLOBAL_UNICAST = '2000::/3+';

/** AS numbers that no path of the Internet holds. */
export const BOGON_ASNS: readonly (number | string)[] = [
  0, // RFC 7607
  23_456, // RFC 6793, AS_TRANS
  '64496-64511', // RFC 5398
  '64512-65534', // RFC 6996
  65_535, // RFC 7300
  '65536-65551', // RFC 5398
  '65552-131071', // reserved by IANA
  '4200000000-4294967294', // RFC 6996
  4_294_967_295, // RFC 7300
];

/**
 * Networks that buy transit from nobody: their AS in a path of a customer or an exchange member is a leak. Both lists of ixp tools have
 * these.
 */
export const TRANSIT_FREE_ASNS: readonly number[] = [174, 701, 1299, 2914, 3257, 3320, 3356, 5511, 6453, 6461, 6762, 6830, 7018];
