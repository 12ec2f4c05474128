/** Where the commands of one program come from. */
import type { CommandNeighbor, CommandSource, Control } from '../command/control.ts';
import type { ApiProcess } from './api-process.ts';

export class ProcessSource implements CommandSource {
  readonly process: ApiProcess;
  readonly #control: Control;
  readonly encoder: 'text' | 'json';
  #isClosed = false;

  constructor(process: ApiProcess, control: Control) {
    this.process = process;
    this.#control = control;
    this.encoder = control.apiVersion === 6 ? 'json' : process.config.encoder;
  }

  /** The child process has ended: commands of it that are still at work answer nobody, and not its successor. */
  close(): void {
    this.#isClosed = true;
  }

  get name(): string {
    return this.process.name;
  }

  get ack(): 'on' | 'off' {
    return this.#isClosed ? 'off' : this.process.ack;
  }

  set ack(mode: 'on' | 'off') {
    if (!this.#isClosed) this.process.ack = mode;
  }

  get sync(): boolean {
    return !this.#isClosed && this.process.sync;
  }

  set sync(isOn: boolean) {
    if (!this.#isClosed) this.process.sync = isOn;
  }

  neighbors(): readonly CommandNeighbor[] {
    return this.#control.neighborsOf(this.process.name);
  }

  write(line: string): void {
    if (!this.#isClosed) this.process.write(line);
  }

  backlogBytes(): number {
    return this.#isClosed ? 0 : this.process.backlog.bytes;
  }

  pause(): void {
    if (!this.#isClosed) this.process.pause();
  }

  resume(): void {
    if (!this.#isClosed) this.process.resume();
  }
}
