/** What becomes of the routes of a file: text, lines of bgpdump, lines of JSON, counts, or another MRT file. */
import { BgpdumpFormatter, type MrtRecord, MrtType, RouteJsonFormatter, type RouteSink, TableDumpV2Subtype } from '@tsbgp/mrt';
import type { MrtOptions } from './options.ts';
import { type Summary, SummarySink } from './summary.ts';
import { TextFormatter } from './text.ts';

/** One output of one file. */
export interface MrtOutput {
  /** Takes the wanted routes. */
  readonly sink: RouteSink;
  /** Called after the routes of each record. */
  afterRecord(record: MrtRecord): void;
  /** Octets that wait to be taken. */
  readonly pending: number;
  /** Takes them. */
  take(): Uint8Array;
  /** What was counted, when that was asked for. */
  summary(): Summary | undefined;
}

/** The output that the options ask for. */
export function makeOutput(options: MrtOptions): MrtOutput {
  if (options.summary === true) return new SummaryOutput();
  if (options.output !== undefined) return new CutOutput();
  if (options.format === 'json') return new JsonOutput();
  return options.format === 'bgpdump' ? new BgpdumpOutput() : new TextOutput();
}

class BgpdumpOutput implements MrtOutput {
  readonly sink = new BgpdumpFormatter();
  afterRecord(): void {}
  get pending(): number {
    return this.sink.out.length;
  }
  take(): Uint8Array {
    return taken(this.sink.out);
  }
  summary(): undefined {}
}

class TextOutput implements MrtOutput {
  readonly sink = new TextFormatter();
  afterRecord(): void {}
  get pending(): number {
    return this.sink.out.length;
  }
  take(): Uint8Array {
    return taken(this.sink.out);
  }
  summary(): undefined {}
}

class JsonOutput implements MrtOutput {
  readonly sink = new RouteJsonFormatter();
  afterRecord(): void {}
  get pending(): number {
    return this.sink.length;
  }
  take(): Uint8Array {
    return this.sink.take();
  }
  summary(): undefined {}
}

class SummaryOutput implements MrtOutput {
  readonly sink = new SummarySink();
  readonly pending = 0;
  afterRecord(record: MrtRecord): void {
    this.sink.countRecord(record);
  }
  take(): Uint8Array {
    return new Uint8Array(0);
  }
  summary(): Summary {
    return this.sink.summary();
  }
}

/** Whole records that have a wanted route, and the tables of peers that routes refer to. */
class CutOutput implements MrtOutput {
  #chunks: Uint8Array[] = [];
  #isWanted = false;
  pending = 0;
  readonly sink: RouteSink = {
    route: () => {
      this.#isWanted = true;
    },
    stateChange: () => {
      this.#isWanted = true;
    },
  };
  /** Set when there is no filter: then records without routes are kept, too. */
  keepsAll = false;

  afterRecord(record: MrtRecord): void {
    if (this.#isWanted || this.keepsAll || isPeerTable(record)) {
      this.#chunks.push(record.octets);
      this.pending += record.octets.length;
    }
    this.#isWanted = false;
  }

  take(): Uint8Array {
    // Not Buffer.concat: memory of Buffer's pool cannot be given to another thread.
    const all = new Uint8Array(this.pending);
    let at = 0;
    for (const chunk of this.#chunks) {
      all.set(chunk, at);
      at += chunk.length;
    }
    this.#chunks = [];
    this.pending = 0;
    return all;
  }

  summary(): undefined {}
}

/** Tells an output that no filter is between it and the file. */
export function withoutFilter(output: MrtOutput): void {
  if (output instanceof CutOutput) output.keepsAll = true;
}

export function isPeerTable({ type, subtype }: MrtRecord): boolean {
  return type === MrtType.TableDumpV2 && (subtype === TableDumpV2Subtype.PeerIndexTable || subtype === TableDumpV2Subtype.GeoPeerTable);
}

function taken(out: { readonly bytes: Uint8Array; length: number }): Uint8Array {
  const chunk = out.bytes.slice(0, out.length);
  out.length = 0;
  return chunk;
}
