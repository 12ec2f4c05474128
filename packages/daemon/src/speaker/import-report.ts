/**
 * Tells the log and the events which incoming routes are not used and why. The RIB calls it in the middle of its work, so no exception may get
 * out.
 */
import type { IngestObserver, RibPeer, UnusableReason } from '@tsbgp/rib';
import type { Logger } from '@tsbgp/session';
import { type Family, type Fault, formatFamily } from '@tsbgp/wire';
import type { Boundaries } from '../boundaries.ts';
import type { EventLog } from '../events.ts';

const UNUSABLE: Readonly<Record<UnusableReason, string>> = {
  'as-loop': 'our own AS is in their AS_PATH (RFC 4271 §9.1.2)',
  'originator-id': 'their ORIGINATOR_ID is our BGP Identifier (RFC 4456 §8)',
  'cluster-list': 'our cluster identifier is in their CLUSTER_LIST (RFC 4456 §8)',
  'next-hop': 'their next hop is our own address, or none that a host can have (RFC 4271 §6.3)',
};

export interface ImportReportOptions {
  readonly logger: Logger;
  readonly boundaries: Boundaries;
  readonly events: EventLog;
  readonly onEndOfRib: (peer: RibPeer, family: Family) => void;
}

export class ImportReport implements IngestObserver {
  readonly #options: ImportReportOptions;

  constructor(options: ImportReportOptions) {
    this.#options = options;
  }

  /** Records that a session came up, and warns when it has no family in common. */
  peerUp(peer: RibPeer): void {
    const { events } = this.#options;
    const { name, families } = peer.options;
    const names = families.map(formatFamily).join(', ');
    events.record({ type: 'session-up', neighbor: name, text: names === '' ? 'Established' : `Established: ${names}` });
    if (names !== '') return;
    const text = 'no address family in common: the session is up, and no routes are exchanged (RFC 4760 §8)';
    events.record({ type: 'warning', neighbor: name, text });
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

  endOfRib(peer: RibPeer, family: Family): void {
    this.#contained(peer, () => {
      const { logger, events, onEndOfRib } = this.#options;
      onEndOfRib(peer, family);
      logger.info({ neighbor: peer.options.name, family: formatFamily(family) }, 'End-of-RIB received');
      events.record({ type: 'end-of-rib', neighbor: peer.options.name, family, text: 'End-of-RIB received' });
    });
  }

  #contained(peer: RibPeer, action: () => void): void {
    this.#options.boundaries.run('rib-observer', { neighbor: peer.options.name }, action);
  }
}

/** A peer may send thousands of wrong UPDATEs: the first, the tenth, the hundredth … is reported. */
function isPowerOfTen(count: number): boolean {
  return /^10*$/.test(String(count));
}
