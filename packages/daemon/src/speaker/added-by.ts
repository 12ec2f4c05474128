/**
 * Who injected a route, as the client said. A column of small numbers beside the paths of the RIB: it is written whenever a route is injected,
 * and read only for paths of the peer of injected routes, so that a path slot which is used again says nothing wrong.
 */
import { grown, type PathId, type RibTable } from '@tsbgp/rib';
import { invalidArgument } from '../control-plane.ts';
import { quote } from '../quote.ts';

/** Names that are told apart. Routes of further ones are listed without a name. */
export const NAMES_MAX = 1000;
export const NAME_LENGTH_MAX = 64;

interface Names {
  column: Uint16Array;
  readonly numbers: Map<string, number>;
  readonly names: string[];
}

const namesOf: WeakMap<RibTable, Names> = new WeakMap();

/** Throws ControlError. */
export function checkAddedBy(name: string): void {
  if (name.length <= NAME_LENGTH_MAX && !/\p{Cc}/u.test(name)) return;
  throw invalidArgument('added_by', `found ${quote(name)}, allowed are at most ${NAME_LENGTH_MAX} characters in one line, e.g. "alice"`);
}

export function noteAddedBy(table: RibTable, path: PathId, name: string): void {
  let known = namesOf.get(table);
  if (known === undefined) {
    if (name === '') return;
    namesOf.set(table, (known = { column: new Uint16Array(1024), numbers: new Map([['', 0]]), names: [''] }));
  }
  const { numbers, names } = known;
  let number = numbers.get(name);
  if (number === undefined && names.length <= NAMES_MAX) {
    number = names.length;
    names.push(name);
    numbers.set(name, number);
  }
  if (path >= known.column.length) known.column = grown(known.column, Math.max(path + 1, 2 * known.column.length), known.column.length);
  known.column[path] = number ?? 0;
}

/** '' where no name is known. Only for paths of the peer of injected routes. */
export function addedBy(table: RibTable, path: PathId): string {
  const known = namesOf.get(table);
  return known?.names[known.column[path] ?? 0] ?? '';
}
