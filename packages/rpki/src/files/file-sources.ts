/** The files of a client: exports, of which each is a source, and SLURM files, whose assertions are one source. */
import { readFile } from 'node:fs/promises';
import type { Clock } from '../clock.ts';
import { type RpkiChange, SourceData, type Tables } from '../source/source-data.ts';
import type { FileStatus } from '../status.ts';
import { readExport } from './export-file.ts';
import { RpkiFileError } from './file-error.ts';
import { type Exceptions, joinExceptions, NO_EXCEPTIONS, readSlurm } from './slurm.ts';

interface LoadedFile {
  loadedAt: number | undefined;
  error: string | undefined;
}

interface ExportFile extends LoadedFile {
  readonly data: SourceData;
}

interface SlurmFile extends LoadedFile {
  exceptions: Exceptions;
}

export interface FileSourcesOptions {
  readonly tables: Tables;
  readonly clock: Clock;
  readonly onData: (change: RpkiChange) => void;
}

export class FileSources {
  readonly #options: FileSourcesOptions;
  readonly #exports = new Map<string, ExportFile>();
  readonly #slurm = new Map<string, SlurmFile>();
  #assertions: SourceData | undefined;
  /** What is applied now, as text. */
  #applied = '';

  constructor(options: FileSourcesOptions) {
    this.#options = options;
  }

  /**
   * Reads all files; those that are not named any longer are forgotten. Where a file is wrong, what was read from it before stays in use. Where a
   * SLURM file is wrong, all of them stay as they were, because they belong together. Returns the errors.
   */
  async load(exports: readonly string[], slurm: readonly string[]): Promise<readonly RpkiFileError[]> {
    const errors: RpkiFileError[] = [];
    const note = (file: LoadedFile, error: unknown): void => {
      if (!(error instanceof RpkiFileError)) throw error;
      file.error = error.message;
      errors.push(error);
    };
    for (const [file, { data }] of this.#exports) {
      if (exports.includes(file)) continue;
      this.#exports.delete(file);
      this.#options.onData(data.remove());
    }
    // Exceptions first, so that data which a filter removes are never in use.
    await this.#loadSlurm(slurm, note);
    for (const file of exports) {
      let entry = this.#exports.get(file);
      if (entry === undefined) {
        entry = { data: new SourceData(file, this.#options.tables), loadedAt: undefined, error: undefined };
        this.#exports.set(file, entry);
      }
      try {
        await this.#loadExport(file, entry);
      } catch (error) {
        entry.data.abort();
        note(entry, error);
      }
    }
    return errors;
  }

  status(): FileStatus[] {
    const age = ({ loadedAt }: LoadedFile): number | undefined =>
      loadedAt === undefined ? undefined : Math.floor((this.#options.clock.now() - loadedAt) / 1000);
    const exports = [...this.#exports].map(([file, entry]): FileStatus => {
      const { vrpSource, aspaSource } = entry.data;
      return { file, kind: 'export', ...vrpSource.count, aspas: aspaSource.count, loadedSeconds: age(entry), error: entry.error };
    });
    const slurm = [...this.#slurm].map(([file, entry]): FileStatus => {
      const ipv6 = entry.exceptions.assertions.filter(({ prefix }) => prefix.address.length === 16).length;
      const counts = { ipv4: entry.exceptions.assertions.length - ipv6, ipv6, aspas: entry.exceptions.aspaAssertions.length };
      return { file, kind: 'slurm', ...counts, loadedSeconds: age(entry), error: entry.error };
    });
    return [...exports, ...slurm];
  }

  async #loadExport(file: string, entry: ExportFile): Promise<void> {
    const bytes = await octetsOf(file);
    await readExport(file, bytes, entry.data.begin('full'), { now: Date.now() / 1000 });
    const change = entry.data.commit();
    entry.loadedAt = this.#options.clock.now();
    entry.error = undefined;
    if (change !== undefined) this.#options.onData(change);
  }

  async #loadSlurm(files: readonly string[], note: (file: LoadedFile, error: unknown) => void): Promise<void> {
    for (const file of this.#slurm.keys()) if (!files.includes(file)) this.#slurm.delete(file);
    const read: { file: string; entry: SlurmFile; exceptions: Exceptions }[] = [];
    for (const file of files) {
      const entry = this.#slurm.get(file) ?? { exceptions: NO_EXCEPTIONS, loadedAt: undefined, error: undefined };
      this.#slurm.set(file, entry);
      try {
        read.push({ file, entry, exceptions: readSlurm(file, await octetsOf(file)) });
      } catch (error) {
        note(entry, error);
      }
    }
    if (read.length < files.length) return;
    try {
      this.#apply(joinExceptions(read));
    } catch (error) {
      note(read.at(-1)!.entry, error);
      return;
    }
    for (const { entry, exceptions } of read) {
      entry.exceptions = exceptions;
      entry.loadedAt = this.#options.clock.now();
      entry.error = undefined;
    }
  }

  /** Filters look at every VRP, so the same exceptions are not applied again. */
  #apply(exceptions: Exceptions): void {
    const text = JSON.stringify(exceptions);
    if (text === this.#applied) return;
    this.#applied = text;
    const { filters, aspaFilters, assertions, aspaAssertions } = exceptions;
    const { tables, onData } = this.#options;
    this.#assertions ??= new SourceData('slurm', tables, { filterable: false });
    // Assertions first: a VRP that is filtered and asserted again is then there all the time.
    const { vrps, aspas } = this.#assertions.begin('full');
    for (const { prefix, maxLength, asn } of assertions) {
      const { address: bytes, bits: length } = prefix;
      vrps.announce({ bytes, offset: 0, ipv6: bytes.length === 16, length, maxLength, asn });
    }
    for (const { customer, providers } of aspaAssertions) aspas.announce(customer, providers);
    onData(this.#assertions.commit()!);
    onData({ ranges: tables.vrps.setFilters(filters), customers: tables.aspas.setFilters(aspaFilters) });
  }
}

async function octetsOf(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    throw new RpkiFileError(file, `cannot be read: ${(error as Error).message}`, undefined, error);
  }
}
