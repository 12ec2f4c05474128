/** What a command sees of the process: its streams, its environment, the width of the terminal. Tests bring their own. */
import { Writable } from 'node:stream';

export interface Io {
  readonly stdin: AsyncIterable<Uint8Array | string>;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborted by Ctrl-C: streams end, and the command finishes with what it has. */
  readonly signal: AbortSignal;
}

export interface Output {
  /** Writes text, or octets. Resolves when the stream takes more. Octets must not change before they are written. */
  write(text: string | Uint8Array): Promise<void>;
  readonly isTerminal: boolean;
  /** Infinity for a file or a pipe: nothing is cut there. */
  readonly columns: number;
}

/** The reader of our output has closed it (`tsbgp rib | head`). That is no error: the command just ends. */
export class OutputClosed extends Error {
  override readonly name = 'OutputClosed';
}

type TerminalStream = Writable & { readonly isTTY?: boolean; readonly columns?: number };

export function outputOf(stream: TerminalStream): Output {
  let closed = false;
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    closed = true;
  });
  return {
    get isTerminal() {
      return stream.isTTY === true;
    },
    get columns() {
      return stream.isTTY === true ? (stream.columns ?? 80) : Number.POSITIVE_INFINITY;
    },
    async write(text) {
      if (closed) throw new OutputClosed();
      if (stream.write(text)) return;
      await new Promise<void>((resolve) => {
        const done = (): void => {
          for (const event of ['drain', 'close', 'error']) stream.off(event, done);
          resolve();
        };
        for (const event of ['drain', 'close', 'error']) stream.once(event, done);
      });
      if (closed) throw new OutputClosed();
    },
  };
}
