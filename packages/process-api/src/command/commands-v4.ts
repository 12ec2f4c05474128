/** The commands of ExaBGP 4 and 5, and what 6 adds to them. */
import { clearIn, clearOut, createNeighbor, deleteNeighbor, flushOut, showNeighbor, showRib, teardown } from './neighbor-commands.ts';
import type { Command } from './outcome.ts';
import { routeCommand } from './route-commands.ts';
import {
  ack,
  apiVersion,
  bye,
  crash,
  help,
  ping,
  queueStatus,
  reload,
  reset,
  restart,
  shutdown,
  status,
  sync,
  version,
} from './system-commands.ts';

const announce = routeCommand('announce');
const withdraw = routeCommand('withdraw');

const ROWS: Readonly<Record<string, Command>> = {
  version,
  shutdown,
  reload,
  restart,
  reset,
  'enable-ack': ack('enable'),
  'disable-ack': ack('disable'),
  'silence-ack': ack('silence'),
  'enable-sync': sync(true),
  'disable-sync': sync(false),
  announce,
  withdraw,
  teardown,
  'show neighbor': showNeighbor,
  'show adj-rib': showRib,
  'flush adj-rib out': flushOut,
  'clear adj-rib in': clearIn,
  'clear adj-rib out': clearOut,
  'create neighbor': createNeighbor,
  'delete neighbor': deleteNeighbor,
  'queue-status': queueStatus,
  'api version': apiVersion,
  ping,
  status,
  bye,
  crash,
};

export const COMMANDS: ReadonlyMap<string, Command> = new Map([...Object.entries(ROWS), ['help', help(Object.keys(ROWS))]]);

export interface Found {
  readonly command: Command;
  readonly rest: string;
}

const WORDS_MAX = 3;

/** The command with the most words that the text begins with. */
export function findCommand(text: string, commands: ReadonlyMap<string, Command> = COMMANDS): Found | undefined {
  let end = -1;
  let found: Found | undefined;
  for (let words = 0; words < WORDS_MAX; words++) {
    end = text.indexOf(' ', end + 1);
    const name = end < 0 ? text : text.slice(0, end);
    const command = commands.get(name);
    if (command !== undefined) found = { command, rest: end < 0 ? '' : text.slice(end + 1).trimStart() };
    if (end < 0) break;
  }
  return found;
}
