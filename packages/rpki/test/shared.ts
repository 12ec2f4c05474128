/** The folder of shared conformance data beside the repository. It may be absent: tests that need it then skip and say why. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const FOLDER = fileURLToPath(new URL('../../../../shared/conformance/', import.meta.url));

/** The JSON of a file in it, or the sentence with which to skip. */
export function loadShared<T>(path: string): T | string {
  return existsSync(FOLDER + path) ? (JSON.parse(readFileSync(FOLDER + path, 'utf8')) as T) : `no conformance data at ${FOLDER}${path}`;
}

/** The octets of a file in it, or undefined. */
export function sharedOctets(path: string): Uint8Array | undefined {
  return existsSync(FOLDER + path) ? readFileSync(FOLDER + path) : undefined;
}
