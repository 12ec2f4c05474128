/** `exabgp healthcheck`: runs a command again and again, and announces addresses while it is well. Started as a program of the API. */

import { spawn } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { type ApiVersion, LineReader } from '@tsbgp/process-api';
import { passwdEntry } from '../daemon/privileges.ts';
import type { Io } from '../tools/io.ts';
import { helpText } from '../tools/usage.ts';
import { AddressSetup, addressesOf } from './addresses.ts';
import { linesOf } from './lines.ts';
import { HEALTHCHECK_OPTIONS, type HealthcheckOptions, readHealthcheckOptions } from './options.ts';
import { type Health, INITIAL, next, type State } from './states.ts';

const STABLE = new Set<State>(['UP', 'DOWN', 'DISABLED']);

export async function healthcheck(args: readonly string[], io: Io, version: ApiVersion): Promise<number> {
  const options = readHealthcheckOptions(args);
  if (options === undefined) {
    io.stdout.write(helpText('exabgp healthcheck [options]', HEALTHCHECK_OPTIONS));
    return 0;
  }
  const addresses = addressesOf(options);
  if (options.pid !== undefined) writeFileSync(options.pid, `${process.pid}\n`);
  const setup = new AddressSetup(options);
  setup.add(addresses);
  becomeUser(options);
  try {
    return await new Checker(options, addresses, setup, io, version).run();
  } finally {
    if (options.pid !== undefined) rmSync(options.pid, { force: true });
  }
}

/** After the addresses were set up, which needs rights. */
function becomeUser({ user, group }: HealthcheckOptions): void {
  const entry = user === undefined ? undefined : passwdEntry(user);
  if (group !== undefined) process.setgid?.(group);
  else if (entry !== undefined) process.setgid?.(entry.gid);
  if (entry !== undefined) process.setuid?.(entry.uid);
}

class Checker {
  readonly #options: HealthcheckOptions;
  readonly #addresses: readonly string[];
  readonly #setup: AddressSetup;
  readonly #io: Io;
  readonly #version: ApiVersion;
  #health: Health = INITIAL;
  /** The state that was announced last. */
  #announced: State | undefined;
  #isStopping = false;
  #wake: () => void = () => {};
  /** Answers that came and were not awaited yet. */
  #answers = 0;
  #onAnswer: () => void = () => {};
  #hasInput = true;

  constructor(options: HealthcheckOptions, addresses: readonly string[], setup: AddressSetup, io: Io, version: ApiVersion) {
    this.#options = options;
    this.#addresses = addresses;
    this.#setup = setup;
    this.#io = io;
    this.#version = version;
  }

  async run(): Promise<number> {
    const stop = (): void => {
      this.#isStopping = true;
      this.#wake();
      this.#onAnswer();
    };
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, stop);
    this.#listen(stop);
    const { options, interval } = { options: this.#options, interval: this.#options.intervalSeconds };
    while (!this.#isStopping) {
      const isDisabled = options.disable !== undefined && existsSync(options.disable);
      const isGood = isDisabled ? undefined : await this.#check();
      if (this.#isStopping) break;
      const before = this.#health.state;
      this.#health = next(this.#health, isGood, options);
      const { state } = this.#health;
      if (state !== before) this.#log(`${before} -> ${state}`);
      await this.#tell(state);
      // A state that was announced: with interval 0 that was all, and the routes stay.
      if (interval === 0 && STABLE.has(state)) return 0;
      const isCounting = state === 'RISING' || state === 'FALLING' || state === 'INIT';
      await this.#sleep(isCounting ? options.fastIntervalSeconds : interval);
    }
    this.#write(linesOf('EXIT', this.#addresses, options, this.#version));
    this.#setup.remove();
    return 0;
  }

  /** The other end closes our stdin when it ends, or sends `shutdown`. */
  #listen(stop: () => void): void {
    const { stdin } = this.#io;
    if (!this.#options.waitsForAck || stdin.isTTY === true) {
      this.#hasInput = false;
      return;
    }
    const reader = new LineReader((lines) => {
      for (const line of lines) {
        if (line.includes('shutdown')) stop();
        this.#answers++;
      }
      this.#onAnswer();
    });
    stdin.on('data', (chunk) => reader.push(String(chunk)));
    stdin.on('end', () => {
      this.#hasInput = false;
      this.#onAnswer();
    });
    stdin.on('error', () => {});
  }

  async #tell(state: State): Promise<void> {
    if (!STABLE.has(state)) return;
    const isChange = state !== this.#announced;
    if (isChange) {
      this.#announced = state;
      await this.#execute(state as 'UP' | 'DOWN' | 'DISABLED');
      if (this.#options.dynamicIpSetup) {
        if (state === 'UP') this.#setup.add(this.#addresses);
        else this.#setup.remove();
      }
    }
    if (this.#options.debounce && !isChange) return;
    const lines = linesOf(state, this.#addresses, this.#options, this.#version);
    this.#write(lines);
    for (let i = 0; i < lines.length; i++) await this.#answer();
  }

  #write(lines: readonly string[]): void {
    if (lines.length > 0) this.#io.stdout.write(`${lines.join('\n')}\n`);
  }

  async #answer(): Promise<void> {
    while (this.#hasInput && !this.#isStopping && this.#answers === 0) {
      await new Promise<void>((resolve) => {
        this.#onAnswer = resolve;
      });
    }
    if (this.#answers > 0) this.#answers--;
  }

  /** Runs the command in a process group of its own, which ends with it. */
  #check(): Promise<boolean> {
    const { command, timeoutSeconds } = this.#options;
    return command === undefined ? Promise.resolve(true) : this.#shell(command, timeoutSeconds, process.env);
  }

  #shell(command: string, timeoutSeconds: number, env: NodeJS.ProcessEnv): Promise<boolean> {
    return new Promise((resolve) => {
      const child = spawn('/bin/sh', ['-c', command], { stdio: 'ignore', detached: true, env });
      const kill = (): void => {
        try {
          if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
        } catch {
          // It has ended already.
        }
      };
      const timer = timeoutSeconds > 0 ? setTimeout(kill, timeoutSeconds * 1000) : undefined;
      const end = (isGood: boolean): void => {
        clearTimeout(timer);
        resolve(isGood);
      };
      child.on('error', () => end(false));
      child.on('exit', (code) => end(code === 0));
    });
  }

  async #execute(state: 'UP' | 'DOWN' | 'DISABLED'): Promise<void> {
    const { execute, executes } = this.#options;
    for (const command of [...executes[state], ...execute]) await this.#shell(command, 0, { ...process.env, STATE: state });
  }

  #sleep(seconds: number): Promise<void> {
    if (this.#isStopping) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, seconds * 1000);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #log(message: string): void {
    const { silent, debug, name } = this.#options;
    if (silent || !debug) return;
    this.#io.stderr.write(`healthcheck${name === undefined ? '' : `-${name}`}: ${message}\n`);
  }
}
