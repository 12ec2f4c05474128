/**
 * `npm run proto`: writes packages/api/src/gen from the .proto files, offline, with the plugin in node_modules, and packages/cli/src/gen from
 * the rows of the daemon. The results are committed.
 */
import { spawnSync } from 'node:child_process';
import { delimiter, join } from 'node:path';
import process from 'node:process';
import { writeConfigReference } from './config-reference.ts';
import { writeNeighborKeys } from './neighbor-keys.ts';

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
