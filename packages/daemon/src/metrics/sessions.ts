/** Metrics of the session library: half-open connections, refused ones, and NOTIFICATIONs by code and subcode. */
import type { ServerStatistics } from '@tsbgp/session';
import type { NeighborState } from '../control-plane.ts';
import type { Exposition } from './exposition.ts';

export function addSessionMetrics(out: Exposition, statistics: ServerStatistics, neighbors: readonly NeighborState[]): void {
  out.gauge('tsbgp_half_open_sessions', 'Incoming BGP connections that are not Established.').set(statistics.halfOpen);
  out.gauge('tsbgp_half_open_sessions_limit', 'How many of them are allowed; more are closed at once.').set(statistics.halfOpenMax);
  const refused = out.counter('tsbgp_connections_refused_total', 'Incoming BGP connections refused, by reason.');
  for (const [reason, count] of Object.entries(statistics.refused)) refused.add({ reason }, count);
  const notifications = out.counter('tsbgp_neighbor_notifications_total', 'NOTIFICATION messages, by direction, code and subcode.');
  for (const { config, counters } of neighbors) {
    const labels = { neighbor: config.address, remote_as: config.remoteAs };
    for (const [direction, counts] of [
      ['sent', counters.notificationsSentByCode],
      ['received', counters.notificationsReceivedByCode],
    ] as const) {
      for (const [key, count] of counts ?? []) {
        const [code = key, subcode = ''] = key.split('/');
        notifications.add({ ...labels, direction, code, subcode }, count);
      }
    }
  }
}
