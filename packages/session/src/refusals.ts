/**
 * Incoming connections that are refused: counted by reason, and told in the log without letting a crowd fill it. Those that are expected in
 * ones and twos hear a NOTIFICATION; what is refused for want of room is closed at once, because waiting would need the room.
 */
import type { Clock, Logger, RefusalReason } from './types.ts';
import { REFUSAL_REASONS } from './types.ts';

/** Why a connection is refused: for metrics, and as a sentence. */
export interface Refusal {
  readonly reason: RefusalReason;
  readonly text: string;
}

/** A reason of a crowd is logged once in this time. */
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

  constructor(logger: Logger, clock: Clock) {
    this.#logger = logger;
    this.#clock = clock;
  }

  count(reason: RefusalReason): void {
    this.counts[reason]++;
  }

  /** Counts one of a possible crowd and logs the first, and later one line a minute with how many there were. */
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
