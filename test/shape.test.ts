/** Source files are short: a reader takes one in at a glance. Tests and generated code do not count. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { test } from 'node:test';
import { filesBelow, packages, ROOT } from './workspace.ts';

/** A new file of 400 lines usually holds two things; these are the bounds for all of them. */
const MEDIAN_MAX = 100;
const PERCENTILE_90_MAX = 250;
const LINES_MAX = 500;

const files = packages()
  .flatMap(({ folder }) => filesBelow(join(folder, 'src')))
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
  .map((file) => ({ path: relative(ROOT, file), lines: readFileSync(file, 'utf8').trimEnd().split('\n').length }))
  .toSorted((a, b) => a.lines - b.lines);

/** Lines of the file that is longer than this share of all files. */
function linesAt(share: number): number {
  return files[Math.floor(files.length * share)]!.lines;
}

test(`half of the source files have at most ${MEDIAN_MAX} lines, nine in ten at most ${PERCENTILE_90_MAX}`, () => {
  assert.ok(files.length > 0);
  assert.ok(linesAt(0.5) <= MEDIAN_MAX, `median ${linesAt(0.5)}`);
  assert.ok(linesAt(0.9) <= PERCENTILE_90_MAX, `90th percentile ${linesAt(0.9)}`);
});

test(`no source file has more than ${LINES_MAX} lines`, () => {
  assert.deepEqual(
    files.filter(({ lines }) => lines > LINES_MAX),
    [],
  );
});
