/** A neighbor of a configuration as one of tsbgpd.yaml, and what of it has no equal. */
import { formatFamily } from '@tsbgp/wire';
import type { NeighborConfig } from '../config/neighbor.ts';
import { printable, type Value } from './yaml-text.ts';

export interface MigratedNeighbor {
  readonly keys: Readonly<Record<string, Value | undefined>>;
  readonly notes: readonly string[];
}

/** Of tsbgpd, as of the RFC. */
const HOLD_TIME_MIN = 3;
const DESCRIPTION_MAX = 255;

/** `as` and `routerId` are ours in the file; `exportPolicy` says what the neighbor may have. */
export function migratedNeighbor(neighbor: NeighborConfig, as: number, routerId: string, exportPolicy: string): MigratedNeighbor {
  const { capabilities, md5Password, incomingTtl, outgoingTtl, holdTimeSeconds, pathsLimits } = neighbor;
  const localAs = ownAs(neighbor);
  const remoteAs = peerAs(neighbor);
  const isExternal = remoteAs !== localAs;
  const isOther = localAs !== as && isExternal && isOwnAs(localAs);
  const { send, receive } = capabilities['add-path'];
  const restart = capabilities['graceful-restart'];
  const limit = [...pathsLimits.values()][0];
  // GTSM: ExaBGP names the least TTL of what comes in.
  const hops = incomingTtl === undefined ? undefined : 256 - incomingTtl;
  return {
    keys: {
      address: neighbor.peerAddress,
      'remote-as': remoteAs,
      'local-as': isOther ? localAs : undefined,
      // ExaBGP puts the local-as of the neighbor into AS_PATH, and nothing else.
      'local-as-replace-as': isOther ? true : undefined,
      description: printable(neighbor.description).trim().slice(0, DESCRIPTION_MAX) || undefined,
      password: md5Password,
      families: neighbor.families.map(formatFamily),
      passive: neighbor.passive || undefined,
      port: neighbor.connect,
      'local-address': neighbor.localAddress === 'auto' ? undefined : neighbor.localAddress,
      'hold-time': holdTimeSeconds === 0 ? 0 : Math.max(HOLD_TIME_MIN, holdTimeSeconds),
      multihop: isExternal && hops === undefined ? outgoingTtl : undefined,
      'ttl-security': hops,
      'add-path': send && receive ? 'both' : send ? 'send' : receive ? 'receive' : undefined,
      'paths-limit': receive ? limit : undefined,
      'extended-next-hop': isExternal && capabilities.nexthop ? true : undefined,
      aigp: capabilities.aigp === isExternal ? capabilities.aigp : undefined,
      'graceful-restart': restart === undefined ? 'off' : 'restarting',
      'restart-time': restart === undefined || restart === 0 ? undefined : Math.min(restart, 4095),
      import: 'deny-all',
      export: exportPolicy,
    },
    notes: notesOf(neighbor, localAs, as, routerId),
  };
}

function notesOf(neighbor: NeighborConfig, localAs: number, as: number, routerId: string): string[] {
  const { capabilities, localAs: writtenAs, peerAs: writtenPeerAs, outgoingTtl, incomingTtl } = neighbor;
  const notes: (string | false)[] = [
    !isOwnAs(localAs) && `local-as ${localAs}, which is reserved`,
    localAs !== as &&
      isOwnAs(localAs) &&
      peerAs(neighbor) === localAs &&
      `local-as ${localAs}, iBGP: a daemon has one AS for iBGP, ours is ${as}`,
    neighbor.routerId !== routerId && `router-id ${neighbor.routerId}: a daemon has one, ours is ${routerId}`,
    writtenAs === 'auto' && 'local-as auto: the peer-as is taken',
    writtenPeerAs === 'auto' && 'peer-as auto: tsbgpd must know the AS of a neighbor; the local-as is taken',
    neighbor.listen !== undefined && `listen ${neighbor.listen}: the port is in global.listen`,
    neighbor.sourceInterface !== undefined && `source-interface ${neighbor.sourceInterface}`,
    neighbor.localLinkLocal !== undefined && `local-link-local ${neighbor.localLinkLocal}: tsbgpd finds its own`,
    neighbor.hostName !== undefined && `host-name ${neighbor.hostName}`,
    neighbor.domainName !== undefined && `domain-name ${neighbor.domainName}`,
    neighbor.rateLimit > 0 && `rate-limit ${neighbor.rateLimit}`,
    neighbor.md5Ip !== undefined && `md5-ip ${neighbor.md5Ip}`,
    neighbor.tcpAo !== undefined && `tcp-ao keyid ${neighbor.tcpAo.keyId}: tsbgpd has no TCP-AO yet`,
    outgoingTtl !== undefined && incomingTtl !== undefined && `outgoing-ttl ${outgoingTtl}: GTSM sends with 255`,
    neighbor.manualEor && 'manual-eor: tsbgpd sends End-of-RIB by itself',
    !neighbor.autoFlush && 'auto-flush false',
    !neighbor.groupUpdates && 'group-updates false: routes with equal attributes share an UPDATE',
    !capabilities.asn4 && 'asn4 disable: tsbgpd always offers four-octet AS numbers',
    !capabilities['extended-message'] && 'extended-message disable: tsbgpd always offers it',
    capabilities['multi-session'] && 'multi-session',
    capabilities.operational && 'operational',
    neighbor.operational.length > 0 && `${neighbor.operational.length} operational messages`,
  ];
  return notes.flatMap((note) => (note === false ? [] : [`no equal: ${note}`]));
}

/** RFC 6793, RFC 7300, RFC 7607: reserved numbers are nobody's. */
export function isOwnAs(as: number): boolean {
  return as !== 0 && as !== 23_456 && as !== 65_535 && as !== 4_294_967_295;
}

export function ownAs({ localAs, peerAs: remote }: Pick<NeighborConfig, 'localAs' | 'peerAs'>): number {
  if (localAs !== 'auto') return localAs;
  return remote === 'auto' ? 65_000 : remote;
}

export function peerAs({ localAs, peerAs: remote }: Pick<NeighborConfig, 'localAs' | 'peerAs'>): number {
  if (remote !== 'auto') return remote;
  return localAs === 'auto' ? 65_000 : localAs;
}
