/**
 * Our own next hop towards a peer, by family: an address at which the peer can reach us (RFC 4271 §5.1.3, RFC 2545 §3).
 *
 *   1. The address that the configuration gives (next-hop-ipv4, next-hop-ipv6).
 *   2. The address of the session, for its own family. The peer reaches us there. This holds for 127.0.0.1 and ::1 too, where the peer runs
 *      on this machine. For IPv4 unicast also that of an IPv6 session, where IPv6 next hops were agreed upon (RFC 8950).
 *   3. Otherwise another address of the same interface. A link-local address may be on several interfaces; its zone says which one is meant.
 *      Loopback and link-local addresses are not taken, since they mean something else on another machine.
 *   4. With RFC 8950, and no other address on the interface: the link-local address of the session.
 *
 * On a link-local session our global IPv6 address goes with the link-local one beside it (RFC 2545 §3). Deviates from RFC 2545 §3 on other
 * sessions, where a peer on the link is to get both: FRR without zebra takes such a route for malformed and ends the session.
 *
 * In a family whose routes are neither of IPv4 nor of IPv6 (EVPN, say) it is an address of the family of the session. Where the family has a
 * route distinguisher before a next hop, it is zero (RFC 4364 §4.3.2).
 *
 * When there is no such address, we have no next hop in this family, and routes that need it are not sent.
 */
import type { NetworkInterfaceInfo } from 'node:os';
import { Afi, afiOf, ByteWriter, type Family, sharesBits } from '@tsbgp/wire';
import { nextHopForms } from '@tsbgp/wire/scan';
import { hostOf, isLinkLocal, isLoopback, isUnspecified, octetsOf, zoneOf } from '../keys/host-address.ts';
import { machineInterfaces } from './machine-interfaces.ts';

/** Both ends of a session. A link-local address carries its zone, "fe80::1%eth0.20". */
export interface SessionAddresses {
  readonly localAddress: string;
  readonly remoteAddress: string;
}

/** What `os.networkInterfaces()` gives. */
export type Interfaces = NodeJS.Dict<NetworkInterfaceInfo[]>;

interface Interface {
  readonly name: string;
  readonly addresses: readonly NetworkInterfaceInfo[];
}

/** What else our next hops depend on. */
export interface NextHopChoice {
  /** Families in which the peer takes IPv6 next hops although they are IPv4 (RFC 8950). @default none */
  readonly extended?: ReadonlySet<Family>;
  /** What the configuration gives, as text. @default nothing */
  readonly ipv4?: string | undefined;
  readonly ipv6?: string | undefined;
}

/** Our own next hop for each family in which we have one: 4 octets, 16, or 32 with a link-local address beside the global one. */
export function nextHopsSelf(
  session: SessionAddresses,
  families: Iterable<Family>,
  { extended = new Set(), ipv4, ipv6 }: NextHopChoice = {},
  interfaces: Interfaces = machineInterfaces(),
): Map<Family, Uint8Array> {
  const result = new Map<Family, Uint8Array>();
  const own = octetsOf(session.localAddress);
  const candidates = interfacesOf(session, interfaces).flatMap(({ addresses }) => addresses);
  const configured = { 4: ipv4 === undefined ? undefined : octetsOf(ipv4), 16: ipv6 === undefined ? undefined : octetsOf(ipv6) };
  const sized = (size: 4 | 16): Uint8Array | undefined =>
    configured[size] ?? (own?.length === size && !isLinkLocal(own) ? own : bestOf(candidates, size));
  const linkLocal = own !== undefined && isLinkLocal(own) ? own : undefined;
  const ofIpv6 = (): Uint8Array | undefined => {
    const global = sized(16);
    return global === undefined || linkLocal === undefined ? global : Uint8Array.of(...global, ...linkLocal);
  };
  const ofIpv4 = (family: Family): Uint8Array | undefined => {
    const ipv4 = sized(4);
    if (!extended.has(family) || configured[4] !== undefined || (own?.length !== 16 && ipv4 !== undefined)) return ipv4;
    return ofIpv6() ?? linkLocal ?? ipv4;
  };
  for (const family of families) {
    const afi = afiOf(family);
    const isIpv6 = afi === Afi.Ipv6 || (afi !== Afi.Ipv4 && own?.length === 16);
    const nextHop = isIpv6 ? ofIpv6() : ofIpv4(family);
    if (nextHop !== undefined) result.set(family, inFormOf(family, nextHop));
  }
  return result;
}

/** A next hop as the field of the family has it. */
function inFormOf(family: Family, nextHop: Uint8Array): Uint8Array {
  if (nextHopForms(family)?.hasRouteDistinguisher !== true) return nextHop;
  const size = nextHop.length === 32 ? 16 : nextHop.length;
  const out = new ByteWriter(48);
  for (let at = 0; at < nextHop.length; at += size) {
    out.zeros(8);
    out.raw(nextHop, at, at + size);
  }
  return out.take();
}

/** The link that we share with the peer: the interface whose subnet holds both ends. Undefined when the peer is farther away. */
export function linkOf(session: SessionAddresses, interfaces: Interfaces = machineInterfaces()): string | undefined {
  const local = octetsOf(session.localAddress);
  const remote = octetsOf(session.remoteAddress);
  if (local === undefined || remote === undefined) return undefined;
  if (isLinkLocal(local)) return interfacesOf(session, interfaces)[0]?.name;
  for (const { name, addresses } of grouped(interfaces)) {
    if (addresses.some((address) => subnetHolds(address, local) && subnetHolds(address, remote))) return name;
  }
  return undefined;
}

/** The interfaces that hold the local address of the session: one, unless the same address is on several. */
function interfacesOf(session: SessionAddresses, interfaces: Interfaces): Interface[] {
  const host = hostOf(session.localAddress);
  const zone = zoneOf(session.localAddress) ?? zoneOf(session.remoteAddress);
  const holders = grouped(interfaces).filter(({ addresses }) => addresses.some(({ address }) => hostOf(address) === host));
  if (zone !== undefined) return holders.filter((holder) => isZone(zone, holder));
  const own = octetsOf(host);
  // Without a zone we cannot know which of them the session uses.
  return own !== undefined && isLinkLocal(own) && holders.length > 1 ? [] : holders;
}

/** Labels of addresses ("eth0:1") belong to their interface. */
function grouped(interfaces: Interfaces): Interface[] {
  const byName = new Map<string, NetworkInterfaceInfo[]>();
  for (const [label, addresses = []] of Object.entries(interfaces)) {
    const name = label.split(':')[0]!;
    byName.set(name, [...(byName.get(name) ?? []), ...addresses]);
  }
  return [...byName].map(([name, addresses]) => ({ name, addresses }));
}

/** A zone is the name of an interface, or its number. */
function isZone(zone: string, { name, addresses }: Interface): boolean {
  return name === zone || addresses.some((address) => address.family === 'IPv6' && address.scopeid > 0 && String(address.scopeid) === zone);
}

/** The first address of this size that the peer can reach. One of 169.254.0.0/16 is taken only when there is no other. */
function bestOf(candidates: readonly NetworkInterfaceInfo[], size: number): Uint8Array | undefined {
  let second: Uint8Array | undefined;
  for (const { address } of candidates) {
    const bytes = octetsOf(address);
    if (bytes === undefined || bytes.length !== size || isLinkLocal(bytes) || isLoopback(bytes) || isUnspecified(bytes)) continue;
    if (size === 16 || bytes[0] !== 169 || bytes[1] !== 254) return bytes;
    second ??= bytes;
  }
  return second;
}

function subnetHolds({ cidr }: NetworkInterfaceInfo, address: Uint8Array): boolean {
  const [host = '', bits = ''] = cidr?.split('/') ?? [];
  const network = octetsOf(host);
  return network !== undefined && network.length === address.length && sharesBits(network, 0, address, 0, Number(bits));
}
