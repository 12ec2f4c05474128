/** `tsbgp events`: what happens to sessions, one line each, until Ctrl-C. */
import { type Event, Event_Type as EventType } from '@tsbgp/api';
import type { Command } from 'commander';
import type { Invocation } from '../invocation.ts';
import { type Format, printable } from '../terminal/style.ts';
import { clockTime, counted, dateTime } from '../terminal/units.ts';
import { date } from '../timestamp.ts';
import { present } from '../to-api.ts';
import { address, integer } from '../values.ts';
import type { ViewOptions } from '../views/view-options.ts';

interface EventsOptions {
  readonly recent: number;
  readonly follow: boolean;
  readonly limit?: number;
}

/** The daemon remembers this many events. */
const RECENT_MAX = 1000;
const RECENT_DEFAULT = 20;

export function addEvents(program: Command, invocation: Invocation): void {
  program
    .command('events')
    .description('show what happens to sessions: up, down, NOTIFICATIONs, End-of-RIB, malformed UPDATEs')
    .argument('[neighbor]', 'only this one', address)
    .option('--recent <number>', 'so many of the past first', integer(0, RECENT_MAX, 100), RECENT_DEFAULT)
    .option('--no-follow', 'end after those of the past')
    .option('--limit <number>', 'end after this many', integer(1, Number.MAX_SAFE_INTEGER, 20))
    .action((neighbor: string | undefined, options: EventsOptions) => show(invocation, neighbor, options));
}

async function show(invocation: Invocation, neighbor: string | undefined, { recent, follow, limit }: EventsOptions): Promise<void> {
  const daemon = await invocation.daemon();
  const request = { ...present({ neighbor }), recent, recentOnly: !follow };
  let left = limit ?? Number.POSITIVE_INFINITY;
  for await (const message of daemon.stream((client, options) => client.events.watchEvents(request, options))) {
    const events = message.events.slice(0, left).map(eventView);
    const lost = Number(message.lost);
    left -= events.length;
    if (invocation.isJson) {
      if (lost > 0) await invocation.printJsonLines([{ type: 'lost', count: lost }]);
      await invocation.printJsonLines(events);
    } else {
      const view = invocation.view();
      if (lost > 0) await invocation.print(invocation.style('yellow', `too slow: ${counted(lost, 'event')} missing here`));
      await invocation.print(...events.map((event) => eventLine(event, view)));
    }
    if (left === 0) return;
  }
}

/** An event as `--json` shows it. */
interface EventView {
  readonly sequence: number;
  readonly at: Date;
  readonly type: EventViewType;
  readonly neighbor: string;
  readonly family: string | undefined;
  readonly text: string;
  /** Of a NOTIFICATION. */
  readonly code: number | undefined;
  readonly subcode: number | undefined;
}

type EventViewType =
  | 'session-up'
  | 'session-down'
  | 'notification-sent'
  | 'notification-received'
  | 'end-of-rib'
  | 'malformed-update'
  | 'warning'
  | 'neighbor-changed'
  /** From a daemon that is newer than this program. */
  | 'unknown';

const EVENT_TYPES: Readonly<Record<EventType, EventViewType>> = {
  [EventType.UNSPECIFIED]: 'unknown',
  [EventType.SESSION_UP]: 'session-up',
  [EventType.SESSION_DOWN]: 'session-down',
  [EventType.NOTIFICATION_SENT]: 'notification-sent',
  [EventType.NOTIFICATION_RECEIVED]: 'notification-received',
  [EventType.END_OF_RIB]: 'end-of-rib',
  [EventType.MALFORMED_UPDATE]: 'malformed-update',
  [EventType.WARNING]: 'warning',
  [EventType.NEIGHBOR_CHANGED]: 'neighbor-changed',
};

function eventView({ sequence, at, type, neighbor, family, text, code, subcode }: Event): EventView {
  return {
    sequence: Number(sequence),
    at: date(at) ?? new Date(0),
    type: EVENT_TYPES[type] ?? 'unknown',
    neighbor,
    family: family || undefined,
    text,
    code: code === 0 ? undefined : code,
    subcode: code === 0 ? undefined : subcode,
  };
}

const LABELS: Readonly<Record<EventViewType, readonly [label: string, format: Format]>> = {
  'session-up': ['up', 'green'],
  'session-down': ['down', 'red'],
  'notification-sent': ['sent', 'yellow'],
  'notification-received': ['received', 'yellow'],
  'end-of-rib': ['End-of-RIB', 'dim'],
  'malformed-update': ['malformed', 'red'],
  warning: ['warning', 'yellow'],
  'neighbor-changed': ['changed', 'dim'],
  unknown: ['event', 'dim'],
};

const LABEL_WIDTH = Math.max(...Object.values(LABELS).map(([label]) => label.length));
const NEIGHBOR_WIDTH = 15;

/** `14:02:59  down        192.0.2.1        connection lost` */
function eventLine(event: EventView, { style, now }: Pick<ViewOptions, 'style' | 'now'>): string {
  const [label, format] = LABELS[event.type];
  const isToday = event.at.toDateString() === now.toDateString();
  const text = event.type === 'end-of-rib' ? `${event.family ?? ''} is complete` : event.text;
  return [
    style('dim', isToday ? clockTime(event.at) : dateTime(event.at)),
    style(format, label.padEnd(LABEL_WIDTH)),
    style('cyan', printable(event.neighbor).padEnd(NEIGHBOR_WIDTH)),
    printable(text),
  ].join('  ');
}
