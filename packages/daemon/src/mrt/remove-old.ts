/** Rotation of files. */
import { readdir, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { matchesPattern } from '../keys/file-pattern.ts';

/** Removes what the pattern has made beyond `keep` files: the newest one, and those that were changed last. 0: nothing is removed. */
export async function removeOld({ file, keep }: { readonly file: string; readonly keep: number }, newest: string): Promise<void> {
  if (keep === 0) return;
  const folder = dirname(file);
  const names = (await readdir(folder)).filter((name) => matchesPattern(file, name) && name !== basename(newest));
  const dated = await Promise.all(names.map(async (name) => ({ name, at: (await stat(join(folder, name))).mtimeMs })));
  dated.sort((a, b) => b.at - a.at);
  for (const { name } of dated.slice(keep - 1)) await unlink(join(folder, name));
}
