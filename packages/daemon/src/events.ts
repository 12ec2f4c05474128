/**
 * What happened to sessions lately: a ring of the last EVENTS_KEPT_MAX events, each with a sequence number. Whoever reads keeps the number of
 * the last event it has seen, so that a slow reader costs nothing: it is told how many it missed.
 */
import type { Family } from '@tsbgp/wire';

/** Events that are remembered; older ones are forgotten. */
export const EVENTS_KEPT_MAX = 1000;
/** Characters of an event's text; the rest is cut. */
export const EVENT_TEXT_MAX = 512;

export type EventType =
  | 'session-up'
  | 'session-down'
  | 'notification-sent'
  | 'notification-received'
  | 'end-of-rib'
  | 'malformed-update'
  | 'warning'
  | 'neighbor-changed';

export interface NewEvent {
  readonly type: EventType;
  readonly neighbor: string;
  readonly family?: Family | undefined;
  /** A sentence for people. May hold text of a peer as it came. */
  readonly text: string;
  /** Of a NOTIFICATION. */
  readonly code?: number | undefined;
  readonly subcode?: number | undefined;
}

export interface DaemonEvent extends NewEvent {
  /** Counts all events from 1. */
  readonly sequence: number;
  readonly at: Date;
}

export class EventLog {
  readonly #ring: DaemonEvent[] = [];
  readonly #listeners: Set<() => void> = new Set();
  #last = 0;

  record(event: NewEvent): void {
    const sequence = ++this.#last;
    const text = event.text.length > EVENT_TEXT_MAX ? `${event.text.slice(0, EVENT_TEXT_MAX - 1)}…` : event.text;
    this.#ring[(sequence - 1) % EVENTS_KEPT_MAX] = { ...event, text, sequence, at: new Date() };
    for (const listener of this.#listeners) listener();
  }

  /** Sequence number of the latest event; 0: none yet. */
  get last(): number {
    return this.#last;
  }

  /** At most `max` events that came after `sequence`, oldest first, and how many between are forgotten. */
  after(sequence: number, max: number): { readonly events: readonly DaemonEvent[]; readonly lost: number } {
    const oldest = Math.max(1, this.#last - EVENTS_KEPT_MAX + 1);
    const from = Math.max(sequence + 1, oldest);
    const events: DaemonEvent[] = [];
    for (let at = from; at <= this.#last && events.length < max; at++) events.push(this.#ring[(at - 1) % EVENTS_KEPT_MAX]!);
    return { events, lost: from - (sequence + 1) };
  }

  /** Calls `listener` after each event; it must not throw. Returns the function that ends it. */
  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  get listenerCount(): number {
    return this.#listeners.size;
  }
}
