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
import { KEEPALIVE, type KeepaliveMessage } from '../messages/keepalive.ts';
import type { Message } from '../messages/message.ts';
import { formatNotification, parseNotification } from '../messages/notification.ts';
import { formatOpen, parseOpen } from './open.ts';
import { formatOperational, parseOperational } from './operational.ts';
import { formatRouteRefresh, parseRouteRefresh } from './route-refresh.ts';
import { formatUpdate, parseUpdate } from './update.ts';

interface MessageText<T extends Message> {
  format(message: T): string;
  /** Throws ValueError. */
  parse(text: string): T;
}

const TEXTS: { readonly [Type in Message['type']]: MessageText<Extract<Message, { type: Type }>> } = {
  open: { format: formatOpen, parse: parseOpen },
  update: { format: formatUpdate, parse: parseUpdate },
  notification: { format: formatNotification, parse: parseNotification },
  keepalive: { format: () => '', parse: parseKeepalive },
  'route-refresh': { format: formatRouteRefresh, parse: parseRouteRefresh },
  operational: { format: formatOperational, parse: parseOperational },
};

/** One line that says all of the message; `parseMessage` reads it. */
export function formatMessage(message: Message): string {
  const { format } = TEXTS[message.type] as MessageText<Message>;
  return `${message.type} ${format(message)}`.trimEnd();
}

/** The message that `formatMessage` wrote. The text may have several lines. Throws ValueError. */
export function parseMessage(text: string): Message {
  const [, type = '', rest = ''] = /^\s*(\S*)\s*(.*)$/s.exec(text.replace(/\s*[\r\n]+\s*/g, ' '))!;
  if (Object.hasOwn(TEXTS, type)) return TEXTS[type as Message['type']].parse(rest);
  throw new ValueError(`found "${type}", allowed is open, update, notification, keepalive, route-refresh or operational`);
}

function parseKeepalive(text: string): KeepaliveMessage {
  if (text !== '') throw new ValueError(`found "${text.trim()}", allowed is nothing behind "keepalive"`);
  return KEEPALIVE;
}
