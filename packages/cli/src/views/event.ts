/** What happened to a session, as a line. */
import { type Format, printable } from '../terminal/style.ts';
import { clockTime, dateTime } from '../terminal/units.ts';
import type { ViewOptions } from './view-options.ts';

export interface EventView {
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

export type EventViewType =
  | 'session-up'
  | 'session-down'
  | 'notification-sent'
  | 'notification-received'
  | 'end-of-rib'
  | 'malformed-update'
  | 'warning'
  | 'neighbor-changed'
  /** Of a daemon that is newer than this program. */
  | 'unknown';

const WORDS: Readonly<Record<EventViewType, readonly [word: string, format: Format]>> = {
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

const WORD_WIDTH = Math.max(...Object.values(WORDS).map(([word]) => word.length));
const NEIGHBOR_WIDTH = 15;

/** `14:02:59  down        192.0.2.1        connection lost` */
export function eventLine(event: EventView, { style, now }: Pick<ViewOptions, 'style' | 'now'>): string {
  const [word, format] = WORDS[event.type];
  const isToday = event.at.toDateString() === now.toDateString();
  const text = event.type === 'end-of-rib' ? `${event.family ?? ''} is complete` : event.text;
  return [
    style('dim', isToday ? clockTime(event.at) : dateTime(event.at)),
    style(format, word.padEnd(WORD_WIDTH)),
    style('cyan', printable(event.neighbor).padEnd(NEIGHBOR_WIDTH)),
    printable(text),
  ].join('  ');
}
