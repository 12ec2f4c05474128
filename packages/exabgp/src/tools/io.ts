/** What a command of the program reads and writes. */
import type { Readable, Writable } from 'node:stream';

export interface Io {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Writable;
  readonly stderr: Writable;
  readonly env: NodeJS.ProcessEnv;
}

export function print(io: Io, text: string): void {
  io.stdout.write(`${text}\n`);
}

export function complain(io: Io, text: string): void {
  io.stderr.write(`exabgp: ${text}\n`);
}
