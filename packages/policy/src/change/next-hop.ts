/**
 * Changes of the next hop. An address is written into NEXT_HOP, or into MP_REACH_NLRI where the set has that; an IPv6 address for IPv4
 * routes turns the one into the other (RFC 8950).
 */
import { AttributeCode, AttributeFlag, parseAddress } from '@tsbgp/wire';
import { type ReadBits, Reads } from '../route/reads.ts';
import type { Draft } from './draft.ts';
import { type Action, constantAction, type Edit, type EditFailure } from './edit.ts';

/**
 * Where blackholed traffic goes when nobody says otherwise. 192.0.2.1 has no host (RFC 5737) and is what operators route to discard;
 * 100::/64 is the discard prefix (RFC 6666).
 */
export const BLACKHOLE_NEXT_HOPS = { ipv4: '192.0.2.1', ipv6: '100::1' } as const;

/** `ipv4` for routes with an IPv4 next hop, `ipv6` for the others; one of them may be missing. */
export interface NextHops {
  readonly ipv4?: string | undefined;
  readonly ipv6?: string | undefined;
}

/** The next hop that the exporting session would use for itself, or the one that the route came with. */
export function nextHopModeAction(mode: 'self' | 'unchanged'): Action {
  return constantAction({ text: `next hop ${mode}`, nextHop: mode });
}

/** An address of the operator's; it also serves IPv4 routes when it is an IPv6 address (RFC 8950). */
export function nextHopAction(address: string): Action {
  return constantAction(nextHopEdit(`next hop ${address}`, () => address));
}

export function nextHopByFamilyAction(name: string, hops: NextHops): Action {
  const words = [name, hops.ipv4, hops.ipv6].filter((word) => word !== undefined).join(' ');
  return constantAction(nextHopEdit(`next hop ${words}`, (isIpv6) => (isIpv6 ? hops.ipv6 : hops.ipv4)));
}

/** The address of the neighbor itself. */
export function nextHopPeerAction(): Action {
  const reads: ReadBits = Reads.PeerAddress;
  return {
    text: 'next hop peer',
    key: 'next hop peer',
    reads,
    editFor: (peer) => (peer === undefined ? undefined : nextHopEdit(`next hop ${peer.address}`, () => peer.address)),
  };
}

function nextHopEdit(text: string, addressFor: (isIpv6: boolean) => string | undefined): Edit {
  return {
    text,
    nextHop: 'given',
    apply(draft) {
      const reach = draft.get(AttributeCode.MpReachNlri);
      // FlowSpec and the like have no next hop (RFC 8955 §4).
      if (reach?.[3] === 0) return undefined;
      const isIpv6 = reach !== undefined && (reach[1] === 2 || reach[3]! >= 16);
      const address = addressFor(isIpv6);
      const octets = address === undefined ? undefined : parseAddress(address);
      return octets === undefined ? 'next-hop-of-other-family' : write(draft, reach, octets);
    },
  };
}

function write(draft: Draft, reach: Uint8Array | undefined, address: Uint8Array): EditFailure | undefined {
  if (reach === undefined) {
    if (address.length === 4) draft.set(AttributeCode.NextHop, address, AttributeFlag.Transitive);
    else {
      draft.remove(AttributeCode.NextHop);
      draft.set(AttributeCode.MpReachNlri, Uint8Array.of(0, 1, 1, 16, ...address), AttributeFlag.Optional);
    }
    return undefined;
  }
  const isIpv4Unicast = reach[0] === 0 && reach[1] === 1 && reach[2] === 1;
  if (address.length === 4 && isIpv4Unicast) {
    // Canonical sets have IPv4 unicast routes with an IPv4 next hop in NEXT_HOP.
    draft.remove(AttributeCode.MpReachNlri);
    draft.set(AttributeCode.NextHop, address, AttributeFlag.Transitive);
    return undefined;
  }
  if (address.length === 4 && reach[1] === 2) return 'next-hop-of-other-family';
  // A route distinguisher of zero stays in front of the address (RFC 4364 §4.3.2); a link-local address goes, because it belonged to the
  // old one.
  const length = reach[3]!;
  const distinguisher = length === 12 || length === 24 || length === 48 ? reach.slice(4, 12) : new Uint8Array(0);
  const octets = [...reach.subarray(0, 3), distinguisher.length + address.length, ...distinguisher, ...address];
  draft.set(AttributeCode.MpReachNlri, Uint8Array.from(octets), AttributeFlag.Optional);
  return undefined;
}
