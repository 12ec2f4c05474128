/** Reads a file of prefixes or AS numbers, in whichever form it has: JSON, objects of an IRR, or plain lists. */
import { SetFileFault } from './fault.ts';
import { readJson } from './json.ts';
import { readLines } from './lines.ts';
import { ENTRY_ALLOWED, FileLists, type FileSetKind, type FileSetKinds } from './lists.ts';
import { isRpsl, readRpsl } from './rpsl.ts';

/** What a file holds. */
export interface SetFile<K extends FileSetKind> {
  /** Those of the wanted lists that are there. */
  readonly lists: ReadonlyMap<string, FileSetKinds[K]>;
  /** Names of all its lists. */
  readonly names: readonly string[];
  /** Entries of all its lists. */
  readonly entries: number;
}

/**
 * The lists with these names; the empty name means all of them together. Throws SetFileFault: a file is taken whole or not at all. A file
 * without an entry is refused, because a file that is being written, and one that could not be fetched, are empty; `[]` in JSON is an empty
 * list that is meant.
 */
export function readSetFile<K extends FileSetKind>(text: string, kind: K, wanted: Iterable<string>): SetFile<K> {
  const lists = new FileLists(kind, wanted);
  const isJson = /^\s*(?:\{|\[\s*(?:[\]{"\d]))/.test(text);
  if (isJson) readJson(text, lists);
  else if (isRpsl(text)) readRpsl(text, lists);
  else readLines(text, lists);
  if (lists.entries === 0 && !isJson) throw new SetFileFault(0, 'no entry', `${ENTRY_ALLOWED[kind]}; in JSON also an empty list`);
  return { lists: lists.build(), names: [...lists.names], entries: lists.entries };
}
