/**
 * How people command the running program: two named pipes that the administrator has made, NAME.in and NAME.out, and a socket NAME.sock. The client
 * is `exabgp cli`.
 */

import { closeSync, constants, openSync, rmSync, statSync } from 'node:fs';
import { createServer, Socket } from 'node:net';
import { join } from 'node:path';
import { type CommandNeighbor, CommandRunner, type CommandSource, type Control, LineReader } from '@tsbgp/process-api';
import type { Environment } from '../env/environment.ts';
import type { Log } from '../env/log.ts';

/** Where pipes and the socket are looked for. */
export function commandLinePlaces(root: string): string[] {
  const uid = process.getuid?.() ?? 0;
  const places = ['/run/exabgp', `/run/${uid}`, '/run', '/var/run/exabgp', `/var/run/${uid}`, '/var/run'];
  return root === '/' ? places : [...places, ...places.map((place) => join(root, place))];
}

export interface Pipes {
  readonly input: string;
  readonly output: string;
}

export function findPipes(name: string, root: string): Pipes | undefined {
  return commandLinePlaces(root)
    .map((place) => ({ input: join(place, `${name}.in`), output: join(place, `${name}.out`) }))
    .find(({ input, output }) => isFifo(input) && isFifo(output));
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function isFifo(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFIFO() === true;
}

export function findSocket(name: string, root: string): string | undefined {
  return commandLinePlaces(root)
    .map((place) => join(place, `${name}.sock`))
    .find((path) => statSync(path, { throwIfNoEntry: false })?.isSocket() === true);
}

class CommandLineSource implements CommandSource {
  readonly name = 'cli';
  readonly encoder = 'json';
  ack: 'on' | 'off' = 'on';
  sync = false;
  readonly #control: Control;
  readonly #output: Socket;
  readonly #input: Socket;

  constructor(control: Control, input: Socket, output: Socket) {
    this.#control = control;
    this.#input = input;
    this.#output = output;
  }

  neighbors(): readonly CommandNeighbor[] {
    return this.#control.neighbors();
  }

  write(line: string): void {
    if (this.#output.writable) this.#output.write(`${line}\n`);
  }

  backlogBytes(): number {
    return this.#output.writableLength;
  }

  pause(): void {
    this.#input.pause();
  }

  resume(): void {
    this.#input.resume();
  }
}

/** Returns what ends it. */
export function startCommandLine(control: Control, environment: Environment, log: Log): () => void {
  if (!environment.flag('api.cli')) return () => {};
  const pipes = findPipes(environment.text('api.pipename'), environment.root);
  const closePipes = pipes === undefined ? () => {} : servePipes(pipes, control, log);
  const closeSocket = serveSocket(control, environment, log);
  return () => {
    closePipes();
    closeSocket();
  };
}

function serve(control: Control, input: Socket, output: Socket): void {
  const runner = new CommandRunner(new CommandLineSource(control, input, output), control);
  const reader = new LineReader((lines) => runner.push(lines));
  input.on('data', (chunk) => reader.push(String(chunk)));
  for (const socket of new Set([input, output])) socket.on('error', () => socket.destroy());
}

/** Both ends are opened for reading and writing, so that a client that leaves does not end the stream. */
function servePipes({ input, output }: Pipes, control: Control, log: Log): () => void {
  const flags = constants.O_RDWR | constants.O_NONBLOCK;
  let first: number | undefined;
  try {
    first = openSync(input, flags);
    const second = openSync(output, flags);
    const sockets = [
      new Socket({ fd: first, readable: true, writable: false }),
      new Socket({ fd: second, readable: false, writable: true }),
    ] as const;
    serve(control, ...sockets);
    log.info('reactor', `commands from ${input}`);
    return () => {
      for (const socket of sockets) socket.destroy();
    };
  } catch (error) {
    if (first !== undefined) closeSync(first);
    log.warning('reactor', `the pipes ${input} and ${output} cannot be used: ${error instanceof Error ? error.message : String(error)}`);
    return () => {};
  }
}

/** In the first folder named exabgp that there is; other folders belong to others. */
function serveSocket(control: Control, environment: Environment, log: Log): () => void {
  const folder = commandLinePlaces(environment.root).find((place) => place.endsWith('/exabgp') && isFolder(place));
  if (folder === undefined) return () => {};
  const path = join(folder, `${environment.text('api.socketname')}.sock`);
  rmSync(path, { force: true });
  const server = createServer((socket) => serve(control, socket, socket));
  server.on('error', (error) => log.warning('reactor', `the socket ${path} cannot be used: ${error.message}`));
  server.listen(path, () => log.info('reactor', `commands from ${path}`));
  server.unref();
  return () => {
    server.close();
    rmSync(path, { force: true });
  };
}
