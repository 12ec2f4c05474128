/** Tells versions of a policy file apart. */
import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { readRegularFile } from '../regular-file.ts';

/** Far more than anybody writes. */
const SCRIPT_OCTETS_MAX = 16 << 20;

/** Of the octets of a file, by its address; undefined where it is none that can be read. */
export function hashOfScript(url: string): string | undefined {
  const { octets } = readRegularFile(fileURLToPath(url), SCRIPT_OCTETS_MAX);
  return octets && createHash('sha256').update(octets).digest('base64');
}
