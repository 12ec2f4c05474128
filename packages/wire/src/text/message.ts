/**
 * Messages as text, one line each: the word for the message, then what it says.
 *
 *     open as 65001 hold-time 90 bgp-identifier 192.0.2.1 capabilities { multiprotocol ipv4-unicast; four-octet-as 65001 }
 *     update nlri { 192.0.2.0/24 } attributes { ORIGIN igp; AS_PATH 65001 65002; NEXT_HOP 192.0.2.1 }
 *     update end-of-rib ipv6-unicast
 *     notification 6/2 Cease, Administrative Shutdown: "maintenance"
 *     keepalive
 *     route-refresh ipv4-unicast begin
 *     operational ASM ipv4-unicast "see you"
 *
 * `parseMessage(formatMessage(x))` is x.
 */
import { ValueError } from '../fault.ts';
import type { Message } from '../messages/message.ts';
import { formatNotification, parseNotification } from '../messages/notification.ts';
import { formatOpen, parseOpen } from './open.ts';
import { formatOperational, parseOperational } from './operational.ts';
import { formatRouteRefresh, parseRouteRefresh } from './route-refresh.ts';
import { formatUpdate, parseUpdate } from './update.ts';

/** One line that says all of the message; `parseMessage` reads it. */
export function formatMessage(message: Message): string {
  return `${message.type} ${body(message)}`.trimEnd();
}

function body(message: Message): string {
  switch (message.type) {
    case 'open':
      return formatOpen(message);
    case 'update':
      return formatUpdate(message);
    case 'notification':
      return formatNotification(message);
    case 'keepalive':
      return '';
    case 'route-refresh':
      return formatRouteRefresh(message);
    case 'operational':
      return formatOperational(message);
  }
}

/** The message that `formatMessage` wrote. The text may have several lines. Throws ValueError. */
export function parseMessage(text: string): Message {
  const [, type = '', rest = ''] = /^\s*(\S*)\s*(.*)$/s.exec(text.replace(/\s*[\r\n]+\s*/g, ' '))!;
  switch (type) {
    case 'open':
      return parseOpen(rest);
    case 'update':
      return parseUpdate(rest);
    case 'notification':
      return parseNotification(rest);
    case 'keepalive':
      if (rest !== '') throw new ValueError(`found "${rest.trim()}", allowed is nothing behind "keepalive"`);
      return { type };
    case 'route-refresh':
      return parseRouteRefresh(rest);
    case 'operational':
      return parseOperational(rest);
    default:
      throw new ValueError(`found "${type}", allowed is open, update, notification, keepalive, route-refresh or operational`);
  }
}
