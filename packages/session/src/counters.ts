/** What is counted of a peer, over all its connections. */
const ZERO = {
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

export type MutableCounters = typeof ZERO;

/** Counts since the peer was added: messages by type, octets, connections. */
export interface PeerCounters extends Readonly<MutableCounters> {
  /** NOTIFICATIONs by `code/subcode`, e.g. `6/2`; those that IANA's registry does not have are under `other`. */
  readonly notificationsSentByCode: ReadonlyMap<string, number>;
  readonly notificationsReceivedByCode: ReadonlyMap<string, number>;
}

/** What a message stream counts. */
type StreamCounts = Pick<MutableCounters, 'updateReceived' | 'bytesIn' | 'bytesOut'>;

export class PeerTally {
  /** UPDATEs and octets of the present connection are missing: its stream counts them until it ends. */
  readonly counters: MutableCounters = { ...ZERO };
  readonly #byCode = { sent: new Map<string, number>(), received: new Map<string, number>() };

  /** A peer may send any of 65,536 pairs of code and subcode: those the registry does not have count as `other`. */
  notification(direction: 'sent' | 'received', code: number, subcode: number): void {
    const subcodeMax = SUBCODE_MAX[code];
    const key = subcodeMax !== undefined && subcode <= subcodeMax ? `${code}/${subcode}` : 'other';
    const counts = this.#byCode[direction];
    this.counters[direction === 'sent' ? 'notificationSent' : 'notificationReceived']++;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }

  /** Adds what a stream counted, once it has ended. */
  addStream({ updateReceived, bytesIn, bytesOut }: StreamCounts, counters: MutableCounters = this.counters): void {
    counters.updateReceived += updateReceived;
    counters.bytesIn += bytesIn;
    counters.bytesOut += bytesOut;
  }

  /** A copy that includes the running `stream`. */
  read(stream: StreamCounts | undefined): PeerCounters {
    const counters = { ...this.counters };
    if (stream !== undefined) this.addStream(stream, counters);
    const { sent, received } = this.#byCode;
    return { ...counters, notificationsSentByCode: new Map(sent), notificationsReceivedByCode: new Map(received) };
  }
}

/** The highest subcode of each NOTIFICATION code (IANA, BGP Error Subcodes, 2026-11). */
const SUBCODE_MAX: readonly (number | undefined)[] = [undefined, 3, 11, 11, 0, 3, 10, 1, 0, 0];
