/** Where the commands of one program come from. */
import type { CommandNeighbor, CommandSource, Control } from '../command/control.ts';
import type { ApiProcess } from './api-process.ts';

export class ProcessSource implements CommandSource {
  readonly process: ApiProcess;
  readonly #control: Control;
  readonly encoder: 'text' | 'json';

  constructor(process: ApiProcess, control: Control) {
    this.process = process;
    this.#control = control;
    this.encoder = control.apiVersion === 6 ? 'json' : process.config.encoder;
  }

  get name(): string {
    return this.process.name;
  }

  get ack(): 'on' | 'off' {
    return this.process.ack;
  }

  set ack(mode: 'on' | 'off') {
    this.process.ack = mode;
  }

  get sync(): boolean {
    return this.process.sync;
  }

  set sync(isOn: boolean) {
    this.process.sync = isOn;
  }

  neighbors(): readonly CommandNeighbor[] {
    return this.#control.neighborsOf(this.process.name);
  }

  write(line: string): void {
    this.process.write(line);
  }

  backlogBytes(): number {
    return this.process.backlog.bytes;
  }

  pause(): void {
    this.process.pause();
  }

  resume(): void {
    this.process.resume();
  }
}
