/** Comparisons that several sections use. */
import { isDeepStrictEqual } from 'node:util';
import type { ConfigChange } from './section.ts';

/** The keys whose values differ. `keys` has the key of each field. */
export function changedFields<T extends object>(before: T, after: T, keys: { readonly [Field in keyof T]-?: string }): string[] {
  const fields = Object.keys(keys) as (keyof T)[];
  return fields.filter((field) => !isDeepStrictEqual(before[field], after[field])).map((field) => keys[field]);
}

/** Compares lists whose items have a name. `words` are what all changes have in common. */
export function changedItems<T>(
  before: readonly T[],
  after: readonly T[],
  nameOf: (item: T) => string,
  words: Pick<ConfigChange, 'section' | 'effects' | 'note'>,
): ConfigChange[] {
  const old = new Map(before.map((item) => [nameOf(item), item]));
  const wanted = new Map(after.map((item) => [nameOf(item), item]));
  const change = (subject: string, type: ConfigChange['type']): ConfigChange => ({ ...words, subject, type, keys: [] });
  return [
    ...[...old.keys()].filter((name) => !wanted.has(name)).map((name) => change(name, 'removed')),
    ...[...wanted].flatMap(([name, item]) => {
      if (!old.has(name)) return [change(name, 'added')];
      return isDeepStrictEqual(old.get(name), item) ? [] : [change(name, 'changed')];
    }),
  ];
}
