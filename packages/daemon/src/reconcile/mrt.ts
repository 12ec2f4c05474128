/** The section `mrt`: files are written to other places or at other times from now on. */
import { isDeepStrictEqual } from 'node:util';
import { changedFields } from './differ.ts';
import type { ConfigChange, ConfigSection } from './section.ts';

export const MRT: ConfigSection = {
  name: 'mrt',
  diff({ mrt: before }, { mrt: after }): ConfigChange[] {
    if (isDeepStrictEqual(before, after)) return [];
    const words = { section: 'mrt', subject: 'tables', effects: ['nothing'] } as const;
    if (before.tables === undefined || after.tables === undefined) {
      return [{ ...words, type: before.tables === undefined ? 'added' : 'removed', keys: [] }];
    }
    const keys = changedFields(before.tables, after.tables, { file: 'file', everyMinutes: 'every', keep: 'keep' });
    return [{ ...words, type: 'changed', keys }];
  },
  apply({ before, after, running: { mrt }, undo }) {
    undo(() => mrt.set(before.mrt));
    mrt.set(after.mrt);
  },
};
