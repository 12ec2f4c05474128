/** Conditions on the prefix, and on the next hop as an address in prefixes. */
import { parseAddress, readU32 } from '@tsbgp/wire';
import type { AddressWords } from '../prefix/columns.ts';
import type { PrefixSet } from '../prefix/set.ts';
import { NOBODY } from '../route/members.ts';
import type { Peer } from '../route/peer.ts';
import { Reads } from '../route/reads.ts';
import { NO_PREFIX } from '../route/route.ts';
import type { Condition, RouteState } from './condition.ts';

/**
 * `any`: an entry matches. `none`: no entry does. `all`: each entry does, as bgpgg has it. `covered`: the prefix is that of an entry or
 * lies inside one, whatever lengths the entry allows.
 */
export type PrefixMatch = 'any' | 'none' | 'all' | 'covered';

const WORDS: Readonly<Record<PrefixMatch, string>> = { any: 'in', none: 'not in', all: 'in all of', covered: 'covered by' };

/** A route without a prefix matches no set, in no way. `label` is the name of the set, or its entries. */
export function prefixCondition(set: PrefixSet, label: string, match: PrefixMatch = 'any'): Condition {
  const text = `prefix ${WORDS[match]} ${label}`;
  return {
    text,
    key: `${text} #${contentNumber(set)}`,
    reads: Reads.Prefix | Reads.Family,
    test({ given: route }) {
      if (route.prefixLength === NO_PREFIX) return false;
      if (match === 'all') return set.everyEntryHas(route.isIpv6, route, route.prefixLength);
      if (match === 'covered') return set.covers(route.isIpv6, route, route.prefixLength);
      return set.has(route.isIpv6, route, route.prefixLength) === (match === 'any');
    },
    found({ given: route }) {
      const entry = route.prefixLength === NO_PREFIX ? undefined : set.matchingEntry(route.isIpv6, route, route.prefixLength);
      return entry === undefined ? `prefix ${route.prefixText}` : `prefix ${route.prefixText}, in ${entry}`;
    },
  };
}

/** The next hop is in one of the prefixes. */
export function nextHopCondition(set: PrefixSet, label: string): Condition {
  const text = `next hop in ${label}`;
  return {
    text,
    key: `${text} #${contentNumber(set)}`,
    reads: Reads.Attributes,
    test({ route }) {
      const octets = route.nextHop === undefined ? undefined : parseAddress(route.nextHop);
      return octets !== undefined && set.has(octets.length === 16, wordsOf(octets), 8 * octets.length);
    },
    found: nextHopFound,
  };
}

/** The next hop is the address of the neighbor itself; `same-as`: or of another neighbor with the same AS. */
export function nextHopPeerCondition(which: 'peer' | 'same-as'): Condition {
  const text = which === 'peer' ? 'next hop is the peer' : 'next hop is a neighbor with the same AS';
  const addressesOf = (peer: Peer): readonly string[] => (which === 'peer' ? [peer.address] : [peer.address, ...(peer.addresses ?? [])]);
  return {
    text,
    key: text,
    reads: Reads.Attributes | Reads.PeerAddress | (which === 'peer' ? 0 : Reads.PeerAddresses),
    test: ({ route }, peer) => peer !== undefined && route.nextHop !== undefined && addressesOf(peer).includes(route.nextHop),
    members: ({ route }, members) =>
      route.nextHop === undefined ? NOBODY : (members.index(`next-hop ${which}`, addressesOf).get(route.nextHop) ?? NOBODY),
    found: (state, peer) => `${nextHopFound(state)}, peer ${peer?.address ?? 'unknown'}`,
  };
}

function nextHopFound({ route }: RouteState): string {
  return `next hop ${route.nextHop ?? 'absent'}`;
}

function wordsOf(octets: Uint8Array): AddressWords {
  const word = (at: number): number => (4 * at < octets.length ? readU32(octets, 4 * at) : 0);
  return { w0: word(0), w1: word(1), w2: word(2), w3: word(3) };
}

/** Numbers of sets, so that keys need not repeat a hundred thousand prefixes. Equal sets are one object when they come from one pool. */
const numbers = new WeakMap<PrefixSet, number>();
let last = 0;

function contentNumber(set: PrefixSet): number {
  let number = numbers.get(set);
  if (number === undefined) {
    number = ++last;
    numbers.set(set, number);
  }
  return number;
}
