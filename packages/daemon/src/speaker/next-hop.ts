/**
 * Our own next hop towards a peer, by family: an address at which the peer can reach us (RFC 4271 §5.1.3, RFC 2545 §3).
 *
 *   1. The address of the session, in its own family. The peer reaches us at it, also at 127.0.0.1 or ::1: then it is on this machine.
 *   2. Otherwise an address of the same interface. A link-local address may be on many interfaces, so its zone says which one.
 *      Loopback and link-local addresses are never taken: to another machine they mean something else.
 *
 * Where the interface has none, we have no next hop in this family, and routes that need it are not sent.
 */
import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os';
import { Afi, afiOf, type Family, parseAddress } from '@tsbgp/wire';

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

/** Our own next hop for each family in which we have one. */
export function nextHopsSelf(
  session: SessionAddresses,
  families: Iterable<Family>,
  interfaces: Interfaces = networkInterfaces(),
): Map<Family, Uint8Array> {
  const result = new Map<Family, Uint8Array>();
  const own = parseAddress(hostOf(session.localAddress));
  const candidates = interfacesOf(session, interfaces).flatMap(({ addresses }) => addresses);
  for (const family of families) {
    const size = afiOf(family) === Afi.Ipv6 ? 16 : 4;
    const nextHop = own?.length === size && !isLinkLocal(own) ? own : bestOf(candidates, size);
    if (nextHop !== undefined) result.set(family, nextHop);
  }
  return result;
}

/** The link that the peer is on with us: the interface whose subnet holds both ends. Undefined when the peer is farther away. */
export function linkOf(session: SessionAddresses, interfaces: Interfaces = networkInterfaces()): string | undefined {
  const local = parseAddress(hostOf(session.localAddress));
  const remote = parseAddress(hostOf(session.remoteAddress));
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
  const own = parseAddress(host);
  // Without a zone nobody knows which of them the session uses.
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

/** The first address of this size that the peer can reach; one of 169.254.0.0/16 only where there is no other. */
function bestOf(candidates: readonly NetworkInterfaceInfo[], size: number): Uint8Array | undefined {
  let second: Uint8Array | undefined;
  for (const { address } of candidates) {
    const bytes = parseAddress(hostOf(address));
    if (bytes === undefined || bytes.length !== size || isLinkLocal(bytes) || isLoopback(bytes) || bytes.every((octet) => octet === 0))
      continue;
    if (size === 16 || bytes[0] !== 169 || bytes[1] !== 254) return bytes;
    second ??= bytes;
  }
  return second;
}

function subnetHolds({ cidr }: NetworkInterfaceInfo, address: Uint8Array): boolean {
  const [host = '', bits = ''] = cidr?.split('/') ?? [];
  const network = parseAddress(hostOf(host));
  if (network === undefined || network.length !== address.length) return false;
  for (let bit = 0; bit < Number(bits); bit++) {
    if (((network[bit >>> 3]! ^ address[bit >>> 3]!) & (0x80 >>> (bit & 7))) !== 0) return false;
  }
  return true;
}

function hostOf(address: string): string {
  return address.split('%')[0]!;
}

function zoneOf(address: string): string | undefined {
  return address.split('%')[1];
}

function isLinkLocal(bytes: Uint8Array): boolean {
  return bytes.length === 16 && bytes[0] === 0xfe && (bytes[1]! & 0xc0) === 0x80;
}

function isLoopback(bytes: Uint8Array): boolean {
  if (bytes.length === 4) return bytes[0] === 127;
  return bytes.every((octet, at) => octet === (at === 15 ? 1 : 0));
}
