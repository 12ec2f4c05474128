/** Changes of the configuration in words, for the log, `--diff` and the command line. */
import type { ConfigChange, Effect } from './change.ts';

/** What each effect means to an operator. docs/configuration.md has the same words. */
export const EFFECT_WORDS: Readonly<Record<Effect, string>> = {
  nothing: 'no session and no route is touched',
  import: 'its routes are judged again',
  export: 'it is sent the difference',
  stream: 'it is sent the difference',
  session: 'its session is reset',
  routes: 'own routes change',
  decision: 'prefixes with several paths are decided again',
  validation: 'routes that the data concern are judged again',
  listener: 'listeners change',
  process: 'its program changes',
  restart: 'needs a restart',
};

/** For example `neighbors 192.0.2.1: hold-time changed: its session is reset`. */
export function describeChange({ section, subject, type, keys, effects, note }: ConfigChange): string {
  const what = [section, subject].filter((part) => part !== '').join(' ');
  const changed = keys.length === 0 ? `${what} ${type}` : `${what}: ${keys.join(', ')} ${type}`;
  const effect = effectOf(section, type, effects);
  return `${changed}${effect === '' ? '' : `: ${effect}`}${note === undefined ? '' : ` (${note})`}`;
}

/** For example `3 changes, 1 session reset, 2 refreshed`. */
export function summarizeChanges(changes: readonly ConfigChange[]): string {
  if (changes.length === 0) return 'nothing differs';
  const resets = changes.filter(
    (change) => change.section === 'neighbors' && change.type === 'changed' && change.effects.includes('session'),
  );
  const refreshes = changes.filter(({ effects }) => effects.some((effect) => REFRESHING.has(effect)));
  const counts = [
    `${changes.length} change${changes.length === 1 ? '' : 's'}`,
    resets.length === 0 ? 'no session is reset' : `${resets.length} session${resets.length === 1 ? ' is' : 's are'} reset`,
    ...(refreshes.length === 0 ? [] : [`${refreshes.length} ${refreshes.length === 1 ? 'is' : 'are'} refreshed`]),
  ];
  return counts.join(', ');
}

const REFRESHING: ReadonlySet<Effect> = new Set(['import', 'export', 'stream']);

function effectOf(section: string, type: ConfigChange['type'], effects: readonly Effect[]): string {
  if (section === 'processes')
    return { added: 'it is started', removed: 'it is ended, its routes are withdrawn', changed: 'it is started anew' }[type];
  if (section === 'neighbors' && type !== 'changed') return type === 'added' ? 'a session is started' : 'its session ends';
  return [...new Set(effects.map((effect) => EFFECT_WORDS[effect]))].join(', ');
}
