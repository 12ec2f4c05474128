/**
 * Which next hop a route goes out with (RFC 4271 §5.1.3, RFC 2545 §3, RFC 7947 §2.2.1), and to which member it must not go because of it.
 *
 *                                     external      route server client            internal
 *   an address that others reach      ours          as it is                       as it is; ours with next-hop-self
 *   link-local beside it              ours          as it is on the same link,     without the link-local one
 *                                                   else without the link-local one
 *   link-local alone                  ours          as it is on the same link,     ours
 *                                                   else the route is not sent
 *   none (`::` or 0.0.0.0 of an injected route)     ours                           ours
 *
 * A second address that is not link-local goes to nobody: it is none of those that RFC 2545 §3 allows there.
 *
 * Where ours is needed and we have none in this family, the route is not sent. Nor is a route sent to the peer whose own address is its
 * next hop (RFC 4271 §5.1.3); BIRD does the same.
 */
import { readU32 } from '@tsbgp/wire';
import { AttrFlag } from '../attributes/facts.ts';
import { IPV4_ADDRESS_OCTETS } from '../attributes/next-hops.ts';
import { PeerKind, type RibPeer } from '../peer.ts';
import type { Member } from './member.ts';
import type { ExportView } from './rewrite.ts';

/** What becomes of a next hop on its way out. */
export const NextHopUse = {
  /** It goes out as it came in, less a link-local address that is of another link. */
  Keep: 0,
  /** Ours takes its place. */
  Own: 1,
  /** There is none that the peers could use: the route is not sent. */
  None: 2,
} as const;
export type NextHopUse = (typeof NextHopUse)[keyof typeof NextHopUse];

/** Whether every route from a peer of this kind goes out with our own next hop. */
export function alwaysOwnNextHop(view: ExportView, sourceKind: PeerKind): boolean {
  if (view.kind === PeerKind.External) return !view.routeServerClient || sourceKind === PeerKind.Local;
  return view.nextHopSelfAlways;
}

/** What becomes of the next hop of a set with these flags (`AttrFlag`) from `source`. */
export function nextHopUse(view: ExportView, flags: number, source: RibPeer): NextHopUse {
  const own = view.nextHopSelf === undefined ? NextHopUse.None : NextHopUse.Own;
  if (alwaysOwnNextHop(view, source.kind)) return own;
  if ((flags & (AttrFlag.BadNextHop | AttrFlag.LinkLocalNextHop)) === 0) return NextHopUse.Keep;
  if (view.kind === PeerKind.Internal) return own;
  // RFC 7947 §2.2.1: a route server is not on the path, so that its own address helps nobody.
  return (flags & AttrFlag.BadNextHop) === 0 && sameLink(view, source) ? NextHopUse.Keep : NextHopUse.None;
}

/** Whether the peers of the view reach what is link-local to `source`. */
export function sameLink(view: ExportView, source: RibPeer): boolean {
  return view.routeServerClient && view.link !== undefined && view.link === source.options.link;
}

/** Finds the members to whom a next hop is their own address. */
export interface NextHopOwners {
  /** Those whose address is in `nextHop[0, length)`, but for the peer with index `source`; undefined when there is none. */
  find(nextHop: Uint8Array, length: number, source: number): readonly Member[] | undefined;
}

/** The members of a group by address. Only those that are in step count: the others are not written to along with them. */
export class MembersByAddress implements NextHopOwners {
  /** By the last four octets of the address, which an IPv4-mapped address shares with its IPv4 address. */
  readonly #byKey: Map<number, Member[]> = new Map();

  add(member: Member): void {
    const key = lastOctets(member.peer.options.address, member.peer.options.address.length);
    const known = this.#byKey.get(key);
    if (known === undefined) this.#byKey.set(key, [member]);
    else known.push(member);
  }

  remove(member: Member): void {
    const key = lastOctets(member.peer.options.address, member.peer.options.address.length);
    const left = this.#byKey.get(key)?.filter((other) => other !== member) ?? [];
    if (left.length === 0) this.#byKey.delete(key);
    else this.#byKey.set(key, left);
  }

  find(nextHop: Uint8Array, length: number, source: number): readonly Member[] | undefined {
    const size = Math.min(length, 16);
    let found = this.#among(this.#byKey.get(lastOctets(nextHop, size)), nextHop, length, source, undefined);
    if (length === 32) found = this.#among(this.#byKey.get(lastOctets(nextHop, 32)), nextHop, length, source, found);
    return found;
  }

  #among(
    members: readonly Member[] | undefined,
    nextHop: Uint8Array,
    length: number,
    source: number,
    found: Member[] | undefined,
  ): Member[] | undefined {
    if (members === undefined) return found;
    let owners = found;
    for (const member of members) {
      if (member.peer.index === source || member.behind || !isNextHopOf(member.peer, nextHop, length)) continue;
      if (owners === undefined) owners = [member];
      else if (!owners.includes(member)) owners.push(member);
    }
    return owners;
  }
}

/** Whether the next hop, or the link-local address beside it, is the address of the peer. */
export function isNextHopOf(peer: RibPeer, nextHop: Uint8Array, length: number): boolean {
  const { address } = peer.options;
  return isSameAddress(address, nextHop, 0, Math.min(length, 16)) || (length === 32 && isSameAddress(address, nextHop, 16, 32));
}

/** Whether `bytes[start, end)` is the address. The IPv4-mapped form of an IPv4 address is the same address, as in filter-reason.ts. */
function isSameAddress(address: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  const from = address.length === IPV4_ADDRESS_OCTETS && isIpv4Mapped(bytes, start, end) ? end - IPV4_ADDRESS_OCTETS : start;
  if (address.length !== end - from) return false;
  for (let i = 0; i < address.length; i++) if (address[i] !== bytes[from + i]) return false;
  return true;
}

/** `::ffff:0:0/96` (RFC 4291 §2.5.5.2). */
function isIpv4Mapped(bytes: Uint8Array, start: number, end: number): boolean {
  return end - start === 16 && readU32(bytes, start) === 0 && readU32(bytes, start + 4) === 0 && readU32(bytes, start + 8) === 0xffff;
}

function lastOctets(bytes: Uint8Array, end: number): number {
  return readU32(bytes, end - 4);
}
