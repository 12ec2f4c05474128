/** The section `mrt`: files are written to other places or at other times from now on. */
import { isDeepStrictEqual } from 'node:util';
import { changedFields } from './differ.ts';
import type { ConfigChange, ConfigSection } from './section.ts';

export const MRT: ConfigSection = {
  name: 'mrt',
  diff({ mrt: before }, { mrt: after }): ConfigChange[] {
    return [
      ...changes('tables', before.tables, after.tables, { file: 'file', everyMinutes: 'every', keep: 'keep' }),
      ...changes('messages', before.messages, after.messages, { file: 'file', rotateMinutes: 'rotate', keep: 'keep' }),
    ];
  },
  apply({ before, after, running: { mrt }, undo }) {
    undo(() => mrt.set(before.mrt));
    mrt.set(after.mrt);
  },
};

function changes<T extends object>(
  subject: string,
  before: T | undefined,
  after: T | undefined,
  names: { readonly [Field in keyof T]-?: string },
): ConfigChange[] {
  if (isDeepStrictEqual(before, after)) return [];
  const words = { section: 'mrt', subject, effects: ['nothing'] } as const;
  if (before === undefined || after === undefined) return [{ ...words, type: before === undefined ? 'added' : 'removed', keys: [] }];
  return [{ ...words, type: 'changed', keys: changedFields(before, after, names) }];
}
