/** docs/policy.md holds: its YAML is read without a problem, and its tables have every key of statements, conditions and changes. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { formatProblem, type PolicySections, readPolicies } from '@tsbgp/policy';
import { parse } from 'yaml';

const doc = readFileSync(new URL('../../../docs/policy.md', import.meta.url), 'utf8');

for (const [index, [, yaml]] of [...doc.matchAll(/```yaml\n([\s\S]*?)```/g)].entries()) {
  test(`example ${index + 1} of docs/policy.md is a policy`, () => {
    const { policies, problems, sets } = readPolicies(parse(yaml!) as PolicySections);
    assert.deepEqual(problems.map(formatProblem), []);
    assert.ok(policies.size > 0);
    assert.deepEqual(sets.unused, []);
  });
}

for (const [heading, sections] of [
  ['Statements', { policies: { p: [{ unknown: 1 }] } }],
  ['Conditions', { policies: { p: [{ match: { unknown: 1 } }] } }],
  ['Changes', { policies: { p: [{ set: { unknown: 1 } }] } }],
] as const) {
  test(`docs/policy.md, ${heading}: the table has every key, and no other`, () => {
    const [problem] = readPolicies(sections).problems;
    const [, section] = new RegExp(`\n## ${heading}\n([\\s\\S]*?)(?=\n##+ )`).exec(doc)!;
    const written = [...section!.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, key]) => key!);
    assert.deepEqual(written.toSorted(), problem!.allowed.split(', ').toSorted());
  });
}
