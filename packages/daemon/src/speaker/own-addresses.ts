/**
 * Which addresses in a peer's next hops are our own (RFC 4271 §6.3 a, RFC 2545 §3).
 *
 *   1. The address of the session, and the next hops of our own that we send to the peer.
 *   2. The addresses of this machine. A link-local address counts only when it is on the interface of the session.
 *   3. An address that belongs to a configured neighbor does not count.
 *
 * If the peer runs on this machine too (loopback, several daemons on one host), the addresses of the machine are also the peer's, so that
 * step 2 is left out. The addresses are read when the session comes up: one that the machine gets later counts from the next session on.
 */
import type { NetworkInterfaceInfo } from 'node:os';
import { equalBytes } from '@tsbgp/wire';
import { isLinkLocal, isLoopback, octetsOf, zoneOf } from '../keys/host-address.ts';
import { machineInterfaces } from './machine-interfaces.ts';
import type { SessionAddresses } from './next-hop.ts';

type Interfaces = Readonly<Record<string, readonly Pick<NetworkInterfaceInfo, 'address'>[] | undefined>>;

interface Session extends SessionAddresses {
  /** The next hops of our own that we send to the peer. Each is one address, or a global and a link-local address. */
  readonly nextHops: Iterable<Uint8Array>;
}

/** `isNeighbor` says whether a configured neighbor has an address. */
export function ownAddresses(
  session: Session,
  isNeighbor: (octets: Uint8Array) => boolean,
  interfaces: Interfaces = machineInterfaces(),
): Uint8Array[] {
  const local = octetsOf(session.localAddress);
  const own: Uint8Array[] = local === undefined ? [] : [local];
  for (const nextHop of session.nextHops) {
    for (let at = 0; at < nextHop.length; at += 16) own.push(nextHop.slice(at, at + 16));
  }
  const remote = octetsOf(session.remoteAddress);
  if (remote === undefined || !isOnThisMachine(remote, interfaces)) own.push(...machineAddresses(session.localAddress, local, interfaces));
  return own.filter((octets, i) => own.findIndex((first) => equalBytes(first, octets)) === i && !isNeighbor(octets));
}

function machineAddresses(localAddress: string, local: Uint8Array | undefined, interfaces: Interfaces): Uint8Array[] {
  const zone = zoneOf(localAddress);
  return Object.entries(interfaces).flatMap(([name, addresses]) => {
    const own = octetsOfAll(addresses);
    const isOfSession = zone === undefined ? own.some((octets) => local !== undefined && equalBytes(octets, local)) : name === zone;
    return own.filter((octets) => isOfSession || !isLinkLocal(octets));
  });
}

function isOnThisMachine(address: Uint8Array, interfaces: Interfaces): boolean {
  if (address.length === 4 && isLoopback(address)) return true;
  if (isLinkLocal(address)) return false; // the same one may be on another link
  return Object.values(interfaces)
    .flatMap(octetsOfAll)
    .some((octets) => equalBytes(octets, address));
}

function octetsOfAll(addresses: Interfaces[string] = []): Uint8Array[] {
  return addresses.map(({ address }) => octetsOf(address)).filter((octets) => octets !== undefined);
}
