/** Writes the tables of keys in docs/configuration.md, and docs/tsbgpd.schema.json. Part of `npm run proto`; packages/daemon/src/config/docs.test.ts compares. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { configSchema } from '../packages/daemon/src/config/json-schema.ts';
import { allKeys, referenceRow, touchRows } from '../packages/daemon/test/config/reference.ts';

const FILE = join(import.meta.dirname, '../docs/configuration.md');
const SCHEMA_FILE = join(import.meta.dirname, '../docs/tsbgpd.schema.json');
/** A section up to the rows of its table, and the rows. */
const TABLE = /(\n## (\w+)\n(?:(?!\n## )[\s\S])*?\|(?:---\|)+\n)((?:\| `.*\n)+)/g;

/** The head of the table of what changes touch, and its rows. */
const TOUCHED = /(\| what a change touches \| keys of a neighbor \|\n\|---\|---\|\n)((?:\| .*\n)*)/;

export function writeConfigReference(): void {
  const keys = allKeys();
  const text = readFileSync(FILE, 'utf8').replaceAll(TABLE, (_, before: string, section: string) => {
    const rows = keys.filter(({ path }) => path.split(/[.[]/)[0] === section).map((key) => `${referenceRow(key)}\n`);
    return before + rows.join('');
  });
  const touched = text.replace(
    TOUCHED,
    (_, before: string) =>
      before +
      touchRows()
        .map((row) => `${row}\n`)
        .join(''),
  );
  writeFileSync(FILE, touched);
  writeFileSync(SCHEMA_FILE, `${JSON.stringify(configSchema(), undefined, 1)}\n`);
}
