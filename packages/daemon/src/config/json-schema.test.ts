import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { configSchema, type JsonSchema } from './json-schema.ts';
import { loadConfig, parseConfig } from './load.ts';
import { WORKING_EXCERPTS } from './report.ts';

const ROOT = join(import.meta.dirname, '../../../..');

/** The parts of JSON Schema that ours uses. Returns the places that do not fit. */
function misfits(schema: JsonSchema, value: unknown, path = ''): string[] {
  const {
    type,
    properties = {},
    required = [],
    items,
    minimum = -Infinity,
    maximum = Infinity,
  } = schema as {
    type?: string | string[];
    properties?: Record<string, JsonSchema>;
    required?: string[];
    items?: JsonSchema;
    minimum?: number;
    maximum?: number;
  };
  const values = schema['enum'] as unknown[] | undefined;
  if (values !== undefined) return values.includes(value) ? [] : [path];
  const is = typeOf(value);
  if (type !== undefined && ![type].flat().includes(is)) return [path];
  if (typeof value === 'number') return value >= minimum && value <= maximum ? [] : [path];
  if (Array.isArray(value)) return items === undefined ? [] : value.flatMap((item, i) => misfits(items, item, `${path}[${i}]`));
  if (is !== 'object' || schema['properties'] === undefined) return [];
  return [
    ...required.filter((key) => !Object.hasOwn(value as object, key)).map((key) => `${path}.${key} is missing`),
    ...Object.entries(value as object).flatMap(([key, entry]) =>
      Object.hasOwn(properties, key) ? misfits(properties[key]!, entry, `${path}.${key}`) : [`${path}.${key} is unknown`],
    ),
  ];
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value === 'number' ? 'integer' : typeof value;
}

for (const name of readdirSync(join(ROOT, 'examples')).filter((file) => file.endsWith('.yaml'))) {
  test(`examples/${name} fits the schema`, () => {
    assert.deepEqual(misfits(configSchema(), loadConfig(join(ROOT, 'examples', name)).written), []);
  });
}

test('what the daemon accepts fits: every section of the working example', () => {
  assert.deepEqual(misfits(configSchema(), parseConfig(Object.values(WORKING_EXCERPTS).join('\n'), 'f.yaml').written), []);
});

test('unknown keys, missing ones, wrong types, numbers out of bounds and wrong words do not fit', () => {
  const wrong = {
    global: { as: true },
    neighbors: [{ address: '192.0.2.1', 'hold-time': 70_000, adress: 'x', role: 'boss', policy: ['a', 'b'] }],
  };
  assert.deepEqual(misfits(configSchema(), wrong), [
    '.global.router-id is missing',
    '.global.as',
    '.neighbors[0].hold-time',
    '.neighbors[0].adress is unknown',
    '.neighbors[0].role',
  ]);
});

test('docs/tsbgpd.schema.json is what `npm run proto` writes', () => {
  assert.equal(readFileSync(join(ROOT, 'docs/tsbgpd.schema.json'), 'utf8'), `${JSON.stringify(configSchema(), undefined, 1)}\n`);
});
