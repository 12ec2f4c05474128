/** The section `log`. */
import { changedFields } from './differ.ts';
import type { ConfigChange, ConfigSection } from './section.ts';

export const LOG: ConfigSection = {
  name: 'log',
  diff(before, after): ConfigChange[] {
    const keys = changedFields(before.log, after.log, { level: 'level', format: 'format' });
    return keys.length === 0 ? [] : [{ section: 'log', subject: '', type: 'changed', keys, effects: ['nothing'] }];
  },
  async apply({ before, after, running: { log }, undo }) {
    undo(() => log.configure(before.log));
    await log.configure(after.log);
  },
};
