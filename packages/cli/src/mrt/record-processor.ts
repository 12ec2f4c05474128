/** Records to their output: the time and the filters that are asked for, and what is wrong with records. */
import { type MrtRecord, RouteFilter, RouteScanner } from '@tsbgp/mrt';
import { filterOf, type MrtOptions } from './options.ts';
import { isPeerTable, type MrtOutput, makeOutput, withoutFilter } from './outputs.ts';
import type { Summary } from './summary.ts';

/** Octets, or a record, that were left out. A plain value, which worker threads can send. */
export interface Damage {
  readonly offset: number;
  readonly length: number;
  readonly reason: string;
}

/** Takes the records of a file in their order, or of a part of it after the tables of peers that come before. */
export class RecordProcessor {
  readonly #output: MrtOutput;
  readonly #scanner: RouteScanner;
  readonly #since: number;
  readonly #until: number;
  readonly #onDamage: (damage: Damage) => void;
  /** Records that were wanted by their time. */
  records = 0;

  constructor(options: MrtOptions, onDamage: (damage: Damage) => void) {
    this.#output = makeOutput(options);
    const filter = filterOf(options);
    this.#scanner = new RouteScanner(filter === undefined ? this.#output.sink : new RouteFilter(filter, this.#output.sink));
    if (filter === undefined) withoutFilter(this.#output);
    this.#since = options.since ?? Number.NEGATIVE_INFINITY;
    this.#until = options.until ?? Number.POSITIVE_INFINITY;
    this.#onDamage = onDamage;
  }

  process(record: MrtRecord): void {
    const time = record.timestamp + (record.microseconds ?? 0) / 1e6;
    if ((time < this.#since || time >= this.#until) && !isPeerTable(record)) return;
    this.records++;
    const damage = this.#scanner.scan(record);
    if (damage !== undefined) this.#onDamage(damage);
    this.#output.afterRecord(record);
  }

  /** Takes note of a table of peers that another part of the file has; it has no output here. */
  remember(table: MrtRecord): void {
    this.#scanner.scan(table);
  }

  /** Octets of output that wait to be taken. */
  get pending(): number {
    return this.#output.pending;
  }

  take(): Uint8Array {
    return this.#output.take();
  }

  summary(): Summary | undefined {
    return this.#output.summary();
  }
}
