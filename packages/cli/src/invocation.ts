/** One run of `tsbgp`: the daemon it asks, and how it answers (tables for people, `--json` for programs). */
import type { Api } from './api.ts';
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

  /** The options of the command line; called before the command runs. */
  configure(options: GlobalOptions): void {
    this.#options = options;
  }

  get isJson(): boolean {
    return this.#options.json === true;
  }

  /** The daemon. The first call connects; later calls get the same one. */
  daemon(): Promise<Daemon> {
    this.#daemon ??= this.#connect(this.#options.address, this.io);
    return this.#daemon;
  }

  /** The answer of the daemon to one question. */
  async ask<T>(question: (daemon: Daemon) => Promise<T>): Promise<T> {
    return question(await this.daemon());
  }

  /** The answer of one call of the API. */
  call: Api['call'] = async (request) => (await this.daemon()).call(request);

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

  /** A document for programs, indented so that people can read it too. */
  async printJson(value: unknown): Promise<void> {
    await this.io.stdout.write(`${safeJson(value, 2)}\n`);
  }

  /** One line of NDJSON for each value. */
  async printJsonLines(values: readonly unknown[]): Promise<void> {
    if (values.length > 0) await this.io.stdout.write(`${values.map((value) => safeJson(value)).join('\n')}\n`);
  }

  /** What a command did that changes something: a sentence, or with `--json` an object. */
  async done(sentence: string, json: object = {}): Promise<void> {
    if (this.isJson) await this.printJson({ ok: true, ...json });
    else await this.print(`${this.style('green', '✓')} ${printable(sentence)}`);
  }
}
