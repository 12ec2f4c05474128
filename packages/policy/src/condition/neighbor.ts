/** Conditions on the neighbor: the one for which the policy is evaluated, or the one that the route came from. */
import { parseAddress, readU32 } from '@tsbgp/wire';
import type { AsSet } from '../as-path/as-set.ts';
import type { PrefixSet } from '../prefix/set.ts';
import type { Peer, PeerKind, PeerRole } from '../route/peer.ts';
import { type ReadBits, Reads } from '../route/reads.ts';
import type { Condition } from './condition.ts';

/** Each list that is there must contain the neighbor's value. */
export interface NeighborFilter {
  /** Its address is in one of these prefixes. */
  readonly addresses?: PrefixSet | undefined;
  readonly asns?: AsSet | undefined;
  readonly groups?: readonly string[] | undefined;
  readonly roles?: readonly PeerRole[] | undefined;
  /** It has one of these. */
  readonly tags?: readonly string[] | undefined;
  readonly kinds?: readonly PeerKind[] | undefined;
}

/**
 * `peer`: in import policy the sender, in export policy the receiver. `source`: the neighbor that the route came from; never a local route.
 */
export type NeighborSide = 'peer' | 'source';

export function neighborCondition(side: NeighborSide, filter: NeighborFilter, label: string): Condition {
  const text = `${side === 'peer' ? 'neighbor' : 'source'} ${label}`;
  return {
    text,
    key: `${text} ${filterKey(filter)}`,
    reads: side === 'source' ? Reads.Source : readsOf(filter),
    test: ({ given }, peer) => passes(filter, side === 'source' ? given.source : peer),
    found({ given }, peer) {
      const neighbor = side === 'source' ? given.source : peer;
      return neighbor === undefined ? 'no neighbor' : describePeer(neighbor);
    },
  };
}

export function describePeer({ address, as, group, role, tags = [] }: Peer): string {
  const words = [`neighbor ${address}`, `AS ${as}`];
  if (group !== undefined) words.push(`group ${group}`);
  if (role !== undefined) words.push(`role ${role}`);
  if (tags.length > 0) words.push(`tags ${tags.join(' ')}`);
  return words.join(', ');
}

function passes({ addresses, asns, groups, roles, tags, kinds }: NeighborFilter, peer: Peer | undefined): boolean {
  if (peer === undefined) return false;
  if (addresses !== undefined && !contains(addresses, peer.address)) return false;
  if (asns?.has(peer.as) === false) return false;
  if (groups !== undefined && (peer.group === undefined || !groups.includes(peer.group))) return false;
  if (roles !== undefined && (peer.role === undefined || !roles.includes(peer.role))) return false;
  if (kinds?.includes(peer.kind) === false) return false;
  return tags === undefined || (peer.tags ?? []).some((tag) => tags.includes(tag));
}

function contains(set: PrefixSet, address: string): boolean {
  const octets = parseAddress(address.replace(/%.*/, ''));
  if (octets === undefined) return false;
  const word = (at: number): number => (4 * at < octets.length ? readU32(octets, 4 * at) : 0);
  return set.has(octets.length === 16, { w0: word(0), w1: word(1), w2: word(2), w3: word(3) }, 8 * octets.length);
}

function readsOf({ addresses, asns, groups, roles, tags, kinds }: NeighborFilter): ReadBits {
  let reads: ReadBits = Reads.Nothing;
  if (addresses !== undefined) reads |= Reads.PeerAddress;
  if (asns !== undefined) reads |= Reads.PeerAs;
  if (groups !== undefined) reads |= Reads.PeerGroup;
  if (roles !== undefined) reads |= Reads.PeerRole;
  if (tags !== undefined) reads |= Reads.PeerTags;
  if (kinds !== undefined) reads |= Reads.PeerKind;
  return reads;
}

function filterKey({ addresses, asns, groups, roles, tags, kinds }: NeighborFilter): string {
  return JSON.stringify([addresses === undefined ? null : [...addresses.entries()], asns?.text, groups, roles, tags, kinds]);
}

/** `AS 64501, group transit`: what the filter asks for. */
export function describePeerFilter({ addresses, asns, groups, roles, tags, kinds }: NeighborFilter): string {
  const words: string[] = [];
  if (addresses !== undefined) words.push(`address ${[...addresses.entries()].slice(0, 4).join(' or ')}`);
  if (asns !== undefined) words.push(`AS ${asns.text}`);
  if (groups !== undefined) words.push(`group ${groups.join(' or ')}`);
  if (roles !== undefined) words.push(`role ${roles.join(' or ')}`);
  if (tags !== undefined) words.push(`tag ${tags.join(' or ')}`);
  if (kinds !== undefined) words.push(kinds.join(' or '));
  return words.join(', ');
}
