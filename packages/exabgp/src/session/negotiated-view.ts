/** What a session agreed on, as events show it. */
import type { NegotiatedView } from '@tsbgp/process-api';
import type { SessionInfo } from '@tsbgp/session';
import { EXTENDED_MESSAGE_LENGTH_MAX, MESSAGE_LENGTH_MAX } from '@tsbgp/wire';
import type { NeighborConfig } from '../config/neighbor.ts';

export function negotiatedView(session: SessionInfo, config: NeighborConfig): NegotiatedView {
  const { negotiated } = session;
  const { send, receive } = negotiated.extendedMessage;
  const both = (type: string): boolean =>
    session.localCapabilities.some((each) => each.type === type) && session.remoteCapabilities.some((each) => each.type === type);
  return {
    messageSize: send && receive ? EXTENDED_MESSAGE_LENGTH_MAX : MESSAGE_LENGTH_MAX,
    holdTimeSeconds: session.holdTimeSeconds,
    asn4: negotiated.fourOctetAs,
    multisession: both('multisession'),
    operational: config.capabilities.operational && hasOperational(session),
    refresh: negotiated.enhancedRouteRefresh ? 'enhanced' : both('route-refresh') ? 'normal' : 'absent',
    families: [...session.families].toSorted((a, b) => a - b),
    nextHops: [...negotiated.extendedNextHop].flatMap(([family, afis]) => [...afis].map((nextHopAfi) => ({ family, nextHopAfi }))),
    addPathSend: [...session.send.addPath],
    addPathReceive: [...session.receive.addPath],
  };
}

export const OPERATIONAL_CAPABILITY = 185;

export function hasOperational({ remoteCapabilities }: SessionInfo): boolean {
  return remoteCapabilities.some((each) => each.type === 'unknown' && each.code === OPERATIONAL_CAPABILITY);
}
