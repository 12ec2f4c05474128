/** The listeners of a server, and the keys on them. */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server as NetServer, type Socket } from 'node:net';
import { isIpv6 } from './address.ts';
import { serverClosed } from './errors.ts';
import type { TcpAoKey } from './peer.ts';
import { isProtected, type Protection, rollAoKeys } from './protection.ts';
import type { Endpoint, ListenOptions, Logger } from './server-options.ts';
import { addAoKey, deleteAoKey, descriptorOf, type KeyTarget, type SocketFamily, setMd5, setTtl } from './tcp-options.ts';

/** A peer or a range, and its keys and TTL. */
export interface Protected {
  readonly options: Protection;
  readonly target: KeyTarget;
}

interface Listening {
  readonly server: NetServer;
  /** The address and port that it is bound to. */
  readonly bound: Endpoint;
  readonly family: SocketFamily;
}

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

  async listen(options: ListenOptions): Promise<Endpoint> {
    if (this.#closed) throw serverClosed();
    const server = createServer({ allowHalfOpen: true, pauseOnConnect: false }, (socket) => this.#owner.accepted(socket));
    server.listen({ host: options.host, port: options.port, ipv6Only: options.ipv6Only ?? false });
    await once(server, 'listening');
    server.on('error', (error) => this.#owner.acceptFailed(error, options));
    try {
      if (this.#closed) throw serverClosed();
      const { address, port, family } = server.address() as AddressInfo;
      const listening: Listening = { server, bound: { host: address, port }, family: family === 'IPv6' ? 6 : 4 };
      for (const peer of this.#owner.protected()) protectListener(listening, peer);
      this.#listening.add(listening);
      this.#logger.debug({ host: address, port }, 'listening');
      return listening.bound;
    } catch (error) {
      server.close();
      throw error;
    }
  }

  /** Closes the listener at `bound`, as `listen` returned it; sessions stay. Resolves with false when there is none. */
  async unlisten(bound: Endpoint): Promise<boolean> {
    const found = [...this.#listening].find((each) => each.bound.host === bound.host && each.bound.port === bound.port);
    if (found === undefined) return false;
    this.#listening.delete(found);
    // `close` waits for accepted connections, which live on. The address is free as soon as it returns.
    found.server.close();
    return true;
  }

  /** On all listeners, or on none. */
  protect(peer: Protected): void {
    try {
      for (const listening of this.#listening) protectListener(listening, peer);
    } catch (error) {
      this.unprotect(peer);
      throw error;
    }
  }

  unprotect(peer: Protected): void {
    for (const listening of this.#listening) {
      try {
        unprotectListener(listening, peer);
      } catch (error) {
        this.#logger.warn({ err: error, address: peer.target.address }, 'a key could not be taken off a listener');
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

function protectListener(listener: Listening, { options, target }: Protected): void {
  if (!reaches(listener, target) || !isProtected(options)) return;
  const fd = descriptorOf(listener.server);
  if (options.md5Key !== undefined) setMd5(fd, listener.family, target, options.md5Key);
  for (const key of options.tcpAoKeys ?? []) addAoKey(fd, listener.family, target, key, false);
  // RFC 5082 §3: the peer checks our SYN-ACK as well, which leaves before we accept. A larger TTL does other peers no harm.
  if (options.ttlSecurityHops !== undefined) setTtl(fd, isIpv6(target.address) ? 6 : 4, 255);
}

function unprotectListener(listener: Listening, { options, target }: Protected): void {
  if (!reaches(listener, target)) return;
  if (options.md5Key === undefined && options.tcpAoKeys === undefined) return;
  const fd = descriptorOf(listener.server);
  if (options.md5Key !== undefined) setMd5(fd, listener.family, target, undefined);
  for (const key of options.tcpAoKeys ?? []) deleteAoKey(fd, listener.family, target, key);
}

function reaches(listener: Listening, target: KeyTarget): boolean {
  return listener.family === 6 || !isIpv6(target.address);
}
