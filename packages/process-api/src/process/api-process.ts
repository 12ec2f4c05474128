/** One program of the API: started, fed, read, and started again when it ends. */
import { type ChildProcess, spawn } from 'node:child_process';
import { LINE_LENGTH_MAX, LineReader } from '../text/line-reader.ts';
import type { ProcessConfig } from './process-config.ts';

/** Octets of answers and events that may wait for a program that does not read. More are dropped. */
export const BACKLOG_BYTES_MAX = 33_554_432;
/** Starts in a period, after which a program that ends stays down. */
const RESPAWNS_MAX = 5;
const RESPAWN_PERIOD_MS = 63_000;
/** How long a program may go on after its stdin was closed. */
const TERM_AFTER_MS = 1000;
const KILL_AFTER_MS = 2000;

/** Characters of a line of stderr in the log. */
const STDERR_LINE_MAX = 1000;

export type LogLevel = 'INFO' | 'WARNING' | 'ERR' | 'DEBUG';

export interface ApiProcessOptions {
  /** Commands are answered, until the program says otherwise. */
  readonly ack: boolean;
  /** Programs that end are started again, where their configuration says so too. */
  readonly respawn: boolean;
  readonly env: NodeJS.ProcessEnv;
  /** What programs write to stderr goes to the log line by line, instead of our stderr. @default false */
  readonly logsStderr?: boolean;
}

export interface ApiProcessHost {
  /** Lines that came together, without their ends. */
  commands(process: ApiProcess, lines: readonly string[]): void;
  log(process: ApiProcess, level: LogLevel, message: string): void;
  /** The program has ended; `respawns` tells whether it is started again. */
  ended(process: ApiProcess, respawns: boolean): void;
}

/** How a program gets answers. */
export type AckMode = 'on' | 'off';

export class ApiProcess {
  readonly config: ProcessConfig;
  /** As configured, until the child process says otherwise. */
  ack: AckMode;
  /** Answers wait until routes are written (version 6). */
  sync = false;
  readonly #host: ApiProcessHost;
  readonly #ackAtStart: AckMode;
  readonly #respawn: boolean;
  readonly #env: NodeJS.ProcessEnv;
  readonly #logsStderr: boolean;
  #child: ChildProcess | undefined;
  #starts: number[] = [];
  #dropped = 0;
  #droppedTotal = 0;
  #startCount = 0;
  #startedAt = new Date();
  #lastEnd: string | undefined;
  #isStopped = false;
  /** Lines that wait to be written together. */
  #out: string[] = [];
  #outBytes = 0;

  constructor(config: ProcessConfig, host: ApiProcessHost, options: ApiProcessOptions) {
    this.config = config;
    this.#host = host;
    this.#ackAtStart = options.ack ? 'on' : 'off';
    this.ack = this.#ackAtStart;
    this.#respawn = options.respawn && config.respawn;
    this.#env = options.env;
    this.#logsStderr = options.logsStderr === true;
  }

  get name(): string {
    return this.config.name;
  }

  get isRunning(): boolean {
    return this.#child !== undefined;
  }

  /** Undefined while it does not run. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** How often it was started again. */
  get restarts(): number {
    return Math.max(0, this.#startCount - 1);
  }

  get startedAt(): Date {
    return this.#startedAt;
  }

  /** How it ended last: `code 1`, `SIGKILL`. */
  get lastEnd(): string | undefined {
    return this.#lastEnd;
  }

  /** Lines that were dropped because the program did not read. */
  get droppedLines(): number {
    return this.#droppedTotal;
  }

  /** Lines and octets that wait for the program. */
  get backlog(): { readonly items: number; readonly bytes: number } {
    return { items: this.#out.length, bytes: this.#outBytes + (this.#child?.stdin?.writableLength ?? 0) };
  }

  start(): void {
    const [program = '', ...args] = this.config.command;
    this.#starts.push(Date.now());
    this.#startCount++;
    this.#startedAt = new Date();
    this.ack = this.#ackAtStart;
    this.sync = false;
    // A process group of its own, so that a signal for us does not reach it.
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', this.#logsStderr ? 'pipe' : 'inherit'], detached: true, env: this.#env });
    this.#child = child;
    const reader = new LineReader(
      (lines) => this.#host.commands(this, lines),
      () => this.#host.log(this, 'WARNING', `a command of more than ${LINE_LENGTH_MAX} octets was left out`),
    );
    child.stdout?.setEncoding('latin1');
    child.stdout?.on('data', (text: string) => reader.push(text));
    if (this.#logsStderr) this.#logStderr(child);
    for (const stream of [child.stdin, child.stdout]) stream?.on('error', (error) => this.#host.log(this, 'DEBUG', error.message));
    child.on('error', (error) => {
      this.#host.log(this, 'ERR', `cannot be started: ${error.message}`);
      this.#lastEnd = `it cannot be started: ${error.message}`;
      this.#onEnd(child);
    });
    child.on('close', (code, signal) => {
      if (this.#child !== child) return; // it could not be started, which was said
      this.#lastEnd = signal ?? `code ${code}`;
      this.#host.log(this, 'INFO', `ended with ${this.#lastEnd}`);
      this.#onEnd(child);
    });
    this.#host.log(this, 'INFO', `started, pid ${child.pid ?? 'none'}`);
  }

  #logStderr({ stderr }: ChildProcess): void {
    const reader = new LineReader(
      (lines) => lines.forEach((line) => this.#host.log(this, 'INFO', `stderr: ${line.slice(0, STDERR_LINE_MAX)}`)),
      () => undefined,
    );
    stderr?.setEncoding('utf8').on('data', (text: string) => reader.push(text));
    stderr?.on('error', (error) => this.#host.log(this, 'DEBUG', error.message));
  }

  #onEnd(child: ChildProcess): void {
    if (this.#child !== child) return;
    this.#child = undefined;
    this.#out.length = 0;
    this.#outBytes = 0;
    if (this.#isStopped) return;
    const now = Date.now();
    this.#starts = this.#starts.filter((at) => now - at < RESPAWN_PERIOD_MS);
    const respawns = this.#respawn && this.#starts.length <= RESPAWNS_MAX;
    if (this.#respawn && !respawns) this.#host.log(this, 'ERR', `ended ${this.#starts.length} times within a minute: it stays down`);
    this.#host.ended(this, respawns);
    if (respawns) this.start();
  }

  /** A line, without its end; several lines have "\n" between them. Never blocks. */
  write(line: string): void {
    const child = this.#child;
    if (child?.stdin?.writable !== true) return;
    if (child.stdin.writableLength + this.#outBytes > BACKLOG_BYTES_MAX) {
      this.#droppedTotal++;
      if (this.#dropped++ === 0) this.#host.log(this, 'WARNING', 'does not read its stdin: events and answers are dropped');
      return;
    }
    if (this.#dropped > 0) {
      this.#host.log(this, 'WARNING', `reads again; ${this.#dropped} lines were dropped`);
      this.#dropped = 0;
    }
    if (this.#out.length === 0) process.nextTick(() => this.#flush());
    this.#out.push(line);
    this.#outBytes += line.length + 1;
  }

  #flush(): void {
    const text = this.#out.length === 0 ? '' : `${this.#out.join('\n')}\n`;
    this.#out.length = 0;
    this.#outBytes = 0;
    if (text !== '' && this.#child?.stdin?.writable === true) this.#child.stdin.write(text);
  }

  /** Stops reading commands while others catch up. */
  pause(): void {
    this.#child?.stdout?.pause();
  }

  resume(): void {
    this.#child?.stdout?.resume();
  }

  /** Writes a last line, closes stdin, and makes sure that the program ends. Resolves when it has. */
  stop(lastLine: string | undefined): Promise<void> {
    this.#isStopped = true;
    const child = this.#child;
    if (child === undefined) return Promise.resolve();
    if (lastLine !== undefined) this.write(lastLine);
    this.#flush();
    child.stdin?.end();
    child.stdout?.removeAllListeners('data');
    child.stdout?.resume();
    return new Promise((resolve) => {
      const signal = (name: NodeJS.Signals): void => {
        try {
          if (child.pid !== undefined) process.kill(-child.pid, name);
        } catch {
          // It has ended already.
        }
      };
      const term = setTimeout(() => signal('SIGTERM'), TERM_AFTER_MS);
      const kill = setTimeout(() => {
        signal('SIGKILL');
        resolve();
      }, KILL_AFTER_MS);
      child.once('close', () => {
        clearTimeout(term);
        clearTimeout(kill);
        resolve();
      });
    });
  }
}
