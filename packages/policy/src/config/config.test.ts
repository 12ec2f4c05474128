/** What is wrong in a configuration: place, what was found, what is allowed, an example. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { PolicySections } from '../sections.ts';
import { formatProblem } from './problems.ts';
import { readPolicies } from './read.ts';

function problemsOf(sections: PolicySections): string[] {
  const { policies, problems } = readPolicies(sections);
  if (problems.length > 0) assert.equal(policies.size, 0, 'nothing is half applied');
  return problems.map(formatProblem);
}

function statement(value: unknown): PolicySections {
  return { policies: { p: { statements: [value] } } };
}

test('a problem reads as in the style guide: place, what was found, what is allowed, an example', () => {
  assert.deepEqual(problemsOf(statement({ match: { 'as-path-length': 'long' }, action: 'acept' })), [
    'policies.p.statements[0].match.as-path-length: found "long", allowed a number, ">= 5", "<= 5", "5-10", "absent", or a mapping with min and max, e.g. "as-path-length: ">= 5""',
    'policies.p.statements[0].action: found "acept" (did you mean "accept"?), allowed accept, reject, next-statement, next-policy, e.g. "action: accept"',
  ]);
});

for (const [title, sections, expected] of [
  ['an unknown key', statement({ mtch: {} }), /policies\.p\.statements\[0\]\.mtch: found unknown key "mtch" \(did you mean "match"\?\)/],
  [
    'an unknown condition',
    statement({ match: { comunities: '1:1' } }),
    /match\.comunities: found unknown key "comunities" \(did you mean "communities"\?\)/,
  ],
  ['an unknown action', statement({ set: { localpref: 5 } }), /set\.localpref: found unknown key/],
  ['an unknown section of sets', { sets: { prefix: {} } }, /sets\.prefix: found unknown key "prefix" \(did you mean "prefixes"\?\)/],
  [
    'a prefix that is none',
    { sets: { prefixes: { a: ['192.0.2.0/24', '192.0.2.0/33'] } } },
    /sets\.prefixes\.a\[1\]: found "192\.0\.2\.0\/33" is not a prefix, allowed a prefix/,
  ],
  ['an AS number that is none', { sets: { 'as-numbers': { a: [174, 'AS701'] } } }, /sets\.as-numbers\.a\[1\]: found "AS701"/],
  ['a pattern that is none', { sets: { 'as-paths': { a: ['_(1'] } } }, /"\(" is never closed, at character 2/],
  ['a community that is none', statement({ match: { communities: '64512:70000' } }), /"64512:70000" is no standard community/],
  [
    'a set that is not there',
    { sets: { prefixes: { mine: [] } }, policies: { p: [{ match: { prefix: { set: 'yours' } } }] } },
    /no set of prefixes called "yours", allowed mine/,
  ],
  [
    'no sets at all',
    statement({ match: { communities: { set: 'x' } } }),
    /no set of communities called "x", allowed a name of "sets\.communities", which is empty/,
  ],
  ['neither set nor values', statement({ match: { prefix: { match: 'none' } } }), /match\.prefix: found neither set nor values/],
  [
    'several communities cannot be added',
    statement({ set: { communities: { add: ['64512:*'] } } }),
    /"64512:\*" stands for several communities/,
  ],
  [
    'a family that is none',
    statement({ match: { family: 'ipv5' } }),
    /family: found "ipv5", allowed the name of a family, e\.g\. "family: ipv4-unicast"/,
  ],
  [
    'an address that is none',
    statement({ set: { 'next-hop': '192.0.2' } }),
    /next-hop: found "192\.0\.2", allowed an address, self, unchanged, peer, blackhole/,
  ],
  [
    'a count that is too large',
    statement({ set: { 'as-path': { prepend: { as: 'own', count: 256 } } } }),
    /prepend: found as "own", count 256, allowed/,
  ],
  ['a range the wrong way round', statement({ match: { med: '10-5' } }), /med: found "10-5"/],
  [
    'a word that is none',
    statement({ match: { rov: ['valid', 'bad'] } }),
    /rov: found "bad", allowed not-checked, valid, not-found, invalid/,
  ],
  ['two statements of one name', { policies: { p: [{ name: 'a' }, { name: 'a' }] } }, /p\[1\]\.name: found a second statement called "a"/],
  ['not without conditions', statement({ match: { not: {} } }), /match\.not: found no conditions/],
  ['an alternative without conditions', statement({ match: { any: [{ med: 1 }, { all: [] }] } }), /match\.any\[1\]: found no conditions/],
  ['else without match', statement({ else: [] }), /"else" without "match"/],
  ['a call of nobody', statement({ call: 'x' }), /policies\.p: found p\.statements\[0\]: there is no policy "x" to call, allowed p/],
  ['a circle of calls', { policies: { b: [{ call: 'b' }] } }, /call each other in a circle: b -> b/],
  [
    'statements that are no list',
    { policies: { p: { statements: 'x' } } },
    /policies\.p\.statements: found "x", allowed a list of statements/,
  ],
  ['policies that are a list', { policies: [] }, /policies: found an empty list, allowed a mapping from names to policies/],
  ['an outcome that is a list', statement({ action: ['accept'] }), /action: found a list/],
  ['a default that is none', { policies: { p: { default: 'maybe', statements: [] } } }, /policies\.p\.default: found "maybe"/],
  ['a kind of regular expression that is none', statement({ match: { communities: '/1/huge' } }), /"\/huge" is no kind/],
  [
    'an extended community whose numbers do not fit',
    statement({ match: { communities: 'rt:70000:70000' } }),
    /one of its numbers must fit into 16 bits/,
  ],
] as [string, PolicySections, RegExp][]) {
  test(`is refused: ${title}`, () => {
    const problems = problemsOf(sections);
    assert.equal(problems.length, 1, problems.join('\n'));
    assert.match(problems[0]!, expected);
  });
}

test('all problems are told, in the order of the file', () => {
  const problems = problemsOf({ sets: { prefixes: { a: ['x', 'y'] } }, policies: { p: [{ action: 'x' }, { match: { med: 'y' } }] } });
  assert.deepEqual(
    problems.map((text) => text.slice(0, text.indexOf(':'))),
    ['sets.prefixes.a[0]', 'sets.prefixes.a[1]', 'policies.p[0].action', 'policies.p[1].match.med'],
  );
});

test('sets that nobody uses, and statements that nobody comes to, are warned of with their places', () => {
  const { warnings } = readPolicies({
    sets: { prefixes: { used: ['192.0.2.0/24'], unused: ['10.0.0.0/8'] }, communities: { unused: ['1:1'] } },
    policies: {
      p: [{ match: { prefix: { set: 'used' } }, call: 'q', action: 'accept' }, { action: 'reject' }, { name: 'dead' }],
      q: { statements: [{ action: 'accept' }, {}] },
    },
  });
  assert.deepEqual(
    warnings.map(({ code, path }) => [code, path]),
    [
      ['unused-set', 'sets.prefixes.unused'],
      ['unused-set', 'sets.communities.unused'],
      ['unreachable-statement', 'policies.p[2]'],
      ['unreachable-statement', 'policies.q.statements[1]'],
    ],
  );
});

test('whatever is written, it is read or refused, and nothing is thrown', () => {
  const word = fc.constantFrom<unknown>(
    'accept',
    'reject',
    '1:1',
    '192.0.2.0/24',
    '>= 5',
    5,
    -1,
    null,
    true,
    [],
    {},
    'self',
    '__proto__',
    'constructor',
    { set: 'x' },
    { values: 1, match: 2 },
    ['1:1', {}],
  );
  const key = fc.constantFrom(
    'match',
    'set',
    'action',
    'do',
    'else',
    'call',
    'name',
    'prefix',
    'communities',
    'as-path',
    'any',
    'not',
    'all',
    'med',
    'next-hop',
    'neighbor',
    'add',
    'prepend',
    'constructor',
    '__proto__',
  );
  const value = fc.letrec<{ node: unknown }>((tie) => ({
    node: fc.oneof(
      { maxDepth: 5, depthSize: 'medium' },
      word,
      fc.dictionary(key, tie('node'), { maxKeys: 4 }),
      fc.array(tie('node'), { maxLength: 3 }),
    ),
  })).node;
  fc.assert(
    fc.property(value, value, (sets, statements) => {
      const { problems } = readPolicies({ sets, policies: { p: statements } });
      for (const problem of problems) assert.ok(formatProblem(problem).length > 0);
    }),
    { numRuns: 2000 },
  );
});

test('conditions and statements that go too deep are refused', () => {
  const deep = Array.from({ length: 100 }).reduce<unknown>((inner) => ({ not: inner }), { med: 1 });
  assert.match(problemsOf(statement({ match: deep }))[0]!, /at most 32 levels/);
  const nested = Array.from({ length: 100 }).reduce<unknown>((inner) => ({ do: [inner] }), { action: 'accept' });
  assert.match(problemsOf(statement(nested))[0]!, /more than 32 deep/);
});
