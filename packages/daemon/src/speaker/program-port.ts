/** What of the speaker programs use: their routes, sessions, and when the RIB has done its work. */
import type { Rib, RouteOwner } from '@tsbgp/rib';
import type { ResetKind } from '../control-plane.ts';
import type { Neighbor } from './neighbor.ts';
import type { Neighbors } from './neighbors.ts';
import { OwnedRoutes } from './owned-routes.ts';
import { observers, type SessionObserver } from './session-observer.ts';
import type { Sessions } from './sessions.ts';

export interface ProgramPortOptions {
  readonly rib: Rib;
  readonly sessions: Sessions;
  readonly neighbors: Neighbors;
  readonly schedule: () => void;
}

export class ProgramPort {
  readonly #options: ProgramPortOptions;
  #programs: SessionObserver | undefined;
  #log: SessionObserver | undefined;
  /** Who waits for the RIB to be done. */
  readonly #whenIdle: (() => void)[] = [];

  constructor(options: ProgramPortOptions) {
    this.#options = options;
  }

  /** Routes that an owner of this name announces: a program, a health check. */
  ownedRoutes(origin: RouteOwner['origin'], name: string): OwnedRoutes {
    const { rib, schedule } = this.#options;
    return new OwnedRoutes(rib, { origin, name }, schedule);
  }

  /** Who is told what happens in sessions; undefined: nobody. */
  observeSessions(observer: SessionObserver | undefined): void {
    this.#programs = observer;
    this.#observe();
  }

  /** Who writes messages to files, beside programs; undefined: nobody. */
  logMessages(log: SessionObserver | undefined): void {
    this.#log = log;
    this.#observe();
  }

  #observe(): void {
    this.#options.sessions.observer = observers(this.#programs, this.#log);
  }

  /** The neighbors as they run. */
  neighbors(): readonly Neighbor[] {
    return this.#options.neighbors.all();
  }

  /** Asks for the neighbor's routes of a family, or sends it ours again. Throws ControlError. */
  resetSoftly(neighbor: Neighbor, kind: Exclude<ResetKind, 'hard'>): void {
    this.#options.sessions.resetSoftly(neighbor, kind, undefined);
  }

  /** Resolves when the RIB has done all its work: what was announced before is written to the sockets of members in step. */
  settled(): Promise<void> {
    this.#options.schedule();
    return new Promise((resolve) => this.#whenIdle.push(resolve));
  }

  /** After each turn of the RIB. */
  turnEnded(): void {
    if (this.#whenIdle.length > 0 && this.#options.rib.idle) for (const resolve of this.#whenIdle.splice(0)) resolve();
  }
}
