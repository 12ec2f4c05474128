/** One program of the configuration: its process, its routes, what it hears, and how its commands are carried out. */
import { randomUUID } from 'node:crypto';
import {
  ApiProcess,
  type ApiProcessHost,
  CommandError,
  type CommandNeighbor,
  type Control,
  downReason,
  EventHub,
  type LogLevel,
  MESSAGE_KINDS,
  type MessageWishes,
  ProcessCommands,
  type Purpose,
  type Route,
  viewUpdate,
} from '@tsbgp/process-api';
import type { CloseReason, Logger, SessionInfo } from '@tsbgp/session';
import { Fault, HEADER_LENGTH, MessageType, readU16 } from '@tsbgp/wire';
import type { Boundaries } from '../boundaries.ts';
import type { ProcessState } from '../control-plane.ts';
import type { DaemonProcessConfig } from '../process-config.ts';
import { type Audience, onlyTo } from '../speaker/audience.ts';
import type { Neighbor } from '../speaker/neighbor.ts';
import type { OwnedRoutes } from '../speaker/owned-routes.ts';
import { VERSION } from '../version.ts';
import { type NeighborHost, ProgramNeighbor } from './program-neighbor.ts';
import { ProgramRoutes } from './program-routes.ts';

export interface ProgramHost extends NeighborHost {
  neighbors(): readonly Neighbor[];
  reload(): void;
}

export class Program implements Control, ApiProcessHost {
  readonly config: DaemonProcessConfig;
  readonly apiVersion: DaemonProcessConfig['apiVersion'];
  readonly version: string;
  readonly uuid: string = randomUUID();
  readonly startedAt: Date = new Date();
  readonly showRoutesFormat = 'v1';
  readonly #host: ProgramHost;
  readonly #log: Logger;
  readonly #boundaries: Boundaries;
  readonly #process: ApiProcess;
  readonly #written: ProcessCommands;
  readonly #hub: EventHub;
  readonly #routes: ProgramRoutes;
  readonly #neighbors: Map<string, ProgramNeighbor> = new Map();
  #commands = 0;
  #errors = 0;
  #lastError: string | undefined;
  #isClosed = false;
  /** The neighbors, while commands that came together are carried out. */
  #listed: readonly ProgramNeighbor[] | undefined;

  constructor(config: DaemonProcessConfig, host: ProgramHost, owned: OwnedRoutes, log: Logger, boundaries: Boundaries) {
    const { name, run, encoder, respawn, ack, apiVersion } = config;
    this.config = config;
    this.apiVersion = apiVersion;
    this.version = `${apiVersion}.0.0+tsbgp.${VERSION}`;
    this.#host = host;
    this.#log = log;
    this.#boundaries = boundaries;
    this.#process = new ApiProcess({ name, command: run, encoder, respawn }, this, { ack, respawn, env: process.env, logsStderr: true });
    this.#written = new ProcessCommands(this.#process, this);
    this.#hub = new EventHub({ version: apiVersion, compact: false });
    this.#routes = new ProgramRoutes(owned, host.global().localAs);
  }

  start(): void {
    this.#process.start();
  }

  /** Ends the program. Resolves when it has ended. `withdraws` false: its routes stay, as a daemon that restarts gracefully wants. */
  async close(withdraws: boolean): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#written.ended(false);
    if (withdraws) this.#routes.close();
    await this.#process.stop(this.#hub.shutdownLine(this.#hub.encoderOf(this.#process)));
  }

  pause(isPaused: boolean): void {
    if (isPaused) this.#process.pause();
    else this.#process.resume();
  }

  state(): ProcessState {
    const { pid, restarts, startedAt, lastEnd, backlog, droppedLines } = this.#process;
    return {
      name: this.config.name,
      command: this.config.run,
      apiVersion: this.apiVersion,
      pid,
      restarts,
      startedAt,
      lastEnd,
      commands: this.#commands,
      errors: this.#errors,
      lastError: this.#lastError,
      routes: this.#routes.count,
      backlogBytes: backlog.bytes,
      droppedLines,
    };
  }

  // ApiProcessHost

  commands(_process: ApiProcess, lines: readonly string[]): void {
    // What it wrote before it was closed may come later.
    if (this.#isClosed) return;
    this.#commands += lines.length;
    // Of all commands that came together: a program may write a hundred thousand.
    this.#listed = this.#list();
    this.#boundaries.run('program', { process: this.config.name }, () => this.#written.push(lines));
    this.#listed = undefined;
  }

  log(process: ApiProcess | string, level?: LogLevel, message?: string): void {
    const text = typeof process === 'string' ? process : `process ${this.config.name}: ${message}`;
    const fields = { process: this.config.name };
    if (level === 'ERR') this.#log.error(fields, text);
    else if (level === 'WARNING') this.#log.warn(fields, text);
    else if (level === 'DEBUG') this.#log.debug(fields, text);
    else this.#log.info(fields, text);
  }

  ended(): void {
    const withdraws = this.config.onEnd === 'withdraw';
    this.#written.ended(!withdraws);
    if (withdraws && !this.#isClosed) this.#routes.clear(undefined);
  }

  // Control

  /** Throws a broken invariant of the RIB on. */
  unexpected(error: unknown): void {
    this.#boundaries.caught('program', { process: this.config.name }, error);
  }

  /** The first errors of a run are logged; a program that writes garbage does not fill the log. */
  failed(message: string): void {
    this.#lastError = message;
    if (++this.#errors <= ERRORS_LOGGED_MAX) this.#log.warn({ process: this.config.name }, `process ${this.config.name}: ${message}`);
    if (this.#errors === ERRORS_LOGGED_MAX) {
      this.#log.warn({ process: this.config.name }, `process ${this.config.name}: further errors are counted and not logged`);
    }
  }

  neighbors(): readonly ProgramNeighbor[] {
    return this.#listed ?? this.#list();
  }

  #list(): readonly ProgramNeighbor[] {
    const { neighbors: wanted } = this.config;
    const all = this.#host.neighbors().filter(({ config }) => wanted === undefined || wanted.includes(config.address));
    const addresses = new Set(all.map(({ config }) => config.address));
    for (const [address, gone] of this.#neighbors) {
      if (addresses.has(address)) continue;
      this.#hub.forget(gone);
      this.#neighbors.delete(address);
    }
    return all.map((neighbor) => this.#of(neighbor));
  }

  neighborsOf(): readonly ProgramNeighbor[] {
    return this.neighbors();
  }

  #of(neighbor: Neighbor): ProgramNeighbor {
    const { address } = neighbor.config;
    let known = this.#neighbors.get(address);
    if (known === undefined) {
      known = new ProgramNeighbor(neighbor, this.#host);
      this.#neighbors.set(address, known);
      const { events, receive, send, form } = this.config;
      const has = (name: 'state' | 'fsm' | 'negotiated'): boolean => events.includes(name);
      const wishes = (kinds: readonly string[]): MessageWishes => ({
        parsed: form === 'parsed',
        packets: form === 'packets',
        consolidate: form === 'consolidate',
        kinds: new Set(MESSAGE_KINDS.filter((kind) => kinds.includes(kind))),
      });
      const subscription = { changes: has('state'), fsm: has('fsm'), negotiated: has('negotiated'), signal: false };
      this.#hub.subscribe(known, [{ process: this.#process, ...subscription, receive: wishes(receive), send: wishes(send) }]);
    }
    known.neighbor = neighbor;
    return known;
  }

  /** Who routes for these neighbors are for: all that the program may command means also those that come later. */
  #audienceOf(neighbors: readonly CommandNeighbor[]): Audience {
    const { neighbors: wanted } = this.config;
    const isAll = neighbors.length === this.neighbors().length;
    if (isAll) return wanted && onlyTo(wanted);
    return onlyTo(neighbors.map(({ peerAddress }) => peerAddress));
  }

  changeRoutes(neighbors: readonly CommandNeighbor[], routes: readonly Route[], purpose: Purpose): void {
    const audience = this.#audienceOf(neighbors);
    // A daemon without neighbors has a table all the same; a selector that selects nobody is a mistake.
    if (neighbors.length === 0 && audience?.names.size === 0) throw new CommandError('no neighbor is selected');
    for (const route of routes) this.#routes.change(route, purpose, audience);
  }

  changeWatchdog(name: string, purpose: Purpose): void {
    this.#routes.changeWatchdog(name, purpose);
  }

  clearOut(neighbors: readonly CommandNeighbor[]): void {
    this.#routes.clear(this.#audienceOf(neighbors));
  }

  queueStatus(): Readonly<Record<string, { readonly items: number; readonly bytes: number }>> {
    return { [this.config.name]: this.#process.backlog };
  }

  permit(action: 'shutdown' | 'reload' | 'restart'): void {
    if (action !== 'reload') throw new CommandError(`found ${action}, which a program may not ask of tsbgpd; allowed is reload`);
  }

  shutdown(): void {}

  reload(): void {
    this.#host.reload();
  }

  restart(): void {}

  createNeighbor(): never {
    throw new CommandError('found a neighbor to create, which tsbgpd takes from its configuration and its API alone');
  }

  deleteNeighbor(): never {
    throw new CommandError('found a neighbor to delete, which tsbgpd takes from its configuration and its API alone');
  }

  // What happens in sessions

  /** Undefined: the program does not hear of it. */
  #hearer(neighbor: Neighbor): ProgramNeighbor | undefined {
    const { neighbors } = this.config;
    return neighbors === undefined || neighbors.includes(neighbor.config.address) ? this.#of(neighbor) : undefined;
  }

  stateChanged(neighbor: Neighbor, to: string): void {
    const hearer = this.#hearer(neighbor);
    if (hearer === undefined) return;
    this.#hub.fsm(hearer, to);
    if (to === 'OpenSent') this.#hub.state(hearer, 'connected');
  }

  established(neighbor: Neighbor): void {
    const hearer = this.#hearer(neighbor);
    if (hearer === undefined) return;
    this.#hub.negotiated(hearer);
    this.#hub.state(hearer, 'up');
  }

  closed(neighbor: Neighbor, reason: CloseReason): void {
    const hearer = this.#hearer(neighbor);
    if (hearer !== undefined) this.#hub.state(hearer, 'down', downReason(reason, this.apiVersion));
  }

  message(neighbor: Neighbor, direction: 'receive' | 'send', octets: Uint8Array): void {
    const hearer = this.#hearer(neighbor);
    if (hearer !== undefined) this.#hub.message(hearer, direction, octets);
  }

  update(neighbor: Neighbor, session: SessionInfo, bytes: Uint8Array, start: number, end: number): void {
    const hearer = this.#hearer(neighbor);
    if (hearer === undefined || !this.#hub.wantsReceived(hearer, 'update')) return;
    const view = viewUpdate(bytes, start, end, session.receive);
    if (!(view instanceof Fault)) this.#hub.update(hearer, bytes.subarray(start - HEADER_LENGTH, end), view);
  }

  /** Whole messages, one after the other. */
  sent(neighbor: Neighbor, messages: Uint8Array): void {
    const hearer = this.#hearer(neighbor);
    if (hearer === undefined || !this.#hub.wantsSent(hearer)) return;
    for (let at = 0; at + HEADER_LENGTH <= messages.length; ) {
      const end = at + readU16(messages, at + 16);
      if (messages[at + 18] === MessageType.Update) this.#hub.message(hearer, 'send', messages.subarray(at, end));
      at = end;
    }
  }
}

/** Errors of one program that are logged. */
const ERRORS_LOGGED_MAX = 100;
