/**
 * Ways to write to a file descriptor without waiting for its reader.
 *
 *     regular file, /dev/null     writes in the thread pool
 *     pipe, FIFO, terminal        the same, on a separate description that does not block (reopened through /proc/self/fd)
 *     socket (systemd's journal)  a socket of the event loop
 *
 * A blocking write in the thread pool would occupy a thread, and the process could not exit before it returns.
 */
import { constants, fstatSync, openSync, write, writeSync } from 'node:fs';
import { Socket } from 'node:net';

export interface LogSink {
  /** One write at a time. Calls `done` with the error, if any, and the number of octets written. */
  write(chunk: Uint8Array, done: (error: NodeJS.ErrnoException | null, written: number) => void): void;
  /** Writes at once. Returns the number of octets written. Throws the system's error. */
  writeNow(chunk: Uint8Array): number;
  /** Nothing can ever be written again. */
  readonly isDead: boolean;
}

export function openSink(fd: number): LogSink {
  let kind: ReturnType<typeof fstatSync>;
  try {
    kind = fstatSync(fd);
  } catch {
    return new FileSink(fd, false); // every write will report why
  }
  if (kind.isFIFO() || kind.isCharacterDevice()) {
    const own = reopened(fd);
    if (own !== undefined) return new FileSink(own, false);
  }
  if (kind.isFIFO() || kind.isSocket()) {
    try {
      return new SocketSink(fd);
    } catch {
      // A kind of socket that Node has no stream for.
    }
  }
  // What is left is for example a terminal of another user, where a write may block.
  return new FileSink(fd, kind.isCharacterDevice() || kind.isSocket());
}

/** A separate file description, so that the flag O_NONBLOCK does not affect other processes on the same terminal or pipe. */
function reopened(fd: number): number | undefined {
  const { O_WRONLY, O_APPEND, O_NOCTTY, O_NONBLOCK } = constants;
  try {
    return openSync(`/proc/self/fd/${fd}`, O_WRONLY | O_APPEND | O_NOCTTY | O_NONBLOCK);
  } catch {
    return undefined; // no /proc, or the file belongs to another user, or the pipe has no reader
  }
}

class FileSink implements LogSink {
  readonly isDead: boolean = false;
  readonly #fd: number;
  readonly #mayBlock: boolean;

  constructor(fd: number, mayBlock: boolean) {
    this.#fd = fd;
    this.#mayBlock = mayBlock;
  }

  write(chunk: Uint8Array, done: (error: NodeJS.ErrnoException | null, written: number) => void): void {
    write(this.#fd, chunk, 0, chunk.length, null, (error, written) => done(error, written ?? 0));
  }

  writeNow(chunk: Uint8Array): number {
    return this.#mayBlock ? 0 : writeSync(this.#fd, chunk);
  }
}

class SocketSink implements LogSink {
  readonly #socket: Socket;
  readonly #fd: number;

  constructor(fd: number) {
    this.#fd = fd;
    this.#socket = new Socket({ fd, readable: false, writable: true });
    this.#socket.on('error', () => {}); // the write gets the error too
  }

  get isDead(): boolean {
    return this.#socket.destroyed;
  }

  write(chunk: Uint8Array, done: (error: NodeJS.ErrnoException | null, written: number) => void): void {
    this.#socket.write(chunk, (error) => done(error ?? null, error ? 0 : chunk.length));
  }

  writeNow(chunk: Uint8Array): number {
    return writeSync(this.#fd, chunk);
  }
}
