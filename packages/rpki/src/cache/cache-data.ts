/** What a cache serves: the data of today, and how they came about, so that routers can ask for changes. */
import type { Aspa } from '../aspa/aspa-table.ts';
import { formatVrp, type Vrp } from '../table/vrp.ts';

/** What a cache serves. */
export interface CacheContents {
  readonly vrps: readonly Vrp[];
  readonly aspas?: readonly Aspa[] | undefined;
}

/** One record that is announced or withdrawn. */
export type CacheChange =
  | { readonly announce: boolean; readonly vrp: Vrp; readonly aspa?: undefined }
  | { readonly announce: boolean; readonly aspa: Aspa; readonly vrp?: undefined };

/** Changes that are kept. A router that is further behind gets everything anew. */
export const CHANGES_MAX = 32;

export class CacheData {
  readonly sessionId: number;
  serial: number;
  #records: ReadonlyMap<string, CacheChange>;
  /** Serial before the change, and the change. The newest last. */
  readonly #changes: { readonly from: number; readonly records: ReadonlyMap<string, CacheChange> }[] = [];

  constructor(contents: CacheContents, sessionId: number, serial: number) {
    this.#records = recordsOf(contents);
    this.sessionId = sessionId;
    this.serial = serial;
  }

  /** Replaces everything. Returns whether that changed anything; if so, there is a new serial. */
  update(contents: CacheContents): boolean {
    const after = recordsOf(contents);
    const records = new Map<string, CacheChange>();
    for (const [key, record] of after) if (!sameRecord(this.#records.get(key), record)) records.set(key, record);
    for (const [key, record] of this.#records) if (!after.has(key)) records.set(key, withdrawal(record));
    if (records.size === 0) return false;
    this.#changes.push({ from: this.serial, records });
    if (this.#changes.length > CHANGES_MAX) this.#changes.shift();
    this.#records = after;
    this.serial = (this.serial + 1) >>> 0;
    return true;
  }

  all(): Iterable<CacheChange> {
    return this.#records.values();
  }

  /** What changed since a serial, each record once; undefined when that is not known. */
  since(serial: number): Iterable<CacheChange> | undefined {
    if (serial === this.serial) return [];
    const first = this.#changes.findIndex(({ from }) => from === serial);
    if (first === -1) return undefined;
    const joined = new Map<string, CacheChange>();
    for (const { records } of this.#changes.slice(first)) {
      for (const [key, record] of records) {
        // A VRP that came and went again is no change. An ASPA may have been replaced before it went, so its withdrawal stays.
        if (record.vrp !== undefined && joined.has(key)) joined.delete(key);
        else joined.set(key, record);
      }
    }
    return joined.values();
  }
}

function recordsOf({ vrps, aspas = [] }: CacheContents): Map<string, CacheChange> {
  return new Map<string, CacheChange>([
    ...vrps.map((vrp) => [formatVrp(vrp), { announce: true, vrp }] as const),
    ...aspas.map((aspa) => [`AS${aspa.customer}`, { announce: true, aspa }] as const),
  ]);
}

function withdrawal(record: CacheChange): CacheChange {
  return record.vrp !== undefined ? { announce: false, vrp: record.vrp } : { announce: false, aspa: { ...record.aspa, providers: [] } };
}

function sameRecord(a: CacheChange | undefined, b: CacheChange): boolean {
  if (a?.vrp !== undefined || b.vrp !== undefined) return a !== undefined;
  return a !== undefined && a.aspa!.providers.join() === b.aspa.providers.join();
}
