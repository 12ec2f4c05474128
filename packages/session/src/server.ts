/** A BGP speaker: listeners and peers. */
import { type AddressInfo, createServer, type Server as NetServer, type Socket } from 'node:net';
import { CeaseSubcode, type NotificationMessage } from '@tsbgp/wire';
import { canonicalAddress } from './address.ts';
import { systemClock } from './clock.ts';
import { closeGently } from './connection.ts';
import { dial } from './dial.ts';
import { PeerError } from './errors.ts';
import { encodeNotification } from './messages.ts';
import { cease, type PeerHost, PeerSession } from './peer.ts';
import { Turns } from './turns.ts';
import type {
  Clock,
  DeletePeerOptions,
  Endpoint,
  ListenOptions,
  Logger,
  Peer,
  PeerConfig,
  PeerOptions,
  Plugin,
  ServerOptions,
} from './types.ts';
import { validatePeer, validateServer } from './validate.ts';

const SILENT: Logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const TURN_BUDGET_MS_DEFAULT = 8;
const BGP_PORT = 179;

export class Server {
  readonly options: ServerOptions;
  readonly #logger: Logger;
  readonly #clock: Clock;
  readonly #host: PeerHost;
  readonly #peers = new Map<string, PeerSession>();
  readonly #listeners = new Set<NetServer>();
  /** Everything open, with whose it is: `deletePeer` and `close` wait for the last octet. */
  readonly #sockets = new Map<Socket, PeerSession | undefined>();
  #waiters: (() => void)[] = [];
  #closing: Promise<void> | undefined = undefined;

  constructor(options: ServerOptions) {
    validateServer(options);
    this.options = options;
    this.#logger = options.logger ?? SILENT;
    this.#clock = options.clock ?? systemClock;
    this.#host = {
      routerId: options.routerId,
      logger: this.#logger,
      clock: this.#clock,
      turns: new Turns(options.turnBudgetMs ?? TURN_BUDGET_MS_DEFAULT),
      dial: (peer) => this.#dial(peer),
    };
    const { signal } = options;
    if (signal?.aborted === true) this.#closing = Promise.resolve();
    else signal?.addEventListener('abort', () => void this.close(), { once: true });
  }

  /** Several listeners are fine. Rejects when the address cannot be bound. */
  listen(options: ListenOptions): Promise<Endpoint> {
    if (this.#closing !== undefined) return Promise.reject(closed());
    return new Promise((resolve, reject) => {
      const listener = createServer({ allowHalfOpen: true, pauseOnConnect: false }, (socket) => this.#accept(socket));
      listener.once('error', reject);
      listener.listen({ host: options.host, port: options.port, ipv6Only: options.ipv6Only ?? false }, () => {
        listener.off('error', reject);
        // EMFILE and the like: this connection could not be accepted, the next may be.
        listener.on('error', (error) => this.#logger.error({ err: error }, 'listener'));
        if (this.#closing !== undefined) {
          listener.close();
          reject(closed());
          return;
        }
        this.#listeners.add(listener);
        const { address, port } = listener.address() as AddressInfo;
        this.#logger.info({ host: address, port }, 'listening');
        resolve({ host: address, port });
      });
    });
  }

  /** The peer starts at once unless `enabled` is false. Throws PeerError `already-exists`, `invalid-config`, `unsupported`, `closed`. */
  addPeer(config: PeerConfig, plugin: Plugin, options: PeerOptions = {}): Peer {
    if (this.#closing !== undefined) throw closed();
    validatePeer(config, options);
    const key = keyOf(config.remoteAddress);
    if (this.#peers.has(key)) throw new PeerError('already-exists', `there is a peer ${key} already`, 'remoteAddress');
    const peer = new PeerSession({ ...config, remoteAddress: key }, options, plugin, this.#host, config.remoteAs);
    this.#peers.set(key, peer);
    if (options.enabled !== false) peer.enable();
    return peer;
  }

  /** Cease/3, then gone. Rejects with PeerError `not-found`. */
  async deletePeer(remoteAddress: string, options: DeletePeerOptions = {}): Promise<void> {
    const key = keyOf(remoteAddress);
    const peer = this.#peers.get(key);
    if (peer === undefined) throw new PeerError('not-found', `there is no peer ${key}`, 'remoteAddress');
    this.#peers.delete(key);
    peer.stop(
      options.message === undefined ? cease(CeaseSubcode.PeerDeconfigured) : cease(CeaseSubcode.AdministrativeShutdown, options.message),
    );
    await this.#quiet((owner) => owner === peer);
  }

  getPeer(remoteAddress: string): Peer | undefined {
    return this.#peers.get(keyOf(remoteAddress));
  }

  listPeers(): Peer[] {
    return [...this.#peers.values()];
  }

  /** Cease/2 to all, listeners closed; resolves when all is gone. */
  close(shutdownMessage?: string): Promise<void> {
    this.#closing ??= this.#close(shutdownMessage);
    return this.#closing;
  }

  async #close(shutdownMessage: string | undefined): Promise<void> {
    const listeners = [...this.#listeners].map((listener) => new Promise<void>((resolve) => listener.close(() => resolve())));
    this.#listeners.clear();
    for (const peer of this.#peers.values()) peer.stop(cease(CeaseSubcode.AdministrativeShutdown, shutdownMessage));
    await this.#quiet(() => true);
    await Promise.all(listeners);
  }

  // Sockets

  #dial(peer: PeerSession): Socket {
    const { options } = peer;
    const socket = dial({
      remoteAddress: peer.config.remoteAddress,
      remotePort: options.remotePort ?? BGP_PORT,
      localAddress: options.localAddress,
      localPort: options.localPort,
    });
    this.#track(socket, peer);
    return socket;
  }

  #accept(socket: Socket): void {
    const remoteAddress = canonicalAddress(socket.remoteAddress ?? '');
    const peer = remoteAddress === undefined ? undefined : this.#peers.get(remoteAddress);
    this.#track(socket, peer);
    if (remoteAddress === undefined) {
      socket.on('error', () => {}); // gone before we looked
      socket.destroy();
      return;
    }
    const refusal = peer === undefined ? 'no such peer' : peer.accept(socket);
    if (refusal !== undefined) this.#refuse(socket, cease(CeaseSubcode.ConnectionRejected), refusal);
  }

  #refuse(socket: Socket, notification: NotificationMessage, reason: string): void {
    this.#logger.info({ remoteAddress: socket.remoteAddress, reason }, 'connection refused');
    socket.on('error', () => {}); // refused anyway
    socket.write(encodeNotification(notification));
    closeGently(socket, this.#clock);
  }

  #track(socket: Socket, peer: PeerSession | undefined): void {
    this.#sockets.set(socket, peer);
    socket.once('close', () => {
      this.#sockets.delete(socket);
      for (const waiter of this.#waiters) waiter();
    });
  }

  /** Resolves when no socket is left for which `concerns` holds. */
  #quiet(concerns: (owner: PeerSession | undefined) => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = () => {
        for (const owner of this.#sockets.values()) if (concerns(owner)) return;
        this.#waiters = this.#waiters.filter((waiter) => waiter !== look);
        resolve();
      };
      this.#waiters.push(look);
      look();
    });
  }
}

function keyOf(address: string): string {
  return canonicalAddress(address) ?? address;
}

function closed(): PeerError {
  return new PeerError('closed', 'the server is closed');
}
