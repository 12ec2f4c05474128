/** Accepted connections that are not Established, over all peers of a server: bounded by number and by file descriptor. */
import type { Socket } from 'node:net';
import type { Refusal } from './refusals.ts';
import { descriptorOf } from './tcp-options.ts';

export class HalfOpen {
  readonly max: number;
  readonly #descriptorMax: number;
  readonly #sockets = new Set<Socket>();

  constructor(max: number, descriptorMax: number) {
    this.max = max;
    this.#descriptorMax = descriptorMax;
  }

  get size(): number {
    return this.#sockets.size;
  }

  /** Counts a connection until `delete` or until it closes. */
  add(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
  }

  delete(socket: Socket): void {
    this.#sockets.delete(socket);
  }

  /** Why `socket` must be closed at once, without an answer; or undefined. */
  excess(socket: Socket): Refusal | undefined {
    if (this.#sockets.size >= this.max) {
      return { reason: 'half-open-limit', text: `${this.max} are not Established already` };
    }
    if (this.#descriptorMax === Number.POSITIVE_INFINITY || descriptorOf(socket) < this.#descriptorMax) return undefined;
    return { reason: 'descriptor-limit', text: 'the process is close to its limit of file descriptors' };
  }
}
