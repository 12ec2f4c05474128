/** NOTIFICATION 6/N as ExaBGP sends it: with the name of the subcode as its text. */
import { type NotificationMessage, notificationSubcodeName } from '@tsbgp/wire';
import { ceaseMessage } from './cease.ts';

const CEASE = 6;
/** Subcodes whose data is a text with its length before it (RFC 9003). */
const WITH_LENGTH = new Set([2, 4]);

export function teardownMessage(subcode: number): NotificationMessage {
  const text = new TextEncoder().encode(notificationSubcodeName(CEASE, subcode) ?? 'Unspecified');
  return ceaseMessage(subcode, WITH_LENGTH.has(subcode) ? Uint8Array.of(text.length, ...text) : text);
}
