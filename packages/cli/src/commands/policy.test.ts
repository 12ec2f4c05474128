/** `tsbgp policy test`: files of tests with what is printed, and with which exit code. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { tsbgp } from '../../test/world.ts';

const EXAMPLE = join(import.meta.dirname, '../../../../examples/policies/policies.test.yaml');

const POLICIES = `
policies:
  in:
    - name: long
      match: { as-path-length: "> 2" }
      action: { reject: too-long }
    - name: never
      match: { rov: invalid }
      action: reject
    - name: rest
      set: { local-preference: 200 }
      action: accept
routes: { plain: { prefix: 192.0.2.0/24, as-path: "65001", next-hop: 192.0.2.1 } }
neighbors: { one: { address: 192.0.2.1, as: 65001 } }
`;

function folder(t: TestContext, files: Readonly<Record<string, string>>): (name: string) => string {
  const path = mkdtempSync(join(tmpdir(), 'tsbgp-policy-test-'));
  t.after(() => rmSync(path, { recursive: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(path, name), text);
  return (name) => join(path, name);
}

test('the example passes, and covers everything', async () => {
  const { code, out, err } = await tsbgp(['policy', 'test', EXAMPLE, '--min-coverage', '100']);
  assert.deepEqual([code, err], [0, '']);
  assert.match(out, /✓ a leak of a customer is rejected\n/);
  assert.match(out, /\ncoverage 100 %\n/);
  assert.match(out, / {2}customers-in +4 of 4 statements\n/);
  assert.match(out, / {2}scrubbing, .*scrubbing\.ts +8 of 8 lines\n/);
  assert.match(out, /\n12 tests, all passed\n$/);
});

test('a test that fails says what is not as expected, where it is, and how the policy decided', async (t) => {
  const at = folder(t, {
    'a.yaml': `${POLICIES}
tests:
  - { name: good, policy: in, neighbor: one, route: plain, expect: accept }
  - { name: other verdict, policy: in, neighbor: one, route: { like: plain, as-path: "65001 2 3" }, expect: accept }
  - { name: other reason, policy: in, neighbor: one, route: { like: plain, as-path: "65001 2 3" }, expect: { reject: bogon } }
  - { name: other attributes, policy: in, neighbor: one, route: plain, expect: accept, by: long, attributes: { med: 5, communities: ["1:1"] } }
  - { name: no policy, policy: out, neighbor: one, route: plain, expect: accept }
`,
  });
  const { code, out, err } = await tsbgp(['policy', 'test', at('a.yaml')]);
  assert.deepEqual([code, err], [1, 'tsbgp: 4 of 5 tests failed\n']);
  for (const expected of [
    '  ✓ good\n  ✗ other verdict  ',
    'a.yaml:18:5\n      expected accept, found reject (too-long)\n      in long: match: AS path length >= 3\n      reject (too-long) by in long\n',
    '      expected reject (bogon), found reject (too-long)\n',
    '      expected med 5, found absent\n      expected a community 1:1, found none\n      expected a decision by long, found in rest\n',
    '      there is no policy "out", there are in\n',
  ]) {
    assert.ok(out.includes(expected), `${expected}\nis not in\n${out}`);
  }
});

test('coverage below the minimum fails, and names statements and lines that were not reached', async (t) => {
  const at = folder(t, {
    'policy.ts': `import { definePolicy } from '@tsbgp/policy';
export default definePolicy({
  import(route) {
    // A comment is no code.
    if (route.asPathLength > 5) {
      route.med = 1;
      return 'reject';
    }
    return 'accept';
  },
});
`,
    'a.yaml': `${POLICIES}
tests:
  - { name: statements, policy: in, neighbor: one, route: plain, expect: accept }
  - { name: code, policy: script, neighbor: one, route: plain, expect: accept }
`.replace('policies:', 'policies:\n  script: { file: policy.ts }'),
  });
  const { code, out, err } = await tsbgp(['policy', 'test', at('a.yaml'), '--min-coverage', '90']);
  assert.deepEqual([code, err], [1, 'tsbgp: coverage is 50 %, at least 90 % is wanted\n']);
  assert.match(out, / {2}in +1 of 3 statements\n {4}never matched: long \(.*a\.yaml:5:7\), never \(.*a\.yaml:8:7\)\n/);
  assert.match(out, / {2}script, .*policy\.ts +3 of 5 lines\n {4}not run: 6-7\n/);
  assert.equal((await tsbgp(['policy', 'test', at('a.yaml'), '--min-coverage', '50'])).code, 0);
});

test('a policy that throws fails its test, with file and line', async (t) => {
  const at = folder(t, {
    'policy.ts': "export default {\n  import() {\n    throw new Error('out of cheese');\n  },\n};\n",
    'a.yaml': `policies: { script: { file: policy.ts } }
tests: [ { name: throws, policy: script, neighbor: { address: 192.0.2.1, as: 1 }, route: { prefix: 192.0.2.0/24 }, expect: accept } ]
`,
  });
  const { code, out } = await tsbgp(['policy', 'test', at('a.yaml')]);
  assert.equal(code, 1);
  assert.match(out, /expected accept, found reject \(policy-error\)\n {6}file:.*policy\.ts:3:11: threw: out of cheese\n/);
});

test('statements before and after a policy in TypeScript see its changes', async (t) => {
  const at = folder(t, {
    'policy.ts': 'export default { import(route: { med?: number }) { route.med = (route.med ?? 0) + 1; return undefined; } };\n',
    'a.yaml': `policies:
  script: { file: policy.ts }
  before: [ { set: { med: 5, tag: 7 } } ]
  after: [ { match: { med: 6, tag: 7 }, set: { med: "+1" }, action: accept } ]
tests:
  - name: chain
    policy: [before, script, after]
    neighbor: { address: 192.0.2.1, as: 1 }
    route: { prefix: 192.0.2.0/24 }
    expect: accept
    attributes: { med: 7 }
`,
  });
  const { code, out } = await tsbgp(['policy', 'test', at('a.yaml')]);
  assert.equal(code, 0, out);
});

test('warnings of sets that nobody uses and of statements that no route comes to have their places', async (t) => {
  const at = folder(t, {
    'b.yaml': 'sets: { prefixes: { unused: [192.0.2.0/24] } }\npolicies:\n  in:\n    - action: accept\n    - action: reject\n',
    'a.yaml': `config: b.yaml
tests: [ { policy: in, neighbor: { address: 192.0.2.1, as: 1 }, route: { prefix: 192.0.2.0/24 }, expect: accept } ]
`,
  });
  const { code, out } = await tsbgp(['policy', 'test', at('a.yaml')]);
  assert.equal(code, 0);
  assert.match(out, /warning: .*b\.yaml:1:21 sets\.prefixes\.unused: no statement uses this set\n/);
  assert.match(out, /warning: .*b\.yaml:5:7 policies\.in\[1\]: no route comes here: /);
});

test('--json has everything', async (t) => {
  const at = folder(t, { 'a.yaml': `${POLICIES}tests: [ { name: one, policy: in, neighbor: one, route: plain, expect: reject } ]\n` });
  const { code, out } = await tsbgp(['--json', 'policy', 'test', at('a.yaml')]);
  assert.equal(code, 1);
  const { ok, tests, coverage, warnings } = JSON.parse(out);
  assert.deepEqual(
    [ok, tests[0].passed, tests[0].differences, coverage.percent, warnings],
    [false, false, ['expected reject, found accept'], 33, []],
  );
});

for (const [title, text, expected] of [
  ['a file that is not there', undefined, /ENOENT/],
  ['no YAML', 'tests: [', /a\.yaml:1:9: /],
  ['no tests', 'policies: {}', /tests: found no tests, allowed a list of tests, e\.g\./],
  ['an unknown key', `${POLICIES}test: []`, /a\.yaml:15:1 test: found unknown key "test" \(did you mean "tests"\?\)/],
  [
    'a test without a route',
    `${POLICIES}tests: [ { policy: in, neighbor: one, expect: accept } ]`,
    /a\.yaml:15:10 tests\[0\]: found no route/,
  ],
  [
    'a route that is not there',
    `${POLICIES}tests: [ { policy: in, neighbor: one, route: plan, expect: accept } ]`,
    /tests\[0\]\.route: found no route called "plan", allowed plain/,
  ],
  [
    'a route like itself',
    'routes: { a: { like: b }, b: { like: a } }\ntests: [ { policy: in, neighbor: one, route: a, expect: accept } ]',
    /which is like itself/,
  ],
  [
    'an outcome that is none',
    `${POLICIES}tests: [ { policy: in, neighbor: one, route: plain, expect: maybe } ]`,
    /tests\[0\]\.expect: found "maybe", allowed accept, reject, or \{ reject: REASON \}/,
  ],
  ['a path that is none', 'routes: { a: { prefix: 192.0.2.0/24, as-path: x } }\ntests: []', /routes\.a\.as-path: found .*"x"/],
  ['a policy with a mistake', 'policies: { in: [ { action: acept } ] }\ntests: []', /policies\.in\[0\]\.action: found "acept"/],
  ['a policy file that is not there', 'policies: { in: { file: none.ts } }\ntests: []', /none\.ts: there is no such file/],
] as const) {
  test(`exit code 2, with place and example: ${title}`, async (t) => {
    const at = folder(t, text === undefined ? {} : { 'a.yaml': text });
    const { code, err } = await tsbgp(['policy', 'test', at('a.yaml')]);
    assert.equal(code, 2, err);
    assert.match(err, expected);
  });
}
