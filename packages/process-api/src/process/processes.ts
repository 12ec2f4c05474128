/** The programs of the API, and the commands that they give. */
import type { Control } from '../command/control.ts';
import { ApiProcess, type ApiProcessHost, type ApiProcessOptions, type LogLevel } from './api-process.ts';
import { ProcessCommands } from './process-commands.ts';
import type { ProcessConfig } from './process-config.ts';

export interface ProcessesOptions extends ApiProcessOptions {
  /** End when a program has ended for good. */
  readonly terminate: boolean;
}

export type ProcessLog = (process: ApiProcess, level: LogLevel, message: string) => void;

export class Processes implements ApiProcessHost {
  readonly #control: Control;
  readonly #options: ProcessesOptions;
  readonly #log: ProcessLog;
  readonly #processes = new Map<string, ApiProcess>();
  readonly #commands = new Map<ApiProcess, ProcessCommands>();

  constructor(control: Control, options: ProcessesOptions, log: ProcessLog) {
    this.#control = control;
    this.#options = options;
    this.#log = log;
  }

  all(): Iterable<ApiProcess> {
    return this.#processes.values();
  }

  /** Starts what is new and stops what is gone; what changed is started anew with `restartChanged` only. */
  apply(configs: readonly ProcessConfig[], restartChanged: boolean, lastLine: (process: ApiProcess) => string): void {
    const wanted = new Map(configs.map((config) => [config.name, config]));
    for (const [name, process] of this.#processes) {
      const config = wanted.get(name);
      const isSame = config !== undefined && JSON.stringify(config) === JSON.stringify(process.config);
      if (isSame || (config !== undefined && !restartChanged)) wanted.delete(name);
      else {
        this.#processes.delete(name);
        this.#commands.delete(process);
        void process.stop(lastLine(process));
      }
    }
    for (const config of wanted.values()) this.#start(config);
  }

  #start(config: ProcessConfig): void {
    const process = new ApiProcess(config, this, this.#options);
    this.#processes.set(config.name, process);
    this.#commands.set(process, new ProcessCommands(process, this.#control));
    process.start();
  }

  async stop(lastLine: (process: ApiProcess) => string): Promise<void> {
    const all = [...this.#processes.values()];
    this.#processes.clear();
    this.#commands.clear();
    await Promise.all(all.map((process) => process.stop(lastLine(process))));
  }

  // ApiProcessHost

  commands(process: ApiProcess, lines: readonly string[]): void {
    this.#commands.get(process)?.push(lines);
  }

  log(process: ApiProcess, level: LogLevel, message: string): void {
    this.#log(process, level, message);
  }

  ended(process: ApiProcess, respawns: boolean): void {
    this.#commands.get(process)?.ended(true);
    if (respawns || !this.#options.terminate) return;
    this.#log(process, 'ERR', 'it has ended for good: exabgp.api.terminate asks for the end of the program');
    this.#control.shutdown();
  }
}
