import assert from 'node:assert/strict';
import { test } from 'node:test';
import { grown, grownSparse } from './columns.ts';

test('a sparse column grows with the entries that it has, wherever they are', () => {
  const used = 10_000;
  for (const places of [[], [0], [2047], [2048], [9_999], [1, 4_095, 4_096, 9_000]]) {
    const column = new Int32Array(used + 100);
    for (const place of places) column[place] = place + 1;
    column[used] = 7; // not in use: does not go along
    assert.deepEqual(grownSparse(column, 3 * used, used), grown(column, 3 * used, used), `entries at ${places.join(', ')}`);
  }
});
