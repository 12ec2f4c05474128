/** A plugin that records its calls. */
import { EventEmitter, once } from 'node:events';
import type { Capability, NotificationMessage } from '@tsbgp/wire';
import type { CloseReason, Peer, Plugin, SessionInfo, State, UpdateWriter } from '../src/index.ts';

export interface Up {
  readonly peer: Peer;
  readonly session: SessionInfo;
  readonly writer: UpdateWriter;
}

export class Recorder implements Plugin {
  readonly events: string[] = [];
  readonly updates: Uint8Array[] = [];
  readonly reasons: CloseReason[] = [];
  capabilities: readonly Capability[] | undefined = undefined;
  onUpdate: ((bytes: Uint8Array, start: number, end: number) => NotificationMessage | undefined) | undefined = undefined;
  onOpen: (() => NotificationMessage | undefined) | undefined = undefined;
  readonly #emitter = new EventEmitter();
  up: Up | undefined = undefined;

  /** Resolves with the first event since `mark` that begins with `prefix`, past or future. */
  async event(prefix: string, mark = 0): Promise<string> {
    for (let seen = mark; ; ) {
      const found = this.events.slice(seen).find((event) => event.startsWith(prefix));
      if (found !== undefined) return found;
      seen = this.events.length;
      await once(this.#emitter, 'event');
    }
  }

  /** The session, once it has been Established `count` times. */
  async established(count = 1): Promise<Up> {
    while (this.events.filter((event) => event === 'established').length < count || this.up === undefined)
      await once(this.#emitter, 'event');
    return this.up;
  }

  async closed(count = 1): Promise<CloseReason> {
    while (this.reasons.length < count) await once(this.#emitter, 'event');
    return this.reasons[count - 1]!;
  }

  async updated(count: number): Promise<void> {
    while (this.updates.length < count) await once(this.#emitter, 'event');
  }

  /** Looks after each event whether the condition holds. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) await once(this.#emitter, 'event');
  }

  #record(event: string): void {
    this.events.push(event);
    this.#emitter.emit('event');
  }

  getCapabilities(): readonly Capability[] {
    return this.capabilities ?? [{ type: 'multiprotocol', family: 257 as never }, { type: 'route-refresh' }];
  }

  onOpenMessage(): NotificationMessage | undefined {
    this.#record('open');
    return this.onOpen?.();
  }

  onEstablished(peer: Peer, session: SessionInfo, writer: UpdateWriter) {
    this.up = { peer, session, writer };
    this.#record('established');
    return (bytes: Uint8Array, start: number, end: number) => {
      if (this.onUpdate !== undefined) return this.onUpdate(bytes, start, end);
      this.updates.push(bytes.slice(start, end));
      this.#record(`update ${end - start}`);
      return undefined;
    };
  }

  onClose(_peer: Peer, reason: CloseReason): void {
    this.up = undefined;
    this.reasons.push(reason);
    this.#record(`close ${reason.type}`);
  }

  onStateChange(_peer: Peer, from: State, to: State): void {
    this.#record(`state ${from} ${to}`);
  }

  onRouteRefresh(_peer: Peer, refresh: { family: number; subtype: number }): void {
    this.#record(`refresh ${refresh.family} ${refresh.subtype}`);
  }

  onNotification(_peer: Peer, notification: NotificationMessage, direction: string): void {
    this.#record(`notification ${direction} ${notification.code}/${notification.subcode}`);
  }
}
