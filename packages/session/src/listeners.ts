/** The listeners of a server, and the keys on them. */
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { serverClosed } from './errors.ts';
import type { Logger } from './logger.ts';
import type { TcpAoKey } from './peer-options.ts';
import { type Listening, type Protected, protectListener, reaches, rollAoKeys, unprotectListener } from './protection.ts';
import type { Endpoint, ListenOptions } from './server-options.ts';
import { descriptorOf } from './tcp-options.ts';
import type { KeyTarget } from './tcp-structures.ts';

export interface ListenersOwner {
  accepted(socket: Socket): void;
  acceptFailed(error: NodeJS.ErrnoException, options: ListenOptions): void;
  /** All peers and ranges that a new listener must protect. */
  protected(): Iterable<Protected>;
}

export class Listeners {
  readonly #owner: ListenersOwner;
  readonly #logger: Logger;
  readonly #listening = new Set<Listening>();
  #closed = false;

  constructor(owner: ListenersOwner, logger: Logger) {
    this.#owner = owner;
    this.#logger = logger;
  }

  listen(options: ListenOptions): Promise<Endpoint> {
    if (this.#closed) return Promise.reject(serverClosed());
    return new Promise((resolve, reject) => {
      const server = createServer({ allowHalfOpen: true, pauseOnConnect: false }, (socket) => this.#owner.accepted(socket));
      server.once('error', reject);
      server.listen({ host: options.host, port: options.port, ipv6Only: options.ipv6Only ?? false }, () => {
        server.off('error', reject);
        server.on('error', (error) => this.#owner.acceptFailed(error, options));
        if (this.#closed) {
          server.close();
          reject(serverClosed());
          return;
        }
        const { address, port, family } = server.address() as AddressInfo;
        const listening: Listening = { server, family: family === 'IPv6' ? 6 : 4 };
        try {
          for (const peer of this.#owner.protected()) protectListener(listening, peer.options, peer.target);
        } catch (error) {
          server.close();
          reject(error);
          return;
        }
        this.#listening.add(listening);
        this.#logger.debug({ host: address, port }, 'listening');
        resolve({ host: address, port });
      });
    });
  }

  /** On all listeners, or on none. */
  protect({ options, target }: Protected): void {
    try {
      for (const listening of this.#listening) protectListener(listening, options, target);
    } catch (error) {
      this.unprotect({ options, target });
      throw error;
    }
  }

  unprotect({ options, target }: Protected): void {
    for (const listening of this.#listening) {
      try {
        unprotectListener(listening, options, target);
      } catch (error) {
        this.#logger.warn({ err: error, address: target.address }, 'a key could not be taken off a listener');
      }
    }
  }

  rollKeys(target: KeyTarget, before: readonly TcpAoKey[], after: readonly TcpAoKey[]): void {
    for (const listening of this.#listening) {
      if (reaches(listening, target)) rollAoKeys(descriptorOf(listening.server), listening.family, target, before, after, false);
    }
  }

  /** For good. Resolves when all are closed. */
  async close(): Promise<void> {
    this.#closed = true;
    const servers = [...this.#listening].map(({ server }) => new Promise<void>((resolve) => server.close(() => resolve())));
    this.#listening.clear();
    await Promise.all(servers);
  }
}
