/** The section `api`: where the API listens. Calls on a listener that closes may end; its connections are closed after them. */
import { changedFields } from './differ.ts';
import type { ConfigChange, ConfigSection } from './section.ts';

const KEYS = {
  unixSocket: 'unix-socket',
  mode: 'mode',
  tcp: 'tcp',
  hosts: 'hosts',
  writeBack: 'write-back',
  access: 'role or tokens',
} as const;

export const API: ConfigSection = {
  name: 'api',
  diff(before, after): ConfigChange[] {
    const keys = changedFields(before.api, after.api, KEYS);
    return keys.length === 0
      ? []
      : [
          {
            section: 'api',
            subject: '',
            type: 'changed',
            keys,
            effects: [keys.every((key) => key !== 'unix-socket' && key !== 'mode' && key !== 'tcp') ? 'nothing' : 'listener'],
          },
        ];
  },
  async apply({ before, after, running: { listeners }, undo }) {
    undo(() => listeners.setApi(before.api));
    await listeners.setApi(after.api);
  },
};
