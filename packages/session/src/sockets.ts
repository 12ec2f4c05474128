/** Every open connection of a server with its peer. Those that are half-open are bounded by number and by file descriptor. */
import type { Socket } from 'node:net';
import type { Peer } from './peer.ts';
import type { Refusal } from './refusals.ts';
import { HALF_OPEN_MAX_DEFAULT, type ServerOptions } from './server-options.ts';
import { descriptorOf } from './tcp-options.ts';

export class Sockets {
  readonly halfOpenMax: number;
  readonly #descriptorMax: number;
  readonly #peers = new Map<Socket, Peer | undefined>();
  /** Accepted connections that are not Established. */
  readonly halfOpen: Set<Socket> = new Set();

  constructor({ halfOpenMax = HALF_OPEN_MAX_DEFAULT, descriptorMax = Number.POSITIVE_INFINITY }: ServerOptions) {
    this.halfOpenMax = halfOpenMax;
    this.#descriptorMax = descriptorMax;
  }

  /** Until the socket closes. `peer` is undefined for a connection that is refused. */
  track(socket: Socket, peer: Peer | undefined): void {
    this.#peers.set(socket, peer);
    socket.once('close', () => {
      this.#peers.delete(socket);
      this.halfOpen.delete(socket);
    });
  }

  ofPeer(peer: Peer): Socket[] {
    return [...this.#peers].flatMap(([socket, owner]) => (owner === peer && !socket.destroyed ? [socket] : []));
  }

  /** Resolves when no connection is left, or none of `peer`. */
  async closed(peer?: Peer): Promise<void> {
    const open = () => [...this.#peers].filter(([, owner]) => peer === undefined || owner === peer);
    for (let left = open(); left.length > 0; left = open()) {
      await Promise.all(left.map(([socket]) => new Promise((resolve) => socket.once('close', resolve))));
    }
  }

  /** Why `socket` must be closed at once, without an answer; or undefined. */
  excess(socket: Socket): Refusal | undefined {
    if (this.halfOpen.size >= this.halfOpenMax) {
      return { reason: 'half-open-limit', text: `${this.halfOpenMax} are not Established already` };
    }
    if (this.#descriptorMax === Number.POSITIVE_INFINITY || descriptorOf(socket) < this.#descriptorMax) return undefined;
    return { reason: 'descriptor-limit', text: 'the process is close to its limit of file descriptors' };
  }
}
