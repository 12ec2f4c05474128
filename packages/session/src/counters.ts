import type { PeerCounters } from './types.ts';

export type MutableCounters = { -readonly [Key in keyof PeerCounters]: PeerCounters[Key] };

export function newCounters(): MutableCounters {
  return {
    openSent: 0,
    openReceived: 0,
    updateSent: 0,
    updateReceived: 0,
    notificationSent: 0,
    notificationReceived: 0,
    keepaliveSent: 0,
    keepaliveReceived: 0,
    routeRefreshSent: 0,
    routeRefreshReceived: 0,
    bytesIn: 0,
    bytesOut: 0,
    establishedCount: 0,
    connectAttempts: 0,
    connectFailures: 0,
    connectionsAccepted: 0,
    collisions: 0,
  };
}
