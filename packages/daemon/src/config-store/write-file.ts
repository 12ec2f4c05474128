/**
 * Writes a file so that whoever reads it, also after a crash or a loss of power, finds the old content or the new one, and never a part of one:
 * a new file is written and synced beside it, then renamed over it, then the folder is synced.
 */
import { type FileHandle, open, realpath, rename, stat, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Resolves when the content is on the disk. The file keeps its permissions and, where the system allows it, its owner. */
export async function writeFileDurably(file: string, text: string): Promise<void> {
  // A symbolic link stays one: what it points to is replaced.
  const target = await realpath(file).catch(() => file);
  const before = await stat(target).catch(() => undefined);
  const temporary = `${target}.new`;
  try {
    const handle = await open(temporary, 'w', before === undefined ? 0o640 : before.mode & 0o7777);
    try {
      if (before !== undefined) await handle.chown(before.uid, before.gid).catch(() => undefined); // only root may
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, target);
  } catch (error) {
    await unlink(temporary).catch(() => undefined); // it may not be there
    throw error;
  }
  await syncFolder(dirname(target));
}

/** Makes the names in a folder durable. */
export async function syncFolder(folder: string): Promise<void> {
  const handle: FileHandle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
