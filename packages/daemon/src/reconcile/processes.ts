/** The section `processes`: a program that stays the same runs on, a changed one is started anew, and the routes of one that is gone are withdrawn. */
import { changedItems } from './differ.ts';
import type { ConfigChange, ConfigSection } from './section.ts';

export const PROCESSES: ConfigSection = {
  name: 'processes',
  diff(before, after): ConfigChange[] {
    return changedItems(before.processes, after.processes, ({ name }) => name, { section: 'processes', effects: ['process'] });
  },
  async apply({ before, after, running: { programs }, undo }) {
    undo(() => programs.set(before.processes));
    await programs.set(after.processes);
  },
};
