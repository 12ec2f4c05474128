/** The section `http`: the listener for `/metrics` and `/healthz`. */
import { isDeepStrictEqual } from 'node:util';
import type { ConfigChange, ConfigSection } from './section.ts';

export const HTTP: ConfigSection = {
  name: 'http',
  diff(before, after): ConfigChange[] {
    if (isDeepStrictEqual(before.http, after.http)) return [];
    const type = before.http === undefined ? 'added' : after.http === undefined ? 'removed' : 'changed';
    return [{ section: 'http', subject: '', type, keys: [], effects: ['listener'] }];
  },
  async apply({ before, after, running: { listeners }, undo }) {
    undo(() => listeners.setHttp(before.http));
    await listeners.setHttp(after.http);
  },
};
