/** Every open connection of a server with its peer: to delete a peer or close the server is to wait for the last octet. */
import type { Socket } from 'node:net';
import type { Peer } from './peer.ts';

export class OpenSockets {
  readonly #peers = new Map<Socket, Peer | undefined>();
  #waiters: (() => void)[] = [];

  /** `peer` is undefined for a connection that is refused. */
  track(socket: Socket, peer: Peer | undefined): void {
    this.#peers.set(socket, peer);
    socket.once('close', () => {
      this.#peers.delete(socket);
      for (const waiter of this.#waiters) waiter();
    });
  }

  ofPeer(peer: Peer): Socket[] {
    return [...this.#peers].flatMap(([socket, owner]) => (owner === peer && !socket.destroyed ? [socket] : []));
  }

  /** Resolves when no connection is left, or none of `peer`. */
  closed(peer?: Peer): Promise<void> {
    return new Promise((resolve) => {
      const look = () => {
        for (const owner of this.#peers.values()) if (peer === undefined || owner === peer) return;
        this.#waiters = this.#waiters.filter((waiter) => waiter !== look);
        resolve();
      };
      this.#waiters.push(look);
      look();
    });
  }
}
