/** The RPKI client of @tsbgp/rpki, in a small program that answers questions on a socket. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { CommandResult } from '../run-command.ts';
import type { DaemonKind, Instance } from './daemon-kind.ts';

const PROGRAM = join(import.meta.dirname, '../rpki-client.ts');
const COMMAND = [process.execPath, '--conditions=tsbgp-source', PROGRAM] as const;

const socketOf = ({ folder }: Instance): string => `${folder}/socket`;

export const rpki: DaemonKind = {
  name: 'rpki',
  configName: 'rpki.json',
  version: [...COMMAND, '--version'],
  start: (it) => [...COMMAND, it.configFile, socketOf(it)],
  ready: (it) => async () => (await ask(it, ['cache'])).code === 0,
  words: {
    cache: (it) => ask(it, ['cache']),
    vrps: (it) => ask(it, ['vrps']),
    validate: (it, args) => ask(it, ['validate', ...args]),
  },
};

async function ask(instance: Instance, words: readonly string[]): Promise<CommandResult> {
  const socket = connect(socketOf(instance));
  try {
    socket.end(words.join(' '));
    let output = '';
    socket.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    await once(socket, 'end');
    return { code: 0, output };
  } catch (error) {
    return { code: 1, output: String(error) };
  } finally {
    socket.destroy();
  }
}
