/**
 * Writes packages/cli/src/gen/neighbor-keys.ts, what the command line knows about the keys of a neighbor, from the daemon's rows. Part of
 * `npm run proto`. The result is committed; test/neighbor-keys.test.ts compares.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { apiField } from '../packages/daemon/src/keys/neighbor-api.ts';
import type { NeighborKey } from '../packages/daemon/src/keys/neighbor-key.ts';
import { NEIGHBOR_KEYS } from '../packages/daemon/src/keys/neighbor-keys.ts';

const FILE = join(import.meta.dirname, '../packages/cli/src/gen/neighbor-keys.ts');

export function writeNeighborKeys(): void {
  writeFileSync(FILE, neighborKeysModule());
}

export function neighborKeysModule(): string {
  const rows = Object.entries<NeighborKey<unknown>>(NEIGHBOR_KEYS).map(([name, row]) => `  ${JSON.stringify(described(name, row))},\n`);
  return `// Written by \`npm run proto\` from packages/daemon/src/keys/neighbor-keys.ts.

/** The keys of a neighbor in the order of docs/configuration.md. */
export const NEIGHBOR_KEYS = [
${rows.join('')}] as const;
`;
}

function described(name: string, { key, value, default: standard, sets, option }: NeighborKey<unknown>): object {
  const item = value.kind === 'list' ? value.item : value;
  const example = Number(value.words.example.split(': ')[1]);
  return {
    name,
    key,
    // Field of tsbgp.v1.NeighborConfig, as JavaScript spells it.
    ...(sets === undefined ? { message: apiField(name).replaceAll(/_(.)/g, (_, letter: string) => letter.toUpperCase()) } : { sets }),
    ...(item.kind === 'field' ? item.shape : {}),
    ...(value.kind === 'list' ? { list: true } : {}),
    ...(typeof standard === 'function' || standard === undefined ? {} : { default: standard }),
    ...(item.kind === 'field' && item.shape.type === 'integer' ? { example: standard ?? example } : {}),
    ...(option === undefined ? {} : { option }),
  };
}
