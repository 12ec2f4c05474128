/** KEEPALIVE (RFC 4271 §4.4): a header and nothing else. */
import { HEADER_LENGTH, MessageType } from '../codes.ts';
import { writeHeader } from './header.ts';

/** KEEPALIVE (RFC 4271 §4.4): nothing but a header. */
export interface KeepaliveMessage {
  type: 'keepalive';
}

/** All KEEPALIVE messages are equal to this one. */
export const KEEPALIVE: KeepaliveMessage = { type: 'keepalive' };

/** A whole KEEPALIVE. Each call gives a new array, because callers may keep or transfer it. */
export function keepaliveBytes(): Uint8Array {
  const bytes = new Uint8Array(HEADER_LENGTH);
  writeHeader(bytes, 0, HEADER_LENGTH, MessageType.Keepalive);
  return bytes;
}
