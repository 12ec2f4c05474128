/** Closes sockets after what was written has left. */
import type { Socket } from 'node:net';
import type { Clock } from './clock.ts';

/** How long a closed connection may take to send its last octets and to wait for the peer's end. */
const LINGER_MS = 3000;

/** Sockets that are closed gently. Their number is bounded, because each keeps a descriptor. */
export class Lingering {
  readonly #max: number;
  readonly #clock: Clock;
  count = 0;

  constructor(max: number, clock: Clock) {
    this.#max = max;
    this.#clock = clock;
  }

  get full(): boolean {
    return this.count >= this.#max;
  }

  /**
   * Reads and discards until the peer closes too. With unread octets at close, the kernel would send a reset, which may overtake our
   * NOTIFICATION at the peer. When too many sockets wait already, gives what was written to the kernel and frees the descriptor at once.
   */
  close(socket: Socket): void {
    while (socket.writableCorked > 0) socket.uncork();
    const destroy = () => socket.destroy();
    if (this.full) return void destroy();
    this.count++;
    socket.resume();
    socket.end();
    const timer = this.#clock.setTimeout(destroy, LINGER_MS);
    socket.once(socket.readableEnded ? 'finish' : 'end', destroy);
    socket.once('close', () => {
      this.count--;
      this.#clock.clearTimeout(timer);
    });
  }
}
