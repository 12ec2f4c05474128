import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileAt, matchesPattern, patternFault } from './file-pattern.ts';

test('a pattern gives the name at a time in UTC', () => {
  assert.equal(fileAt('/a/rib.%Y%m%d.%H%M%S.50%%.gz', new Date('2026-11-20T04:05:06Z')), '/a/rib.20261120.040506.50%.gz');
});

test('names that a pattern makes are told from others', () => {
  const pattern = '/a/rib.%Y%m%d.%H%M.mrt.gz';
  assert.ok(matchesPattern(pattern, 'rib.20261120.0405.mrt.gz'));
  for (const name of [
    'rib.20261120.0405.mrt.gz.new',
    'ribs20261120.0405.mrt.gz',
    'rib.2026112.0405.mrt.gz',
    'other',
    'rib.20261120.0405xmrt.gz',
  ]) {
    assert.ok(!matchesPattern(pattern, name), name);
  }
});

test('a pattern without a time, with an unknown letter or a time in the folder is refused', () => {
  assert.equal(patternFault('rib.%Y.gz'), undefined);
  assert.equal(patternFault('/a/rib.gz'), 'no time in the name');
  assert.equal(patternFault('/a/rib%%Y.gz'), 'no time in the name');
  assert.equal(patternFault('/a/%Y.%q'), '%q is not known');
  assert.equal(patternFault('/a/%Y/rib.%m.gz'), 'a % in the name of a folder');
  assert.equal(patternFault('/a/%Y/'), 'no name of a file');
});
