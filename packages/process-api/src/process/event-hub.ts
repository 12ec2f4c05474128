/** Writes what happens to the programs that asked for it. Each form of an event is made once, whoever gets it. */
import { hostname } from 'node:os';
import {
  decodeNotificationBody,
  decodeOpenBody,
  decodeOperationalBody,
  decodeRouteRefreshBody,
  Fault,
  HEADER_LENGTH,
  MessageType,
} from '@tsbgp/wire';
import type { ApiVersion } from '../events/api-version.ts';
import type { EventFrame, EventSource, ExaEvent, MessageContent } from '../events/event.ts';
import { jsonEvent, shutdownJson } from '../events/json-events.ts';
import { textEvent } from '../events/text-events.ts';
import { type UpdateView, viewUpdate } from '../events/update-view.ts';
import type { MessageKind, MessageWishes } from './api-block.ts';
import type { ApiProcess } from './api-process.ts';
import type { Subscription } from './subscriptions.ts';

export interface HubOptions {
  readonly version: ApiVersion;
  readonly compact: boolean;
}

const KINDS: Readonly<Record<number, MessageKind>> = {
  [MessageType.Open]: 'open',
  [MessageType.Update]: 'update',
  [MessageType.Notification]: 'notification',
  [MessageType.Keepalive]: 'keepalive',
  [MessageType.RouteRefresh]: 'refresh',
  6: 'operational',
};

export class EventHub {
  readonly #options: HubOptions;
  readonly #subscriptions = new Map<EventSource, readonly Subscription[]>();

  constructor(options: HubOptions) {
    this.#options = options;
  }

  subscribe(neighbor: EventSource, subscriptions: readonly Subscription[]): void {
    this.#subscriptions.set(neighbor, subscriptions);
  }

  forget(neighbor: EventSource): void {
    this.#subscriptions.delete(neighbor);
  }

  #of(neighbor: EventSource): readonly Subscription[] {
    return this.#subscriptions.get(neighbor) ?? [];
  }

  wantsSent(neighbor: EventSource): boolean {
    return this.#of(neighbor).some(({ send }) => wants(send, 'update'));
  }

  wantsReceived(neighbor: EventSource, kind: MessageKind): boolean {
    return this.#of(neighbor).some(({ receive }) => wants(receive, kind));
  }

  /** `up`, `connected`, `down` with its reason. */
  state(neighbor: EventSource, state: 'up' | 'connected' | 'down', reason?: string): void {
    this.#tell(neighbor, { type: 'state', state, ...(reason !== undefined && { reason }) }, (each) => each.changes);
  }

  fsm(neighbor: EventSource, state: string): void {
    this.#tell(neighbor, { type: 'fsm', state: state.toUpperCase() }, (each) => each.fsm);
  }

  signal(neighbor: EventSource, code: number, name: string): void {
    this.#tell(neighbor, { type: 'signal', code, name }, (each) => each.signal);
  }

  negotiated(neighbor: EventSource): void {
    const { negotiated } = neighbor;
    if (negotiated !== undefined) this.#tell(neighbor, { type: 'negotiated', negotiated }, (each) => each.negotiated);
  }

  /** A whole message that is not a received UPDATE. */
  message(neighbor: EventSource, direction: 'receive' | 'send', octets: Uint8Array): void {
    const kind = KINDS[octets[18]!];
    if (kind === undefined || !this.#of(neighbor).some((each) => wants(each[direction], kind))) return;
    this.#deliver(neighbor, direction, kind, octets, () => contentOf(kind, octets, neighbor));
  }

  update(neighbor: EventSource, octets: Uint8Array, update: UpdateView): void {
    if (!this.#of(neighbor).some(({ receive }) => wants(receive, 'update'))) return;
    this.#deliver(neighbor, 'receive', 'update', octets, () => ({ type: 'update', update }));
  }

  #deliver(
    neighbor: EventSource,
    direction: 'receive' | 'send',
    kind: MessageKind,
    octets: Uint8Array,
    decode: () => MessageContent | undefined,
  ): void {
    const packet = (each: Subscription): boolean =>
      each[direction].packets && !each[direction].consolidate && each[direction].kinds.has(kind);
    const parsed = (each: Subscription): boolean =>
      (each[direction].parsed || each[direction].consolidate) && each[direction].kinds.has(kind);
    const negotiatedOf = (each: Subscription) => (each.negotiated || this.#options.version === 6 ? neighbor.negotiated : undefined);
    const subscriptions = this.#of(neighbor);
    for (const each of subscriptions.filter(packet)) {
      this.#write(each.process, neighbor, { type: 'packet', direction, octets, negotiated: negotiatedOf(each) });
    }
    const hearers = subscriptions.filter(parsed);
    const content = hearers.length > 0 ? decode() : undefined;
    if (content === undefined) return;
    const forms = new Map<string, string | undefined>();
    for (const each of hearers) {
      const { consolidate } = each[direction];
      const negotiated = negotiatedOf(each);
      const key = `${each.process.config.encoder} ${consolidate} ${negotiated !== undefined}`;
      if (!forms.has(key)) {
        const event: ExaEvent = { type: 'message', direction, content, octets: consolidate ? octets : undefined, negotiated };
        forms.set(key, this.#encode(each.process, neighbor, event));
      }
      const line = forms.get(key);
      if (line !== undefined) each.process.write(line);
    }
  }

  #tell(neighbor: EventSource, event: ExaEvent, wanted: (subscription: Subscription) => boolean): void {
    for (const each of this.#of(neighbor)) if (wanted(each)) this.#write(each.process, neighbor, event);
  }

  #write(process: ApiProcess, neighbor: EventSource, event: ExaEvent): void {
    const line = this.#encode(process, neighbor, event);
    if (line !== undefined) process.write(line);
  }

  #encode(process: ApiProcess, neighbor: EventSource, event: ExaEvent): string | undefined {
    const { version, compact } = this.#options;
    if (this.encoderOf(process) === 'text') return textEvent(event, neighbor.eventNeighbor, version);
    return jsonEvent(event, neighbor.eventNeighbor, ++neighbor.counter, frame(), { version, compact });
  }

  /** Version 6 has JSON only. */
  encoderOf(process: ApiProcess): 'text' | 'json' {
    return this.#options.version === 6 ? 'json' : process.config.encoder;
  }

  /** The last line that a program gets. */
  shutdownLine(encoder: 'text' | 'json'): string {
    return encoder === 'text' ? `shutdown ${process.pid} ${process.ppid}` : shutdownJson(frame(), this.#options.version);
  }
}

function wants(wishes: MessageWishes, kind: MessageKind): boolean {
  return wishes.kinds.has(kind) && (wishes.parsed || wishes.packets || wishes.consolidate);
}

function frame(): EventFrame {
  return { time: Date.now() / 1000, host: hostname(), pid: process.pid, ppid: process.ppid };
}

function contentOf(kind: MessageKind, octets: Uint8Array, neighbor: EventSource): MessageContent | undefined {
  const end = octets.length;
  switch (kind) {
    case 'open': {
      const open = decodeOpenBody(octets, HEADER_LENGTH, end);
      return open instanceof Fault ? undefined : { type: 'open', open };
    }
    case 'update': {
      const context = neighbor.sendContext;
      const update = context === undefined ? undefined : viewUpdate(octets, HEADER_LENGTH, end, context);
      return update === undefined || update instanceof Fault ? undefined : { type: 'update', update };
    }
    case 'notification': {
      const notification = decodeNotificationBody(octets, HEADER_LENGTH, end);
      return notification instanceof Fault ? undefined : { type: 'notification', notification };
    }
    case 'keepalive':
      return { type: 'keepalive' };
    case 'refresh': {
      const refresh = decodeRouteRefreshBody(octets, HEADER_LENGTH, end);
      return refresh instanceof Fault ? undefined : { type: 'refresh', refresh };
    }
    case 'operational': {
      const operational = decodeOperationalBody(octets, HEADER_LENGTH, end);
      return operational instanceof Fault ? undefined : { type: 'operational', operational };
    }
  }
}
