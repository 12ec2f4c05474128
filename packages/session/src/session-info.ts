/** What two OPENs agreed on, as the user sees it. */
import { assert, type Capability, negotiate, openAs } from '@tsbgp/wire';
import { canonicalAddress } from './address.ts';
import type { Half } from './half.ts';
import type { SessionInfo } from './types.ts';

export interface Local {
  readonly as: number;
  readonly bgpIdentifier: string;
  readonly capabilities: readonly Capability[];
  readonly strictRole: boolean;
}

export function sessionInfo(half: Half, local: Local): SessionInfo {
  const { connection, open, localOpen, remoteOpen } = half;
  assert(
    connection !== undefined && open !== undefined && localOpen !== undefined && remoteOpen !== undefined,
    'Established without an OPEN',
  );
  const { socket } = connection;
  const remoteAs = openAs(open);
  const negotiated = negotiate(local.capabilities, open.capabilities, { localAs: local.as, remoteAs, strictRole: local.strictRole });
  return {
    localAddress: canonicalAddress(socket.localAddress ?? '') ?? '',
    localPort: socket.localPort ?? 0,
    remoteAddress: canonicalAddress(socket.remoteAddress ?? '') ?? '',
    remotePort: socket.remotePort ?? 0,
    direction: half.direction,
    localAs: local.as,
    remoteAs,
    peerType: negotiated.peerType,
    localBgpIdentifier: local.bgpIdentifier,
    remoteBgpIdentifier: open.bgpIdentifier,
    holdTimeSeconds: half.session.holdTimeSeconds,
    keepaliveSeconds: half.session.keepaliveSeconds,
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
