/** Two ways to close a socket after what was written has left. */
import type { Socket } from 'node:net';
import type { Clock } from './clock.ts';

/** How long a closed connection may take to send its last octets and to wait for the peer's end. */
const LINGER_MS = 3000;

/**
 * Reads and discards until the peer closes too. With unread octets at close, the kernel would send a reset, which may overtake our
 * NOTIFICATION at the peer.
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

/** Gives what was written to the kernel and frees the descriptor at once. For crowds, where waiting would need too many descriptors. */
export function closeAfterWrite(socket: Socket): void {
  while (socket.writableCorked > 0) socket.uncork();
  socket.destroy();
}
