/** One running daemon: its process, its log file, and the signals that scenarios send to it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const STOP_LIMIT_MS = 8_000;

export class DaemonProcess {
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;
  #frozen: number[] = [];

  /** Starts `command`; what it prints is appended to `logFile`. */
  constructor(command: readonly string[], logFile: string, env: NodeJS.ProcessEnv = process.env) {
    const [file = '', ...args] = command;
    const log = openSync(logFile, 'a');
    this.#child = spawn(file, args, { stdio: ['ignore', log, log], env });
    closeSync(log);
    this.#ended = new Promise((resolve) => {
      this.#child.once('exit', () => resolve());
      this.#child.once('error', () => resolve());
    });
  }

  get running(): boolean {
    return this.#child.pid !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Suspends the daemon and its child processes: its connections stay open and it sends nothing more. */
  freeze(): void {
    this.#frozen = this.#family();
    for (const pid of this.#frozen) process.kill(pid, 'SIGSTOP');
  }

  thaw(): void {
    for (const pid of this.#frozen) process.kill(pid, 'SIGCONT');
    this.#frozen = [];
  }

  /** Sends the signal, later SIGKILL, and resolves when the daemon has ended. */
  async stop(signal: 'SIGTERM' | 'SIGUSR2' = 'SIGTERM'): Promise<void> {
    this.thaw();
    const helpers = this.#family().slice(1);
    if (this.running) this.#child.kill(signal);
    const inTime = await Promise.race([this.#ended.then(() => true), sleep(STOP_LIMIT_MS, false, { ref: false })]);
    if (inTime) return;
    if (this.running) this.#child.kill('SIGKILL');
    for (const pid of helpers) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // ended with its parent
      }
    }
    await this.#ended;
  }

  /** Sends SIGKILL: the daemon ends without a word. Its connections are closed by the kernel. */
  async kill(): Promise<void> {
    if (this.running) this.#child.kill('SIGKILL');
    await this.#ended;
  }

  /** The pids of the daemon and its children: OpenBGPD runs as three processes. */
  #family(): number[] {
    if (this.#child.pid === undefined || !this.running) return [];
    const family = [this.#child.pid];
    for (const entry of readdirSync('/proc')) {
      if (!/^\d+$/.test(entry)) continue;
      try {
        const afterName = readFileSync(`/proc/${entry}/stat`, 'utf8').split(') ').pop() ?? '';
        if (Number(afterName.split(' ')[1]) === this.#child.pid) family.push(Number(entry));
      } catch {
        // a process that ended while we looked
      }
    }
    return family;
  }
}
