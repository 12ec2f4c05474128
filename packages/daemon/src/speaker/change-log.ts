/**
 * Which routes changed: one list for all families, tables and readers. It holds a record for each NLRI whose best path changed, one for each
 * path that came, changed or went, and one for each route that a watched neighbor was told of. Each record has a sequence number, and each reader has a place in the list:
 *
 *     record 12 — record 15 — [reader A] — record 16 — [reader B] — record 19
 *     read by all                          unread by A              unread by both
 *
 * A record says what changed, not how. When a reader reads the record, the route is built from what the RIB holds then. So a route that
 * flaps has one record, which moves to the end and gets the next number with each change. Another change costs one comparison while the last
 * one is unread. The cost of a change does not grow with the number of readers; a reader that does not read costs one record, its place.
 *
 * Records that all have read stay, so that a reader that lost its connection can go on after the number that it read last. Memory is bounded
 * by CHANGES_MAX records, read and unread. Beyond it the oldest records are dropped, and the readers that had not read them are told how many
 * they lost. A record keeps its NLRI: the RIB does not free the prefix while a reader may still be told that the prefix is gone.
 */
import { type NlriId, NONE, type PathId, type RibPeer, type RibTable } from '@tsbgp/rib';
import { ChangeRecords } from './change-records.ts';
import { ChangeSources } from './change-sources.ts';

/** Changes that are kept, read and unread, for all readers together; 31 octets each. */
export const CHANGES_MAX: number = 1 << 19;

/** Records dropped at a time when there are too many; an eighth of them if that is less. */
const DROP_RECORDS = 1024;
/** Records looked at in one call of `read`. */
const READ_RECORDS = 4096;
/** Records freed in one step. */
const TRIM_RECORDS = 4096;
const NOT_A_TABLE = 255;

/** What changed in a table: its best paths, the paths that neighbors sent, or what one neighbor is sent. */
export const ChangeKind = { Best: 0, Received: 1, Sent: 2 } as const;
export type ChangeKind = (typeof ChangeKind)[keyof typeof ChangeKind];
const KINDS = 3;

/** Which changes a reader reads. */
export interface ChangeScope {
  readonly kind: ChangeKind;
  /** Whom the routes are sent to; '' for the other kinds, which are noted for all neighbors together. */
  readonly neighbor: string;
}

/** A place in the list. The reader has not read what comes after it. */
export interface ChangeReader extends ChangeScope {
  /** The record that marks the place. */
  readonly mark: number;
  /** The reader has read, or lost, every change up to this number. */
  sequence: number;
  /** Changes dropped unread since the reader was last told of losses. */
  lost: number;
}

/** Changes that a reader can no longer get. */
export interface Gap {
  /** How many there are at most; undefined when they were not counted. */
  readonly count: number | undefined;
}

/** A change as a reader sees it; overwritten by each call. */
export interface Change {
  sequence: number;
  table: RibTable;
  nlri: NlriId;
  /** For paths that neighbors sent, and for routes sent to one: the neighbor ('' for the local routes) and the path identifier. */
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
  #first: Int32Array[] = [];

  readonly #readers: Map<number, ChangeReader> = new Map();
  /** No reader has read a record with a higher number. */
  #readTo = 0;
  /** By kind: the number when the log began to note these changes, and the number up to which they may be gone. */
  readonly #notedFrom: [number, number, number] = [0, 0, 0];
  readonly #goneTo: [number, number, number] = [0, 0, 0];
  /** Neighbors whose sent routes are noted, with the number when the log began to. */
  readonly #sentFrom: Map<string, number> = new Map();
  /** When there are more neighbors than numbers, every record is dropped and the numbers start again. */
  readonly #sources: ChangeSources = new ChangeSources(() => {
    while (this.count > 0) this.#dropOldest();
  });
  readonly #change: Change;

  /** Number of the latest change. */
  last = 0;
  /** Records that are kept. */
  count = 0;
  /** Changes noted since the start. Several changes of a route that no reader has read in between have one number. */
  notes = 0;

  constructor(tables: readonly RibTable[], freed: () => void, max: number = CHANGES_MAX) {
    this.#tables = tables;
    this.#freed = freed;
    this.#max = max;
    this.#change = { sequence: 0, table: tables[0]!, nlri: NONE as NlriId, neighbor: '', identifier: 0 };
  }

  /** These changes are noted from now on. Those before were not: a number is left out, and nothing before it can be read. */
  begin({ kind, neighbor }: ChangeScope): void {
    this.last++;
    if (kind === ChangeKind.Sent) {
      this.#sentFrom.set(neighbor, this.last);
    } else {
      this.#notedFrom[kind] = this.last;
      this.#goneTo[kind] = this.last;
    }
  }

  /** These changes are no longer noted. */
  end({ kind, neighbor }: ChangeScope): void {
    if (kind === ChangeKind.Sent) this.#sentFrom.delete(neighbor);
  }

  /** A reader that has read everything up to a number: by default, everything so far. */
  open({ kind, neighbor }: ChangeScope, sequence: number = this.last): ChangeReader {
    const records = this.#records;
    const mark = records.allocate();
    records.slot[mark] = NOT_A_TABLE;
    const reader: ChangeReader = { kind, neighbor, mark, sequence, lost: 0 };
    this.#readers.set(mark, reader);
    if (sequence === this.last) records.append(mark);
    // `read` skips what the reader has read before.
    else records.insertAfter(mark, NONE);
    this.#readTo = Math.max(this.#readTo, sequence);
    return reader;
  }

  close(reader: ChangeReader): void {
    if (!this.#readers.delete(reader.mark)) return;
    this.#records.unlink(reader.mark);
    this.#records.recycle(reader.mark);
  }

  hasNews(reader: ChangeReader): boolean {
    return reader.lost > 0 || reader.sequence !== this.last;
  }

  /** A reader that goes on after this number, or a higher one, loses nothing. */
  resumableAfter(scope: ChangeScope): number {
    return Math.max(this.#goneTo[scope.kind], this.#from(scope));
  }

  /** What a reader loses that goes on after this number; undefined when it loses nothing. */
  gapAfter(scope: ChangeScope, sequence: number): Gap | undefined {
    if (sequence < this.#from(scope) || sequence > this.last) return { count: undefined };
    const count = this.#goneTo[scope.kind] - sequence;
    return count > 0 ? { count } : undefined;
  }

  #from({ kind, neighbor }: ChangeScope): number {
    return kind === ChangeKind.Sent ? (this.#sentFrom.get(neighbor) ?? this.last) : this.#notedFrom[kind];
  }

  /** Another path of the NLRI is best now, or the best one has other attributes. */
  noteBest(table: RibTable, nlri: NlriId): void {
    this.#note(KINDS * table.position + ChangeKind.Best, nlri, 0, 0);
  }

  /** A path was added or changed, or is about to be removed. */
  notePath(table: RibTable, nlri: NlriId, path: PathId): void {
    this.#note(KINDS * table.position + ChangeKind.Received, nlri, this.#sources.numberOf(table.peerOf(path)), table.identifierOf(path));
  }

  /** A peer is told of an NLRI; `identifier` is the path identifier that it gets. */
  noteSent(peer: RibPeer, position: number, nlri: NlriId, identifier: number): void {
    this.#note(KINDS * position + ChangeKind.Sent, nlri, this.#sources.numberOf(peer), identifier);
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
      if (slot === NOT_A_TABLE || records.sequence[last]! <= reader.sequence) continue;
      reader.sequence = records.sequence[last]!;
      if (
        slot % KINDS === reader.kind &&
        (reader.kind !== ChangeKind.Sent || this.#sources.nameOf(records.source[last]!) === reader.neighbor)
      ) {
        more = visit(this.#shown(last));
      }
    }
    if (records.next[last] === NONE) reader.sequence = this.last;
    if (last !== reader.mark) {
      records.unlink(reader.mark);
      records.insertAfter(reader.mark, last);
    }
    this.#readTo = Math.max(this.#readTo, reader.sequence);
  }

  /** Frees some of the records that all readers have read, after which none of them can be read again. True when there are more of them. */
  trim(): boolean {
    for (let left = TRIM_RECORDS; left > 0 && this.#startsWithRecord; left--) this.#removeOldest(this.#records.head);
    if (this.#records.head === NONE) this.#forget();
    return this.#startsWithRecord;
  }

  /** Whether a record comes before every reader's place, so that all have read it. */
  get #startsWithRecord(): boolean {
    return this.#records.head !== NONE && this.#records.slot[this.#records.head] !== NOT_A_TABLE;
  }

  /** Whether a reader may still be told of the NLRI. */
  keeps(table: RibTable, nlri: NlriId): boolean {
    const slot = KINDS * table.position;
    for (let kind = 0; kind < KINDS; kind++) if (this.#firstOf(slot + kind, nlri) !== NONE) return true;
    return false;
  }

  #note(slot: number, nlri: number, source: number, identifier: number): void {
    const records = this.#records;
    this.notes++;
    let record = this.#firstOf(slot, nlri);
    while (record !== NONE && (records.source[record] !== source || records.identifier[record] !== identifier))
      record = records.chain[record]!;
    if (record !== NONE) {
      if (records.sequence[record]! > this.#readTo) return;
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
    records.sequence[record] = ++this.last;
  }

  #shown(record: number): Change {
    const records = this.#records;
    const change = this.#change;
    change.sequence = records.sequence[record]!;
    const slot = records.slot[record]!;
    change.table = this.#tableOf(slot);
    change.nlri = records.nlri[record]! as NlriId;
    change.neighbor = slot % KINDS === ChangeKind.Best ? '' : this.#sources.nameOf(records.source[record]!);
    change.identifier = records.identifier[record]!;
    return change;
  }

  /** Drops the oldest records. The readers that had not read them lose them. */
  #dropOldest(): void {
    const records = this.#records;
    const losers: ChangeReader[] = [];
    let at = records.head;
    let left = Math.min(DROP_RECORDS, Math.ceil(this.#max / 8));
    while (at !== NONE && left > 0) {
      const next = records.next[at]!;
      const slot = records.slot[at]!;
      if (slot === NOT_A_TABLE) {
        losers.push(this.#readers.get(at)!);
      } else {
        const sequence = records.sequence[at]!;
        for (const reader of losers) {
          if (sequence <= reader.sequence) continue;
          reader.sequence = sequence;
          if (reader.kind === slot % KINDS) reader.lost++;
        }
        this.#removeOldest(at);
        left--;
      }
      at = next;
    }
  }

  /** The record is the first of the list, but for places of readers. */
  #removeOldest(record: number): void {
    const records = this.#records;
    const slot = records.slot[record]!;
    const table = this.#tableOf(slot);
    const nlri = records.nlri[record]! as NlriId;
    const kind = (slot % KINDS) as ChangeKind;
    this.#goneTo[kind] = Math.max(this.#goneTo[kind], records.sequence[record]!);
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
    this.#first = [];
    this.#sources.forget();
  }

  #tableOf(slot: number): RibTable {
    return this.#tables[Math.floor(slot / KINDS)]!;
  }

  #firstOf(slot: number, nlri: number): number {
    const first = this.#first[slot];
    return first !== undefined && nlri < first.length ? first[nlri]! : NONE;
  }

  #setFirst(slot: number, nlri: number, record: number): void {
    let first = this.#first[slot] ?? new Int32Array(0);
    if (nlri >= first.length) {
      // As large as the table's own columns. Pages of memory that are never touched cost nothing.
      const bigger = new Int32Array(Math.max(this.#tableOf(slot).nlriCapacity, nlri + 1));
      bigger.set(first);
      first = bigger;
      this.#first[slot] = first;
    }
    first[nlri] = record;
  }
}
