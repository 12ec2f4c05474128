/** What is written about the configuration holds: the reference, the list of codes, the examples, the excerpts of --check. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { allKeys, referenceRow, touchRows } from '../../test/config/reference.ts';
import { START_ERROR_CODES } from '../start-error.ts';
import { CONFIG_ERROR_CODES, CONFIG_WARNING_CODES, formatWarning } from './config-error.ts';
import { loadConfig, parseConfig } from './load.ts';
import { WORKING_EXCERPTS } from './report.ts';

const root = join(import.meta.dirname, '../../../..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');

test('docs/configuration.md has a row for every key of the schema, word for word, and for no other', () => {
  const written = read('docs/configuration.md')
    .split('\n')
    .filter((line) => line.startsWith('| `'));
  assert.deepEqual(written.toSorted(), allKeys().map(referenceRow).toSorted());
});

test('the reference says what a change of each key of a neighbor touches', () => {
  assert.ok(
    read('docs/configuration.md').includes(`| what a change touches | keys of a neighbor |\n|---|---|\n${touchRows().join('\n')}\n\n`),
  );
  assert.ok(touchRows().length >= 4);
});

test('docs/errors.md has every stable code with its meaning', () => {
  const written = read('docs/errors.md').split('\n');
  for (const [code, meaning] of Object.entries({ ...CONFIG_ERROR_CODES, ...CONFIG_WARNING_CODES, ...START_ERROR_CODES })) {
    assert.ok(written.includes(`| \`${code}\` | ${meaning} |`), code);
  }
});

test('docs/errors.md has no configuration or start code that does not exist', () => {
  const [, ...sections] = read('docs/errors.md').split('\n## ');
  const known = Object.keys({ ...CONFIG_ERROR_CODES, ...CONFIG_WARNING_CODES, ...START_ERROR_CODES });
  for (const section of sections.filter((one) => /^(Configuration|Start)/.test(one))) {
    for (const [, code] of section.matchAll(/^\| `([^`]+)` \|/gm)) assert.ok(known.includes(code!), code);
  }
});

test('the YAML in docs/configuration.md is a configuration', () => {
  const [, yaml] = /```yaml\n([\s\S]*?)```/.exec(read('docs/configuration.md'))!;
  assert.equal(parseConfig(yaml!, 'docs/configuration.md').config.neighbors.length, 2);
});

for (const name of readdirSync(join(root, 'examples')).filter((file) => file.endsWith('.yaml'))) {
  test(`examples/${name} passes without a warning`, () => {
    const { config, warnings } = loadConfig(join(root, 'examples', name));
    assert.deepEqual(warnings.map(formatWarning), []);
    assert.ok(config.neighbors.length > 0);
  });
}

test('the three examples that the documentation names are there', () => {
  const names = readdirSync(join(root, 'examples'));
  for (const name of ['minimal.yaml', 'route-server.yaml', 'collector.yaml']) assert.ok(names.includes(name), name);
});

test('the excerpts that --check shows are together one valid file', () => {
  const { config, warnings } = parseConfig(Object.values(WORKING_EXCERPTS).join('\n'), 'excerpts');
  assert.equal(config.neighbors.length, 2);
  assert.deepEqual(warnings.map(formatWarning), []);
});

test("every key's own example is a line with that key in it", () => {
  for (const { path, example } of allKeys())
    assert.ok(example.includes(path.replace(/^.*\./, '').replace('[]', '')), `${path}: ${example}`);
});
