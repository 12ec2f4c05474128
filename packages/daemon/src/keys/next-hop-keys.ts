/** The keys of a neighbor about next hops. Part of the rows of neighbor-keys.ts. */
import { flag, Refusal, text } from './fields.ts';
import type { NeighborKey } from './neighbor-key.ts';
import { readHostAddress } from './values.ts';

export interface NextHopConfig {
  /** NEXT_HOP towards this neighbor is our own address, even where the RFC would leave it unchanged (iBGP). */
  readonly nextHopSelf: boolean;
  /** Next hops go to this eBGP neighbor as they came in. */
  readonly nextHopUnchanged: boolean;
  /** Our own addresses as next hops. Undefined: those of the session and its interface. */
  readonly nextHopIpv4?: string | undefined;
  readonly nextHopIpv6?: string | undefined;
  /** IPv4 routes may have IPv6 next hops (RFC 8950). */
  readonly extendedNextHop: boolean;
}

const OF_ROUTE_SERVER = 'one of them: a route server leaves NEXT_HOP as it is (RFC 7947 §2.2.1)';

export const NEXT_HOP_KEYS: {
  readonly [Name in keyof NextHopConfig]-?: NeighborKey<NextHopConfig[Name], keyof NextHopConfig | 'routeServerClient'>;
} = {
  nextHopSelf: {
    key: 'next-hop-self',
    value: flag({
      example: 'next-hop-self: true',
      about: 'NEXT_HOP towards this neighbor is our own address, even where it would stay unchanged (iBGP).',
    }),
    default: false,
    excludes: { name: 'routeServerClient', allowed: OF_ROUTE_SERVER },
    onChange: 'stream',
    option: { flags: '--next-hop-self', help: 'NEXT_HOP towards it is our address' },
    foreign: 'nhs next-hop',
  },
  nextHopUnchanged: {
    key: 'next-hop-unchanged',
    value: flag({
      example: 'next-hop-unchanged: true',
      about:
        'Next hops go to this eBGP neighbor as they came in, for example between route reflectors of different ASes over several hops.',
    }),
    default: false,
    ebgpOnly: 'next-hop-unchanged for eBGP only: iBGP leaves next hops as they are',
    excludes: { name: 'nextHopSelf', allowed: 'one of them' },
    onChange: 'stream',
    option: { flags: '--next-hop-unchanged', help: 'next hops go to it as they came in (eBGP)' },
    foreign: 'next-hop-keep',
  },
  nextHopIpv4: {
    key: 'next-hop-ipv4',
    value: text(
      {
        allowed: 'an IPv4 address of ours',
        example: 'next-hop-ipv4: 192.0.2.1',
        about: 'Our own next hop for IPv4 routes, where the address of the session is not the right one.',
        standard: 'the address of the session, or of its interface',
      },
      readOf(4),
      'address',
    ),
    onChange: 'stream',
    option: { flags: '--next-hop-ipv4 <address>', help: 'our own next hop for IPv4' },
  },
  nextHopIpv6: {
    key: 'next-hop-ipv6',
    value: text(
      {
        allowed: 'an IPv6 address of ours, not link-local',
        example: 'next-hop-ipv6: 2001:db8::1',
        about: 'Our own next hop for IPv6 routes, where the address of the session is not the right one.',
        standard: 'the address of the session, or of its interface',
      },
      readOf(6),
      'address',
    ),
    onChange: 'stream',
    option: { flags: '--next-hop-ipv6 <address>', help: 'our own next hop for IPv6' },
  },
  extendedNextHop: {
    key: 'extended-next-hop',
    value: flag({
      example: 'extended-next-hop: true',
      about:
        'IPv4 routes may have IPv6 next hops in both directions, if the neighbor agrees (RFC 8950). Over an IPv6 session our own next hop is then an IPv6 address, unless `next-hop-ipv4` gives one.',
    }),
    default: false,
    onChange: 'session',
    option: { flags: '--extended-next-hop', help: 'IPv6 next hops for IPv4 routes (RFC 8950)' },
    foreign: 'capability-extended-nexthop enhe',
  },
};

/** Reads an address of one kind that can be a next hop elsewhere too. */
function readOf(version: 4 | 6): typeof readHostAddress {
  return (written) => {
    const read = readHostAddress(written);
    if (typeof read !== 'string') return read;
    if (read.includes(':') !== (version === 6)) return new Refusal('invalid-value', `an IPv${version === 6 ? 4 : 6} address`);
    return read.includes('%') ? new Refusal('invalid-value', 'a link-local address') : read;
  };
}
