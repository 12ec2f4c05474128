/** Bounds the closed connections of a peer that stay open until the peer closes too. */
import type { Socket } from 'node:net';
import { LINGERING_PER_PEER_MAX } from './limits.ts';

export class Lingering {
  #count = 0;

  /** Whether one more may stay. If so, it counts until its socket closes. */
  mayLinger(socket: Socket): boolean {
    if (this.#count >= LINGERING_PER_PEER_MAX) return false;
    this.#count++;
    socket.once('close', () => this.#count--);
    return true;
  }
}
