/**
 * `npm run proto`: writes packages/api/src/gen from the .proto files, offline, with the plugin in node_modules; packages/cli/src/gen and the
 * tables of docs/configuration.md from the daemon's rows; the tables of docs/wire.md from the vectors. The results are committed.
 */
import { spawnSync } from 'node:child_process';
import { delimiter, join } from 'node:path';
import process from 'node:process';
import { writeConfigReference } from './config-reference.ts';
import { writeNeighborKeys } from './neighbor-keys.ts';
import { writeSecurityTable } from './security-doc.ts';
import { writeWireTables } from './wire-doc.ts';

const root = join(import.meta.dirname, '..');
const bin = join(root, 'node_modules', '.bin');
for (const args of [['lint'], ['generate', ...process.argv.slice(2)]]) {
  const { status } = spawnSync(join(bin, 'buf'), args, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, PATH: `${bin}${delimiter}${process.env['PATH'] ?? ''}` },
  });
  if (status !== 0) process.exit(status ?? 1);
}
writeNeighborKeys();
writeConfigReference();
writeSecurityTable();
writeWireTables();
