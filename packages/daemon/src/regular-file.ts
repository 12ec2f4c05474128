/** Files that somebody names in a configuration. A pipe or a device might never end, and the daemon would wait for it with everything else. */
import { readFileSync, statSync } from 'node:fs';

export type FileContent = { readonly octets: Buffer; readonly fault?: undefined } | { readonly octets?: undefined; readonly fault: string };

/** The octets of a regular file, or what is wrong with it, as the end of a sentence: `is no regular file`. No fault has a part of the content. */
export function readRegularFile(path: string, octetsMax: number): FileContent {
  try {
    const stat = statSync(path);
    if (!stat.isFile()) return { fault: 'is no regular file' };
    if (stat.size > octetsMax) return { fault: `has ${stat.size} octets, more than ${octetsMax}` };
    return { octets: readFileSync(path) };
  } catch (error) {
    return { fault: `cannot be read: ${(error as NodeJS.ErrnoException).code ?? 'error'}` };
  }
}
