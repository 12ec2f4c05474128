/**
 * The Adj-RIB-Out of an update group: which routes go to whom, once for all members.
 *
 *     NlriId  -> attribute set, source peer, receivers       the first entry, in columns of the NLRI
 *             -> more                                        further entries, only where one route does not serve everybody
 *     EntryId -> attribute set, source peer, receivers, path, next
 *
 *     NLRI 7: set 12 from peer 3 to everybody but peer 3 --more--> set 9 from peer 5 to peer 3
 *
 * What a member holds is the entries whose receivers contain it: at most one, or several with ADD-PATH. It holds only what can be sent. Where
 * a route cannot be, the source column says why, beside no attribute set (`NotSent`). A set that is held here is referenced.
 */
import type { AttributeTable } from '../attributes/attribute-table.ts';
import { grown, NONE } from '../columns.ts';
import type { NlriIndex } from '../nlri/nlri-index.ts';
import type { RibTable } from '../table.ts';
import type { AudienceId, Audiences } from './audience.ts';
import type { Entries } from './entries.ts';
import { PEER_INDEX_MAX } from './not-sent.ts';

export class AdjRibOut {
  /** The first entry of an NLRI. */
  attr: Int32Array;
  source: Uint16Array;
  receivers: Int32Array;
  /** Members hold several paths of an NLRI (RFC 7911). */
  readonly addPath: boolean;
  /** The path of the first entry: with ADD-PATH, and where the octets of an NLRI depend on the path. */
  path: Int32Array | undefined;
  /** Further entries of an NLRI; a column only once one has them. */
  more: Int32Array | undefined = undefined;
  /** NLRI by the reason for which nothing is sent (`NotSent`). */
  readonly notSent: Map<number, number> = new Map();
  /** Entries. */
  count = 0;

  readonly #attributes: AttributeTable;
  readonly audiences: Audiences;
  readonly #index: NlriIndex;
  readonly #octets: RibTable['octets'];
  #entryAttr: Int32Array = new Int32Array(0);
  #entrySource: Uint16Array = new Uint16Array(0);
  #entryReceivers: Int32Array = new Int32Array(0);
  #entryPath: Int32Array = new Int32Array(0);
  #entryNext: Int32Array = new Int32Array(0);
  #entryTop = 1;
  #entryFree: number = NONE;

  constructor(table: Pick<RibTable, 'attributes' | 'index' | 'head' | 'octets'>, audiences: Audiences, addPath: boolean) {
    const { attributes, index, head, octets } = table;
    const capacity = head.length;
    this.#attributes = attributes;
    this.#index = index;
    this.audiences = audiences;
    this.attr = new Int32Array(capacity);
    this.source = new Uint16Array(capacity);
    this.receivers = new Int32Array(capacity);
    this.addPath = addPath;
    this.#octets = octets;
    this.path = addPath || octets !== undefined ? new Int32Array(capacity) : undefined;
  }

  /** The same entries, held once more, with a copy of the audiences. */
  copy(audiences: Audiences): AdjRibOut {
    const table = { attributes: this.#attributes, index: this.#index, head: this.attr, octets: this.#octets };
    const copy = new AdjRibOut(table, audiences, this.addPath);
    copy.attr = this.attr.slice();
    copy.source = this.source.slice();
    copy.receivers = this.receivers.slice();
    copy.path = this.path?.slice();
    copy.more = this.more?.slice();
    for (const [reason, count] of this.notSent) copy.notSent.set(reason, count);
    copy.count = this.count;
    copy.#entryAttr = this.#entryAttr.slice();
    copy.#entrySource = this.#entrySource.slice();
    copy.#entryReceivers = this.#entryReceivers.slice();
    copy.#entryPath = this.#entryPath.slice();
    copy.#entryNext = this.#entryNext.slice();
    copy.#entryTop = this.#entryTop;
    copy.#entryFree = this.#entryFree;
    for (let nlri = 1; nlri < this.top; nlri++) {
      if (this.attr[nlri] !== NONE) this.#attributes.hold(this.attr[nlri]!);
      if (this.more === undefined) continue;
      for (let entry = this.more[nlri]!; entry !== NONE; entry = this.#entryNext[entry]!) this.#attributes.hold(this.#entryAttr[entry]!);
    }
    return copy;
  }

  /** NLRI with entries are below this. */
  get top(): number {
    return Math.min(this.#index.top, this.attr.length);
  }

  get capacity(): number {
    return this.attr.length;
  }

  /** Whether there are no entries for an NLRI, and no reason why. */
  isBlank(nlri: number): boolean {
    return nlri >= this.attr.length || (this.attr[nlri] === NONE && this.source[nlri] === 0);
  }

  /** Whether an NLRI has more than one entry. */
  hasMore(nlri: number): boolean {
    return this.more !== undefined && this.more[nlri] !== NONE;
  }

  /** The entries of an NLRI, into `to`. */
  load(nlri: number, to: Entries): void {
    to.count = 0;
    if (nlri >= this.attr.length || this.attr[nlri] === NONE) return;
    to.add(this.attr[nlri]!, this.source[nlri]!, this.receivers[nlri]! as AudienceId, this.path?.[nlri] ?? 0);
    if (this.more === undefined) return;
    for (let entry = this.more[nlri]!; entry !== NONE; entry = this.#entryNext[entry]!) {
      to.add(this.#entryAttr[entry]!, this.#entrySource[entry]!, this.#entryReceivers[entry]! as AudienceId, this.#entryPath[entry]!);
    }
  }

  /** Replaces what an NLRI without further entries has by one entry, or by nothing and the reason why. */
  storeOne(nlri: number, attr: number, source: number, receivers: AudienceId, path: number): void {
    const { references } = this.#attributes;
    const { routes } = this.audiences;
    const oldAttr = this.attr[nlri]!;
    if (attr !== NONE) {
      references[attr] = references[attr]! + 1;
      routes[receivers]!++;
      this.count++;
    }
    if (oldAttr !== NONE) {
      routes[this.receivers[nlri]!]!--;
      this.count--;
    } else if (this.source[nlri]! > PEER_INDEX_MAX) {
      this.#countNotSent(this.source[nlri]!, -1);
    }
    if (attr === NONE && source > PEER_INDEX_MAX) this.#countNotSent(source, 1);
    this.attr[nlri] = attr;
    this.source[nlri] = source;
    this.receivers[nlri] = receivers;
    if (this.path !== undefined) this.path[nlri] = path;
    if (oldAttr !== NONE) this.#attributes.release(oldAttr);
  }

  /** Replaces what an NLRI has by `entries`; where there are none, `reason` says why, or is 0. */
  store(nlri: number, entries: Entries, reason: number): void {
    const { count } = entries;
    let rest = this.more === undefined ? NONE : this.more[nlri]!;
    // What goes is released at the end: it may be the very set that comes.
    const released = rest;
    const first = count > 1 ? this.attr[nlri]! : NONE;
    if (first !== NONE) this.#attributes.hold(first);
    if (count === 0) this.storeOne(nlri, NONE, reason, 0 as AudienceId, 0);
    else this.storeOne(nlri, entries.attr[0]!, entries.source[0]!, entries.receivers[0]! as AudienceId, entries.path[0]!);
    let head: number = NONE;
    for (let at = count - 1; at > 0; at--) {
      const entry = this.#allocate();
      const attr = entries.attr[at]!;
      this.#entryAttr[entry] = attr;
      this.#entrySource[entry] = entries.source[at]!;
      this.#entryReceivers[entry] = entries.receivers[at]!;
      this.#entryPath[entry] = entries.path[at]!;
      this.#entryNext[entry] = head;
      this.#attributes.hold(attr);
      this.audiences.routes[entries.receivers[at]!]!++;
      this.count++;
      head = entry;
    }
    if (head !== NONE) this.more ??= new Int32Array(this.attr.length);
    if (this.more !== undefined) this.more[nlri] = head;
    for (rest = released; rest !== NONE; ) {
      const next = this.#entryNext[rest]!;
      this.audiences.routes[this.#entryReceivers[rest]!]!--;
      this.count--;
      this.#attributes.release(this.#entryAttr[rest]!);
      this.#entryNext[rest] = this.#entryFree;
      this.#entryFree = rest;
      rest = next;
    }
    if (first !== NONE) this.#attributes.release(first);
  }

  /** All columns or none: where one finds no memory, the others stay as they are. */
  grow(capacity: number): void {
    const used = this.attr.length;
    const attr = grown(this.attr, capacity, used);
    const source = grown(this.source, capacity, used);
    const receivers = grown(this.receivers, capacity, used);
    const path = this.path && grown(this.path, capacity, used);
    const more = this.more && grown(this.more, capacity, used);
    this.attr = attr;
    this.source = source;
    this.receivers = receivers;
    this.path = path;
    this.more = more;
  }

  /** Gives back every reference, and holds nothing afterwards. */
  clear(entries: Entries): void {
    entries.count = 0;
    for (let nlri = 1; nlri < this.top; nlri++) {
      if (this.attr[nlri] !== NONE || this.source[nlri] !== 0) this.store(nlri, entries, 0);
    }
  }

  #countNotSent(reason: number, by: number): void {
    this.notSent.set(reason, (this.notSent.get(reason) ?? 0) + by);
  }

  #allocate(): number {
    const free = this.#entryFree;
    if (free !== NONE) {
      this.#entryFree = this.#entryNext[free]!;
      return free;
    }
    if (this.#entryTop >= this.#entryAttr.length) this.#growEntries();
    return this.#entryTop++;
  }

  #growEntries(): void {
    const used = this.#entryTop;
    const capacity = Math.max(1024, used * 2);
    const attr = grown(this.#entryAttr, capacity, used);
    const source = grown(this.#entrySource, capacity, used);
    const receivers = grown(this.#entryReceivers, capacity, used);
    const path = grown(this.#entryPath, capacity, used);
    const next = grown(this.#entryNext, capacity, used);
    this.#entryAttr = attr;
    this.#entrySource = source;
    this.#entryReceivers = receivers;
    this.#entryPath = path;
    this.#entryNext = next;
  }
}
