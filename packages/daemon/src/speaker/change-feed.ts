/**
 * The change feed: the change log (change-log.ts), filled while anyone reads it. Nothing of the RIB is observed before the first reader comes.
 * When the last reader of a kind of changes has left, they are noted for CHANGES_KEPT_SECONDS more: a reader that lost its connection may
 * come back and go on after the number that it read last.
 */
import { randomBytes } from 'node:crypto';
import type { Rib } from '@tsbgp/rib';
import type { Boundaries } from '../boundaries.ts';
import type { ChangePosition } from '../control-plane.ts';
import type { Background } from './background.ts';
import { ChangeKind, ChangeLog, type ChangeReader, type Gap } from './change-log.ts';

/** Changes are noted for so long after the last reader of their kind left. */
export const CHANGES_KEPT_SECONDS: number = 300;

export interface ChangeFeedOptions {
  readonly rib: Rib;
  readonly background: Background;
  readonly boundaries: Boundaries;
  /** The RIB has something to do: it may free a prefix that was kept for readers. */
  readonly schedule: () => void;
  /** Changes that are kept, for all readers together. @default CHANGES_MAX */
  readonly changesMax?: number | undefined;
}

/** Where a reader begins. */
export interface ReadFrom {
  /** Absent: at the present. */
  readonly resume?: ChangePosition | undefined;
  /** If changes are lost, the reader lists all routes. So it begins at the present then, and not at the oldest change that is kept. */
  readonly lists?: boolean | undefined;
}

export interface OpenedReader {
  readonly reader: ChangeReader;
  /** What the reader misses; absent when it misses nothing. */
  readonly gap?: Gap | undefined;
}

export class ChangeFeed {
  /** Identifies this run of the daemon. A number of another run means nothing here. */
  readonly instance: string = randomBytes(8).toString('hex');
  readonly log: ChangeLog;
  readonly #options: ChangeFeedOptions;
  /** What wakes each reader. */
  readonly #readers: Map<ChangeReader, () => void> = new Map();
  /** Kinds of changes that are noted, with the timer that ends it while they have no reader. */
  readonly #noted: Map<ChangeKind, NodeJS.Timeout | undefined> = new Map();
  #trimming = false;

  constructor(options: ChangeFeedOptions) {
    this.#options = options;
    this.log = new ChangeLog(options.rib.tables, options.schedule, options.changesMax);
  }

  /** `wake` is called when there is news for the reader. */
  open(kind: ChangeKind, wake: () => void, { resume, lists }: ReadFrom = {}): OpenedReader {
    const { log } = this;
    if (this.#noted.has(kind)) clearTimeout(this.#noted.get(kind));
    else log.begin(kind);
    const gap = resume === undefined ? undefined : this.#gap(kind, resume);
    let sequence = log.last;
    if (resume !== undefined && gap === undefined) sequence = resume.after;
    else if (gap !== undefined && lists !== true) sequence = log.resumableAfter(kind);
    const reader = log.open(kind, sequence);
    this.#noted.set(kind, undefined);
    this.#readers.set(reader, wake);
    this.#observe();
    return { reader, gap };
  }

  close(reader: ChangeReader): void {
    this.log.close(reader);
    if (!this.#readers.delete(reader) || this.#hasReaders(reader.kind)) return;
    this.#noted.set(reader.kind, setTimeout(() => this.#end(reader.kind), CHANGES_KEPT_SECONDS * 1000).unref());
  }

  /** Wakes the readers that have news. */
  flush(): void {
    for (const [reader, wake] of this.#readers) if (this.log.hasNews(reader)) wake();
  }

  /** How many changes the slowest reader has not read, at most. */
  get unread(): number {
    let slowest = this.log.last;
    for (const reader of this.#readers.keys()) slowest = Math.min(slowest, reader.sequence);
    return this.log.last - slowest;
  }

  #gap(kind: ChangeKind, { instance, after }: ChangePosition): Gap | undefined {
    return instance === this.instance ? this.log.gapAfter(kind, after) : { count: undefined };
  }

  #hasReaders(kind: ChangeKind): boolean {
    for (const reader of this.#readers.keys()) if (reader.kind === kind) return true;
    return false;
  }

  /** Nobody came back: changes of this kind are no longer noted. */
  #end(kind: ChangeKind): void {
    this.#noted.delete(kind);
    this.#observe();
    void this.#trim();
  }

  #observe(): void {
    const { rib, boundaries } = this.#options;
    const { log } = this;
    rib.bestObserver = !this.#noted.has(ChangeKind.Best)
      ? undefined
      : (table, nlri) => {
          try {
            log.noteBest(table, nlri);
          } catch (error) {
            boundaries.caught('rib-observer', {}, error);
          }
        };
    for (const table of rib.tables) {
      table.observer = !this.#noted.has(ChangeKind.Received)
        ? undefined
        : (nlri, path) => {
            try {
              log.notePath(table, nlri, path);
            } catch (error) {
              boundaries.caught('rib-observer', {}, error);
            }
          };
      // Stays after changes are no longer noted, until those that were noted are freed.
      table.keeps = this.#noted.size === 0 && log.count === 0 ? undefined : (nlri) => log.keeps(table, nlri);
    }
  }

  /** Frees changes that cannot be read any more, in slices. */
  async #trim(): Promise<void> {
    if (this.#trimming) return;
    this.#trimming = true;
    try {
      await this.#options.background.run((deadline) => {
        let more = this.#noted.size === 0 && this.log.trim();
        while (more && performance.now() < deadline) more = this.log.trim();
        return !more;
      });
      this.#observe();
    } catch (error) {
      this.#options.boundaries.caught('watcher', {}, error);
    } finally {
      this.#trimming = false;
    }
  }
}
