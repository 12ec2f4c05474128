/** Writes the table of tiers in docs/security.md. Part of `npm run proto`; packages/daemon/src/api-server/access.test.ts compares. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { accessRows } from '../packages/daemon/test/api-server/access-table.ts';

const FILE = join(import.meta.dirname, '../docs/security.md');
const TABLE = /(\| tier \| roles \| calls \|\n\|---\|---\|---\|\n)(?:\| .*\n)*/;

export function writeSecurityTable(): void {
  const rows = accessRows().map((row) => `${row}\n`);
  writeFileSync(
    FILE,
    readFileSync(FILE, 'utf8').replace(TABLE, (_, head: string) => head + rows.join('')),
  );
}
