/**
 * Which routes changed, for all watchers together. One list holds a record for each NLRI whose best path changed, and one for each path
 * that came, changed or went. Every watcher has a place in the same list:
 *
 *     record — record — [watcher A] — record — record — [watcher B] — record
 *     read by all: freed        unread by A                   unread by both
 *
 * A record names what changed, not how: the route is built when a watcher reads the record, from what the RIB holds then. So a route that
 * flaps has one record, which moves to the end with each change, and a change that no watcher has read yet costs one comparison. The cost
 * of a change does not depend on how many watchers there are; a watcher that does not read costs its place.
 *
 * Memory is bounded by CHANGES_MAX records. Beyond it the oldest ones are dropped, and the watchers before them are told how many they lost.
 * A record keeps its NLRI: the RIB does not free the prefix while somebody must still be told that it is gone.
 */
import { type NlriId, NONE, type PathId, type RibPeer, type RibTable } from '@tsbgp/rib';

/** Changes that wait for watchers, of all watchers together; about 35 octets each. */
export const CHANGES_MAX: number = 1 << 19;

/** Records dropped at a time when there are too many. */
const DROP_RECORDS = 1024;
/** Records looked at in one call of `read`. */
const READ_RECORDS = 4096;
/** Records freed in one step. */
const TRIM_RECORDS = 4096;
const CAPACITY_INITIAL = 1024;
const NOT_A_TABLE = 255;
/** A record names its neighbor by 16 bits. */
const SOURCES_MAX = 65_535;

/** What changed in a table: its best paths, or the paths that neighbors sent. */
export const ChangeKind = { Best: 0, Received: 1 } as const;
export type ChangeKind = (typeof ChangeKind)[keyof typeof ChangeKind];

/** A place in the list: what comes after it is unread. */
export interface ChangeReader {
  readonly kind: ChangeKind;
  /** The record that is its place. */
  readonly mark: number;
  /** Changes dropped since the reader was told last. */
  lost: number;
  /** Value of `notes` when the reader had read everything. */
  caughtUpAt: number;
}

/** A change as a reader sees it; overwritten by each call. */
export interface Change {
  table: RibTable;
  nlri: NlriId;
  /** Of paths that neighbors sent: the neighbor ('' is the local one) and the path identifier. */
  neighbor: string;
  identifier: number;
}

export class ChangeLog {
  readonly #tables: readonly RibTable[];
  readonly #max: number;
  /** Called when an NLRI may now be freed: the RIB has something to do. */
  readonly #freed: () => void;

  // Columns of records; readers' places are records of no table.
  #next: Int32Array = new Int32Array(CAPACITY_INITIAL);
  #previous: Int32Array = new Int32Array(CAPACITY_INITIAL);
  #nlri: Int32Array = new Int32Array(CAPACITY_INITIAL);
  /** Position of the table and the kind, 2 * position + kind; NOT_A_TABLE for a place. */
  #slot: Uint8Array = new Uint8Array(CAPACITY_INITIAL);
  #source: Uint16Array = new Uint16Array(CAPACITY_INITIAL);
  #identifier: Uint32Array = new Uint32Array(CAPACITY_INITIAL);
  /** Value of `#epoch` when the record went to the end. */
  #stamp: Uint32Array = new Uint32Array(CAPACITY_INITIAL);
  /** Next record of the same NLRI and slot. */
  #chain: Int32Array = new Int32Array(CAPACITY_INITIAL);
  #top = 1;
  #free: number = NONE;
  #head: number = NONE;
  #tail: number = NONE;
  /** By slot: NLRI -> its first record. */
  #first: Int32Array[];

  readonly #readers: Map<number, ChangeReader> = new Map();
  /** Counts how often a place moved: a record that went to the end since then is unread by all readers. */
  #epoch = 0;
  /** Neighbors by the number that records have for them; the RIB may use its own index for another one by the time a record is read. */
  #names: string[] = [];
  #numbers: Map<string, number> = new Map();
  #peerOfIndex: (RibPeer | undefined)[] = [];
  #numberOfIndex: number[] = [];
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
    const mark = this.#allocate();
    this.#slot[mark] = NOT_A_TABLE;
    const reader: ChangeReader = { kind, mark, lost: 0, caughtUpAt: this.notes };
    this.#readers.set(mark, reader);
    this.#append(mark);
    this.#advanceEpoch();
    return reader;
  }

  /** What it had not read may be freed with `trim`. */
  close(reader: ChangeReader): void {
    if (!this.#readers.delete(reader.mark)) return;
    this.#unlink(reader.mark);
    this.#recycle(reader.mark);
  }

  hasNews(reader: ChangeReader): boolean {
    return reader.lost > 0 || reader.caughtUpAt !== this.notes;
  }

  /** The best path of an NLRI is another one, or has other attributes. */
  noteBest(table: RibTable, nlri: NlriId): void {
    this.#note(2 * table.position + ChangeKind.Best, nlri, 0, 0);
  }

  /** A path came, changed or goes. */
  notePath(table: RibTable, nlri: NlriId, path: PathId): void {
    this.#note(2 * table.position + ChangeKind.Received, nlri, this.#numberOf(table.peerOf(path)), table.identifierOf(path));
  }

  /**
   * Shows the reader what it has not read, until `visit` answers false or READ_RECORDS were looked at. What was shown is read.
   * The change is overwritten by the next one.
   */
  read(reader: ChangeReader, visit: (change: Change) => boolean): void {
    let last = reader.mark;
    let more = true;
    for (let left = READ_RECORDS; left > 0 && more && this.#next[last] !== NONE; left--) {
      last = this.#next[last]!;
      const slot = this.#slot[last]!;
      if (slot !== NOT_A_TABLE && (slot & 1) === reader.kind) more = visit(this.#shown(last));
    }
    if (this.#next[last] === NONE) reader.caughtUpAt = this.notes;
    if (last !== reader.mark) {
      this.#unlink(reader.mark);
      this.#insertAfter(reader.mark, last);
      this.#advanceEpoch();
    }
    this.trim();
  }

  /** Frees some of the records that all readers have read. True when there are more of them. */
  trim(): boolean {
    for (let left = TRIM_RECORDS; left > 0 && this.#startsWithRecord; left--) this.#remove(this.#head);
    if (this.#head === NONE) this.#forget();
    return this.#startsWithRecord;
  }

  /** Nobody still has to read the first record. */
  get #startsWithRecord(): boolean {
    return this.#head !== NONE && this.#slot[this.#head] !== NOT_A_TABLE;
  }

  /** Whether somebody must still be told of the NLRI. */
  keeps(table: RibTable, nlri: NlriId): boolean {
    const slot = 2 * table.position;
    return this.#firstOf(slot, nlri) !== NONE || this.#firstOf(slot + 1, nlri) !== NONE;
  }

  #note(slot: number, nlri: number, source: number, identifier: number): void {
    this.notes++;
    let record = this.#firstOf(slot, nlri);
    while (record !== NONE && (this.#source[record] !== source || this.#identifier[record] !== identifier)) record = this.#chain[record]!;
    if (record !== NONE) {
      if (this.#stamp[record] === this.#epoch) return;
      this.#unlink(record);
    } else {
      if (this.count >= this.#max) this.#dropOldest();
      record = this.#allocate();
      this.#slot[record] = slot;
      this.#nlri[record] = nlri;
      this.#source[record] = source;
      this.#identifier[record] = identifier;
      this.#chain[record] = this.#firstOf(slot, nlri);
      this.#setFirst(slot, nlri, record);
      this.count++;
    }
    this.#append(record);
    this.#stamp[record] = this.#epoch;
  }

  #shown(record: number): Change {
    const change = this.#change;
    change.table = this.#tables[this.#slot[record]! >>> 1]!;
    change.nlri = this.#nlri[record]! as NlriId;
    change.neighbor = (this.#slot[record]! & 1) === ChangeKind.Best ? '' : (this.#names[this.#source[record]!] ?? '');
    change.identifier = this.#identifier[record]!;
    return change;
  }

  /** The readers at the front lose the oldest records. */
  #dropOldest(): void {
    const losers: ChangeReader[] = [];
    let at = this.#head;
    let left = Math.min(DROP_RECORDS, this.#max);
    while (at !== NONE && left > 0) {
      const next = this.#next[at]!;
      const slot = this.#slot[at]!;
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
    const table = this.#tables[this.#slot[record]! >>> 1]!;
    const nlri = this.#nlri[record]! as NlriId;
    const slot = this.#slot[record]!;
    const first = this.#firstOf(slot, nlri);
    if (first === record) {
      this.#setFirst(slot, nlri, this.#chain[record]!);
    } else {
      let before = first;
      while (this.#chain[before] !== record) before = this.#chain[before]!;
      this.#chain[before] = this.#chain[record]!;
    }
    this.#unlink(record);
    this.#recycle(record);
    this.count--;
    if (table.hasPaths(nlri) || this.keeps(table, nlri)) return;
    table.doom(nlri);
    this.#freed();
  }

  /** Nobody watches and nothing waits: the memory goes back. */
  #forget(): void {
    this.#next = new Int32Array(CAPACITY_INITIAL);
    this.#previous = new Int32Array(CAPACITY_INITIAL);
    this.#nlri = new Int32Array(CAPACITY_INITIAL);
    this.#slot = new Uint8Array(CAPACITY_INITIAL);
    this.#source = new Uint16Array(CAPACITY_INITIAL);
    this.#identifier = new Uint32Array(CAPACITY_INITIAL);
    this.#stamp = new Uint32Array(CAPACITY_INITIAL);
    this.#chain = new Int32Array(CAPACITY_INITIAL);
    this.#top = 1;
    this.#free = NONE;
    this.#first = this.#first.map(() => new Int32Array(0));
    this.#forgetNames();
  }

  #forgetNames(): void {
    this.#names = [];
    this.#numbers.clear();
    this.#peerOfIndex = [];
    this.#numberOfIndex = [];
  }

  #numberOf(peer: RibPeer | undefined): number {
    if (peer !== undefined && this.#peerOfIndex[peer.index] === peer) return this.#numberOfIndex[peer.index]!;
    const name = peer?.options.name ?? '';
    let number = this.#numbers.get(name);
    if (number === undefined) {
      if (this.#names.length > SOURCES_MAX) {
        // More neighbors than a record can name, over the life of the list: everybody starts again.
        while (this.count > 0) this.#dropOldest();
        this.#forgetNames();
      }
      number = this.#names.push(name) - 1;
      this.#numbers.set(name, number);
    }
    if (peer !== undefined) {
      this.#peerOfIndex[peer.index] = peer;
      this.#numberOfIndex[peer.index] = number;
    }
    return number;
  }

  #firstOf(slot: number, nlri: number): number {
    const first = this.#first[slot]!;
    return nlri < first.length ? first[nlri]! : NONE;
  }

  #setFirst(slot: number, nlri: number, record: number): void {
    let first = this.#first[slot]!;
    if (nlri >= first.length) {
      // As large as the table's own columns: pages that are not used cost nothing.
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

  #append(record: number): void {
    this.#insertAfter(record, this.#tail);
  }

  #insertAfter(record: number, before: number): void {
    const next = before === NONE ? this.#head : this.#next[before]!;
    this.#previous[record] = before;
    this.#next[record] = next;
    if (before === NONE) this.#head = record;
    else this.#next[before] = record;
    if (next === NONE) this.#tail = record;
    else this.#previous[next] = record;
  }

  #unlink(record: number): void {
    const before = this.#previous[record]!;
    const next = this.#next[record]!;
    if (before === NONE) this.#head = next;
    else this.#next[before] = next;
    if (next === NONE) this.#tail = before;
    else this.#previous[next] = before;
  }

  #recycle(record: number): void {
    this.#next[record] = this.#free;
    this.#free = record;
  }

  #allocate(): number {
    if (this.#free !== NONE) {
      const record = this.#free;
      this.#free = this.#next[record]!;
      return record;
    }
    if (this.#top === this.#next.length) this.#grow();
    return this.#top++;
  }

  #grow(): void {
    const capacity = this.#top * 2;
    this.#next = grown(this.#next, capacity);
    this.#previous = grown(this.#previous, capacity);
    this.#nlri = grown(this.#nlri, capacity);
    this.#slot = grown(this.#slot, capacity);
    this.#source = grown(this.#source, capacity);
    this.#identifier = grown(this.#identifier, capacity);
    this.#stamp = grown(this.#stamp, capacity);
    this.#chain = grown(this.#chain, capacity);
  }
}

function grown<Column extends Int32Array | Uint32Array | Uint16Array | Uint8Array>(column: Column, capacity: number): Column {
  const bigger = new (column.constructor as new (length: number) => Column)(capacity);
  bigger.set(column);
  return bigger;
}
