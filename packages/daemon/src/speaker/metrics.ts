/**
 * The daemon's own metrics. They are read from the state and its counters at each scrape.
 */

import { NotSent, type Rib } from '@tsbgp/rib';
import { STATES } from '@tsbgp/session';
import { formatFamily } from '@tsbgp/wire';
import type { GlobalState, NeighborState, ReasonCount } from '../control-plane.ts';
import { Exposition, type MetricSource } from '../metrics/exposition.ts';
import { addProcessMetrics } from '../metrics/process.ts';
import type { Background } from './background.ts';
import type { Neighbor } from './neighbor.ts';

/** Types of messages, and what their counters are called. */
const MESSAGES = [
  ['open', 'opens'],
  ['update', 'updates'],
  ['keepalive', 'keepalives'],
  ['notification', 'notifications'],
  ['route-refresh', 'routeRefreshes'],
] as const;

export function renderMetrics(
  global: GlobalState,
  peers: readonly Neighbor[],
  neighbors: readonly NeighborState[],
  rib: Rib,
  sources: readonly MetricSource[],
): string {
  const out = new Exposition();
  out
    .gauge('tsbgp_info', 'Version and identity of the speaker.')
    .add({ version: global.version, local_as: global.localAs, router_id: global.routerId }, 1);
  addNeighbors(out, neighbors);
  addLimits(out, neighbors);
  addSessions(out, peers);
  addRib(out, rib);
  addNotSent(out, rib);
  for (const addMetrics of sources) addMetrics(out);
  addProcessMetrics(out);
  return out.toString();
}

function addNeighbors(out: Exposition, neighbors: readonly NeighborState[]): void {
  const state = out.gauge('tsbgp_neighbor_state', 'FSM state: 1 Idle, 2 Connect, 3 Active, 4 OpenSent, 5 OpenConfirm, 6 Established.');
  const flaps = out.counter('tsbgp_neighbor_flaps_total', 'Times the session left Established.');
  const received = out.counter('tsbgp_neighbor_messages_received_total', 'BGP messages received, by type.');
  const sent = out.counter('tsbgp_neighbor_messages_sent_total', 'BGP messages sent, by type.');
  const bytesReceived = out.counter('tsbgp_neighbor_bytes_received_total', 'Octets received.');
  const bytesSent = out.counter('tsbgp_neighbor_bytes_sent_total', 'Octets sent.');
  const prefixes = out.gauge('tsbgp_neighbor_prefixes', 'Routes by family and table: received, accepted, advertised.');
  const rejected = out.gauge('tsbgp_neighbor_rejected', 'Routes held and rejected, by family and reason.');
  const discarded = out.counter(
    'tsbgp_neighbor_discarded_total',
    'Announcements of the session that were rejected and not held, by reason.',
  );
  const withdrawn = out.counter('tsbgp_neighbor_withdrawn_total', 'Routes that the neighbor withdrew in the session.');
  const announced = out.counter('tsbgp_neighbor_announcements_sent_total', 'Routes announced to the neighbor in the session.');
  const withdrawals = out.counter('tsbgp_neighbor_withdrawals_sent_total', 'Routes withdrawn from the neighbor in the session.');
  const restarting = out.gauge('tsbgp_neighbor_restarting', '1 while routes of a session that was lost are stale (RFC 4724).');
  const stale = out.gauge(
    'tsbgp_neighbor_stale_routes',
    'Routes that the neighbor has to send again, by family: after a restart, or in a route refresh.',
  );
  const backlog = out.gauge('tsbgp_neighbor_backlog_bytes', 'Octets waiting for the socket.');
  for (const neighbor of neighbors) {
    const labels = { neighbor: neighbor.config.address, remote_as: neighbor.config.remoteAs };
    const { counters } = neighbor;
    state.add(labels, STATES.indexOf(neighbor.state) + 1);
    flaps.add(labels, neighbor.flapCount);
    for (const [type, name] of MESSAGES) {
      received.add({ ...labels, type }, counters[`${name}Received`]);
      sent.add({ ...labels, type }, counters[`${name}Sent`]);
    }
    bytesReceived.add(labels, counters.bytesReceived);
    bytesSent.add(labels, counters.bytesSent);
    for (const counts of neighbor.prefixes) {
      const { received: held, accepted, advertised } = counts;
      const withFamily = { ...labels, family: formatFamily(counts.family) };
      const reasons = ({ reason, policyReason }: ReasonCount) => ({
        ...withFamily,
        reason,
        ...(policyReason !== undefined && { policy_reason: policyReason }),
      });
      for (const each of counts.rejected) rejected.add(reasons(each), each.count);
      for (const each of counts.discarded) discarded.add(reasons(each), each.count);
      withdrawn.add(withFamily, counts.withdrawn);
      announced.add(withFamily, counts.announcementsSent);
      withdrawals.add(withFamily, counts.withdrawalsSent);
      stale.add(withFamily, counts.stale);
      prefixes.add({ ...withFamily, table: 'received' }, held);
      prefixes.add({ ...withFamily, table: 'accepted' }, accepted);
      prefixes.add({ ...withFamily, table: 'advertised' }, advertised);
    }
    restarting.add(labels, neighbor.restartingSince === undefined ? 0 : 1);
    backlog.add(labels, neighbor.session?.backlogBytes ?? 0);
  }
}

/** What is in use of the limits of each neighbor, and what keeps its session down. */
function addLimits(out: Exposition, neighbors: readonly NeighborState[]): void {
  const limit = out.gauge(
    'tsbgp_neighbor_limit',
    'Limits by family: received, accepted; and of all families together: paths, attribute-sets.',
  );
  const used = out.gauge('tsbgp_neighbor_limit_used', 'What is in use of each limit.');
  const down = out.gauge('tsbgp_neighbor_limit_shutdown', '1 while a limit keeps the session down.');
  for (const { config, prefixes, paths, attributeSets, limitShutdown } of neighbors) {
    const labels = { neighbor: config.address, remote_as: config.remoteAs };
    for (const { family, received, accepted } of prefixes) {
      const name = formatFamily(family);
      for (const [what, max, count] of [
        ['received', config.maxPrefix?.[name], received],
        ['accepted', config.maxPrefixAccepted?.[name], accepted],
      ] as const) {
        if (max === undefined) continue;
        limit.add({ ...labels, family: name, limit: what }, max);
        used.add({ ...labels, family: name, limit: what }, count);
      }
    }
    for (const [what, max, count] of [
      ['paths', config.maxPaths, paths],
      ['attribute-sets', config.maxAttributeSets, attributeSets],
    ] as const) {
      limit.add({ ...labels, family: '', limit: what }, max);
      used.add({ ...labels, family: '', limit: what }, count);
    }
    down.add(labels, limitShutdown === undefined ? 0 : 1);
  }
}

function addSessions(out: Exposition, neighbors: readonly Neighbor[]): void {
  const info = out.gauge('tsbgp_neighbor_info', 'What a neighbor is: its description and whether it is internal.');
  const uptime = out.gauge('tsbgp_neighbor_session_uptime_seconds', 'Seconds since the session was Established; absent while it is not.');
  const holdTime = out.gauge(
    'tsbgp_neighbor_hold_time_seconds',
    'Hold time of the session, 0 for none; absent while it is not Established.',
  );
  const withdrawn = out.counter('tsbgp_neighbor_treated_as_withdraw_total', 'UPDATEs whose routes were treated as withdrawn (RFC 7606).');
  const discarded = out.counter('tsbgp_neighbor_attributes_discarded_total', 'Path attributes that were discarded (RFC 7606).');
  for (const neighbor of neighbors) {
    const { config, session } = neighbor;
    const labels = { neighbor: config.address, remote_as: config.remoteAs };
    info.add({ ...labels, local_as: neighbor.localAs, type: neighbor.peerType, description: config.description ?? '' }, 1);
    withdrawn.add(labels, neighbor.treatedAsWithdraw);
    discarded.add(labels, neighbor.attributesDiscarded);
    if (session === undefined) continue;
    uptime.add(labels, neighbor.sessionSeconds);
    holdTime.add(labels, session.holdTimeSeconds);
  }
}

/** The budget of time that everything besides BGP shares. */
export function addBackground(out: Exposition, background: Background): void {
  out.counter('tsbgp_background_seconds_total', 'Time used by listings, watchers and injected routes.').set(background.seconds);
  out.counter('tsbgp_background_slices_total', 'Slices of that time given to them.').set(background.slices);
  out.gauge('tsbgp_background_waiting', 'Listings, watchers and batches of routes that wait for a slice.').set(background.waiting);
}

function addRib(out: Exposition, rib: Rib): void {
  const destinations = out.gauge('tsbgp_rib_destinations', 'Destinations with a best path, by family.');
  const paths = out.gauge('tsbgp_rib_paths', 'Paths held, by family.');
  const dirty = out.gauge('tsbgp_rib_dirty', 'Destinations that await a decision, by family.');
  const groups = out.gauge('tsbgp_rib_update_groups', 'Update groups, by family.');
  const behind = out.gauge('tsbgp_rib_members_behind', 'Members of update groups that are catching up, by family.');
  for (const table of rib.tables) {
    const labels = { family: formatFamily(table.family) };
    destinations.add(labels, table.bestCount);
    paths.add(labels, table.pathCount);
    dirty.add(labels, table.dirtyCount);
    groups.add(labels, rib.groupsOf(table).length);
    behind.add(
      labels,
      rib.groupsOf(table).reduce((sum, group) => sum + group.membersBehind, 0),
    );
  }
  out.gauge('tsbgp_rib_attribute_sets', 'Distinct attribute sets held.').set(rib.attributes.count);
  out.gauge('tsbgp_rib_attribute_bytes', 'Octets of the attribute sets held.').set(rib.attributes.bytes);
}

function addNotSent(out: Exposition, rib: Rib): void {
  const help =
    'Routes that policy lets out and that are not sent: too large for a message, without a next hop, not encodable, next hop of the peer, ' +
    'summarized by an aggregate.';
  const notSent = out.gauge('tsbgp_neighbor_routes_not_sent', help);
  for (const table of rib.tables) {
    for (const group of rib.groupsOf(table)) {
      for (const member of group.members) {
        const labels = { neighbor: member.peer.options.name, family: formatFamily(table.family) };
        notSent.add({ ...labels, reason: 'too-large' }, group.notSent(NotSent.TooLarge));
        notSent.add({ ...labels, reason: 'no-next-hop' }, group.notSent(NotSent.NoNextHop));
        notSent.add({ ...labels, reason: 'failed' }, group.notSent(NotSent.Failed));
        notSent.add({ ...labels, reason: 'summarized' }, group.notSent(NotSent.Summarized));
        notSent.add({ ...labels, reason: 'own-next-hop' }, member.withheldCount);
      }
    }
  }
}
