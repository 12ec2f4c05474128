/** The section `global` without its listeners and without `decision`: who we are. Sessions and routes are built on it, so that a change needs a restart. */
import { isDeepStrictEqual } from 'node:util';
import type { DaemonConfig } from '../config/load.ts';
import { ControlError } from '../control-plane.ts';
import type { ConfigChange, ConfigSection } from './section.ts';

/** The keys and their values. */
const KEYS: Readonly<Record<string, (config: DaemonConfig) => unknown>> = {
  as: ({ global }) => global.as,
  'router-id': ({ global }) => global.routerId,
  'cluster-id': ({ global }) => global.clusterId,
  confederation: ({ global }) => global.confederation,
};

/** Keys that matter only when the daemon starts. */
const AT_START: Readonly<Record<string, (config: DaemonConfig) => unknown>> = {
  'update-delay': ({ own }) => own.updateDelaySeconds,
  'restart-deferral': ({ global }) => global.restartDeferralSeconds,
  'restart-file': ({ global }) => global.restartFile,
};

export const GLOBAL: ConfigSection = {
  name: 'global',
  diff(before, after): ConfigChange[] {
    const changed = Object.keys(KEYS).filter((key) => !isDeepStrictEqual(KEYS[key]!(before), KEYS[key]!(after)));
    const fixed = changed.map(
      (key): ConfigChange => ({ section: 'global', subject: '', type: 'changed', keys: [key], effects: ['restart'] }),
    );
    const note = 'from the next start on';
    const later = Object.keys(AT_START).filter((key) => AT_START[key]!(before) !== AT_START[key]!(after));
    return [
      ...fixed,
      ...later.map((key): ConfigChange => ({ section: 'global', subject: '', type: 'changed', keys: [key], effects: ['nothing'], note })),
    ];
  },
  check({ changes }) {
    const fixed = changes.filter(({ effects }) => effects.includes('restart')).flatMap(({ keys }) => keys);
    if (fixed.length === 0) return;
    const names = fixed.map((key) => `global.${key}`).join(', ');
    throw new ControlError(
      'failed-precondition',
      `global.${fixed[0]!}`,
      `${names} cannot change while the daemon runs: every session and route depends on it. Write the file and restart tsbgpd, or leave it as it is`,
    );
  },
  apply: () => undefined,
};
