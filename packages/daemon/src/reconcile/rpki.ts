/** The section `rpki`: a cache that stays keeps its connection and its data, and no BGP session is touched. */
import { isDeepStrictEqual } from 'node:util';
import { changedItems } from './differ.ts';
import type { ConfigChange, ConfigSection } from './section.ts';

export const RPKI: ConfigSection = {
  name: 'rpki',
  diff({ rpki: before }, { rpki: after }): ConfigChange[] {
    const words = { section: 'rpki', effects: ['validation'] } as const;
    const paths = (of: 'files' | 'slurm', what: string): ConfigChange[] =>
      changedItems(before[of], after[of], (path) => `${what} ${path}`, words);
    const wait: ConfigChange = {
      section: 'rpki',
      subject: '',
      type: 'changed',
      keys: ['wait'],
      effects: ['nothing'],
      note: 'from the next start on',
    };
    return [
      ...changedItems(before.caches, after.caches, ({ name }) => `cache ${name}`, words),
      ...paths('files', 'file'),
      ...paths('slurm', 'SLURM file'),
      ...(isDeepStrictEqual(before.waitSeconds, after.waitSeconds) ? [] : [wait]),
    ];
  },
  apply({ before, after, running: { speaker }, undo }) {
    undo(() => speaker.configureRpki(before.rpki));
    speaker.configureRpki(after.rpki);
  },
};
