/**
 * From one configuration to another while the daemon runs.
 *
 *     1. Each section says what differs.
 *     2. Each section with a difference checks the new values. Nothing has changed so far.
 *     3. Each section with a difference is applied, in their order. When one fails, all steps so far are undone, the last one first.
 */
import type { DaemonConfig } from '../config/load.ts';
import type { ConfigChange, Running } from './section.ts';
import { SECTIONS } from './sections.ts';

/** What differs, section by section. Empty: nothing. */
export function diffConfig(before: DaemonConfig, after: DaemonConfig): ConfigChange[] {
  return SECTIONS.flatMap((section) => section.diff(before, after));
}

/** Resolves with what was changed. Rejects with the error of the section that failed; then `before` is in effect as if nothing had been tried. */
export async function reconcile(before: DaemonConfig, after: DaemonConfig, running: Running): Promise<ConfigChange[]> {
  const concerned = SECTIONS.map((section) => ({ section, changes: section.diff(before, after) })).filter(
    ({ changes }) => changes.length > 0,
  );
  for (const { section, changes } of concerned) section.check?.({ before, after, changes, running });
  const undos: (() => void | Promise<void>)[] = [];
  const undo = (action: () => void | Promise<void>): void => void undos.push(action);
  try {
    for (const { section, changes } of concerned) await section.apply({ before, after, changes, running, undo });
  } catch (error) {
    for (const action of undos.toReversed()) await undone(action, running);
    throw error;
  }
  return concerned.flatMap(({ changes }) => changes);
}

/** A step that cannot be taken back is a bug or a listener that another process took meanwhile. The other steps are taken back all the same. */
async function undone(action: () => void | Promise<void>, { log }: Running): Promise<void> {
  try {
    await action();
  } catch (error) {
    log.error({ err: error }, 'a change of configuration could not be taken back');
  }
}
