/** Two ways to close a socket after what was written has left. */
import type { Socket } from 'node:net';
import type { Clock } from './clock.ts';

/** How long a closed connection may take to hand over its last octets, then to hear the peer close. */
const LINGER_MS = 3000;

/**
 * Goes on reading and discarding until the peer closes too: octets unread at close would make the kernel send a reset, which may overtake
 * our NOTIFICATION at the peer.
 */
export function closeGently(socket: Socket, clock: Clock): void {
  while (socket.writableCorked > 0) socket.uncork();
  socket.resume();
  socket.end();
  const destroy = () => socket.destroy();
  const timer = clock.setTimeout(destroy, LINGER_MS);
  if (socket.readableEnded) socket.once('finish', destroy);
  else socket.once('end', destroy);
  socket.once('close', () => clock.clearTimeout(timer));
}

/** Hands what was written to the kernel and frees the descriptor at once. For crowds: a descriptor that waits for the peer costs too much. */
export function closeAfterWrite(socket: Socket): void {
  while (socket.writableCorked > 0) socket.uncork();
  socket.destroy();
}
