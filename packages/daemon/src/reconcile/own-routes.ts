/** The sections `routes`, `aggregates`, `conditions` and `damping`. They are put into effect together, as routes and aggregates name conditions. */
import { isDeepStrictEqual } from 'node:util';
import { changedItems } from './differ.ts';
import type { ConfigChange, ConfigSection } from './section.ts';

export const OWN_ROUTES: ConfigSection = {
  name: 'routes',
  diff({ own: before }, { own: after }): ConfigChange[] {
    const damping: ConfigChange = {
      section: 'damping',
      subject: '',
      type: 'changed',
      keys: [],
      effects: ['nothing'],
      note: 'from the next session of each neighbor on',
    };
    return [
      ...changedItems(before.routes, after.routes, ({ prefix }) => prefix, { section: 'routes', effects: ['routes'] }),
      ...changedItems(before.aggregates, after.aggregates, ({ prefix }) => prefix, { section: 'aggregates', effects: ['routes'] }),
      ...changedItems(before.conditions, after.conditions, ({ name }) => name, { section: 'conditions', effects: ['routes'] }),
      ...(isDeepStrictEqual(before.damping, after.damping) ? [] : [damping]),
    ];
  },
  apply({ before, after, running: { speaker }, undo }) {
    undo(() => speaker.configure(before.own));
    speaker.configure(after.own);
  },
};
