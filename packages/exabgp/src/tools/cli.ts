/** `exabgp cli COMMAND`: asks the running program, over its pipes or its socket. */

import { constants, openSync } from 'node:fs';
import { createConnection, Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { type ApiVersion, LineReader } from '@tsbgp/process-api';
import { findPipes, findSocket } from '../daemon/command-line.ts';
import type { Environment } from '../env/environment.ts';
import { expandCommand } from './cli-shortcuts.ts';
import { complain, type Io, print } from './io.ts';
import { helpText, type OptionSpec, parseArguments } from './usage.ts';

const OPTIONS: readonly OptionSpec[] = [
  { name: 'root', value: 'FOLDER', help: 'of the installation' },
  { name: 'pipename', value: 'NAME', help: 'of the pipes, without .in and .out' },
  { name: 'pipe', help: 'use the pipes' },
  { name: 'socket', help: 'use the socket' },
  { name: 'help', short: 'h', help: 'this text' },
];

/** Without an answer for this long the client gives up. */
const ANSWER_MS_MAX = 15_000;

interface Connection {
  readonly input: Socket;
  readonly output: Socket;
}

export async function cli(args: readonly string[], io: Io, environment: Environment, version: ApiVersion): Promise<number> {
  const { flags, values, words } = parseArguments(args, OPTIONS);
  if (flags.has('help')) {
    io.stdout.write(helpText('exabgp cli [--pipe|--socket] [COMMAND]', OPTIONS));
    return 0;
  }
  const root = values.get('root')?.[0] ?? environment.root;
  const transport = flags.has('pipe') ? 'pipe' : flags.has('socket') ? 'socket' : io.env['exabgp_cli_transport'];
  const connection = await connect(
    values.get('pipename')?.[0] ?? environment.text('api.pipename'),
    environment.text('api.socketname'),
    root,
    transport,
  );
  if (connection === undefined) {
    complain(io, 'found neither named pipes nor a socket of a running program; docs/exabgp.md says how to make them');
    return 1;
  }
  try {
    if (words.length > 0) return await ask(connection, expandCommand(words.join(' '), version), io);
    let code = 0;
    for await (const line of createInterface({ input: io.stdin })) {
      if (line.trim() !== '') code = await ask(connection, expandCommand(line.trim(), version), io);
    }
    return code;
  } finally {
    connection.input.destroy();
    connection.output.destroy();
  }
}

async function connect(pipename: string, socketname: string, root: string, transport: string | undefined): Promise<Connection | undefined> {
  const socketPath = transport === 'pipe' ? undefined : findSocket(socketname, root);
  if (socketPath !== undefined) {
    const socket = createConnection(socketPath);
    const isOpen = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true));
      socket.once('error', () => resolve(false));
    });
    if (isOpen) return { input: socket, output: socket };
  }
  const pipes = transport === 'socket' ? undefined : findPipes(pipename, root);
  if (pipes === undefined) return undefined;
  const flags = constants.O_RDWR | constants.O_NONBLOCK;
  const output = new Socket({ fd: openSync(pipes.input, flags), readable: false, writable: true });
  const input = new Socket({ fd: openSync(pipes.output, flags), readable: true, writable: false });
  return { input, output };
}

/** Prints what comes before `done` or `error`. */
function ask({ input, output }: Connection, command: string, io: Io): Promise<number> {
  return new Promise((resolve) => {
    const finish = (code: number): void => {
      clearTimeout(timer);
      input.removeAllListeners('data');
      resolve(code);
    };
    const timer = setTimeout(() => {
      complain(io, `no answer within ${ANSWER_MS_MAX / 1000} seconds`);
      finish(1);
    }, ANSWER_MS_MAX);
    const reader = new LineReader((lines) => {
      for (const line of lines) {
        if (line === 'done') return finish(0);
        if (line === 'error') {
          complain(io, 'the command failed; the log of the program says why');
          return finish(1);
        }
        print(io, line);
      }
    });
    input.on('data', (chunk) => reader.push(String(chunk)));
    input.once('close', () => finish(1));
    output.write(`${command}\n`);
  });
}
