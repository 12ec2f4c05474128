/** `process NAME { run PROGRAM ARGUMENT …; encoder text|json; respawn true; }` */

import { accessSync, constants, statSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { type ProcessConfig, readName, type Statement, SyntaxFault, Words } from '@tsbgp/process-api';

/** Where a program with a relative name is looked for; the last place that has it wins. */
export interface ProgramPlaces {
  /** `/etc/exabgp`, or that of the installation. */
  readonly etc: string;
  /** The folder of the configuration file. */
  readonly folder: string;
  /** As in the environment. */
  readonly path: string;
}

const KEYWORDS = ['run', 'encoder', 'respawn'];

export function readProcessSection(statement: Statement, places: ProgramPlaces): ProcessConfig {
  const head = new Words(statement.words, 1, statement.line);
  const name = readName(head, 'the process');
  head.end();
  let command: readonly string[] | undefined;
  let encoder: ProcessConfig['encoder'] = 'text';
  let respawn = true;
  for (const inner of statement.body ?? []) {
    const words = new Words(inner.words);
    const keyword = words.next(`one of ${KEYWORDS.join(', ')}`);
    if (keyword === 'run') command = findProgram(words, places);
    else if (keyword === 'encoder') encoder = readEncoder(words);
    else if (keyword === 'respawn') respawn = words.boolean(true);
    else throw words.wrong(keyword, `one of ${KEYWORDS.join(', ')}`);
    words.end();
  }
  if (command === undefined) throw new SyntaxFault('found no run, e.g. "run /etc/exabgp/announce.py"', statement.line);
  return { name, command, encoder, respawn };
}

function readEncoder(words: Words): ProcessConfig['encoder'] {
  const text = words.next('text or json');
  if (text !== 'text' && text !== 'json') throw words.wrong(text, 'text or json');
  return text;
}

function findProgram(words: Words, places: ProgramPlaces): string[] {
  const command = words.arguments();
  const [program, ...rest] = command;
  if (program === undefined) throw words.fault('found nothing after "run", allowed is a program, e.g. "run /etc/exabgp/announce.py"');
  // The system ends texts at this character.
  const cut = command.find((each) => each.includes('\0'));
  if (cut !== undefined) throw words.wrong(cut, 'a program and arguments without the character NUL');
  const candidates = candidatesOf(program, places);
  const found = candidates.findLast((path) => problemOf(path) !== 'does not exist');
  const problem = found === undefined ? `is in none of ${[...new Set(candidates)].join(', ')}` : problemOf(found);
  if (found === undefined || problem !== undefined) throw words.wrong(program, `a program that can be run; it ${problem ?? ''}`);
  return [found, ...rest];
}

function candidatesOf(program: string, { etc, folder, path }: ProgramPlaces): string[] {
  if (isAbsolute(program)) return [program];
  if (program.startsWith('etc/exabgp/')) return [join(etc, program.slice('etc/exabgp/'.length))];
  return [
    join(etc, program),
    join(folder, program),
    ...path
      .split(':')
      .filter(Boolean)
      .toReversed()
      .map((place) => join(place, program)),
  ];
}

const SET_ID = 0o6000;

function problemOf(path: string): string | undefined {
  const status = statSync(path, { throwIfNoEntry: false });
  if (status === undefined) return 'does not exist';
  if (!status.isFile()) return 'is no file';
  if ((status.mode & SET_ID) !== 0) return 'is set-user-ID or set-group-ID';
  try {
    accessSync(path, constants.X_OK);
  } catch {
    return 'may not be executed';
  }
  return undefined;
}
