/** What two OPENs agreed on. */
import { assert, openAs } from '@tsbgp/wire';
import { canonicalAddress } from './address.ts';
import type { BgpConnection } from './bgp-connection.ts';
import type { OpenExchange, OpenOwner } from './open.ts';
import type { SessionInfo } from './session-info.ts';

export function makeSessionInfo(peer: OpenOwner, opens: OpenExchange, connection: BgpConnection): SessionInfo {
  const { stream, localOpen, incoming } = connection;
  const { open, remoteOpen } = incoming ?? {};
  assert(stream !== undefined && open !== undefined && localOpen !== undefined && remoteOpen !== undefined, 'Established without an OPEN');
  const { socket } = stream;
  const negotiated = opens.negotiate(connection, open);
  return {
    localAddress: canonicalAddress(socket.localAddress ?? '') ?? '',
    localPort: socket.localPort ?? 0,
    remoteAddress: canonicalAddress(socket.remoteAddress ?? '') ?? '',
    remotePort: socket.remotePort ?? 0,
    direction: connection.direction,
    localAs: peer.config.localAs,
    remoteAs: openAs(open),
    peerType: negotiated.peerType,
    localBgpIdentifier: peer.bgpIdentifier,
    remoteBgpIdentifier: open.bgpIdentifier,
    holdTimeSeconds: connection.session.holdTimeSeconds,
    keepaliveSeconds: connection.session.keepaliveSeconds,
    families: negotiated.families,
    routeRefresh: negotiated.routeRefresh.send,
    enhancedRouteRefresh: negotiated.enhancedRouteRefresh,
    receive: negotiated.receive,
    send: negotiated.send,
    extendedNextHop: new Set(negotiated.extendedNextHop.keys()),
    negotiated,
    localCapabilities: opens.capabilities(connection),
    remoteCapabilities: open.capabilities,
    localOpen,
    remoteOpen,
  };
}
