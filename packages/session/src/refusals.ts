/**
 * Incoming connections that are refused. Each is counted by its reason. A refusal that happens now and then is answered with a NOTIFICATION;
 * what may come in crowds is closed at once and logged once a minute.
 */
import type { Socket } from 'node:net';
import { cease } from './cease.ts';
import type { Clock } from './clock.ts';
import { closeGently } from './closing.ts';
import { REFUSED_MAX } from './limits.ts';
import type { Logger } from './logger.ts';
import { encodeNotification } from './messages.ts';

/** Every reason for which an incoming connection is refused, as in metrics. */
export const REFUSAL_REASONS = [
  'unknown-peer',
  'range-full',
  'peer-disabled',
  'peer-damped',
  'wrong-local-address',
  'unprotected',
  'negotiating',
  'replaced',
  'half-open-limit',
  'descriptor-limit',
  'internal-error',
] as const;
/** Why an incoming connection was refused. `replaced`: the peer opened a newer one before it sent an OPEN. */
export type RefusalReason = (typeof REFUSAL_REASONS)[number];

/** Why a connection is refused. */
export interface Refusal {
  readonly reason: RefusalReason;
  /** One sentence for the log. */
  readonly text: string;
}

/** `crowd` logs a reason once in this time. */
const QUIET_MS = 60_000;

export class Refusals {
  readonly #logger: Logger;
  readonly #clock: Clock;
  readonly counts: Record<RefusalReason, number> = Object.fromEntries(REFUSAL_REASONS.map((reason) => [reason, 0])) as Record<
    RefusalReason,
    number
  >;
  readonly #loggedAt: Map<RefusalReason, number> = new Map();
  readonly #loggedCount: Map<RefusalReason, number> = new Map();
  /** Refused connections whose NOTIFICATION is on its way. */
  #answering = 0;
  #crowded = false;

  constructor(logger: Logger, clock: Clock) {
    this.#logger = logger;
    this.#clock = clock;
  }

  count(reason: RefusalReason): void {
    this.counts[reason]++;
  }

  /** Sends Cease with this subcode, then closes gently. Beyond REFUSED_MAX at a time, closes at once and logs that once. */
  refuse(socket: Socket, subcode: number, { reason, text }: Refusal): void {
    this.count(reason);
    socket.on('error', () => {}); // refused anyway
    if (this.#answering >= REFUSED_MAX) {
      if (!this.#crowded) {
        this.#logger.warn({ refused: this.#answering, reason: text }, 'too many connections to refuse: more are closed unanswered');
      }
      this.#crowded = true;
      socket.destroy();
      return;
    }
    this.#answering++;
    socket.once('close', () => {
      this.#answering--;
      if (this.#answering === 0) this.#crowded = false;
    });
    this.#logger.info({ remoteAddress: socket.remoteAddress, reason: text }, 'connection refused');
    socket.write(encodeNotification(cease(subcode)));
    closeGently(socket, this.#clock);
  }

  /** Counts a connection that the caller closes at once. Logs the first for its reason, then at most one line a minute with their number. */
  crowd(refusal: Refusal, fields: object): void {
    this.count(refusal.reason);
    const now = this.#clock.now();
    const before = this.#loggedAt.get(refusal.reason);
    if (before !== undefined && now - before < QUIET_MS) return;
    const total = this.counts[refusal.reason];
    const since = total - (this.#loggedCount.get(refusal.reason) ?? 0);
    this.#loggedAt.set(refusal.reason, now);
    this.#loggedCount.set(refusal.reason, total);
    this.#logger.warn({ ...fields, reason: refusal.reason, refused: since, total }, `connections are closed at once: ${refusal.text}`);
  }
}
