/** docs/decision.md names every step, switch and reason that there is, in order, and no other. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ExportReason } from '@tsbgp/api';
import { STEPS } from '@tsbgp/rib';
import { parseConfig } from '../config/load.ts';
import { DECISION_KEYS, DECISION_ROWS } from './decision-keys.ts';

const text = readFileSync(join(import.meta.dirname, '../../../../docs/decision.md'), 'utf8');
const section = (heading: string): string => text.split(`\n## ${heading}\n`)[1]!.split('\n## ')[0]!;
/** The cells of each row of the first table of a section, less its head. */
const rows = (heading: string): string[][] =>
  section(heading)
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .slice(1)
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
const unquoted = (cell: string | undefined): string => (cell ?? '').replaceAll('`', '');

test('the steps are those of the RIB, in their order', () => {
  const written = rows('The steps')
    .map(([step]) => unquoted(step))
    .filter((step) => step !== '');
  assert.deepEqual(
    written,
    STEPS.map(({ name }) => name),
  );
});

test('the switches are those of the configuration, with their defaults', () => {
  const written = rows('The steps').flatMap((cells) => (cells[3] === '' ? [] : [`${unquoted(cells[3])}: ${unquoted(cells[4])}`]));
  const switches = DECISION_ROWS.filter(({ name }) => !name.startsWith('multipath'));
  assert.deepEqual(written.toSorted(), switches.map(({ key, name }) => `${key}: ${DECISION_KEYS[name].default}`).toSorted());
});

test('every reason for which a neighbor does not get a path is explained', () => {
  const written = rows('Asking why').map(([reason]) => unquoted(reason));
  const names = Object.keys(ExportReason).filter((name) => /^[A-Z_]+$/.test(name) && name !== 'UNSPECIFIED');
  assert.deepEqual(written.toSorted(), names.map((name) => name.toLowerCase().replaceAll('_', '-')).toSorted());
});

test('the example is a configuration', () => {
  const [, yaml] = /```yaml\n([\s\S]*?)```/.exec(text)!;
  const { config, warnings } = parseConfig(yaml!, 'docs/decision.md');
  assert.deepEqual([config.global.decision.alwaysCompareMed, config.global.decision.missingMedAsWorst, warnings], [true, true, []]);
});
