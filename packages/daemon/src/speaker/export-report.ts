/**
 * Reports routes that are not sent: which ones, to which neighbors, why and how many. After an exception during the export, the session concerned
 * is ended.
 */
import { type ExportObserver, type NlriId, NotSent, type RibPeer, type UpdateGroup } from '@tsbgp/rib';
import type { Logger } from '@tsbgp/session';
import { formatFamily } from '@tsbgp/wire';
import type { Boundaries } from '../boundaries.ts';
import type { EventLog } from '../events.ts';
import { prefixOf } from './route-view.ts';

/** Neighbors that a line of the log names. The line also has their number. */
const NEIGHBORS_NAMED_MAX = 5;

const REASONS: Readonly<Record<NotSent, string>> = {
  [NotSent.TooLarge]: 'their path attributes fit into no message that these neighbors take (RFC 8654)',
  [NotSent.NoNextHop]: 'they need our own next hop, and the interface of the session has no address of this family',
  [NotSent.Failed]: 'they cannot be encoded, which is a bug of tsbgpd',
};

export class ExportReport implements ExportObserver {
  readonly #logger: Logger;
  readonly #boundaries: Boundaries;
  readonly #events: EventLog;
  readonly #endSession: (peer: RibPeer) => void;

  constructor(logger: Logger, boundaries: Boundaries, events: EventLog, endSession: (peer: RibPeer) => void) {
    this.#logger = logger;
    this.#boundaries = boundaries;
    this.#events = events;
    this.#endSession = endSession;
  }

  /** Warns of the families of a new session in which we have no next hop of our own. */
  peerUp(peer: RibPeer): void {
    const { options } = peer;
    for (const family of options.families) {
      if (options.nextHopSelf.has(family)) continue;
      const text =
        'no address of this family on the interface of the session: routes that need our own next hop are not sent to this neighbor';
      this.#logger.warn({ neighbor: options.name, family: formatFamily(family) }, text);
      this.#events.record({ type: 'warning', neighbor: options.name, family, text });
    }
  }

  notSent(group: UpdateGroup, reason: NotSent, nlri: NlriId, total: number): void {
    this.#boundaries.run('export', {}, () => {
      const { table } = group;
      this.#logger.warn(
        {
          ...neighborsOf(group),
          family: formatFamily(table.family),
          prefix: prefixOf(table, nlri),
          count: group.notSent(reason),
          total,
        },
        `routes are not sent: ${REASONS[reason]}`,
      );
    });
  }

  exportFailed(group: UpdateGroup, error: unknown): void {
    this.#boundaries.caught('export', { ...neighborsOf(group), family: formatFamily(group.table.family) }, error);
  }

  peerFailed(peer: RibPeer, error: unknown): void {
    this.#boundaries.caught('export', { neighbor: peer.options.name }, error);
    this.#boundaries.run('export', { neighbor: peer.options.name }, () => this.#endSession(peer));
  }
}

function neighborsOf(group: UpdateGroup): { neighbors: string[]; neighborCount: number } {
  const named = group.members.slice(0, NEIGHBORS_NAMED_MAX).map(({ peer }) => peer.options.name);
  return { neighbors: named, neighborCount: group.members.length };
}
