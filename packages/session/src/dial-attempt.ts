/** One attempt at a time to open a TCP connection: it succeeds, fails, or is given up. */
import type { Socket } from 'node:net';

export class DialAttempt {
  readonly #connected: (socket: Socket) => void;
  readonly #failed: (error: Error) => void;
  #socket: Socket | undefined = undefined;

  constructor(connected: (socket: Socket) => void, failed: (error: Error) => void) {
    this.#connected = connected;
    this.#failed = failed;
  }

  /** `socket` is connecting. */
  start(socket: Socket): void {
    this.#socket = socket;
    socket.once('error', this.#onError);
    socket.once('connect', () => {
      if (this.#socket !== socket) return;
      this.#socket = undefined;
      socket.off('error', this.#onError);
      this.#connected(socket);
    });
  }

  /** Ends the attempt, if there is one, without a report. */
  giveUp(): void {
    const socket = this.#socket;
    if (socket === undefined) return;
    this.#socket = undefined;
    socket.off('error', this.#onError);
    socket.on('error', () => {}); // the attempt is over, its errors do not matter
    socket.destroy();
  }

  readonly #onError = (error: Error): void => {
    if (this.#socket === undefined) return;
    this.#socket.destroy();
    this.#socket = undefined;
    this.#failed(error);
  };
}
