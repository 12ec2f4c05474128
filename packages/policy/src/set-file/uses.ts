/**
 * Sets of a configuration that are in files:
 *
 *     sets:
 *       prefixes:
 *         as64501: { file: irr/as64501.json }
 *         as64502: { file: irr/members.txt, list: AS64502 }
 *       as-numbers:
 *         as64501-origins: { file: irr/as64501-origins.txt }
 */
import { formatPath, type Path, type Problem, Problems } from '../config/problems.ts';
import { asMapping, type Mapping, readMapping } from '../config/values.ts';
import { ALL_LISTS, type FileSetKind, type FileSetKinds } from './lists.ts';

/** A set that is in a file. */
export interface SetFileUse {
  readonly kind: FileSetKind;
  /** Of the set. */
  readonly name: string;
  /** As it is written. */
  readonly file: string;
  /** The list in the file; '' for all of them. */
  readonly list: string;
}

/** A list of a file, or what keeps it from being used. */
export type FoundList<K extends FileSetKind> =
  | {
      readonly type: 'set';
      readonly set: FileSetKinds[K] /** Why it is that of an older version of the file. */;
      readonly kept?: string | undefined;
    }
  | { readonly type: 'fault'; readonly sentence: string; readonly allowed: string };

/** Finds the lists of all these uses. */
export type FindLists = (uses: readonly SetFileUse[]) => (use: SetFileUse) => FoundList<FileSetKind>;

/** The section `sets` with the sets of files in the place of the names of files. */
export interface ResolvedSets {
  readonly sets: unknown;
  readonly uses: readonly SetFileUse[];
  readonly problems: readonly Problem[];
  /** Sets that are older than their files, because these have a mistake. */
  readonly kept: readonly { readonly steps: Path; readonly path: string; readonly text: string }[];
}

const KINDS: readonly FileSetKind[] = ['prefixes', 'as-numbers'];
const EXAMPLE = 'as64501: { file: irr/as64501.json }';

/** Never throws for what is in the section. Sets that cannot be read are left out. */
export function resolveSets(sets: unknown, find: FindLists): ResolvedSets {
  const section = asMapping(sets);
  if (section === undefined) return { sets, uses: [], problems: [], kept: [] };
  const problems = new Problems();
  const uses = KINDS.flatMap((kind) => usesOf(kind, section[kind], problems));
  const found = find(uses);
  const resolved: Record<string, Record<string, unknown>> = {};
  const kept: { readonly steps: Path; readonly path: string; readonly text: string }[] = [];
  for (const use of uses) {
    const list = found(use);
    const steps = ['sets', use.kind, use.name];
    resolved[use.kind] ??= { ...asMapping(section[use.kind]) };
    if (list.type === 'set') resolved[use.kind]![use.name] = list.set;
    else {
      // What names the set is no second mistake.
      resolved[use.kind]![use.name] = [];
      problems.add('unreadable-file', [...steps, 'file'], list.sentence, { allowed: list.allowed, example: '' });
    }
    if (list.type === 'set' && list.kept !== undefined) kept.push({ steps, path: formatPath(steps), text: list.kept });
  }
  return { sets: { ...section, ...resolved }, uses, problems: problems.list, kept };
}

function usesOf(kind: FileSetKind, named: unknown, problems: Problems): SetFileUse[] {
  return Object.entries(asMapping(named) ?? {}).flatMap(([name, value]) => {
    const mapping = asMapping(value);
    return mapping === undefined || !isWritten(mapping) ? [] : useOf(kind, name, mapping, problems);
  });
}

/** A set that was read already is an object with methods, and no mapping of a file. */
function isWritten(mapping: Mapping): boolean {
  const prototype: unknown = Object.getPrototypeOf(mapping);
  return prototype === null || prototype === Object.prototype;
}

function useOf(kind: FileSetKind, name: string, mapping: Mapping, problems: Problems): SetFileUse[] {
  const path = ['sets', kind, name];
  const before = problems.list.length;
  const texts = { file: '', list: ALL_LISTS };
  const text =
    (key: keyof typeof texts, allowed: string) =>
    (value: unknown, at: Path): void => {
      if (typeof value === 'string' && value !== '') texts[key] = value;
      else if (typeof value === 'number') texts[key] = String(value);
      else problems.invalid(at, value, { allowed, example: EXAMPLE });
    };
  const readers = { file: text('file', 'the name of a file'), list: text('list', 'the name of a list in the file') };
  readMapping(problems, mapping, path, readers, EXAMPLE);
  if (!Object.hasOwn(mapping, 'file')) {
    problems.add('missing-key', path, 'a mapping without "file"', {
      allowed: 'a list of entries, or the name of a file',
      example: EXAMPLE,
    });
  }
  return problems.list.length > before ? [] : [{ kind, name, ...texts }];
}
