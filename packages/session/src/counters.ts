/** What is counted of a peer, over all its connections. */
import type { PeerCounters } from './peer.ts';

type PlainCounters = Omit<PeerCounters, 'notificationsSentByCode' | 'notificationsReceivedByCode'>;

export type MutableCounters = { -readonly [Key in keyof PlainCounters]: PlainCounters[Key] };

/** What a message stream counts. */
export interface StreamCounts {
  readonly updatesIn: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
}

export class PeerTally {
  /** UPDATEs and octets of the present connection are missing: its stream counts them until it ends. */
  readonly counters: MutableCounters = {
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
  readonly #sent: NotificationCounts = new NotificationCounts();
  readonly #received: NotificationCounts = new NotificationCounts();

  notification(direction: 'sent' | 'received', code: number, subcode: number): void {
    (direction === 'sent' ? this.#sent : this.#received).add(code, subcode);
  }

  streamEnded(counts: StreamCounts): void {
    addStream(this.counters, counts);
  }

  /** A copy that includes the running `stream`. */
  read(stream: StreamCounts | undefined): PeerCounters {
    const counters = { ...this.counters };
    if (stream !== undefined) addStream(counters, stream);
    return { ...counters, notificationsSentByCode: this.#sent.get(), notificationsReceivedByCode: this.#received.get() };
  }
}

function addStream(counters: MutableCounters, { updatesIn, bytesIn, bytesOut }: StreamCounts): void {
  counters.updateReceived += updatesIn;
  counters.bytesIn += bytesIn;
  counters.bytesOut += bytesOut;
}

/** The highest subcode of each NOTIFICATION code (IANA, BGP Error Subcodes, 2026-11). */
const SUBCODE_MAX: readonly (number | undefined)[] = [undefined, 3, 11, 11, 0, 3, 10, 1, 0, 0];

/** NOTIFICATIONs of one direction by `code/subcode`. A peer may send any of 65,536 pairs: those the registry does not have count as `other`. */
class NotificationCounts {
  readonly #counts: Map<string, number> = new Map();

  add(code: number, subcode: number): void {
    const subcodeMax = SUBCODE_MAX[code];
    const key = subcodeMax !== undefined && subcode <= subcodeMax ? `${code}/${subcode}` : 'other';
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
  }

  /** A copy. */
  get(): ReadonlyMap<string, number> {
    return new Map(this.#counts);
  }
}
