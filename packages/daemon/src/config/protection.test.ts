/** Secrets and GTSM of neighbors: where they come from, and that no error shows them. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ConfigRejected } from './config-error.ts';
import { effectiveValues } from './effective.ts';
import { type Loaded, parseConfig } from './load.ts';

const HEAD = 'global: { as: 64500, router-id: 192.0.2.254 }\n';

function load(keys: string): Loaded {
  return parseConfig(`${HEAD}neighbors: [ { address: 192.0.2.1, remote-as: 64501, policy: accept-all, ${keys} } ]`, 'f.yaml');
}

function refused(keys: string): string {
  try {
    load(keys);
  } catch (error) {
    if (error instanceof ConfigRejected) return error.errors.map(({ message }) => message).join('\n');
    throw error;
  }
  return '';
}

test('a password is text, or comes from a file or the environment, and goes back as it was written', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'tsbgp-secret-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'key');
  writeFileSync(file, 'from the file\n');
  process.env['TSBGP_TEST_PASSWORD'] = 'from the environment';
  t.after(() => void delete process.env['TSBGP_TEST_PASSWORD']);
  for (const [written, value, back] of [
    ['between us', 'between us', 'between us'],
    [`{ file: ${file} }`, 'from the file', { file }],
    ['{ env: TSBGP_TEST_PASSWORD }', 'from the environment', { env: 'TSBGP_TEST_PASSWORD' }],
  ] as const) {
    const { config, written: values } = load(`password: ${written}`);
    assert.equal(config.neighbors[0]!.password?.value, value);
    const [neighbor] = effectiveValues(config, values)['neighbors'] as { readonly password: unknown }[];
    assert.deepEqual(neighbor!.password, back);
  }
});

test('a pipe in the place of a file is refused and not waited for: a password, a policy', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'tsbgp-secret-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const pipe = join(folder, 'pipe');
  assert.equal(spawnSync('mkfifo', [pipe]).status, 0);
  assert.match(refused(`password: { file: ${pipe} }`), /pipe is no regular file/);
  assert.throws(
    () => parseConfig(`${HEAD}policies: { in: { file: ${pipe} } }`, 'f.yaml'),
    (error) => error instanceof ConfigRejected && /policies\.in\.file: .*which is no file that can be read/.test(error.message),
  );
});

for (const [keys, expected] of [
  ['password: ""', /password: found a value that is not shown/],
  [`password: ${'s'.repeat(81)}`, /\(81 octets\), allowed text of 1 to 80 octets/],
  ['password: { file: key }', /\(the path is not absolute\)/],
  ['password: { file: /nowhere/key }', /\/nowhere\/key cannot be read: ENOENT/],
  ['password: { env: TSBGP_TEST_NO_SUCH }', /there is no variable TSBGP_TEST_NO_SUCH/],
  ['password: [secret]', /password: found a value that is not shown/],
  ['password: { file: /a, env: B }', /password: found a value that is not shown/],
  ['ttl-security: 0', /ttl-security: found 0, allowed 1 to 254 hops/],
  ['ttl-security: 1, multihop: 2', /ttl-security: found 1 \(ttl-security with multihop\), allowed one of them/],
] as const) {
  test(`refused: ${keys.slice(0, 40)}`, () => {
    const text = refused(keys);
    assert.match(text, expected);
    assert.doesNotMatch(text, /sss|secret/);
  });
}
