/** Tells versions of a policy file apart. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Of the octets of a file, by its address; undefined where it cannot be read. */
export function hashOfScript(url: string): string | undefined {
  try {
    return createHash('sha256')
      .update(readFileSync(fileURLToPath(url)))
      .digest('base64');
  } catch {
    return undefined; // loading it says why
  }
}
