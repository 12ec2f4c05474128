/** Writes the tables of keys in docs/configuration.md. Part of `npm run proto`; packages/daemon/src/config/docs.test.ts compares. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { allKeys, referenceRow } from '../packages/daemon/test/config/reference.ts';

const FILE = join(import.meta.dirname, '../docs/configuration.md');
/** A section up to the rows of its table, and the rows. */
const TABLE = /(\n## (\w+)\n(?:(?!\n## )[\s\S])*?\|(?:---\|)+\n)((?:\| `.*\n)+)/g;

export function writeConfigReference(): void {
  const keys = allKeys();
  const text = readFileSync(FILE, 'utf8').replaceAll(TABLE, (_, before: string, section: string) => {
    const rows = keys.filter(({ path }) => path.split(/[.[]/)[0] === section).map((key) => `${referenceRow(key)}\n`);
    return before + rows.join('');
  });
  writeFileSync(FILE, text);
}
