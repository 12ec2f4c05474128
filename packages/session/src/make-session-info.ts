/** What two OPENs agreed on. */
import { assert, negotiate, openAs } from '@tsbgp/wire';
import { canonicalAddress } from './address.ts';
import type { BgpConnection } from './bgp-connection.ts';
import type { LocalSide } from './open-exchange.ts';
import type { SessionInfo } from './session-info.ts';

export function makeSessionInfo(connection: BgpConnection, local: LocalSide): SessionInfo {
  const { stream, open, localOpen, remoteOpen } = connection;
  assert(stream !== undefined && open !== undefined && localOpen !== undefined && remoteOpen !== undefined, 'Established without an OPEN');
  const { socket } = stream;
  const remoteAs = openAs(open);
  const negotiated = negotiate(local.capabilities, open.capabilities, { localAs: local.as, remoteAs, strictRole: local.strictRole });
  return {
    localAddress: canonicalAddress(socket.localAddress ?? '') ?? '',
    localPort: socket.localPort ?? 0,
    remoteAddress: canonicalAddress(socket.remoteAddress ?? '') ?? '',
    remotePort: socket.remotePort ?? 0,
    direction: connection.direction,
    localAs: local.as,
    remoteAs,
    peerType: negotiated.peerType,
    localBgpIdentifier: local.bgpIdentifier,
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
    localCapabilities: local.capabilities,
    remoteCapabilities: open.capabilities,
    localOpen,
    remoteOpen,
  };
}
