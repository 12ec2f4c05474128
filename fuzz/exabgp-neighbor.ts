/** A neighbor that takes every command and has no routes. */
import type { CommandNeighbor } from '@tsbgp/process-api';

export function fakeNeighbor(): CommandNeighbor {
  return {
    name: 'neighbor 192.0.2.1 local-ip 192.0.2.2 local-as 65000 peer-as 65001 router-id 192.0.2.2 family-allowed in-open',
    peerAddress: '192.0.2.1',
    isEstablished: true,
    view: () => ({
      isUp: true,
      seconds: 1,
      fsm: 'ESTABLISHED',
      local: { address: '192.0.2.2', as: 65000, id: '192.0.2.2', hold: 180 },
      peer: { address: '192.0.2.1', as: 65001, id: '192.0.2.1', hold: 180 },
      capabilities: [['asn4', true, true]],
      families: [['ipv4 unicast', true, true, false]],
      messages: [['open', 1, 1]],
      received: 0,
      withdrawn: 0,
    }),
    configurationLines: () => [],
    shownRoutes: () => [],
    teardown: () => {},
    resend: () => true,
    clearIn: () => {},
    sendEndOfRib: () => true,
    sendRouteRefresh: () => true,
    sendOperational: () => true,
    flushed: () => Promise.resolve(),
  };
}
