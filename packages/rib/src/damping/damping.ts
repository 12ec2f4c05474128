/**
 * Route flap damping of one session: its histories, and what they do to its paths.
 *
 * A prefix with a history stays in the index even while the peer does not announce it, so that its id stays the same (held.ts).
 */
import type { NlriId } from '../nlri/nlri-index.ts';
import { type DampingOptions, FlapHistory } from './flap-history.ts';

/** The table of a family, as far as it counts here. */
export interface HoldsNlri {
  readonly position: number;
  readonly held: { hold(nlri: NlriId): void; letGo(nlri: NlriId): void };
}

export class Damping {
  readonly options: DampingOptions;
  /** By position of the table; made when a prefix of the family first flaps. */
  readonly #histories: (FlapHistory | undefined)[] = [];

  constructor(options: DampingOptions) {
    this.options = options;
  }

  /** The prefixes of a family that flapped; undefined while none has. */
  historyOf(position: number): FlapHistory | undefined {
    return this.#histories[position];
  }

  /** The peer withdrew a prefix, or gave it other attributes. Returns whether it is suppressed from now on and was not before. */
  flap(table: HoldsNlri, nlri: NlriId, penalty: number, nowSeconds: number): boolean {
    const history = (this.#histories[table.position] ??= new FlapHistory(this.options));
    const isNew = !history.has(nlri);
    const isSuppressed = history.flap(nlri, penalty, nowSeconds);
    if (isNew && history.has(nlri)) table.held.hold(nlri);
    return isSuppressed;
  }

  isSuppressed(position: number, nlri: NlriId): boolean {
    const history = this.#histories[position];
    return history !== undefined && history.suppressedCount > 0 && history.isSuppressed(nlri);
  }

  /** The session is over: nothing is remembered of it. */
  forget(tables: readonly HoldsNlri[]): void {
    for (const table of tables) {
      const history = this.#histories[table.position];
      this.#histories[table.position] = undefined;
      for (const { nlri } of history?.all(0) ?? []) table.held.letGo(nlri);
    }
  }
}
