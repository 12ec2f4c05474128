/** The neighbor that `decode` and `encode` work as: the first of a configuration, or a made-up one. Everything it has is agreed. */
import type { EventNeighbor } from '@tsbgp/process-api';
import type { WireContext } from '@tsbgp/wire';
import type { NeighborConfig } from './neighbor.ts';

export interface OfflineSession {
  readonly neighbor: EventNeighbor;
  readonly context: WireContext;
}

const MADE_UP: EventNeighbor = { localAddress: '127.0.0.1', peerAddress: '127.0.0.1', localAs: 65533, peerAs: 65533, routerId: '10.0.0.2' };

export function offlineSession(config: NeighborConfig | undefined, addPathAll = false): OfflineSession {
  const families = config?.families ?? [];
  if (config === undefined) {
    return { neighbor: MADE_UP, context: { fourOctetAs: true, addPath: new Set(), peerType: 'ibgp', extendedMessage: true } };
  }
  const { send, receive } = config.capabilities['add-path'];
  const localAs = config.localAs === 'auto' ? Number(config.peerAs) || 0 : config.localAs;
  const peerAs = config.peerAs === 'auto' ? localAs : config.peerAs;
  return {
    neighbor: { localAddress: config.localAddress, peerAddress: config.peerAddress, localAs, peerAs, routerId: config.routerId },
    context: {
      fourOctetAs: config.capabilities.asn4,
      addPath: new Set(send || receive ? config.addPath : addPathAll ? families : []),
      peerType: localAs === peerAs ? 'ibgp' : 'ebgp',
      extendedMessage: config.capabilities['extended-message'],
      ...(config.nextHops.length > 0 && {
        extendedNextHop: new Map(config.nextHops.map(({ family, nextHopAfi }) => [family, new Set([nextHopAfi])])),
      }),
    },
  };
}
