/**
 * The latest events of sessions: a ring of EVENTS_KEPT_MAX events, each with a sequence number. A reader remembers the number of the last event
 * that it has seen. A slow reader costs nothing; it is told how many events it missed.
 */
import type { Family } from '@tsbgp/wire';

/** Events kept. Older ones are forgotten. */
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
  | 'neighbor-changed'
  | 'limit'
  | 'rpki'
  | 'graceful-restart'
  | 'configuration';

export interface NewEvent {
  readonly type: EventType;
  /** '' for an event that is about no neighbor. */
  readonly neighbor: string;
  readonly family?: Family | undefined;
  /** A sentence for people. It may contain text of a peer, unchanged. */
  readonly text: string;
  /** Code and subcode of a NOTIFICATION. */
  readonly code?: number | undefined;
  readonly subcode?: number | undefined;
}

export interface DaemonEvent extends NewEvent {
  /** The number of the event, from 1 on. */
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

  /** Sequence number of the latest event; 0 when there was none yet. */
  get last(): number {
    return this.#last;
  }

  /** The first `max` events after `sequence` that are kept, oldest first, and how many before them are forgotten already. */
  after(sequence: number, max: number): { readonly events: readonly DaemonEvent[]; readonly lost: number } {
    const oldest = Math.max(1, this.#last - EVENTS_KEPT_MAX + 1);
    const from = Math.max(sequence + 1, oldest);
    const events: DaemonEvent[] = [];
    for (let at = from; at <= this.#last && events.length < max; at++) events.push(this.#ring[(at - 1) % EVENTS_KEPT_MAX]!);
    return { events, lost: from - (sequence + 1) };
  }

  /** Calls `listener` after each event; it must not throw. Returns a function that removes the listener. */
  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  get listenerCount(): number {
    return this.#listeners.size;
  }
}
