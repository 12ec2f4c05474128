/** `global.decision`: what counts in the decision process. Sessions stay; neighbors are sent what differs. */
import { isDeepStrictEqual } from 'node:util';
import type { ConfigSection } from './section.ts';

export const DECISION: ConfigSection = {
  name: 'global',
  diff({ global: { decision: before } }, { global: { decision: after } }) {
    return isDeepStrictEqual(before, after)
      ? []
      : [{ section: 'global', subject: '', type: 'changed', keys: ['decision'], effects: ['decision'] }];
  },
  apply({ before, after, running: { speaker }, undo }) {
    undo(() => speaker.changeDecision(before.global.decision));
    speaker.changeDecision(after.global.decision);
  },
};
