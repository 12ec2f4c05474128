/**
 * A walk over the prefixes of one table after the other, in order: by address, then by length. The RIB has no such order, so the walk takes one
 * window of prefixes after the other (NlriWindow of @tsbgp/rib). Its memory is one window, however large the table is.
 *
 * A place in a listing is a prefix and what was already listed of it. It stays valid while routes come and go: a route that is there all the
 * time is listed exactly once.
 */
import { type NlriId, type NlriIndex, NlriWindow, NONE, type RibTable } from '@tsbgp/rib';
import type { Route } from '../control-plane.ts';
import { type Cursor, NOTHING_TOLD, type Told, wrongToken } from './listing-cursor.ts';
import type { Source } from './listing-sources.ts';
import type { CompiledFilter } from './route-filter.ts';

/** Prefixes of the first window and of the largest one. Each window is twice as large as the one before. */
const WINDOW_MIN = 512;
const WINDOW_MAX = 8192;

/** Ids looked at between two looks at the clock. */
const STEP_IDS = 16_384;

/** A table, and where the routes of one of its prefixes are found; undefined: nowhere. */
export interface Part {
  readonly table: RibTable;
  readonly source: Source | undefined;
}

/** A listing under way. */
export class ListingWalk {
  readonly #filter: CompiledFilter;
  readonly #parts: readonly Part[];
  #at = 0;
  #window: NlriWindow | undefined;
  #windowSize = WINDOW_MIN;
  /** Next place in the window. */
  #place = 0;
  /** The key of the last prefix that was looked at, and which of its routes were listed; undefined: all. */
  #key: Float64Array = new Float64Array(0);
  #told: Told | undefined;
  /** The last prefix of an earlier page, when that page did not list all of its routes. */
  #resumed: Cursor | undefined;
  /** Key of the last prefix that this table may list. */
  #upTo: Float64Array = new Float64Array(0);
  /** The prefixes that the filter names, in order; undefined: take windows. */
  #named: NlriId[] | undefined;

  constructor(filter: CompiledFilter, parts: readonly Part[], after: Cursor | undefined) {
    this.#filter = filter;
    const from = after === undefined ? 0 : parts.findIndex(({ table }) => table.position >= after.table);
    this.#parts = from === -1 ? [] : parts.slice(from);
    this.#enter(after !== undefined && this.#parts[0]?.table.position === after.table ? after : undefined);
  }

  /** The place after the last route that was listed. */
  get cursor(): Cursor {
    const { table } = this.#parts[Math.min(this.#at, this.#parts.length - 1)]!;
    return { table: table.position, key: this.#key.slice(), told: this.#told };
  }

  /** One step: looks at some ids for a window, or adds the routes of one prefix. False when `routes` has `max` routes or nothing is left. */
  take(routes: Route[], max: number): boolean {
    const part = this.#parts[this.#at];
    if (part === undefined || routes.length >= max) return false;
    if (part.source === undefined) return this.#leave();
    const nlri = this.#named === undefined ? this.#nextOfWindow(part.table) : this.#nextNamed(part.table);
    if (nlri === undefined) return this.#leave();
    if (nlri === NONE) return true;
    this.#told = part.source.add(routes, max, nlri, this.#told ?? this.#toldBefore() ?? NOTHING_TOLD);
    if (this.#told === undefined) this.#place++;
    return routes.length < max;
  }

  #enter(after: Cursor | undefined): void {
    const part = this.#parts[this.#at];
    if (part === undefined) return;
    const { index } = part.table;
    const range = this.#filter.range(part.table);
    this.#upTo = range.upTo;
    this.#key = range.after;
    this.#told = undefined;
    this.#named = this.#filter.candidates(part.table)?.slice();
    this.#window = undefined;
    this.#place = 0;
    this.#resumed = undefined;
    if (after === undefined) return;
    if (after.key.length !== index.keyWords) throw wrongToken();
    if (compare(after.key, this.#key) > 0) {
      this.#key = after.key.slice();
      if (after.told !== undefined) {
        // The prefix comes once more, as some of its routes are not listed yet.
        this.#key[index.keyWords - 1]!--;
        this.#resumed = after;
      }
    }
    const first = this.#key;
    this.#named = this.#named?.filter((nlri) => compare(keyOf(index, nlri), first) > 0);
  }

  /** What an earlier page listed of this prefix. */
  #toldBefore(): Told | undefined {
    const resumed = this.#resumed;
    this.#resumed = undefined;
    return resumed !== undefined && compare(resumed.key, this.#key) === 0 ? resumed.told : undefined;
  }

  /** Goes on to the next table. False when there is none. */
  #leave(): boolean {
    this.#at++;
    if (this.#at >= this.#parts.length) {
      this.#at = this.#parts.length;
      return false;
    }
    this.#enter(undefined);
    return true;
  }

  /** The prefix to look at; NONE when this step found none, undefined when none is left. */
  #nextNamed({ index }: RibTable): NlriId | undefined {
    const nlri = this.#named![this.#place];
    if (nlri === undefined) return undefined;
    if (index.isLive(nlri)) {
      this.#key = keyOf(index, nlri);
      return nlri;
    }
    this.#place++;
    this.#told = undefined;
    return NONE as NlriId;
  }

  #nextOfWindow({ index }: RibTable): NlriId | undefined {
    const window = this.#window;
    if (window === undefined) {
      this.#window = new NlriWindow(index);
      this.#window.begin(this.#key, this.#upTo, this.#windowSize);
      return NONE as NlriId;
    }
    if (!window.filled) {
      window.step(STEP_IDS);
      return NONE as NlriId;
    }
    if (this.#place >= window.count) {
      if (window.isLast) return undefined;
      this.#windowSize = Math.min(this.#windowSize * 2, WINDOW_MAX);
      this.#place = 0;
      this.#key.set(window.end);
      this.#told = undefined;
      window.begin(this.#key, this.#upTo, this.#windowSize);
      return NONE as NlriId;
    }
    const nlri = window.idAt(this.#place);
    if (nlri === NONE) {
      this.#place++;
      this.#told = undefined;
    } else {
      window.readKey(this.#place, this.#key);
    }
    return nlri;
  }
}

function keyOf(index: NlriIndex, nlri: NlriId): Float64Array {
  const words = new Uint32Array(index.keyWords);
  index.writeKey(nlri, words, 0);
  return Float64Array.from(words);
}

/** Negative when the prefix with key `a` comes before that with key `b`. */
function compare(a: Float64Array, b: Float64Array): number {
  for (let word = 0; word < a.length; word++) {
    const difference = a[word]! - (b[word] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
