import type { Configuration } from '../configuration.ts';
import { ControlError } from '../control-error.ts';

/** Gives a place of the daemon's file another value; undefined deletes it. Rejects with ControlError. */
export async function editFile(configuration: Configuration | undefined, place: readonly string[], value: unknown): Promise<void> {
  if (configuration === undefined) throw new ControlError('failed-precondition', '', 'the daemon has no configuration file to write it to');
  await configuration.editPlace(place, value);
}

/** What the file says at a place, as JSON; undefined: nothing. */
export function writtenAt(configuration: Configuration | undefined, place: readonly string[]): unknown {
  if (configuration === undefined) return undefined;
  let found: unknown = JSON.parse(configuration.current({ json: true }).text);
  for (const key of place) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, key)) return undefined;
    found = (found as Readonly<Record<string, unknown>>)[key];
  }
  return found;
}
