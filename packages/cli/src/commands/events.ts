/** `tsbgp events`: what happens to sessions, one line each, until Ctrl-C. */
import { type Event, Event_Type as EventType } from '@tsbgp/api';
import type { Command } from 'commander';
import type { Invocation } from '../invocation.ts';
import { present } from '../present.ts';
import { type Format, printable } from '../terminal/style.ts';
import { clockTime, counted, dateTime } from '../terminal/units.ts';
import { date } from '../timestamp.ts';
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
    .description('show what happens to sessions: up, down, NOTIFICATIONs, End-of-RIB, malformed UPDATEs, limits')
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
    const events = message.events.slice(0, left);
    const lost = Number(message.lost);
    left -= events.length;
    if (invocation.isJson) {
      if (lost > 0) await invocation.printJsonLines([{ type: 'lost', count: lost }]);
      await invocation.printJsonLines(events.map(eventJson));
    } else {
      const view = invocation.view();
      if (lost > 0) await invocation.print(invocation.style('yellow', `too slow: ${counted(lost, 'event')} missing here`));
      await invocation.print(...events.map((event) => eventLine(event, view)));
    }
    if (left === 0) return;
  }
}

/** Name in JSON, label in a line, format of the label. */
type Kind = readonly [type: string, label: string, format: Format];

/** From a daemon that is newer than this program. */
const UNKNOWN: Kind = ['unknown', 'event', 'dim'];

const KINDS: Readonly<Record<EventType, Kind>> = {
  [EventType.UNSPECIFIED]: UNKNOWN,
  [EventType.SESSION_UP]: ['session-up', 'up', 'green'],
  [EventType.SESSION_DOWN]: ['session-down', 'down', 'red'],
  [EventType.NOTIFICATION_SENT]: ['notification-sent', 'sent', 'yellow'],
  [EventType.NOTIFICATION_RECEIVED]: ['notification-received', 'received', 'yellow'],
  [EventType.END_OF_RIB]: ['end-of-rib', 'End-of-RIB', 'dim'],
  [EventType.MALFORMED_UPDATE]: ['malformed-update', 'malformed', 'red'],
  [EventType.WARNING]: ['warning', 'warning', 'yellow'],
  [EventType.NEIGHBOR_CHANGED]: ['neighbor-changed', 'changed', 'dim'],
  [EventType.LIMIT]: ['limit', 'limit', 'yellow'],
  [EventType.RPKI]: ['rpki', 'RPKI', 'yellow'],
  [EventType.GRACEFUL_RESTART]: ['graceful-restart', 'restart', 'yellow'],
  [EventType.CONFIGURATION]: ['configuration', 'config', 'yellow'],
};

const LABEL_WIDTH = Math.max(...Object.values(KINDS).map(([, label]) => label.length));
const NEIGHBOR_WIDTH = 15;

function eventJson({ sequence, at, type, neighbor, family, text, code, subcode }: Event): object {
  return {
    sequence: Number(sequence),
    at: date(at) ?? new Date(0),
    type: (KINDS[type] ?? UNKNOWN)[0],
    neighbor,
    family: family || undefined,
    text,
    // Only a NOTIFICATION has codes.
    code: code === 0 ? undefined : code,
    subcode: code === 0 ? undefined : subcode,
  };
}

/** `14:02:59  down        192.0.2.1        connection lost` */
function eventLine(event: Event, { style, now }: ViewOptions): string {
  const [, label, format] = KINDS[event.type] ?? UNKNOWN;
  const at = date(event.at) ?? new Date(0);
  const isToday = at.toDateString() === now.toDateString();
  const text = event.type === EventType.END_OF_RIB ? `${event.family} is complete` : event.text;
  return [
    style('dim', isToday ? clockTime(at) : dateTime(at)),
    style(format, label.padEnd(LABEL_WIDTH)),
    style('cyan', printable(event.neighbor).padEnd(NEIGHBOR_WIDTH)),
    printable(text),
  ].join('  ');
}
