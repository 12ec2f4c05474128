/**
 * Files of sets, and what of them is in use.
 *
 *     generation   what a file held when it was read without a mistake; all its lists together
 *     version      of a file: when it was written, how large it is. The same version is not read again
 *
 * A generation is taken whole or not at all: where a new version has a mistake, or lacks a list that somebody names, the generation before
 * stays in use. Equal lists are one set.
 */
import { readFileSync, type Stats, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { PrefixSet, PrefixSetPool } from '../prefix/set.ts';
import { SetFileFault } from '../set-file/fault.ts';
import { ENTRY_ALLOWED, type FileSetKind, type FileSetKinds } from '../set-file/lists.ts';
import { readSetFile } from '../set-file/read.ts';
import { type FindLists, type FoundList, type ResolvedSets, resolveSets, type SetFileUse } from '../set-file/uses.ts';

/** 3,000,000 prefixes, written plainly, are 60 MB. */
export const SET_FILE_BYTES_MAX: number = 256 * 1024 * 1024;

/** A file of sets, for people. */
export interface SetFileState {
  /** Absolute. */
  readonly path: string;
  readonly kind: FileSetKind;
  /** 1 for the first that was read; 0 where none was. */
  readonly generation: number;
  /** When the generation was read, and when its file was written. */
  readonly readAt: Date | undefined;
  readonly writtenAt: Date | undefined;
  /** Entries of all lists of the file. */
  readonly entries: number;
  /** Why the newest version is not in use; undefined where it is. */
  readonly fault: { readonly text: string; readonly at: Date } | undefined;
  /** Versions that could not be used since the start. */
  readonly faults: number;
}

interface Fault {
  readonly sentence: string;
  readonly allowed: string;
  readonly at: Date;
}

/** One file, read as sets of one kind. */
class HeldFile {
  readonly path: string;
  readonly kind: FileSetKind;
  generation = 0;
  readAt: Date | undefined;
  writtenAt: Date | undefined;
  entries = 0;
  lists: ReadonlyMap<string, FileSetKinds[FileSetKind]> = new Map();
  fault: Fault | undefined;
  faults = 0;
  /** What was looked at last, used or not. */
  #version = '';
  #versionInUse = '';
  /** Names the file in messages. */
  #shown = '';
  #wanted: readonly string[] = [];

  constructor(path: string, kind: FileSetKind) {
    this.path = path;
    this.kind = kind;
  }

  /** Reads the file where it is another than before, or where other lists are wanted. */
  look(pool: PrefixSetPool, shown: string = this.#shown, wanted: readonly string[] = this.#wanted): void {
    this.#shown = shown;
    try {
      const stats = statSync(this.path);
      const version = versionOf(stats);
      const isKnown = version === this.#version && wanted.every((list) => this.#wanted.includes(list));
      if (isKnown) return;
      this.#version = version;
      this.#wanted = wanted;
      this.#read(stats, wanted, pool);
      this.fault = undefined;
    } catch (error) {
      const isNews = this.fault === undefined;
      this.fault = { ...faultOf(error, shown, this.kind), at: new Date() };
      if (isNews || this.#version !== '') this.faults++;
      // What is not there has no version: it is looked for again.
      if (!(error instanceof SetFileFault)) this.#version = '';
    }
  }

  #read(stats: Stats, wanted: readonly string[], pool: PrefixSetPool): void {
    // A pipe or a device might never end.
    if (!stats.isFile()) throw new SetFileFault(0, 'no regular file', `a file with ${ENTRY_ALLOWED[this.kind]}`);
    if (stats.size > SET_FILE_BYTES_MAX) throw new SetFileFault(0, `${stats.size} octets`, `at most ${SET_FILE_BYTES_MAX}`);
    const text = readFileSync(this.path, 'latin1');
    if (versionOf(statSync(this.path)) !== versionOf(stats))
      throw new SetFileFault(0, 'a file that is being written', 'a file that is complete');
    const file = readSetFile(text, this.kind, wanted);
    const missing = wanted.find((list) => !file.lists.has(list));
    if (missing !== undefined) {
      const names = file.names.length > NAMES_SHOWN_MAX ? [...file.names.slice(0, NAMES_SHOWN_MAX), '…'] : file.names;
      throw new SetFileFault(
        0,
        `no list ${JSON.stringify(missing)}`,
        names.length === 0 ? 'no list: this file has none' : names.join(', '),
      );
    }
    this.lists = new Map(Array.from(file.lists, ([list, set]) => [list, set instanceof PrefixSet ? pool.intern(set) : set]));
    this.entries = file.entries;
    // Another list of the version in use is no new generation.
    if (versionOf(stats) !== this.#versionInUse) this.generation++;
    this.#versionInUse = versionOf(stats);
    this.readAt = new Date();
    this.writtenAt = stats.mtime;
  }

  list(name: string): FoundList<FileSetKind> {
    const set = this.lists.get(name);
    const { fault } = this;
    if (set !== undefined)
      return { type: 'set', set, kept: fault && `${fault.sentence}; the version of ${this.readAt!.toISOString()} stays in use` };
    return { type: 'fault', sentence: fault?.sentence ?? `no list ${JSON.stringify(name)}`, allowed: fault?.allowed ?? '' };
  }

  get state(): SetFileState {
    const { path, kind, generation, readAt, writtenAt, entries, fault, faults } = this;
    return { path, kind, generation, readAt, writtenAt, entries, faults, fault: fault && { text: fault.sentence, at: fault.at } };
  }
}

const NAMES_SHOWN_MAX = 10;
/** How long files are read before others have their turn. */
const SLICE_MS = 8;

/** The files that a configuration names. */
export class SetFiles {
  #held: Map<string, HeldFile> = new Map();
  readonly #folder: string;

  /** `folder` is where relative names begin. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /**
   * The same files, for a configuration that may be refused: what `resolve` of the copy looks for or forgets does not concern this one. What was
   * read is shared.
   */
  fork(): SetFiles {
    const copy = new SetFiles(this.#folder);
    copy.#held = new Map(this.#held);
    return copy;
  }

  /** The section `sets` with the lists of its files as they are now. Files that it does not name are forgotten. */
  resolve(sets: unknown): ResolvedSets {
    return resolveSets(sets, this.#find);
  }

  /** Looks at all files again, with pauses: seven hundred lists take half a second. `resolve` then finds them read. */
  async refresh(): Promise<void> {
    const pool = this.#pool();
    let began = performance.now();
    for (const file of this.#held.values()) {
      file.look(pool);
      if (performance.now() - began < SLICE_MS) continue;
      await setImmediate();
      began = performance.now();
    }
  }

  /** Of the files that the last section named. */
  get states(): SetFileState[] {
    return Array.from(this.#held.values(), (held) => held.state);
  }

  /** Where a file is. */
  pathOf(file: string): string {
    return resolve(this.#folder, file);
  }

  /** The state of the file of a set. */
  stateOf({ kind, file }: SetFileUse): SetFileState | undefined {
    return this.#held.get(this.#keyOf(kind, file))?.state;
  }

  readonly #find: FindLists = (uses) => {
    const wanted = new Map<string, { readonly use: SetFileUse; readonly lists: Set<string> }>();
    for (const use of uses) {
      const key = this.#keyOf(use.kind, use.file);
      const entry = wanted.get(key) ?? { use, lists: new Set<string>() };
      wanted.set(key, entry);
      entry.lists.add(use.list);
    }
    const held = new Map<string, HeldFile>();
    const pool = this.#pool();
    for (const [key, { use, lists }] of wanted) {
      const file = this.#held.get(key) ?? new HeldFile(this.pathOf(use.file), use.kind);
      file.look(pool, use.file, [...lists]);
      held.set(key, file);
    }
    this.#held = held;
    return ({ kind, file, list }) => held.get(this.#keyOf(kind, file))!.list(list);
  };

  /** The sets in use, so that a new one that is equal to one of them is that one. Older ones are forgotten with the pool. */
  #pool(): PrefixSetPool {
    const pool = new PrefixSetPool();
    for (const { lists } of this.#held.values()) for (const set of lists.values()) if (set instanceof PrefixSet) pool.intern(set);
    return pool;
  }

  #keyOf(kind: FileSetKind, file: string): string {
    return `${kind} ${this.pathOf(file)}`;
  }
}

function versionOf({ mtimeMs, ctimeMs, size, ino }: Stats): string {
  return `${mtimeMs} ${ctimeMs} ${size} ${ino}`;
}

function faultOf(error: unknown, shown: string, kind: FileSetKind): Omit<Fault, 'at'> {
  if (error instanceof SetFileFault) {
    return { sentence: `in ${shown}${error.line === 0 ? '' : `:${error.line}`}: ${error.found}`, allowed: error.allowed };
  }
  const { code, message } = error as NodeJS.ErrnoException;
  const reasons: Readonly<Record<string, string>> = { ENOENT: 'no such file', EACCES: 'no permission to read it', EISDIR: 'a folder' };
  return { sentence: `${shown}: ${reasons[code ?? ''] ?? message}`, allowed: `a file with ${ENTRY_ALLOWED[kind]}` };
}
