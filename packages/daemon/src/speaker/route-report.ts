/**
 * Tells the log and the events which routes are not used or not sent, to or from which neighbor, and why. The RIB calls it in the middle of its
 * work, so no exception may get out. After an exception during the export, the session concerned is ended.
 */
import {
  type ExportObserver,
  type IngestObserver,
  type LimitNotice,
  type NlriId,
  NotSent,
  type RibPeer,
  type UnusableReason,
  type UpdateGroup,
} from '@tsbgp/rib';
import type { Logger } from '@tsbgp/session';
import { type Family, type Fault, formatFamily } from '@tsbgp/wire';
import type { Boundaries } from '../boundaries.ts';
import type { EventLog } from '../events.ts';
import { prefixOf } from './route-view.ts';

/** Neighbors that a line of the log names. The line also has their number. */
const NEIGHBORS_NAMED_MAX = 5;

const UNUSABLE: Readonly<Record<UnusableReason, string>> = {
  'as-loop': 'our own AS is in their AS_PATH (RFC 4271 §9.1.2)',
  'originator-id': 'their ORIGINATOR_ID is our BGP Identifier (RFC 4456 §8)',
  'cluster-list': 'our cluster identifier is in their CLUSTER_LIST (RFC 4456 §8)',
  'next-hop': 'their next hop is our own address, or none that a host can have (RFC 4271 §6.3)',
  'first-as': 'the first AS of their AS_PATH is not that of the neighbor (RFC 4271 §6.3)',
  'as-set': 'their AS_PATH has an AS_SET or AS_CONFED_SET (RFC 9774)',
  'as-path-length': 'their AS_PATH has more than 750 AS numbers',
  'route-leak': 'their ONLY_TO_CUSTOMER says that the neighbor leaks them (RFC 9234 §5)',
};

const NOT_SENT: Readonly<Record<NotSent, string>> = {
  [NotSent.TooLarge]: 'their path attributes fit into no message that these neighbors take (RFC 8654)',
  [NotSent.NoNextHop]: 'they need our own next hop, and the interface of the session has no address of this family',
  [NotSent.Failed]: 'they cannot be encoded, which is a bug of tsbgpd',
  [NotSent.Summarized]: 'an aggregate with summary-only stands for them',
};

export interface RouteReportOptions {
  readonly logger: Logger;
  readonly boundaries: Boundaries;
  readonly events: EventLog;
  readonly onEndOfRib: (peer: RibPeer, family: Family) => void;
  /** The peer passed a limit that ends its session. */
  readonly onLimitPassed: (peer: RibPeer, text: string) => void;
  readonly endSession: (peer: RibPeer) => void;
}

export class RouteReport implements IngestObserver, ExportObserver {
  readonly #options: RouteReportOptions;

  constructor(options: RouteReportOptions) {
    this.#options = options;
  }

  /** Records that a session came up. Warns when it has no family in common, and of families in which we have no next hop of our own. */
  peerUp(peer: RibPeer): void {
    const { logger, events } = this.#options;
    const { name: neighbor, families, nextHopSelf } = peer.options;
    const names = families.map(formatFamily).join(', ');
    events.record({ type: 'session-up', neighbor, text: names === '' ? 'Established' : `Established: ${names}` });
    if (names === '') {
      const text = 'no address family in common: the session is up, and no routes are exchanged (RFC 4760 §8)';
      events.record({ type: 'warning', neighbor, text });
    }
    for (const family of families) {
      if (nextHopSelf.has(family)) continue;
      const text =
        'no address of this family on the interface of the session: routes that need our own next hop are not sent to this neighbor';
      logger.warn({ neighbor, family: formatFamily(family) }, text);
      events.record({ type: 'warning', neighbor, family, text });
    }
  }

  fault(peer: RibPeer, fault: Fault): void {
    this.#contained(peer, () => {
      const count = fault.action === 'withdraw' ? peer.treatedAsWithdraw : peer.attributesDiscarded;
      if (!isPowerOfTen(count)) return;
      const { logger, events } = this.#options;
      const neighbor = peer.options.name;
      const answer = fault.action === 'withdraw' ? 'treated as withdraw' : 'attribute discarded';
      logger.warn({ neighbor, count, reason: fault.reason }, `malformed UPDATE: ${answer} (RFC 7606)`);
      const text = `malformed UPDATE, ${answer} (RFC 7606): ${fault.reason}${count > 1 ? `; ${count} by now` : ''}`;
      events.record({ type: 'malformed-update', neighbor, text });
    });
  }

  /** RFC 4271 §6.3, RFC 4456 §8: such routes are ignored, and the log says why. A loop in AS_PATH is normal, so it is logged as debug. */
  unusable(peer: RibPeer, reason: UnusableReason): void {
    this.#contained(peer, () => {
      const count = peer.unusable[reason];
      if (!isPowerOfTen(count)) return;
      const level = reason === 'as-loop' ? 'debug' : 'warn';
      this.#options.logger[level]({ neighbor: peer.options.name, count, reason }, `routes are not used: ${UNUSABLE[reason]}`);
    });
  }

  limit(peer: RibPeer, notice: LimitNotice): void {
    this.#contained(peer, () => {
      const { logger, events, onLimitPassed } = this.#options;
      const neighbor = peer.options.name;
      const text = limitText(notice);
      const { limit, family, count, max } = notice;
      logger.warn({ neighbor, limit, ...(family !== undefined && { family: formatFamily(family) }), count, max }, text);
      events.record({ type: 'limit', neighbor, family, text });
      if (notice.isExceeded && notice.action === 'shutdown') onLimitPassed(peer, text);
    });
  }

  endOfRib(peer: RibPeer, family: Family): void {
    this.#contained(peer, () => {
      const { logger, events, onEndOfRib } = this.#options;
      onEndOfRib(peer, family);
      logger.info({ neighbor: peer.options.name, family: formatFamily(family) }, 'End-of-RIB received');
      events.record({ type: 'end-of-rib', neighbor: peer.options.name, family, text: 'End-of-RIB received' });
    });
  }

  notSent(group: UpdateGroup, reason: NotSent, nlri: NlriId, total: number): void {
    this.#options.boundaries.run('export', {}, () => {
      const { table } = group;
      const routes = { family: formatFamily(table.family), prefix: prefixOf(table, nlri), count: group.notSent(reason), total };
      this.#options.logger.warn({ ...neighborsOf(group), ...routes }, `routes are not sent: ${NOT_SENT[reason]}`);
    });
  }

  exportFailed(group: UpdateGroup, error: unknown): void {
    this.#options.boundaries.caught('export', { ...neighborsOf(group), family: formatFamily(group.table.family) }, error);
  }

  peerFailed(peer: RibPeer, error: unknown): void {
    this.#options.boundaries.caught('export', { neighbor: peer.options.name }, error);
    this.#options.boundaries.run('export', { neighbor: peer.options.name }, () => this.#options.endSession(peer));
  }

  #contained(peer: RibPeer, action: () => void): void {
    this.#options.boundaries.run('rib-observer', { neighbor: peer.options.name }, action);
  }
}

const LIMITED: Readonly<Record<LimitNotice['limit'], string>> = {
  received: 'routes received (max-prefix)',
  accepted: 'routes accepted (max-prefix-accepted)',
  paths: 'paths of all families (max-paths)',
  'attribute-sets': 'attribute sets (max-attribute-sets)',
};

const BEYOND: Readonly<Record<LimitNotice['action'], string>> = {
  warn: 'more are taken',
  discard: 'what is beyond is discarded',
  shutdown: 'the session ends',
};

function limitText({ limit, count, max, isExceeded, action }: LimitNotice): string {
  if (!isExceeded) return `${count} of at most ${max} ${LIMITED[limit]}`;
  return `more than ${max} ${LIMITED[limit]}: ${BEYOND[action]}`;
}

/** A peer may send thousands of wrong UPDATEs: the first, the tenth, the hundredth … is reported. */
function isPowerOfTen(count: number): boolean {
  return /^10*$/.test(String(count));
}

function neighborsOf(group: UpdateGroup): { neighbors: string[]; neighborCount: number } {
  const named = group.members.slice(0, NEIGHBORS_NAMED_MAX).map(({ peer }) => peer.options.name);
  return { neighbors: named, neighborCount: group.members.length };
}
