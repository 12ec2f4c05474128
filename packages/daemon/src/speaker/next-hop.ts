/**
 * Our own next hop towards a peer, by family: the address of the session, and for the other family an address of the same interface
 * (RFC 4271 §5.1.3, RFC 2545 §3). Where the interface has none, routes of that family are not sent to an external peer.
 */
import { networkInterfaces } from 'node:os';
import { Afi, afiOf, type Family, parseAddress } from '@tsbgp/wire';

export function nextHopsSelf(sessionAddress: string, families: Iterable<Family>): Map<Family, Uint8Array> {
  const result = new Map<Family, Uint8Array>();
  const own = parseAddress(withoutZone(sessionAddress));
  for (const family of families) {
    const size = afiOf(family) === Afi.Ipv6 ? 16 : 4;
    const usable = own !== undefined && own.length === size && !isLinkLocal(own);
    const nextHop = usable ? own : addressBeside(sessionAddress, size);
    if (nextHop !== undefined) result.set(family, nextHop);
  }
  return result;
}

/** First global address of this size on the interface that holds `sessionAddress`. */
function addressBeside(sessionAddress: string, size: number): Uint8Array | undefined {
  const session = withoutZone(sessionAddress);
  for (const addresses of Object.values(networkInterfaces())) {
    if (!addresses?.some(({ address }) => address === session)) continue;
    for (const { address } of addresses) {
      const bytes = parseAddress(address);
      if (bytes !== undefined && bytes.length === size && !isLinkLocal(bytes)) return bytes;
    }
  }
  return undefined;
}

function withoutZone(address: string): string {
  return address.split('%')[0]!;
}

function isLinkLocal(bytes: Uint8Array): boolean {
  return bytes.length === 16 && bytes[0] === 0xfe && (bytes[1]! & 0xc0) === 0x80;
}
