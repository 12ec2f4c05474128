/** A neighbor as policies see it. */
import type { Peer, PeerRole } from '@tsbgp/policy';
import type { NeighborConfig } from '../control-plane.ts';
import type { RoleName } from '../keys/relation-keys.ts';

/** `role` says what we are to the neighbor, and policies ask what it is to us. */
const THEIRS: Readonly<Record<RoleName, PeerRole>> = {
  provider: 'customer',
  customer: 'provider',
  peer: 'peer',
  rs: 'rs-client',
  'rs-client': 'rs',
};

/** `localAs` is that of the session; `addresses` are those of all neighbors with the same AS. */
export function policySubject(config: NeighborConfig, localAs: number, kind: Peer['kind'], addresses: readonly string[]): Peer {
  const { address, remoteAs, group, role, tags, controlCommunitiesAs } = config;
  return {
    address: withoutZone(address),
    as: remoteAs,
    localAs,
    localAs16: controlCommunitiesAs,
    kind,
    group,
    role: role && THEIRS[role],
    tags,
    addresses: addresses.map(withoutZone),
  };
}

function withoutZone(address: string): string {
  return address.split('%')[0]!;
}
