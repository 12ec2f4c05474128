/**
 * The ways to write to a file descriptor without ever waiting for whoever reads it.
 *
 *     regular file, /dev/null     writes in the thread pool
 *     pipe, FIFO, terminal        the same, on a description of our own that does not block (reopened through /proc/self/fd)
 *     socket (systemd's journal)  a socket of the event loop
 *
 * A write that blocks in the thread pool would not only take a thread: the process could not even exit before it returns.
 */
import { constants, fstatSync, openSync, write, writeSync } from 'node:fs';
import { Socket } from 'node:net';

export interface LogSink {
  /** One at a time. `done` hears how many octets were taken, and what went wrong. */
  write(chunk: Uint8Array, done: (error: NodeJS.ErrnoException | null, written: number) => void): void;
  /** Writes now. Returns the octets taken; throws the system's error. */
  writeNow(chunk: Uint8Array): number;
  /** Nothing can be written any more, ever. */
  readonly isDead: boolean;
}

export function openSink(fd: number): LogSink {
  let kind: ReturnType<typeof fstatSync>;
  try {
    kind = fstatSync(fd);
  } catch {
    return new FileSink(fd, false); // each write says why
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
  // A terminal of another user stays: there a write may block.
  return new FileSink(fd, kind.isCharacterDevice() || kind.isSocket());
}

/** A description of our own: the flag must not reach other processes that share the terminal or the pipe. */
function reopened(fd: number): number | undefined {
  const { O_WRONLY, O_APPEND, O_NOCTTY, O_NONBLOCK } = constants;
  try {
    return openSync(`/proc/self/fd/${fd}`, O_WRONLY | O_APPEND | O_NOCTTY | O_NONBLOCK);
  } catch {
    return undefined; // no /proc, or it belongs to another user, or nobody reads
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
    this.#socket.on('error', () => {}); // the write hears it as well
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
