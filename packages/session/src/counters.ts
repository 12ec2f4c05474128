/** What is counted of a peer. */
import type { PeerCounters } from './types.ts';

type PlainCounters = Omit<PeerCounters, 'notificationsSentByCode' | 'notificationsReceivedByCode'>;

export type MutableCounters = { -readonly [Key in keyof PlainCounters]: PlainCounters[Key] };

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

/** The highest subcode of each NOTIFICATION code (IANA, BGP Error Subcodes, 2026-11). */
const SUBCODE_MAX: readonly (number | undefined)[] = [undefined, 3, 11, 11, 0, 3, 10, 1, 0, 0];

/** NOTIFICATIONs of one direction by `code/subcode`. A peer may send any of 65,536 pairs: those the registry does not have count as `other`. */
export class NotificationCounts {
  readonly #counts: Map<string, number> = new Map();

  add(code: number, subcode: number): void {
    const subcodeMax = SUBCODE_MAX[code];
    const key = subcodeMax !== undefined && subcode <= subcodeMax ? `${code}/${subcode}` : 'other';
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
  }

  /** A copy, by code and subcode. */
  get(): ReadonlyMap<string, number> {
    return new Map(this.#counts);
  }
}
