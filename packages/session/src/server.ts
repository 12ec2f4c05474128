/** A BGP speaker: listeners and peers. */
import type { Socket } from 'node:net';
import { CeaseSubcode } from '@tsbgp/wire';
import { canonicalAddress, isIpv6 } from './address.ts';
import type { PeerHost } from './bgp-connection.ts';
import { systemClock } from './clock.ts';
import { Containment } from './containment.ts';
import { dial } from './dial.ts';
import { PeerError, serverClosed } from './errors.ts';
import { InputScheduler } from './input-scheduler.ts';
import { Listeners, type Protected } from './listeners.ts';
import { cease } from './messages.ts';
import type { Peer, PeerConfig, PeerOptions, SessionInfo, TcpAoKey } from './peer.ts';
import { PeerSession } from './peer-session.ts';
import type { Plugin } from './plugin.ts';
import { checkSupported, rollAoKeys } from './protection.ts';
import { findRange, type PeerRange, type PeerRangeConfig, Range } from './range.ts';
import { type Refusal, Refusals } from './refusals.ts';
import {
  type DeletePeerOptions,
  type Endpoint,
  type ListenOptions,
  type ServerOptions,
  type ServerStatistics,
  TURN_BUDGET_MS_DEFAULT,
} from './server-options.ts';
import { Sockets } from './sockets.ts';
import { descriptorOf } from './tcp-options.ts';
import { checkShutdownMessage, validatePeer, validateRange, validateServer } from './validate.ts';

/** A BGP speaker (RFC 4271): listens, connects, and keeps the sessions of its peers. Their plugins deal with routes. */
export class Server {
  readonly options: ServerOptions;
  readonly #host: PeerHost;
  readonly #refusals: Refusals;
  readonly #listeners: Listeners;
  readonly #sockets: Sockets;
  readonly #peers = new Map<string, PeerSession>();
  /** By prefix. */
  readonly #ranges = new Map<string, Range>();
  /** The range that a dynamic peer came from. */
  readonly #rangeOfPeer = new Map<Peer, Range>();
  #closing: Promise<void> | undefined = undefined;

  constructor(options: ServerOptions) {
    validateServer(options);
    this.options = options;
    const containment = new Containment(options);
    const logger = containment.guardLogger();
    const clock = options.clock ?? systemClock;
    this.#refusals = new Refusals(logger, clock);
    this.#sockets = new Sockets(options);
    this.#listeners = new Listeners(
      {
        accepted: (socket) => this.#accepted(socket),
        acceptFailed: (error, where) => this.#acceptFailed(error, where),
        protected: () => this.#protected(),
      },
      logger,
    );
    this.#host = {
      routerId: options.routerId,
      logger,
      clock,
      scheduler: new InputScheduler(options.turnBudgetMs ?? TURN_BUDGET_MS_DEFAULT),
      containment,
      dial: (peer) => this.#dial(peer),
      established: (socket) => this.#sockets.halfOpen.delete(socket),
      replaced: (peer) => this.#refusals.crowd(REPLACED, { peer: peer.config.remoteAddress }),
      rested: (peer) => this.#rested(peer),
    };
    const { signal } = options;
    if (signal?.aborted === true) this.#closing = this.#listeners.close();
    else signal?.addEventListener('abort', () => void this.close(), { once: true });
  }

  /** May be called several times. Rejects when the address cannot be bound. */
  listen(options: ListenOptions): Promise<Endpoint> {
    return this.#listeners.listen(options);
  }

  /** Closes a listener; `bound` is what `listen` returned. Its sessions stay. Resolves with false when nothing listens there. */
  unlisten(bound: Endpoint): Promise<boolean> {
    return this.#listeners.unlisten(bound);
  }

  /** The peer starts at once unless `enabled` is false. Throws PeerError `already-exists`, `invalid-config`, `unsupported`, `closed`. */
  addPeer(config: PeerConfig, plugin: Plugin, options: PeerOptions = {}): Peer {
    if (this.#closing !== undefined) throw serverClosed();
    validatePeer(config, options);
    const key = keyOf(config.remoteAddress);
    if (this.#peers.has(key)) throw new PeerError('already-exists', `there is a peer ${key} already`, 'remoteAddress');
    checkSupported(options);
    this.#listeners.protect({ options, target: { address: key } });
    const peer = new PeerSession({ ...config, remoteAddress: key }, options, plugin, this.#host, config.remoteAs);
    this.#peers.set(key, peer);
    if (options.enabled !== false) peer.enable();
    return peer;
  }

  /** Ends the session with Cease/3, or as the options say; resolves when the peer is gone. Rejects with PeerError `not-found`. */
  async deletePeer(remoteAddress: string, options: DeletePeerOptions = {}): Promise<void> {
    const { key, peer } = this.#find(remoteAddress);
    checkShutdownMessage(options.message, 'message');
    this.#peers.delete(key);
    if (!this.#leaveRange(peer)) this.#listeners.unprotect({ options: peer.options, target: { address: key } });
    const removed = options.reconfigured === true ? CeaseSubcode.OtherConfigurationChange : CeaseSubcode.PeerDeconfigured;
    const subcode = options.message === undefined ? removed : CeaseSubcode.AdministrativeShutdown;
    peer.stop(cease(subcode, options.message));
    await this.#sockets.closed(peer);
  }

  /**
   * Rolls the TCP-AO keys of a peer without ending its session (RFC 5925 §6.1): give both sides the old and the new key, then make the new one
   * `preferred` on both, then leave the old one out on both. Throws PeerError `not-found`, `invalid-config`, `unsupported` (e.g. a key still in
   * use was left out).
   */
  setTcpAoKeys(remoteAddress: string, keys: readonly TcpAoKey[]): void {
    const { key, peer } = this.#find(remoteAddress);
    const before = peer.options.tcpAoKeys;
    if (before === undefined || keys.length === 0) {
      throw new PeerError('invalid-config', 'tcpAoKeys: a session has keys from its beginning to its end, or never', 'tcpAoKeys');
    }
    const options = { ...peer.options, tcpAoKeys: keys };
    validatePeer(peer.config, options);
    const target = { address: key };
    const family = isIpv6(key) ? 6 : 4;
    for (const socket of this.#sockets.ofPeer(peer)) rollAoKeys(descriptorOf(socket), family, target, before, keys, true);
    this.#listeners.rollKeys(target, before, keys);
    peer.options = options;
  }

  /** The peer with that address, however it is written; undefined when there is none. */
  getPeer(remoteAddress: string): Peer | undefined {
    return this.#peers.get(keyOf(remoteAddress));
  }

  #find(remoteAddress: string): { key: string; peer: PeerSession } {
    const key = keyOf(remoteAddress);
    const peer = this.#peers.get(key);
    if (peer === undefined) throw new PeerError('not-found', `there is no peer ${key}`, 'remoteAddress');
    return { key, peer };
  }

  /** All peers, those of ranges included. */
  listPeers(): Peer[] {
    return [...this.#peers.values()];
  }

  /**
   * Takes peers that connect from a prefix, up to a limit. A peer that was added with `addPeer` has precedence, then the longest prefix.
   * Throws PeerError as `addPeer` does.
   */
  addPeerRange(config: PeerRangeConfig, plugin: Plugin, options: PeerOptions = {}): PeerRange {
    if (this.#closing !== undefined) throw serverClosed();
    validateRange(config, options);
    const range = new Range(config, { ...options, passive: true }, plugin);
    if (this.#ranges.has(config.prefix)) {
      throw new PeerError('already-exists', `there is a range ${config.prefix} already`, 'prefix');
    }
    checkSupported(options);
    this.#listeners.protect(range);
    this.#ranges.set(config.prefix, range);
    return { config, options: range.options, listPeers: () => [...range.members] };
  }

  /** Ends the sessions of its peers with Cease/3; resolves when they are gone. Rejects with PeerError `not-found`. */
  async deletePeerRange(prefix: string): Promise<void> {
    const range = this.#ranges.get(prefix);
    if (range === undefined) throw new PeerError('not-found', `there is no range ${prefix}`, 'prefix');
    this.#ranges.delete(prefix);
    this.#listeners.unprotect(range);
    await Promise.all([...range.members].map((peer) => this.deletePeer(peer.config.remoteAddress)));
  }

  /** Half-open connections, refusals and contained exceptions, over all peers. */
  get statistics(): ServerStatistics {
    return {
      halfOpen: this.#sockets.halfOpen.size,
      halfOpenMax: this.#sockets.halfOpenMax,
      refused: { ...this.#refusals.counts },
      containedErrors: this.#host.containment.count,
    };
  }

  /**
   * Closes the listeners and ends all sessions with Cease/2; resolves when all are gone. `isRestart`: connections with peers that keep our routes
   * for the next server are closed without a NOTIFICATION (RFC 4724 §4.1). Rejects with PeerError `invalid-argument` for a text of more than 255
   * octets.
   */
  async close(shutdownMessage?: string, isRestart = false): Promise<void> {
    checkShutdownMessage(shutdownMessage, 'shutdownMessage');
    const message = cease(CeaseSubcode.AdministrativeShutdown, shutdownMessage);
    this.#closing ??= this.#close((peer) => {
      if (isRestart && asksToKeep(peer.session)) peer.drop();
      peer.stop(message);
    });
    await this.#closing;
  }

  /**
   * For a process that must end because its state cannot be trusted: sends Cease/8 to all peers, calls no plugin, and drops what was still
   * to be written. Resolves when all connections are gone; do not wait for long.
   */
  abandon(): Promise<void> {
    this.#closing = this.#close((peer) => peer.abandon());
    return this.#closing;
  }

  async #close(end: (peer: PeerSession) => void): Promise<void> {
    const listeners = this.#listeners.close();
    const fatal: unknown[] = [];
    for (const peer of this.#peers.values()) {
      try {
        end(peer);
      } catch (error) {
        fatal.push(error); // the other sessions must end as well
      }
    }
    if (fatal.length > 0) throw fatal[0];
    await this.#sockets.closed();
    await listeners;
  }

  // Connections

  #dial(peer: Peer): Socket {
    const socket = dial(peer.config.remoteAddress, peer.options);
    this.#sockets.track(socket, peer);
    return socket;
  }

  /** The next connection may be accepted again. Without a free descriptor this is called thousands of times a second. */
  #acceptFailed(error: NodeJS.ErrnoException, { host, port }: ListenOptions): void {
    const reason = error.code === 'EMFILE' || error.code === 'ENFILE' ? 'descriptor-limit' : 'internal-error';
    this.#refusals.crowd({ reason, text: error.message }, { host, port });
  }

  #accepted(socket: Socket): void {
    try {
      this.#accept(socket);
    } catch (error) {
      destroy(socket);
      this.#refusals.counts['internal-error']++;
      this.#host.containment.caught(error, 'listener');
    }
  }

  #accept(socket: Socket): void {
    const remoteAddress = canonicalAddress(socket.remoteAddress ?? '');
    // Without an address the peer has closed the connection already.
    if (remoteAddress === undefined || this.#closing !== undefined) return destroy(socket);
    const excess = this.#sockets.excess(socket);
    if (excess !== undefined) {
      this.#refusals.crowd(excess, { remoteAddress });
      return destroy(socket);
    }
    const known = this.#peers.get(remoteAddress);
    const range = known === undefined ? findRange(this.#ranges.values(), remoteAddress) : undefined;
    const peer = known ?? (range === undefined || range.full ? undefined : this.#dynamicPeer(range, remoteAddress));
    this.#sockets.track(socket, peer);
    if (peer === undefined) {
      // RFC 4486 §4: Connection Rejected for an unknown address, Out of Resources where its range is full.
      if (range === undefined) return this.#refusals.refuse(socket, CeaseSubcode.ConnectionRejected, UNKNOWN);
      const full: Refusal = { reason: 'range-full', text: `${range.config.prefix} is full` };
      return this.#refusals.refuse(socket, CeaseSubcode.OutOfResources, full);
    }
    if (range !== undefined) this.#rangeOfPeer.set(peer, range);
    this.#sockets.halfOpen.add(socket);
    const refusal = peer.accept(socket);
    if (refusal === undefined) return;
    this.#sockets.halfOpen.delete(socket);
    this.#refusals.refuse(socket, CeaseSubcode.ConnectionRejected, refusal);
    if (range !== undefined) this.#rested(peer);
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

  /** A dynamic peer is deleted when it has no connection. */
  #rested(peer: Peer): void {
    if (!this.#leaveRange(peer)) return;
    if (this.#peers.get(peer.config.remoteAddress) === peer) this.#peers.delete(peer.config.remoteAddress);
    peer.disable();
  }

  /** Takes a dynamic peer out of its range. False: `peer` is not a dynamic one. */
  #leaveRange(peer: Peer): boolean {
    const range = this.#rangeOfPeer.get(peer);
    this.#rangeOfPeer.delete(peer);
    range?.members.delete(peer);
    return range !== undefined;
  }

  *#protected(): Iterable<Protected> {
    for (const peer of this.#peers.values()) {
      if (!this.#rangeOfPeer.has(peer)) yield { options: peer.options, target: { address: peer.config.remoteAddress } };
    }
    yield* this.#ranges.values();
  }
}

/** Whether the peer is to keep routes of ours when the session is lost (RFC 4724 §4.2). */
function asksToKeep(session: SessionInfo | undefined): boolean {
  const { local, remote } = session?.negotiated.gracefulRestart ?? {};
  return local !== undefined && remote !== undefined && local.families.length > 0;
}

const UNKNOWN: Refusal = { reason: 'unknown-peer', text: 'no such peer' };
const REPLACED: Refusal = { reason: 'replaced', text: 'the peer opens new ones before it has sent an OPEN' };

function keyOf(address: string): string {
  return canonicalAddress(address) ?? address;
}

/** Closes at once. Errors of the socket do not matter any more. */
function destroy(socket: Socket): void {
  socket.on('error', () => {});
  socket.destroy();
}
