/** EventService: events of sessions as they happen. A watcher is a place in the ring of events; nothing is queued for it. */
import type { MessageInitShape } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import type { ConnectRouter } from '@connectrpc/connect';
import { type EventSchema, EventService, Event_Type as Type, type WatchEventsRequest } from '@tsbgp/api';
import { formatFamily } from '@tsbgp/wire';
import { ControlError, type ControlPlane } from '../../control-plane.ts';
import { type DaemonEvent, EVENTS_KEPT_MAX, type EventType } from '../../events.ts';

/** Watchers of events at the same time. */
export const EVENT_WATCHERS_MAX = 100;

const TYPES: Readonly<Record<EventType, Type>> = {
  'session-up': Type.SESSION_UP,
  'session-down': Type.SESSION_DOWN,
  'notification-sent': Type.NOTIFICATION_SENT,
  'notification-received': Type.NOTIFICATION_RECEIVED,
  'end-of-rib': Type.END_OF_RIB,
  'malformed-update': Type.MALFORMED_UPDATE,
  warning: Type.WARNING,
  'neighbor-changed': Type.NEIGHBOR_CHANGED,
  limit: Type.LIMIT,
  rpki: Type.RPKI,
  'graceful-restart': Type.GRACEFUL_RESTART,
  configuration: Type.CONFIGURATION,
};

export function addEventService(router: ConnectRouter, control: ControlPlane): void {
  router.service(EventService, { watchEvents: (request, { signal }) => watch(control, request, signal) });
}

async function* watch(control: ControlPlane, { neighbor, recent, recentOnly }: WatchEventsRequest, signal: AbortSignal) {
  const { events: log } = control;
  if (recent > EVENTS_KEPT_MAX) throw new ControlError('invalid-argument', 'recent', `found ${recent}, allowed 0 to ${EVENTS_KEPT_MAX}`);
  if (log.listenerCount >= EVENT_WATCHERS_MAX) {
    throw new ControlError('resource-exhausted', '', `${EVENT_WATCHERS_MAX} watchers of events are there already`);
  }
  // Throws `not-found`. The address is in canonical spelling.
  const address = neighbor === '' ? undefined : control.getNeighbor(neighbor).config.address;
  const wanted = (event: DaemonEvent): boolean => address === undefined || event.neighbor === address;

  let wake = (): void => undefined;
  const leave = log.listen(() => wake());
  const aborted = (): void => wake();
  signal.addEventListener('abort', aborted);
  try {
    let seen = log.last;
    if (recent > 0) {
      const before = log.after(0, EVENTS_KEPT_MAX).events.filter(wanted).slice(-recent);
      if (before.length > 0) yield { events: before.map(eventMessage) };
    }
    while (!recentOnly) {
      signal.throwIfAborted();
      const { events, lost } = log.after(seen, EVENTS_KEPT_MAX);
      if (events.length === 0) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        continue;
      }
      seen = events.at(-1)!.sequence;
      const told = events.filter(wanted);
      if (told.length > 0 || lost > 0) yield { events: told.map(eventMessage), lost: BigInt(lost) };
    }
  } finally {
    signal.removeEventListener('abort', aborted);
    leave();
  }
}

function eventMessage(event: DaemonEvent): MessageInitShape<typeof EventSchema> {
  const { type, neighbor, family, text, code, subcode, sequence, at } = event;
  return {
    sequence: BigInt(sequence),
    at: timestampFromDate(at),
    type: TYPES[type],
    neighbor,
    family: family === undefined ? '' : formatFamily(family),
    text,
    code: code ?? 0,
    subcode: subcode ?? 0,
  };
}
