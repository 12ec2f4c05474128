/** A BGP speaker: listeners and peers. */
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { CeaseSubcode } from '@tsbgp/wire';
import { canonicalAddress, isIpv6 } from './address.ts';
import { systemClock } from './clock.ts';
import { closeGently } from './connection.ts';
import { Containment } from './containment.ts';
import { dial } from './dial.ts';
import { PeerError } from './errors.ts';
import { textOf } from './half.ts';
import { encodeNotification } from './messages.ts';
import { cease, type PeerHost, PeerSession } from './peer.ts';
import { checkSupported, type Listening, protectAccepted, protectListener, reaches, rollAoKeys, unprotectListener } from './protection.ts';
import { Range } from './range.ts';
import { type Refusal, Refusals } from './refusals.ts';
import { descriptorOf, type KeyTarget } from './tcp-options.ts';
import { Turns } from './turns.ts';
import {
  type Clock,
  type DeletePeerOptions,
  type Endpoint,
  HALF_OPEN_MAX_DEFAULT,
  type ListenOptions,
  type Logger,
  type Peer,
  type PeerConfig,
  type PeerOptions,
  type PeerRange,
  type PeerRangeConfig,
  type Plugin,
  type ServerOptions,
  type ServerStatistics,
  type TcpAoKey,
} from './types.ts';
import { checkShutdownMessage, validatePeer, validateRange, validateServer } from './validate.ts';

const SILENT: Logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const TURN_BUDGET_MS_DEFAULT = 8;
/** Connections that are told why they are refused, at a time. A speaker that is misconfigured makes one or two. */
export const REFUSED_MAX = 64;

/** A BGP speaker (RFC 4271): listens, connects, and keeps the sessions of its peers. Routes are the business of their plugins. */
export class Server {
  readonly options: ServerOptions;
  readonly #logger: Logger;
  readonly #clock: Clock;
  readonly #host: PeerHost;
  readonly #containment: Containment;
  readonly #refusals: Refusals;
  /** Accepted connections that are not Established. */
  readonly #halfOpen = new Set<Socket>();
  readonly #halfOpenMax: number;
  readonly #descriptorMax: number;
  readonly #peers = new Map<string, PeerSession>();
  readonly #ranges = new Map<string, Range>();
  /** Dynamic peers with the range they came from. */
  readonly #dynamic = new Map<PeerSession, Range>();
  readonly #listeners = new Set<Listening>();
  /** Everything open, with whose it is: `deletePeer` and `close` wait for the last octet. */
  readonly #sockets = new Map<Socket, PeerSession | undefined>();
  /** Refused connections whose NOTIFICATION is on its way. */
  #refused = 0;
  #crowded = false;
  #waiters: (() => void)[] = [];
  #closing: Promise<void> | undefined = undefined;

  constructor(options: ServerOptions) {
    validateServer(options);
    this.options = options;
    this.#containment = new Containment(options.logger ?? SILENT, options.onError, options.isFatal);
    this.#logger = this.#containment.guardLogger();
    this.#clock = options.clock ?? systemClock;
    this.#refusals = new Refusals(this.#logger, this.#clock);
    this.#halfOpenMax = options.halfOpenMax ?? HALF_OPEN_MAX_DEFAULT;
    this.#descriptorMax = options.descriptorMax ?? Number.POSITIVE_INFINITY;
    this.#host = {
      routerId: options.routerId,
      logger: this.#logger,
      clock: this.#clock,
      turns: new Turns(options.turnBudgetMs ?? TURN_BUDGET_MS_DEFAULT),
      containment: this.#containment,
      dial: (peer) => this.#dial(peer),
      established: (socket) => void this.#halfOpen.delete(socket),
      replaced: (peer) =>
        this.#refusals.crowd(
          { reason: 'replaced', text: 'the peer opens new ones before it has sent an OPEN' },
          { peer: peer.config.remoteAddress },
        ),
      resting: (peer) => this.#resting(peer),
    };
    const { signal } = options;
    if (signal?.aborted === true) this.#closing = Promise.resolve();
    else signal?.addEventListener('abort', () => void this.close(), { once: true });
  }

  /** Several listeners are fine. Rejects when the address cannot be bound. */
  listen(options: ListenOptions): Promise<Endpoint> {
    if (this.#closing !== undefined) return Promise.reject(closed());
    return new Promise((resolve, reject) => {
      const listener = createServer({ allowHalfOpen: true, pauseOnConnect: false }, (socket) => this.#accepted(socket));
      listener.once('error', reject);
      listener.listen({ host: options.host, port: options.port, ipv6Only: options.ipv6Only ?? false }, () => {
        listener.off('error', reject);
        listener.on('error', (error) => this.#acceptFailed(error, options));
        if (this.#closing !== undefined) {
          listener.close();
          reject(closed());
          return;
        }
        const { address, port, family } = listener.address() as AddressInfo;
        const listening: Listening = { server: listener, family: family === 'IPv6' ? 6 : 4 };
        try {
          for (const { options: of, target } of this.#protectable()) protectListener(listening, of, target);
        } catch (error) {
          listener.close();
          reject(error);
          return;
        }
        this.#listeners.add(listening);
        this.#logger.debug({ host: address, port }, 'listening');
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
    checkSupported(options);
    this.#protect(options, { address: key });
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
    checkShutdownMessage(options.message, 'message');
    this.#peers.delete(key);
    const range = this.#dynamic.get(peer);
    this.#dynamic.delete(peer);
    range?.members.delete(peer);
    if (range === undefined) this.#unprotect(peer.options, { address: key });
    peer.stop(
      options.message === undefined ? cease(CeaseSubcode.PeerDeconfigured) : cease(CeaseSubcode.AdministrativeShutdown, options.message),
    );
    await this.#quiet((owner) => owner === peer);
  }

  /**
   * Rolls the TCP-AO keys of a peer without ending its session (RFC 5925 §6.1): give both sides the old and the new, then both the new as
   * `preferred`, then both only the new. Throws PeerError `not-found`, `invalid-config`, `unsupported` (e.g. a key still in use was left out).
   */
  setTcpAoKeys(remoteAddress: string, keys: readonly TcpAoKey[]): void {
    const key = keyOf(remoteAddress);
    const peer = this.#peers.get(key);
    if (peer === undefined) throw new PeerError('not-found', `there is no peer ${key}`, 'remoteAddress');
    const before = peer.options.tcpAoKeys;
    if (before === undefined || keys.length === 0) {
      throw new PeerError('invalid-config', 'tcpAoKeys: a session has keys from its beginning to its end, or never', 'tcpAoKeys');
    }
    const options = { ...peer.options, tcpAoKeys: keys };
    validatePeer(peer.config, options);
    const target = { address: key };
    for (const [socket, owner] of this.#sockets) {
      if (owner === peer && !socket.destroyed) rollAoKeys(descriptorOf(socket), isIpv6(key) ? 6 : 4, target, before, keys, true);
    }
    for (const listener of this.#listeners) {
      if (reaches(listener, target)) rollAoKeys(descriptorOf(listener.server), listener.family, target, before, keys, false);
    }
    peer.options = options;
  }

  /** The peer with that address, however it is written; undefined when there is none. */
  getPeer(remoteAddress: string): Peer | undefined {
    return this.#peers.get(keyOf(remoteAddress));
  }

  /** All peers, those of ranges included. */
  listPeers(): Peer[] {
    return [...this.#peers.values()];
  }

  /**
   * Takes peers that connect from a prefix, up to a limit. Peers of their own configuration go first, then the longest prefix.
   * Throws PeerError as `addPeer` does.
   */
  addPeerRange(config: PeerRangeConfig, plugin: Plugin, options: PeerOptions = {}): PeerRange {
    if (this.#closing !== undefined) throw closed();
    validateRange(config, options);
    const range = new Range(config, { ...options, passive: true }, plugin);
    if (this.#ranges.has(config.prefix)) throw new PeerError('already-exists', `there is a range ${config.prefix} already`, 'prefix');
    checkSupported(options);
    this.#protect(options, range.target);
    this.#ranges.set(config.prefix, range);
    return { config, options: range.options, listPeers: () => [...range.members] };
  }

  /** Cease/3 to its peers, then gone. Rejects with PeerError `not-found`. */
  async deletePeerRange(prefix: string): Promise<void> {
    const range = this.#ranges.get(prefix);
    if (range === undefined) throw new PeerError('not-found', `there is no range ${prefix}`, 'prefix');
    this.#ranges.delete(prefix);
    this.#unprotect(range.options, range.target);
    await Promise.all([...range.members].map((peer) => this.deletePeer(peer.config.remoteAddress)));
  }

  /** Half-open connections, refusals and contained exceptions, over all peers. */
  get statistics(): ServerStatistics {
    return {
      halfOpen: this.#halfOpen.size,
      halfOpenMax: this.#halfOpenMax,
      refused: { ...this.#refusals.counts },
      containedErrors: this.#containment.count,
    };
  }

  /** Cease/2 to all, listeners closed; resolves when all is gone. Rejects with PeerError `invalid-argument` for a text of more than 255 octets. */
  async close(shutdownMessage?: string): Promise<void> {
    checkShutdownMessage(shutdownMessage, 'shutdownMessage');
    this.#closing ??= this.#close((peer) => peer.stop(cease(CeaseSubcode.AdministrativeShutdown, shutdownMessage)));
    await this.#closing;
  }

  /**
   * For a process that must end because its state cannot be trusted: Cease/8 to all, without another call to any plugin, and nothing that
   * was still to be written. Resolves when all is gone; do not wait for long.
   */
  abandon(): Promise<void> {
    this.#closing = this.#close((peer) => peer.abandon());
    return this.#closing;
  }

  async #close(end: (peer: PeerSession) => void): Promise<void> {
    const listeners = [...this.#listeners].map(({ server }) => new Promise<void>((resolve) => server.close(() => resolve())));
    this.#listeners.clear();
    const fatal: unknown[] = [];
    for (const peer of this.#peers.values()) {
      try {
        end(peer);
      } catch (error) {
        fatal.push(error); // the others are told as well
      }
    }
    if (fatal.length > 0) throw fatal[0];
    await this.#quiet(() => true);
    await Promise.all(listeners);
  }

  // Sockets

  #dial(peer: PeerSession): Socket {
    const socket = dial(peer.config.remoteAddress, peer.options);
    this.#track(socket, peer);
    return socket;
  }

  /** This connection could not be accepted; the next may be. Without a free descriptor there may be thousands of them a second. */
  #acceptFailed(error: NodeJS.ErrnoException, { host, port }: ListenOptions): void {
    const reason = error.code === 'EMFILE' || error.code === 'ENFILE' ? 'descriptor-limit' : 'internal-error';
    this.#refusals.crowd({ reason, text: error.message }, { host, port });
  }

  #accepted(socket: Socket): void {
    try {
      this.#accept(socket);
    } catch (error) {
      socket.on('error', () => {}); // given up
      socket.destroy();
      this.#refusals.count('internal-error');
      this.#containment.caught(error, 'listener');
    }
  }

  #accept(socket: Socket): void {
    const remoteAddress = canonicalAddress(socket.remoteAddress ?? '');
    if (remoteAddress === undefined || this.#closing !== undefined) {
      socket.on('error', () => {}); // gone before we looked, or we are
      socket.destroy();
      return;
    }
    const full = this.#noRoom(socket);
    if (full !== undefined) {
      socket.on('error', () => {}); // refused anyway
      this.#refusals.crowd(full, { remoteAddress });
      socket.destroy();
      return;
    }
    const known = this.#peers.get(remoteAddress);
    const range = known === undefined ? this.#rangeOf(remoteAddress) : undefined;
    const peer = known ?? (range === undefined || range.full ? undefined : this.#dynamicPeer(range, remoteAddress));
    this.#track(socket, peer);
    if (peer === undefined) {
      // RFC 4486 §4: Out of Resources where there is no room, Connection Rejected where nobody was expected.
      if (range === undefined) this.#refuse(socket, CeaseSubcode.ConnectionRejected, { reason: 'unknown-peer', text: 'no such peer' });
      else this.#refuse(socket, CeaseSubcode.OutOfResources, { reason: 'range-full', text: `${range.config.prefix} is full` });
      return;
    }
    if (range !== undefined) this.#dynamic.set(peer, range);
    this.#halfOpen.add(socket);
    socket.once('close', () => this.#halfOpen.delete(socket));
    const refusal = this.#offer(peer, socket);
    if (refusal === undefined) return;
    this.#halfOpen.delete(socket);
    this.#refuse(socket, CeaseSubcode.ConnectionRejected, refusal);
    if (range !== undefined) this.#resting(peer);
  }

  /** Why not even a refusal can be afforded. */
  #noRoom(socket: Socket): Refusal | undefined {
    if (this.#halfOpen.size >= this.#halfOpenMax) {
      return { reason: 'half-open-limit', text: `${this.#halfOpenMax} are not Established already` };
    }
    if (this.#descriptorMax === Number.POSITIVE_INFINITY || descriptorOf(socket) < this.#descriptorMax) return undefined;
    return { reason: 'descriptor-limit', text: 'the process is close to its limit of file descriptors' };
  }

  #rangeOf(address: string): Range | undefined {
    let best: Range | undefined;
    for (const range of this.#ranges.values()) {
      if (range.contains(address) && (best === undefined || range.length > best.length)) best = range;
    }
    return best;
  }

  #dynamicPeer(range: Range, remoteAddress: string): PeerSession {
    const { localAs, remoteAs } = range.config;
    const config = { remoteAddress, localAs, remoteAs: typeof remoteAs === 'number' ? remoteAs : 0 };
    const peer = new PeerSession(config, range.options, range.plugin, this.#host, remoteAs);
    this.#peers.set(remoteAddress, peer);
    range.members.add(peer);
    peer.enable();
    return peer;
  }

  /** A dynamic peer lives as long as its connection. */
  #resting(peer: PeerSession): void {
    const range = this.#dynamic.get(peer);
    if (range === undefined) return;
    this.#dynamic.delete(peer);
    range.members.delete(peer);
    if (this.#peers.get(peer.config.remoteAddress) === peer) this.#peers.delete(peer.config.remoteAddress);
    peer.stop(cease(CeaseSubcode.PeerDeconfigured));
  }

  #offer(peer: PeerSession, socket: Socket): Refusal | undefined {
    try {
      protectAccepted(socket, peer.options, peer.config.remoteAddress);
    } catch (error) {
      return { reason: 'unprotected', text: textOf(error) }; // never unprotected
    }
    return peer.accept(socket);
  }

  /** On all listeners, or on none. */
  #protect(options: PeerOptions, target: KeyTarget): void {
    try {
      for (const listener of this.#listeners) protectListener(listener, options, target);
    } catch (error) {
      this.#unprotect(options, target);
      throw error;
    }
  }

  *#protectable(): Iterable<{ options: PeerOptions; target: KeyTarget }> {
    for (const peer of this.#peers.values()) {
      if (!this.#dynamic.has(peer)) yield { options: peer.options, target: { address: peer.config.remoteAddress } };
    }
    for (const range of this.#ranges.values()) yield range;
  }

  #unprotect(options: PeerOptions, target: KeyTarget): void {
    for (const listener of this.#listeners) {
      try {
        unprotectListener(listener, options, target);
      } catch (error) {
        this.#logger.warn({ err: error, address: target.address }, 'a key could not be taken off a listener');
      }
    }
  }

  /** With a NOTIFICATION. The connection stays a while for it; beyond REFUSED_MAX of them, connections are closed at once and logged once. */
  #refuse(socket: Socket, subcode: number, { reason, text }: Refusal): void {
    this.#refusals.count(reason);
    socket.on('error', () => {}); // refused anyway
    if (this.#refused >= REFUSED_MAX) {
      if (!this.#crowded)
        this.#logger.warn({ refused: this.#refused, reason: text }, 'too many connections to refuse: more are closed unanswered');
      this.#crowded = true;
      socket.destroy();
      return;
    }
    this.#refused++;
    socket.once('close', () => {
      this.#refused--;
      if (this.#refused === 0) this.#crowded = false;
    });
    this.#logger.info({ remoteAddress: socket.remoteAddress, reason: text }, 'connection refused');
    socket.write(encodeNotification(cease(subcode)));
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
