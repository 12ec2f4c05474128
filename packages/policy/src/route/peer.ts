/** A neighbor as policies see it. */
import type { OwnNumbers } from '../community/own-numbers.ts';
import { type ReadBits, Reads } from './reads.ts';

/** Whether the neighbor is in another AS. */
export type PeerKind = 'ebgp' | 'ibgp';

/** What the neighbor is to us (RFC 9234 §4.1), seen from us: a `customer` pays us. */
export type PeerRole = 'provider' | 'customer' | 'peer' | 'rs' | 'rs-client';

/** A neighbor, as conditions and changes see it. */
export interface Peer extends OwnNumbers {
  /** Canonical text (RFC 5952), without a port. */
  readonly address: string;
  readonly kind: PeerKind;
  readonly group?: string | undefined;
  readonly role?: PeerRole | undefined;
  readonly tags?: readonly string[] | undefined;
  /** Addresses of all neighbors with the same AS: one router of an exchange member may announce the next hop of another one. */
  readonly addresses?: readonly string[] | undefined;
}

/** The values that a policy with these reads looks at, as one text: neighbors with the same one share its verdicts. */
export function peerValues(peer: Peer, reads: ReadBits): string {
  const values: unknown[] = [];
  if ((reads & Reads.PeerAddress) !== 0) values.push(peer.address);
  if ((reads & Reads.PeerAs) !== 0) values.push(peer.as, peer.as16 ?? null);
  if ((reads & Reads.LocalAs) !== 0) values.push(peer.localAs, peer.localAs16 ?? null);
  if ((reads & Reads.PeerGroup) !== 0) values.push(peer.group ?? null);
  if ((reads & Reads.PeerRole) !== 0) values.push(peer.role ?? null);
  if ((reads & Reads.PeerTags) !== 0) values.push([...(peer.tags ?? [])].sort());
  if ((reads & Reads.PeerKind) !== 0) values.push(peer.kind);
  if ((reads & Reads.PeerAddresses) !== 0) values.push([...(peer.addresses ?? [])].sort());
  return JSON.stringify(values);
}
