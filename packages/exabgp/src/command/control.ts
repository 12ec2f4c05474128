/** What commands act on: the running program. */
import type { NeighborConfig } from '../config/neighbor.ts';
import type { ApiVersion } from '../events/api-version.ts';
import type { Neighbor } from '../session/neighbor.ts';

/** Who gives commands and gets answers: a program of the API, or the command line. */
export interface CommandSource {
  readonly name: string;
  /** The neighbors that it may command. */
  neighbors(): readonly Neighbor[];
  write(line: string): void;
  /** Octets that wait to be read by it. */
  backlogBytes(): number;
  ack: 'on' | 'off';
  sync: boolean;
  readonly encoder: 'text' | 'json';
  pause(): void;
  resume(): void;
}

export interface Control {
  readonly apiVersion: ApiVersion;
  /** Of the program, as `version` prints it. */
  readonly version: string;
  readonly uuid: string;
  readonly startedAt: Date;
  readonly showRoutesFormat: string;
  neighbors(): readonly Neighbor[];
  queueStatus(): Readonly<Record<string, { readonly items: number; readonly bytes: number }>>;
  shutdown(): void;
  reload(): void;
  restart(): void;
  /** Until the next reload. Throws SyntaxFault. */
  createNeighbor(config: NeighborConfig): void;
  deleteNeighbor(neighbor: Neighbor): void;
  log(message: string): void;
}
