/**
 * Lists of one file, as sets. A file of an exchange may hold the lists of many members, under their names; somebody who names no list gets
 * the entries of all.
 */
import { AsSet, parseAsRange } from '../as-path/as-set.ts';
import { PREFIX_ENTRY_ALLOWED } from '../prefix/entry.ts';
import { type PrefixSet, PrefixSetBuilder } from '../prefix/set.ts';

/** What sets of each kind that files can hold are. */
export interface FileSetKinds {
  readonly prefixes: PrefixSet;
  readonly 'as-numbers': AsSet;
}

/** Kinds of sets that files can hold. */
export type FileSetKind = keyof FileSetKinds;

/** The name of all lists of a file together. */
export const ALL_LISTS = '';

/** Entries of one list, before they are a set. */
interface Draft<S> {
  /** What is wrong with the text; undefined when it was added. */
  add(text: string): string | undefined;
  build(): S;
}

class PrefixDraft implements Draft<PrefixSet> {
  readonly #builder = new PrefixSetBuilder();

  add(text: string): string | undefined {
    return this.#builder.addText(text);
  }

  build(): PrefixSet {
    return this.#builder.build();
  }
}

class AsDraft implements Draft<AsSet> {
  readonly #ranges: (readonly [number, number])[] = [];

  add(text: string): string | undefined {
    const range = parseAsRange(/^as\d/i.test(text) ? text.slice(2) : text);
    if (range === undefined) return `"${text}" is not an AS number`;
    this.#ranges.push(range);
    return undefined;
  }

  build(): AsSet {
    return new AsSet(this.#ranges);
  }
}

const DRAFTS: { readonly [K in FileSetKind]: () => Draft<FileSetKinds[K]> } = {
  prefixes: () => new PrefixDraft(),
  'as-numbers': () => new AsDraft(),
};

/** How entries of a kind are written. */
export const ENTRY_ALLOWED: Readonly<Record<FileSetKind, string>> = {
  prefixes: PREFIX_ENTRY_ALLOWED,
  'as-numbers': 'AS numbers and ranges, e.g. 64501, AS64501, 64512-65534',
};

/** Takes the entries of a file, each under the name of its list. Keeps those lists that somebody asked for. */
export class FileLists<K extends FileSetKind> {
  readonly kind: K;
  /** Names of all lists of the file, in its order. */
  readonly names: Set<string> = new Set();
  /** Entries of all lists, wanted or not. */
  entries = 0;
  readonly #wanted: ReadonlyMap<string, Draft<FileSetKinds[K]>>;
  /** Those that take the entries of the current list. */
  #current: readonly Draft<FileSetKinds[K]>[] = [];
  #name: string = ALL_LISTS;

  constructor(kind: K, wanted: Iterable<string>) {
    this.kind = kind;
    this.#wanted = new Map(Array.from(wanted, (name) => [name, DRAFTS[kind]()]));
    this.#select([ALL_LISTS]);
  }

  /** The entries that follow are of this list. */
  begin(name: string): void {
    if (name === this.#name) return;
    this.#name = name;
    this.names.add(name);
    this.#select([ALL_LISTS, name]);
  }

  /** What is wrong with the text; undefined when it was added. */
  add(text: string): string | undefined {
    this.entries++;
    if (this.#current.length === 0) return undefined;
    let sentence: string | undefined;
    for (const draft of this.#current) sentence = draft.add(text) ?? sentence;
    return sentence;
  }

  /** The lists that were asked for and are there, by name. */
  build(): Map<string, FileSetKinds[K]> {
    const there = [...this.#wanted].filter(([name]) => name === ALL_LISTS || this.names.has(name));
    return new Map(there.map(([name, draft]) => [name, draft.build()]));
  }

  #select(names: readonly string[]): void {
    this.#current = names.flatMap((name) => this.#wanted.get(name) ?? []);
  }
}
