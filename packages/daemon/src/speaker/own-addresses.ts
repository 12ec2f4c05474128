/**
 * Our own addresses as a peer may name them in a next hop (RFC 4271 §6.3 a, RFC 2545 §3).
 *
 *   1. The address of the session, and what we send the peer as our own next hop.
 *   2. The addresses of this machine. Link-local addresses mean something on one link: only those of the session's interface count.
 *   3. Not an address that a configured neighbor has.
 *
 * Where the peer runs on this machine too (loopback, several daemons on one host), the addresses of the machine are the peer's as much as
 * ours, and only step 1 counts. The addresses are read when the session comes up: one that the machine gets later counts from the next
 * session on.
 */
import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os';
import { equalBytes, parseAddress } from '@tsbgp/wire';

type Interfaces = Readonly<Record<string, readonly Pick<NetworkInterfaceInfo, 'address'>[] | undefined>>;

/** What is known of a session. Addresses are text, with their zone where they have one. */
export interface SessionAddresses {
  readonly localAddress: string;
  readonly remoteAddress: string;
  /** What we send the peer as our own next hop: an address, or a global and a link-local one. */
  readonly nextHops: Iterable<Uint8Array>;
}

/** `neighbors` are the addresses of all configured neighbors. */
export function ownAddresses(
  session: SessionAddresses,
  neighbors: Iterable<string>,
  interfaces: Interfaces = networkInterfaces(),
): Uint8Array[] {
  const local = octetsOf(session.localAddress);
  const own: Uint8Array[] = local === undefined ? [] : [local];
  for (const nextHop of session.nextHops) {
    for (let at = 0; at < nextHop.length; at += 16) own.push(nextHop.slice(at, at + 16));
  }
  const remote = octetsOf(session.remoteAddress);
  if (remote === undefined || !isOnThisMachine(remote, interfaces)) own.push(...machineAddresses(session.localAddress, local, interfaces));
  const others = [...neighbors].map(octetsOf).filter((octets) => octets !== undefined);
  return own.filter(
    (each, i) => own.findIndex((first) => equalBytes(first, each)) === i && !others.some((other) => equalBytes(other, each)),
  );
}

function machineAddresses(localAddress: string, local: Uint8Array | undefined, interfaces: Interfaces): Uint8Array[] {
  const [, zone] = localAddress.split('%');
  return Object.entries(interfaces).flatMap(([name, addresses = []]) => {
    const octets = addresses.map(({ address }) => octetsOf(address)).filter((each) => each !== undefined);
    const isOfSession = zone === undefined ? octets.some((each) => local !== undefined && equalBytes(each, local)) : name === zone;
    return octets.filter((each) => isOfSession || !isLinkLocal(each));
  });
}

function isOnThisMachine(address: Uint8Array, interfaces: Interfaces): boolean {
  if (address.length === 4 && address[0] === 127) return true;
  if (isLinkLocal(address)) return false; // the same one may be on another link
  return Object.values(interfaces).some((addresses) =>
    addresses?.some((each) => {
      const octets = octetsOf(each.address);
      return octets !== undefined && equalBytes(octets, address);
    }),
  );
}

function octetsOf(address: string): Uint8Array | undefined {
  return parseAddress(address.split('%')[0]!);
}

function isLinkLocal(octets: Uint8Array): boolean {
  return octets.length === 16 && octets[0] === 0xfe && (octets[1]! & 0xc0) === 0x80;
}
