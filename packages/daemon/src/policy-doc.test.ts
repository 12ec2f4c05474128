/** docs/policy.md holds: its YAML is read without a problem, and its tables have every key of statements, conditions and changes. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import {
  AsSet,
  formatProblem,
  type PolicySections,
  PROBLEM_CODES,
  PROBLEM_WARNING_CODES,
  PrefixSetBuilder,
  readPolicies,
  resolveSets,
} from '@tsbgp/policy';
import { parse } from 'yaml';

const doc = readFileSync(new URL('../../../docs/policy.md', import.meta.url), 'utf8');

for (const [index, [, yaml]] of [...doc.matchAll(/```yaml\n([\s\S]*?)```/g)].entries()) {
  test(`example ${index + 1} of docs/policy.md is a policy`, () => {
    const written = parse(yaml!) as PolicySections;
    const empty = { prefixes: new PrefixSetBuilder().build(), 'as-numbers': new AsSet([]) };
    const resolved = resolveSets(written.sets, () => ({ kind }) => ({ type: 'set', set: empty[kind] }));
    const { policies, problems, warnings } = readPolicies({ ...written, sets: resolved.sets });
    assert.deepEqual([...resolved.problems, ...problems].map(formatProblem), []);
    assert.ok(policies.size > 0);
    assert.deepEqual(warnings, []);
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

test('docs/errors.md has every code of policies with its meaning', () => {
  const written = readFileSync(new URL('../../../docs/errors.md', import.meta.url), 'utf8').split('\n');
  for (const [code, meaning] of Object.entries({ ...PROBLEM_CODES, ...PROBLEM_WARNING_CODES })) {
    assert.ok(written.includes(`| \`${code}\` | ${meaning} |`), code);
  }
});
