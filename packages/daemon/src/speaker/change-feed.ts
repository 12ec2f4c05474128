/**
 * The change feed: the change log (change-log.ts), filled while anyone reads it. Nothing of the RIB is observed before the first reader comes.
 * When the last reader of a kind of changes has left, they are noted for CHANGES_KEPT_SECONDS more: a reader that lost its connection may
 * come back and go on after the number that it read last.
 */
import { randomBytes } from 'node:crypto';
import type { Rib, SentObserver } from '@tsbgp/rib';
import type { Boundaries } from '../boundaries.ts';
import type { ChangePosition } from '../control-plane.ts';
import type { Background } from './background.ts';
import { ChangeKind, ChangeLog, type ChangeReader, type ChangeScope, type Gap } from './change-log.ts';

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
  /** Changes that are noted, by `keyOf`, with the timer that ends it while they have no reader. */
  readonly #noted: Map<string, { readonly scope: ChangeScope; timer: NodeJS.Timeout | undefined }> = new Map();
  #trimming = false;

  constructor(options: ChangeFeedOptions) {
    this.#options = options;
    this.log = new ChangeLog(options.rib.tables, options.schedule, options.changesMax);
  }

  /** `wake` is called when there is news for the reader. */
  open(scope: ChangeScope, wake: () => void, { resume, lists }: ReadFrom = {}): OpenedReader {
    const { log } = this;
    const noted = this.#noted.get(keyOf(scope));
    if (noted !== undefined) clearTimeout(noted.timer);
    else log.begin(scope);
    const gap = resume === undefined ? undefined : this.#gap(scope, resume);
    let sequence = log.last;
    if (resume !== undefined && gap === undefined) sequence = resume.after;
    else if (gap !== undefined && lists !== true) sequence = log.resumableAfter(scope);
    const reader = log.open(scope, sequence);
    this.#noted.set(keyOf(scope), { scope, timer: undefined });
    this.#readers.set(reader, wake);
    this.#observe();
    return { reader, gap };
  }

  close(reader: ChangeReader): void {
    this.log.close(reader);
    if (!this.#readers.delete(reader) || this.#hasReaders(reader)) return;
    const { kind, neighbor } = reader;
    const timer = setTimeout(() => this.#end({ kind, neighbor }), CHANGES_KEPT_SECONDS * 1000).unref();
    this.#noted.set(keyOf(reader), { scope: { kind, neighbor }, timer });
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

  #gap(scope: ChangeScope, { instance, after }: ChangePosition): Gap | undefined {
    return instance === this.instance ? this.log.gapAfter(scope, after) : { count: undefined };
  }

  #hasReaders(scope: ChangeScope): boolean {
    for (const reader of this.#readers.keys()) if (keyOf(reader) === keyOf(scope)) return true;
    return false;
  }

  /** Nobody came back: these changes are no longer noted. */
  #end(scope: ChangeScope): void {
    this.#noted.delete(keyOf(scope));
    this.log.end(scope);
    this.#observe();
    void this.#trim();
  }

  /** The RIB has one more table. */
  tableAdded(): void {
    this.#observe();
  }

  #isNoted(kind: ChangeKind): boolean {
    for (const { scope } of this.#noted.values()) if (scope.kind === kind) return true;
    return false;
  }

  #observe(): void {
    const { rib, boundaries } = this.#options;
    const { log } = this;
    rib.bestObserver = !this.#isNoted(ChangeKind.Best)
      ? undefined
      : (table, nlri) => {
          try {
            log.noteBest(table, nlri);
          } catch (error) {
            boundaries.caught('rib-observer', {}, error);
          }
        };
    for (const table of rib.tables) {
      table.sentObserver = this.#isNoted(ChangeKind.Sent) ? this.#sentObserver : undefined;
      table.observer = !this.#isNoted(ChangeKind.Received)
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

  readonly #sentObserver: SentObserver = {
    wants: (peer) => this.#noted.has(keyOf({ kind: ChangeKind.Sent, neighbor: peer.options.name })),
    sent: (peer, position, nlri, path) => {
      try {
        this.log.noteSent(peer, position, nlri, path);
      } catch (error) {
        this.#options.boundaries.caught('rib-observer', {}, error);
      }
    },
  };

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

function keyOf({ kind, neighbor }: ChangeScope): string {
  return `${kind} ${neighbor}`;
}
