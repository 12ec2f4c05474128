/**
 * What commands act on. `Program` implements it for ExaBGP's own sessions; another daemon may implement it for its routing table, and then the
 * same programs speak to that.
 */
import type { Family, PathAttribute } from '@tsbgp/wire';
import type { ApiVersion } from '../events/api-version.ts';
import type { NlriView } from '../events/update-view.ts';
import type { Purpose } from '../route/prefix-route.ts';
import type { Route } from '../route/route.ts';
import type { NeighborView } from './neighbor-view.ts';
import type { OperationalConfig } from './operational-words.ts';

/** Who gives commands and gets answers: a program of the API, or the command line. */
export interface CommandSource {
  readonly name: string;
  /** The neighbors that it may command. */
  neighbors(): readonly CommandNeighbor[];
  write(line: string): void;
  /** Octets that wait to be read by it. */
  backlogBytes(): number;
  ack: 'on' | 'off';
  sync: boolean;
  readonly encoder: 'text' | 'json';
  pause(): void;
  resume(): void;
}

export type TableDirection = 'in' | 'out';

/** A route of `show adj-rib`. */
export interface ShownRoute {
  readonly nlri: NlriView;
  readonly nextHop: string | undefined;
  /** Only where the listing is extensive. */
  readonly attributes: readonly PathAttribute[];
}

/** A neighbor as commands see it. */
export interface CommandNeighbor {
  /** `neighbor PEER local-ip …`: what selectors look at. */
  readonly name: string;
  readonly peerAddress: string;
  readonly isEstablished: boolean;
  view(): NeighborView;
  /** The neighbor as a configuration file would say it. */
  configurationLines(): readonly string[];
  shownRoutes(direction: TableDirection, extensive: boolean): Iterable<ShownRoute> | AsyncIterable<ShownRoute>;
  /** NOTIFICATION 6/`subcode`. Only while it is established. */
  teardown(subcode: number): void;
  /** Everything is told again. False: it is not established. */
  resend(): boolean;
  /** Forgets what was received. */
  clearIn(): void;
  /** False where the session has no such family or capability, or there is none. */
  sendEndOfRib(family: Family): boolean;
  sendRouteRefresh(family: Family): boolean;
  sendOperational(message: OperationalConfig): boolean;
  /** Resolves when what waits was written to the socket. */
  flushed(): Promise<void>;
}

export interface Control {
  readonly apiVersion: ApiVersion;
  /** Of the program, as `version` prints it. */
  readonly version: string;
  readonly uuid: string;
  readonly startedAt: Date;
  readonly showRoutesFormat: string;
  neighbors(): readonly CommandNeighbor[];
  /** The neighbors that the process of this name may command. */
  neighborsOf(process: string): readonly CommandNeighbor[];
  /** Announces or withdraws the routes. Throws CommandError where none of the neighbors takes any of them. */
  changeRoutes(neighbors: readonly CommandNeighbor[], routes: readonly Route[], purpose: Purpose, source: CommandSource): void;
  /** Announces or withdraws the routes of a watchdog group. */
  changeWatchdog(name: string, purpose: Purpose, source: CommandSource): void;
  /** Withdraws everything that was announced. */
  clearOut(neighbors: readonly CommandNeighbor[], source: CommandSource): void;
  queueStatus(): Readonly<Record<string, { readonly items: number; readonly bytes: number }>>;
  /** Throws CommandError where the source may not ask for this. @default it may */
  permit?(action: 'shutdown' | 'reload' | 'restart'): void;
  shutdown(): void;
  reload(): void;
  restart(): void;
  /** Until the next reload. `body` is what ExaBGP's configuration has in the neighbor's section. Throws SyntaxFault and CommandError. */
  createNeighbor(peerAddress: string, body: string): void;
  deleteNeighbor(neighbor: CommandNeighbor): void;
  log(message: string): void;
  /**
   * A command threw what no command should: a bug. May throw it on, where the daemon cannot go on: then the exception leaves `CommandRunner.push`,
   * or is an unhandled rejection where the command took time, and no further command is carried out.
   *
   * @default the command is answered with an error, as any other that fails
   */
  unexpected?(error: unknown): void;
  /** A command was answered with an error. @default it is logged */
  failed?(message: string): void;
}
