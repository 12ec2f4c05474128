/**
 * One run of `tsbgp`: the daemon it speaks to, and how it answers (tables for people, `--json` for programs).
 */
import type { Daemon } from './daemon.ts';
import type { Io } from './terminal/io.ts';
import { printable, type Style, safeJson, styleFor } from './terminal/style.ts';
import type { ViewOptions } from './views/view-options.ts';

export interface GlobalOptions {
  readonly address?: string | undefined;
  readonly json?: boolean | undefined;
  readonly color: boolean;
}

export type Connect = (address: string | undefined, io: Io) => Promise<Daemon>;

export class Invocation {
  readonly io: Io;
  readonly #connect: Connect;
  #options: GlobalOptions = { color: true };
  #daemon: Promise<Daemon> | undefined;

  constructor(io: Io, connect: Connect) {
    this.io = io;
    this.#connect = connect;
  }

  /** Called once the command line is read. */
  configure(options: GlobalOptions): void {
    this.#options = options;
  }

  get isJson(): boolean {
    return this.#options.json === true;
  }

  daemon(): Promise<Daemon> {
    this.#daemon ??= this.#connect(this.#options.address, this.io);
    return this.#daemon;
  }

  /** Calls the daemon once and lets it go. */
  async ask<T>(question: (daemon: Daemon) => Promise<T>): Promise<T> {
    return question(await this.daemon());
  }

  get style(): Style {
    return styleFor(this.io, this.io.stdout, this.#options.color);
  }

  get errorStyle(): Style {
    return styleFor(this.io, this.io.stderr, this.#options.color);
  }

  view(): ViewOptions {
    return { width: this.io.stdout.columns, style: this.style, now: new Date() };
  }

  /** Lines for people. */
  async print(...lines: readonly string[]): Promise<void> {
    if (lines.length > 0) await this.io.stdout.write(`${lines.join('\n')}\n`);
  }

  /** A document for programs, indented for those who look. */
  async printJson(value: unknown): Promise<void> {
    await this.io.stdout.write(`${safeJson(value, 2)}\n`);
  }

  /** One line of NDJSON for each value. */
  async printJsonLines(values: readonly unknown[]): Promise<void> {
    if (values.length > 0) await this.io.stdout.write(`${values.map((value) => safeJson(value)).join('\n')}\n`);
  }

  /** The answer of a command that changes something: a sentence, or `--json` an object. */
  async done(sentence: string, json: object = {}): Promise<void> {
    if (this.isJson) await this.printJson({ ok: true, ...json });
    else await this.print(`${this.style('green', '✓')} ${printable(sentence)}`);
  }
}
