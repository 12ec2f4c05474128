/** What a daemon does about its file before it reads it. */
import { Versions } from './versions.ts';
import { writeFileDurably } from './write-file.ts';

/**
 * Rolls back a version that was to be confirmed and was not when the daemon ended. Resolves with a sentence about it, or with undefined where there
 * was none. Rejects where the file cannot be written.
 */
export async function rollBackUnconfirmed(file: string): Promise<string | undefined> {
  const versions = new Versions(file);
  const number = versions.unconfirmed;
  if (number === undefined) return undefined;
  const text = versions.text(number);
  if (text !== undefined) {
    await writeFileDurably(file, text);
    await versions.add(text, `rolled back to version ${number} at the start`);
  }
  await versions.setUnconfirmed(undefined);
  return text === undefined
    ? `${file}: its last version was not confirmed, but version ${number} is not kept any more: it stays`
    : `${file}: its last version was not confirmed when the daemon ended, and was rolled back to version ${number}`;
}
