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
 *   IPv6, of an IPv4 route that the  ours          the route is not sent          ours
 *   peer does not take so (RFC 8950)
 *
 * An external peer with next-hop-unchanged gets what an internal one gets.
 *
 * Where labels or tunnels of a route belong to its next hop (labeled unicast, VPNs, EVPN, …), every peer gets what an internal one gets. A next
 * hop that nobody reads (flow specifications, families that are not known here) goes to all as it came in: `FamilyCodec.nextHopMeaning`.
 * An export policy can say that ours takes its place in any case, or that the one that the set has then goes out (policy-marks.ts).
 *
 * A second address that is not link-local goes to nobody: it is none of those that RFC 2545 §3 allows there.
 *
 * Where ours is needed and we have none in this family, the route is not sent. Nor is a route sent to the peer whose own address is its
 * next hop (RFC 4271 §5.1.3); BIRD does the same.
 */
import { readU32 } from '@tsbgp/wire';
import { AttrFlag } from '../attributes/facts.ts';
import { IPV4_ADDRESS_OCTETS, IPV6_ADDRESS_OCTETS } from '../attributes/next-hops.ts';
import { PeerKind, type RibPeer } from '../peer.ts';
import type { ExportView } from './view.ts';

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

/** What an export policy says of the next hop: nothing; ours; the one that the set has. */
export const NextHopMode = { Default: 0, Self: 1, Keep: 2 } as const;
export type NextHopMode = (typeof NextHopMode)[keyof typeof NextHopMode];

/** Whether every route from a peer of this kind goes out with our own next hop. */
export function alwaysOwnNextHop(view: ExportView, sourceKind: PeerKind): boolean {
  if (view.nextHopMeaning !== 'plain') return view.nextHopMeaning === 'bound' && view.nextHopSelfAlways;
  if (view.kind === PeerKind.External) {
    return view.routeServerClient ? sourceKind === PeerKind.Local : !view.nextHopUnchanged;
  }
  return view.nextHopSelfAlways;
}

/** What becomes of the next hop of a set with these flags (`AttrFlag`) from `source`. */
export function nextHopUse(view: ExportView, flags: number, source: RibPeer, mode: NextHopMode = NextHopMode.Default): NextHopUse {
  const own = view.nextHopSelf === undefined ? NextHopUse.None : NextHopUse.Own;
  if (mode === NextHopMode.Self || (mode === NextHopMode.Default && alwaysOwnNextHop(view, source.kind))) return own;
  const isUnknownForm = (flags & AttrFlag.MpNextHop) !== 0 && !view.ipv6NextHops;
  if ((flags & (AttrFlag.BadNextHop | AttrFlag.LinkLocalNextHop)) === 0 && !isUnknownForm) return NextHopUse.Keep;
  if (!view.routeServerClient) return own;
  // RFC 7947 §2.2.1: a route server is not on the path, so that its own address helps nobody.
  return (flags & AttrFlag.BadNextHop) === 0 && !isUnknownForm && sameLink(view, source) ? NextHopUse.Keep : NextHopUse.None;
}

/** Whether the peers of the view reach what is link-local to `source`. */
export function sameLink(view: ExportView, source: RibPeer): boolean {
  return view.routeServerClient && view.link !== undefined && view.link === source.options.link;
}

/** Members by address, to find those that a next hop belongs to. */
export class MembersByAddress<M extends { readonly peer: RibPeer }> {
  /** By the last four octets of the address, which an IPv4-mapped address shares with its IPv4 address. */
  readonly #byKey: Map<number, M[]> = new Map();

  add(member: M): void {
    const key = keyOf(member);
    const known = this.#byKey.get(key);
    if (known === undefined) this.#byKey.set(key, [member]);
    else known.push(member);
  }

  remove(member: M): void {
    const key = keyOf(member);
    const left = this.#byKey.get(key)?.filter((other) => other !== member) ?? [];
    if (left.length === 0) this.#byKey.delete(key);
    else this.#byKey.set(key, left);
  }

  /** The members whose address is the next hop in `bytes[start, start + length)`, or the link-local address beside it. */
  owners(bytes: Uint8Array, start: number, length: number): readonly M[] {
    const first = Math.min(length, IPV6_ADDRESS_OCTETS);
    const owners = this.#at(bytes, start, start + first);
    return length === 2 * IPV6_ADDRESS_OCTETS ? [...owners, ...this.#at(bytes, start + first, start + length)] : owners;
  }

  #at(bytes: Uint8Array, start: number, end: number): readonly M[] {
    const members = this.#byKey.get(readU32(bytes, end - 4));
    if (members === undefined) return NO_MEMBERS;
    const isOwner = ({ peer }: M): boolean => isSameAddress(peer.options.address, bytes, start, end);
    return members.every(isOwner) ? members : members.filter(isOwner);
  }
}

const NO_MEMBERS: readonly never[] = [];

function keyOf({ peer }: { readonly peer: RibPeer }): number {
  const { address } = peer.options;
  return readU32(address, address.length - 4);
}

/** Whether `bytes[start, end)` is the address. The IPv4-mapped form of an IPv4 address is the same address, as in import/unusable.ts. */
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
