/** The running program: neighbors, programs of the API, reloads. */

import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import {
  type ApiVersion,
  type Control,
  downReason,
  EventHub,
  isNamed,
  Processes,
  type Purpose,
  SyntaxFault,
  subscriptionsOf,
  type UpdateView,
} from '@tsbgp/process-api';
import type { CloseReason, Peer, Plugin, SessionInfo, UpdateWriter } from '@tsbgp/session';
import { formatNotification, notification } from '@tsbgp/wire';
import type { Configuration } from '../config/configuration.ts';
import { readCreatedNeighbor } from '../config/created-neighbor.ts';
import { type NeighborConfig, neighborName } from '../config/neighbor.ts';
import type { Environment } from '../env/environment.ts';
import type { Log } from '../env/log.ts';
import { ceaseMessage } from '../session/cease.ts';
import { changeRoutes } from '../session/change-routes.ts';
import { Neighbor, type NeighborHost } from '../session/neighbor.ts';
import { nextRetry, RETRY_FIRST, retryTimes, Speakers } from '../session/speakers.ts';
import { differenceOf, routeDifference } from './difference.ts';
import { FlushTimer } from './flush-timer.ts';
import { versionText } from './version.ts';

export interface ProgramOptions {
  readonly environment: Environment;
  readonly variables: NodeJS.ProcessEnv;
  readonly log: Log;
  /** The next configuration: the same files again, or with debug.rotate the next file. Throws ConfigurationError. */
  readonly load: () => Configuration;
}

const SIGNALS: Readonly<Record<string, number>> = { SIGHUP: 1, SIGUSR1: 10, SIGUSR2: 12, SIGALRM: 14, SIGTERM: 15 };
const PEER_DECONFIGURED = new TextEncoder().encode('Peer De-configured');
/** States in which there is a TCP connection. */
const CONNECTED = new Set(['OpenSent', 'OpenConfirm', 'Established']);

/** What the program remembers of the sessions of a neighbor. */
interface Progress {
  isConnected: boolean;
  retrySeconds: number;
  /** It has used all its attempts. */
  isFinished: boolean;
  openWait: NodeJS.Timeout | undefined;
}

export class Program implements Control, NeighborHost {
  readonly apiVersion: ApiVersion;
  readonly version: string;
  readonly uuid: string = randomUUID();
  readonly startedAt: Date = new Date();
  readonly showRoutesFormat: string;
  readonly softwareVersion: string;
  readonly hub: EventHub;
  readonly #options: ProgramOptions;
  readonly #log: Log;
  readonly #speakers: Speakers;
  readonly #processes: Processes;
  readonly #flushTimer = new FlushTimer();
  readonly #neighbors = new Map<string, Neighbor>();
  /** Ranges of the configuration, by name, and the neighbors that came from each. */
  readonly #ranges = new Map<string, { readonly config: NeighborConfig; readonly members: Map<Peer, Neighbor> }>();
  readonly #progress = new Map<Neighbor, Progress>();
  #configuration: Configuration = { processes: [], neighbors: [] };
  #end: ((code: number) => void) | undefined;
  #isEnding = false;

  constructor(options: ProgramOptions) {
    const { environment, variables, log } = options;
    this.#options = options;
    this.#log = log;
    this.apiVersion = apiVersionOf(environment);
    this.version = versionText(variables, this.apiVersion);
    this.softwareVersion = `ExaBGP/${this.version}`;
    this.showRoutesFormat = environment.text('api.show_routes_format');
    this.hub = new EventHub({ version: this.apiVersion, compact: environment.flag('api.compact') });
    const bind = environment
      .text('tcp.bind')
      .split(/[\s,]+/)
      .filter(Boolean);
    const port = environment.number('tcp.port');
    this.#speakers = new Speakers({ port, bind, passive: environment.flag('bgp.passive') }, log);
    this.#processes = new Processes(
      this,
      {
        ack: environment.flag('api.ack'),
        respawn: environment.flag('api.respawn'),
        terminate: environment.flag('api.terminate'),
        env: variables,
      },
      (process, level, message) => log.line(level, 'processes', `${process.name}: ${message}`),
    );
  }

  /** Starts everything; resolves with the exit code when the program ends. Throws ConfigurationError and SyntaxFault for a configuration that cannot be used. */
  run(configuration: Configuration): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#end = resolve;
      try {
        this.#configuration = configuration;
        this.#processes.apply(configuration.processes, false, this.#lastLine);
        for (const config of configuration.neighbors) this.#add(config);
      } catch (error) {
        void this.#stopAll().finally(() => reject(error));
      }
    });
  }

  // Neighbors

  #add(config: NeighborConfig): void {
    const name = neighborName(config);
    if (config.rangeBits !== undefined) {
      this.#ranges.set(name, { config, members: new Map() });
      this.#speakers.add(config, this.#rangePlugin(name));
      return;
    }
    const neighbor = new Neighbor(config, this);
    this.#register(neighbor);
    try {
      neighbor.peer = this.#speakers.add(config, neighbor);
    } catch (error) {
      this.#forget(neighbor);
      throw new SyntaxFault(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  #register(neighbor: Neighbor): void {
    this.#neighbors.set(neighbor.name, neighbor);
    this.#progress.set(neighbor, { isConnected: false, retrySeconds: RETRY_FIRST, isFinished: false, openWait: undefined });
    this.hub.subscribe(neighbor, subscriptionsOf(neighbor.config.api, this.#processes.all()));
  }

  #forget(neighbor: Neighbor): void {
    clearTimeout(this.#progress.get(neighbor)?.openWait);
    this.#neighbors.delete(neighbor.name);
    this.#progress.delete(neighbor);
    this.hub.forget(neighbor);
  }

  #remove(neighbor: Neighbor): void {
    const progress = this.#progress.get(neighbor);
    this.#speakers.remove(neighbor.config, neighbor.peer);
    if (progress?.isConnected === true) this.hub.state(neighbor, 'down', 'stop, message [removed]');
    this.#forget(neighbor);
  }

  /** Hands each peer of a range to a neighbor of its own. */
  #rangePlugin(name: string): Plugin {
    const memberOf = (peer: Peer): Neighbor => {
      const range = this.#ranges.get(name)!;
      let neighbor = range.members.get(peer);
      if (neighbor === undefined) {
        neighbor = new Neighbor(range.config, this, peer.config.remoteAddress);
        neighbor.peer = peer;
        range.members.set(peer, neighbor);
        this.#register(neighbor);
      }
      return neighbor;
    };
    return {
      getCapabilities: (peer) => memberOf(peer).getCapabilities(peer),
      onEstablished: (peer: Peer, session: SessionInfo, writer: UpdateWriter) => memberOf(peer).onEstablished(peer, session, writer),
      onClose: (peer, reason) => memberOf(peer).onClose(peer, reason),
      onStateChange: (peer, from, to) => {
        const neighbor = memberOf(peer);
        neighbor.onStateChange(peer, from, to);
        if (to !== 'Idle' || from === 'Idle') return;
        this.#ranges.get(name)?.members.delete(peer);
        // `onClose` may come after the change of state.
        setImmediate(() => this.#forget(neighbor));
      },
      onMessage: (peer, direction, message) => memberOf(peer).onMessage(peer, direction, message),
      onRouteRefresh: (peer, message) => memberOf(peer).onRouteRefresh(peer, message),
    };
  }

  // NeighborHost

  state(neighbor: Neighbor, from: string, to: string): void {
    const progress = this.#progress.get(neighbor);
    if (progress === undefined) return;
    this.hub.fsm(neighbor, to);
    clearTimeout(progress.openWait);
    if (to === 'OpenSent') {
      progress.isConnected = true;
      this.hub.state(neighbor, 'connected');
      // RFC 4271 has no error for a missing OPEN; ExaBGP sends 1/1.
      progress.openWait = setTimeout(() => neighbor.peer?.end(notification(1, 1)), this.#options.environment.number('bgp.openwait') * 1000);
      progress.openWait.unref();
    }
    if (CONNECTED.has(to) || !(CONNECTED.has(from) || from === 'Connect')) return;
    if (progress.isConnected && neighbor.session === undefined) {
      progress.isConnected = false;
      const { lastError } = neighbor.peer ?? {};
      const code = lastError?.notification;
      const words =
        code === undefined ? 'closing connection' : `notification ${lastError?.direction ?? 'sent'} (${code.code},${code.subcode})`;
      this.hub.state(neighbor, 'down', words);
    }
    this.#retry(neighbor, progress);
  }

  /** An attempt or a session has ended. */
  #retry(neighbor: Neighbor, progress: Progress): void {
    const { environment } = this.#options;
    const attempts = environment.flag('tcp.once') ? 1 : environment.number('tcp.attempts') || environment.number('tcp.connections');
    const { peer } = neighbor;
    if (peer === undefined) return;
    const made = peer.counters.connectAttempts - peer.counters.connectFailures;
    if (attempts > 0 && made >= attempts) {
      progress.isFinished = true;
      setImmediate(() => {
        peer.disable();
        if ([...this.#progress.values()].every(({ isFinished }) => isFinished)) this.shutdown();
      });
      return;
    }
    if (neighbor.config.rangeBits !== undefined || peer.config.remoteAs === 0) return;
    progress.retrySeconds = nextRetry(progress.retrySeconds);
    peer.setRetry(retryTimes(progress.retrySeconds));
  }

  message(neighbor: Neighbor, direction: 'receive' | 'send', octets: Uint8Array): void {
    this.hub.message(neighbor, direction, octets);
  }

  update(neighbor: Neighbor, octets: Uint8Array, view: UpdateView): void {
    this.hub.update(neighbor, octets, view);
  }

  wantsSent(neighbor: Neighbor): boolean {
    return this.hub.wantsSent(neighbor);
  }

  established(neighbor: Neighbor): void {
    const progress = this.#progress.get(neighbor);
    if (progress !== undefined) {
      progress.retrySeconds = RETRY_FIRST;
      if (neighbor.config.rangeBits === undefined) neighbor.peer?.setRetry(retryTimes(RETRY_FIRST));
    }
    this.#log.info('network', `${neighbor.name} is up`);
    this.hub.negotiated(neighbor);
    this.hub.state(neighbor, 'up');
    const delay = this.#options.environment.number('tcp.delay') * 60_000 - (Date.now() - this.startedAt.getTime());
    if (delay > 0) setTimeout(() => neighbor.begin(), delay).unref();
    else neighbor.begin();
    for (const each of neighbor.config.operational) neighbor.sendOperational(each);
  }

  closed(neighbor: Neighbor, reason: CloseReason): void {
    const progress = this.#progress.get(neighbor);
    const sent = reason.notification === undefined ? '' : `, ${formatNotification(reason.notification)}`;
    this.#log.info('network', `${neighbor.name} is down: ${reason.text}${sent}`);
    if (progress === undefined) return;
    progress.isConnected = false;
    this.hub.state(neighbor, 'down', downReason(reason, this.apiVersion));
  }

  touched(neighbor: Neighbor): void {
    this.#flushTimer.touched(neighbor);
  }

  // Control

  neighbors(): readonly Neighbor[] {
    return [...this.#neighbors.values()];
  }

  neighborsOf(process: string): readonly Neighbor[] {
    return this.neighbors().filter(({ config }) => config.api.some((block) => isNamed(block, process)));
  }

  readonly changeRoutes: Control['changeRoutes'] = changeRoutes;

  /** Of all neighbors, whoever commands them. */
  changeWatchdog(name: string, purpose: Purpose): void {
    for (const neighbor of this.#neighbors.values()) {
      if (purpose === 'announce') neighbor.announceWatchdog(name);
      else neighbor.withdrawWatchdog(name);
    }
  }

  clearOut(neighbors: readonly Neighbor[]): void {
    for (const neighbor of neighbors) neighbor.clearOut();
  }

  queueStatus(): Readonly<Record<string, { readonly items: number; readonly bytes: number }>> {
    return Object.fromEntries([...this.#processes.all()].map((process) => [process.name, process.backlog]));
  }

  createNeighbor(peerAddress: string, body: string): void {
    const config = readCreatedNeighbor(peerAddress, body);
    if (this.#neighbors.has(neighborName(config))) throw new SyntaxFault(`found "${neighborName(config)}", which is there already`);
    this.#add(config);
  }

  deleteNeighbor(neighbor: Neighbor): void {
    this.#remove(neighbor);
  }

  log(message: string): void {
    this.#log.info('processes', message);
  }

  // The whole program

  signal(name: NodeJS.Signals): void {
    this.#log.info('reactor', `signal ${name}`);
    for (const neighbor of this.#neighbors.values()) this.hub.signal(neighbor, SIGNALS[name] ?? 0, name);
    if (name === 'SIGUSR1') this.reload();
    else if (name === 'SIGUSR2') this.#reload(true);
    else if (name === 'SIGALRM') this.restart();
    else this.shutdown();
  }

  reload(): void {
    this.#reload(false);
  }

  /** What cannot be used changes nothing. */
  #reload(restartsProcesses: boolean): void {
    if (this.#isEnding) return;
    let next: Configuration;
    try {
      next = this.#options.load();
    } catch (error) {
      this.#log.error('configuration', `the configuration stays as it is: ${error instanceof Error ? error.message : String(error)}`);
      return;
    }
    this.#processes.apply(next.processes, restartsProcesses, this.#lastLine);
    this.#apply(next);
    this.#configuration = next;
    this.#log.info('configuration', 'loaded anew');
  }

  #apply(next: Configuration): void {
    const present = [...this.#configuration.neighbors, ...this.#created()];
    const difference = differenceOf(present, next.neighbors);
    const tryAdd = (config: NeighborConfig): void => {
      try {
        this.#add(config);
      } catch (error) {
        this.#log.error('configuration', error instanceof Error ? error.message : String(error));
      }
    };
    for (const name of difference.removed) this.#removeNamed(name);
    for (const config of difference.changed) {
      const neighbor = this.#neighbors.get(neighborName(config));
      neighbor?.cease(ceaseMessage(3, PEER_DECONFIGURED));
      this.#removeNamed(neighborName(config));
      tryAdd(config);
    }
    for (const config of difference.added) tryAdd(config);
    for (const config of difference.kept) this.#update(config);
  }

  /** Neighbors that a command has created; they vanish at a reload. */
  #created(): NeighborConfig[] {
    const configured = new Set(this.#configuration.neighbors.map(neighborName));
    const members = new Set([...this.#ranges.values()].flatMap((range) => [...range.members.values()]));
    return [...this.#neighbors.values()].filter((each) => !configured.has(each.name) && !members.has(each)).map(({ config }) => config);
  }

  #removeNamed(name: string): void {
    const range = this.#ranges.get(name);
    const neighbor = this.#neighbors.get(name);
    if (neighbor !== undefined) this.#remove(neighbor);
    if (range === undefined) return;
    this.#speakers.remove(range.config, undefined);
    for (const member of range.members.values()) this.#forget(member);
    this.#ranges.delete(name);
  }

  /** Only routes, or who hears what, may be different. */
  #update(config: NeighborConfig): void {
    const neighbor = this.#neighbors.get(neighborName(config));
    if (neighbor === undefined) return;
    const { gone, changed } = routeDifference(neighbor.config.routes, config.routes);
    const hasSameApi = isDeepStrictEqual(neighbor.config.api, config.api);
    neighbor.config = config;
    for (const route of gone) neighbor.withdraw(route);
    for (const route of changed) {
      if (route.startsWithdrawn === true) neighbor.watchdogs.add(route);
      else neighbor.announce(route);
    }
    if (!hasSameApi) this.#log.info('configuration', `${neighbor.name}: api sections changed`);
    this.hub.subscribe(neighbor, subscriptionsOf(config.api, this.#processes.all()));
  }

  restart(): void {
    if (this.#isEnding) return;
    let next: Configuration;
    try {
      next = this.#options.load();
    } catch (error) {
      this.#log.error('configuration', `no restart: ${error instanceof Error ? error.message : String(error)}`);
      return;
    }
    for (const config of [...this.#configuration.neighbors, ...this.#created()]) this.#removeNamed(neighborName(config));
    void this.#begin(next);
  }

  async #begin(next: Configuration): Promise<void> {
    await this.#processes.stop(this.#lastLine);
    this.#processes.apply(next.processes, false, this.#lastLine);
    this.#configuration = { processes: [], neighbors: [] };
    this.#apply(next);
    this.#configuration = next;
  }

  shutdown(): void {
    if (this.#isEnding) return;
    this.#isEnding = true;
    this.#log.info('daemon', 'shutting down');
    void this.#stopAll().then(() => this.#end?.(0));
  }

  readonly #lastLine = (process: Parameters<EventHub['encoderOf']>[0]): string => this.hub.shutdownLine(this.hub.encoderOf(process));

  /** ExaBGP closes its connections without NOTIFICATION, so that peers with graceful restart keep the routes. */
  async #stopAll(): Promise<void> {
    for (const neighbor of this.#neighbors.values()) {
      neighbor.peer?.drop();
      neighbor.peer?.disable();
    }
    await this.#processes.stop(this.#lastLine);
  }
}

function apiVersionOf(environment: Environment): ApiVersion {
  const version = environment.number('api.version');
  return version === 4 || version === 6 ? version : 5;
}
