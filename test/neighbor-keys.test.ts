/** The daemon's rows for the keys of a neighbor, tsbgp.v1.NeighborConfig, and what the command line knows about them say the same. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { NeighborConfigSchema } from '@tsbgp/api';
import { apiField } from '../packages/daemon/src/keys/neighbor-api.ts';
import { NEIGHBOR_FIELDS, NEIGHBOR_KEYS } from '../packages/daemon/src/keys/neighbor-keys.ts';
import { neighborKeysModule } from '../tools/neighbor-keys.ts';

const { fields } = NeighborConfigSchema;

test('every key has a field in tsbgp.v1.NeighborConfig, and every field a key', () => {
  assert.deepEqual(NEIGHBOR_FIELDS.map(apiField).toSorted(), fields.map(({ name }) => name).toSorted());
});

test('a field whose zero value is not its default is optional, so that a client can send the zero', () => {
  for (const field of NEIGHBOR_FIELDS) {
    const row = NEIGHBOR_KEYS[field];
    const isZeroAllowed =
      row.value.kind === 'field' && [0, false].some((zero) => row.value.kind === 'field' && row.value.check(zero) === zero);
    if (!isZeroAllowed || row.default === 0 || row.default === false) continue;
    assert.ok(fields.find(({ name }) => name === apiField(field))?.proto.proto3Optional, `${apiField(field)} must be optional`);
  }
});

test('packages/cli/src/gen/neighbor-keys.ts is what `npm run proto` writes', () => {
  const written = readFileSync(join(import.meta.dirname, '../packages/cli/src/gen/neighbor-keys.ts'), 'utf8');
  assert.equal(written, neighborKeysModule());
});
