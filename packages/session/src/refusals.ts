/**
 * Incoming connections that are refused. Each is counted by its reason. A refusal that happens now and then is answered with a NOTIFICATION;
 * what may come in crowds is closed at once and logged once a minute.
 */
import type { Socket } from 'node:net';
import type { Clock } from './clock.ts';
import { Lingering } from './closing.ts';
import { cease, encodeNotification } from './messages.ts';
import { type Logger, REFUSAL_REASONS, type RefusalReason } from './server-options.ts';

/** Why a connection is refused. */
export interface Refusal {
  readonly reason: RefusalReason;
  /** One sentence for the log. */
  readonly text: string;
}

/** Refused connections that are answered, at a time. A misconfigured speaker makes one or two. */
export const REFUSED_MAX = 64;
/** `crowd` logs a reason once in this time. */
const QUIET_MS = 60_000;

type Counts = Record<RefusalReason, number>;

export class Refusals {
  readonly #logger: Logger;
  readonly #clock: Clock;
  readonly counts: Counts = Object.fromEntries(REFUSAL_REASONS.map((reason) => [reason, 0])) as Counts;
  /** The latest line of `crowd` for each reason: its time, and the count then. */
  readonly #logged = new Map<RefusalReason, { readonly at: number; readonly count: number }>();
  /** Refused connections whose NOTIFICATION is on its way. */
  readonly #answering: Lingering;
  #crowded = false;

  constructor(logger: Logger, clock: Clock) {
    this.#logger = logger;
    this.#clock = clock;
    this.#answering = new Lingering(REFUSED_MAX, clock);
  }

  /** Sends Cease with this subcode, then closes gently. Beyond REFUSED_MAX at a time, closes at once and logs that once. */
  refuse(socket: Socket, subcode: number, { reason, text }: Refusal): void {
    this.counts[reason]++;
    socket.on('error', () => {}); // refused anyway
    const answering = this.#answering;
    if (answering.full) {
      if (!this.#crowded) {
        this.#logger.warn({ refused: answering.count, reason: text }, 'too many connections to refuse: more are closed unanswered');
      }
      this.#crowded = true;
      socket.destroy();
      return;
    }
    if (answering.count === 0) this.#crowded = false;
    this.#logger.info({ remoteAddress: socket.remoteAddress, reason: text }, 'connection refused');
    socket.write(encodeNotification(cease(subcode)));
    answering.close(socket);
  }

  /** Counts a connection that the caller closes at once. Logs the first for its reason, then at most one line a minute with their number. */
  crowd({ reason, text }: Refusal, fields: object): void {
    const total = ++this.counts[reason];
    const now = this.#clock.now();
    const before = this.#logged.get(reason);
    if (before !== undefined && now - before.at < QUIET_MS) return;
    this.#logged.set(reason, { at: now, count: total });
    const refused = total - (before?.count ?? 0);
    this.#logger.warn({ ...fields, reason, refused, total }, `connections are closed at once: ${text}`);
  }
}
