/**
 * Which routes changed, for all watchers together. One list holds a record for each NLRI whose best path changed, and one for each path
 * that came, changed or went. Every watcher has a place in the same list:
 *
 *     record — record — [watcher A] — record — record — [watcher B] — record
 *     read by all: freed        unread by A                   unread by both
 *
 * A record says what changed, not how. When a watcher reads the record, the route is built from what the RIB holds then. So a route that
 * flaps has one record, which moves to the end with each change. Another change costs one comparison while the last one is unread. The cost of a change does not grow with the number of watchers; a watcher that does not read costs one record, its place.
 *
 * Memory is bounded by CHANGES_MAX records. Beyond it the oldest records are dropped, and the watchers that had not read them are told how many
 * they lost. A record keeps its NLRI: the RIB does not free the prefix while a watcher must still be told that the prefix is gone.
 */
import { type NlriId, NONE, type PathId, type RibTable } from '@tsbgp/rib';
import { ChangeRecords } from './change-records.ts';
import { ChangeSources } from './change-sources.ts';

/** Changes that may wait, for all watchers together; about 35 octets each. */
export const CHANGES_MAX: number = 1 << 19;

/** Records dropped at a time when there are too many. */
const DROP_RECORDS = 1024;
/** Records looked at in one call of `read`. */
const READ_RECORDS = 4096;
/** Records freed in one step. */
const TRIM_RECORDS = 4096;
const NOT_A_TABLE = 255;

/** What changed in a table: its best paths, or the paths that neighbors sent. */
export const ChangeKind = { Best: 0, Received: 1 } as const;
export type ChangeKind = (typeof ChangeKind)[keyof typeof ChangeKind];

/** A place in the list. The reader has not read what comes after it. */
export interface ChangeReader {
  readonly kind: ChangeKind;
  /** The record that marks the place. */
  readonly mark: number;
  /** Changes dropped unread since the reader was last told of losses. */
  lost: number;
  /** Value of `notes` when the reader had read everything. */
  caughtUpAt: number;
}

/** A change as a reader sees it; overwritten by each call. */
export interface Change {
  table: RibTable;
  nlri: NlriId;
  /** For paths that neighbors sent: the neighbor ('' for the local routes) and the path identifier. */
  neighbor: string;
  identifier: number;
}

export class ChangeLog {
  readonly #tables: readonly RibTable[];
  readonly #max: number;
  /** Called when an NLRI may now be freed, so that the RIB has something to do. */
  readonly #freed: () => void;

  #records: ChangeRecords = new ChangeRecords();
  /** By slot: NLRI -> its first record. */
  #first: Int32Array[];

  readonly #readers: Map<number, ChangeReader> = new Map();
  /** Counts moves of places. No reader has read a record that went to the end in the present epoch. */
  #epoch = 0;
  /** When there are more neighbors than numbers, every record is dropped and the numbers start again. */
  readonly #sources: ChangeSources = new ChangeSources(() => {
    while (this.count > 0) this.#dropOldest();
  });
  readonly #change: Change;

  /** Records that wait. */
  count = 0;
  /** Changes noted since the start, and records dropped unread. */
  notes = 0;
  dropped = 0;

  constructor(tables: readonly RibTable[], freed: () => void, max: number = CHANGES_MAX) {
    this.#tables = tables;
    this.#freed = freed;
    this.#max = max;
    this.#first = tables.flatMap(() => [new Int32Array(0), new Int32Array(0)]);
    this.#change = { table: tables[0]!, nlri: NONE as NlriId, neighbor: '', identifier: 0 };
  }

  /** A reader that has read everything so far. */
  open(kind: ChangeKind): ChangeReader {
    const records = this.#records;
    const mark = records.allocate();
    records.slot[mark] = NOT_A_TABLE;
    const reader: ChangeReader = { kind, mark, lost: 0, caughtUpAt: this.notes };
    this.#readers.set(mark, reader);
    records.append(mark);
    this.#advanceEpoch();
    return reader;
  }

  /** The records that only this reader had not read can then be freed with `trim`. */
  close(reader: ChangeReader): void {
    if (!this.#readers.delete(reader.mark)) return;
    this.#records.unlink(reader.mark);
    this.#records.recycle(reader.mark);
  }

  hasNews(reader: ChangeReader): boolean {
    return reader.lost > 0 || reader.caughtUpAt !== this.notes;
  }

  /** Another path of the NLRI is best now, or the best one has other attributes. */
  noteBest(table: RibTable, nlri: NlriId): void {
    this.#note(2 * table.position + ChangeKind.Best, nlri, 0, 0);
  }

  /** A path was added or changed, or is about to be removed. */
  notePath(table: RibTable, nlri: NlriId, path: PathId): void {
    this.#note(2 * table.position + ChangeKind.Received, nlri, this.#sources.numberOf(table.peerOf(path)), table.identifierOf(path));
  }

  /**
   * Calls `visit` with what the reader has not read, until `visit` returns false or READ_RECORDS records were looked at. What was visited
   * counts as read. The change object is reused for the next one.
   */
  read(reader: ChangeReader, visit: (change: Change) => boolean): void {
    const records = this.#records;
    let last = reader.mark;
    let more = true;
    for (let left = READ_RECORDS; left > 0 && more && records.next[last] !== NONE; left--) {
      last = records.next[last]!;
      const slot = records.slot[last]!;
      if (slot !== NOT_A_TABLE && (slot & 1) === reader.kind) more = visit(this.#shown(last));
    }
    if (records.next[last] === NONE) reader.caughtUpAt = this.notes;
    if (last !== reader.mark) {
      records.unlink(reader.mark);
      records.insertAfter(reader.mark, last);
      this.#advanceEpoch();
    }
    this.trim();
  }

  /** Frees some of the records that all readers have read. True when there are more of them. */
  trim(): boolean {
    for (let left = TRIM_RECORDS; left > 0 && this.#startsWithRecord; left--) this.#remove(this.#records.head);
    if (this.#records.head === NONE) this.#forget();
    return this.#startsWithRecord;
  }

  /** Whether a record comes before every reader's place, so that all have read it. */
  get #startsWithRecord(): boolean {
    return this.#records.head !== NONE && this.#records.slot[this.#records.head] !== NOT_A_TABLE;
  }

  /** Whether a watcher must still be told of the NLRI. */
  keeps(table: RibTable, nlri: NlriId): boolean {
    const slot = 2 * table.position;
    return this.#firstOf(slot, nlri) !== NONE || this.#firstOf(slot + 1, nlri) !== NONE;
  }

  #note(slot: number, nlri: number, source: number, identifier: number): void {
    const records = this.#records;
    this.notes++;
    let record = this.#firstOf(slot, nlri);
    while (record !== NONE && (records.source[record] !== source || records.identifier[record] !== identifier))
      record = records.chain[record]!;
    if (record !== NONE) {
      if (records.stamp[record] === this.#epoch) return;
      records.unlink(record);
    } else {
      if (this.count >= this.#max) this.#dropOldest();
      record = records.allocate();
      records.slot[record] = slot;
      records.nlri[record] = nlri;
      records.source[record] = source;
      records.identifier[record] = identifier;
      records.chain[record] = this.#firstOf(slot, nlri);
      this.#setFirst(slot, nlri, record);
      this.count++;
    }
    records.append(record);
    records.stamp[record] = this.#epoch;
  }

  #shown(record: number): Change {
    const records = this.#records;
    const change = this.#change;
    change.table = this.#tables[records.slot[record]! >>> 1]!;
    change.nlri = records.nlri[record]! as NlriId;
    change.neighbor = (records.slot[record]! & 1) === ChangeKind.Best ? '' : this.#sources.nameOf(records.source[record]!);
    change.identifier = records.identifier[record]!;
    return change;
  }

  /** Drops the oldest records. The readers that had not read them lose them. */
  #dropOldest(): void {
    const records = this.#records;
    const losers: ChangeReader[] = [];
    let at = records.head;
    let left = Math.min(DROP_RECORDS, this.#max);
    while (at !== NONE && left > 0) {
      const next = records.next[at]!;
      const slot = records.slot[at]!;
      if (slot === NOT_A_TABLE) {
        losers.push(this.#readers.get(at)!);
      } else {
        for (const reader of losers) if (reader.kind === (slot & 1)) reader.lost++;
        if (losers.length > 0) this.dropped++;
        this.#remove(at);
        left--;
      }
      at = next;
    }
  }

  #remove(record: number): void {
    const records = this.#records;
    const table = this.#tables[records.slot[record]! >>> 1]!;
    const nlri = records.nlri[record]! as NlriId;
    const slot = records.slot[record]!;
    const first = this.#firstOf(slot, nlri);
    if (first === record) {
      this.#setFirst(slot, nlri, records.chain[record]!);
    } else {
      let before = first;
      while (records.chain[before] !== record) before = records.chain[before]!;
      records.chain[before] = records.chain[record]!;
    }
    records.unlink(record);
    records.recycle(record);
    this.count--;
    if (table.hasPaths(nlri) || this.keeps(table, nlri)) return;
    table.doom(nlri);
    this.#freed();
  }

  /** Gives the memory back, when there is neither a reader nor a record. */
  #forget(): void {
    this.#records = new ChangeRecords();
    this.#first = this.#first.map(() => new Int32Array(0));
    this.#sources.forget();
  }

  #firstOf(slot: number, nlri: number): number {
    const first = this.#first[slot]!;
    return nlri < first.length ? first[nlri]! : NONE;
  }

  #setFirst(slot: number, nlri: number, record: number): void {
    let first = this.#first[slot]!;
    if (nlri >= first.length) {
      // As large as the table's own columns. Pages of memory that are never touched cost nothing.
      const bigger = new Int32Array(Math.max(this.#tables[slot >>> 1]!.nlriCapacity, nlri + 1));
      bigger.set(first);
      first = bigger;
      this.#first[slot] = first;
    }
    first[nlri] = record;
  }

  #advanceEpoch(): void {
    this.#epoch = (this.#epoch + 1) >>> 0;
  }
}
