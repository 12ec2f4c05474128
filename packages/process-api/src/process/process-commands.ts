/** The commands of one program. What they leave behind, an open group for one, lasts as long as the child process and not longer. */
import type { Control } from '../command/control.ts';
import { CommandRunner } from '../command/runner.ts';
import type { ApiProcess } from './api-process.ts';
import { ProcessSource } from './process-source.ts';

export class ProcessCommands {
  readonly #process: ApiProcess;
  readonly #control: Control;
  #source: ProcessSource;
  #runner: CommandRunner;

  constructor(process: ApiProcess, control: Control) {
    this.#process = process;
    this.#control = control;
    this.#source = new ProcessSource(process, control);
    this.#runner = new CommandRunner(this.#source, control);
  }

  push(lines: readonly string[]): void {
    this.#runner.push(lines);
  }

  /**
   * The child process has ended: nothing that it began reaches its successor.
   *
   * @param carriesOut whether commands that it wrote, and that still wait, are carried out
   */
  ended(carriesOut: boolean): void {
    this.#source.close();
    if (!carriesOut) this.#runner.drop();
    this.#source = new ProcessSource(this.#process, this.#control);
    this.#runner = new CommandRunner(this.#source, this.#control);
  }
}
