/** The shared logic vectors beside the repository. They may be absent: tests that need them then skip and say why. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const FOLDER: string = fileURLToPath(new URL('../../../../shared/conformance/logic/', import.meta.url));

export interface LogicVectors<V, S> {
  readonly vectors: readonly V[];
  readonly sets: S;
  /** The reason, as the option `skip` of a test wants it. */
  readonly skip: string | false;
}

/** The vectors of a file, e.g. `policy`. */
export function logicVectors<V, S = unknown>(name: string): LogicVectors<V, S> {
  const file = `${FOLDER}${name}.json`;
  if (!existsSync(file)) return { vectors: [], sets: {} as S, skip: `SKIP shared: no ${name}.json` };
  const { vectors, sets } = JSON.parse(readFileSync(file, 'utf8')) as { vectors: V[]; sets?: S };
  return { vectors, sets: sets ?? ({} as S), skip: false };
}
