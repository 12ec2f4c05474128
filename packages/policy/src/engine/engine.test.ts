/** Control flow, chains, what a policy depends on, explanations, counters, and what can never match. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { outcomeOf, PEER, routeOf } from '../../test/routes.ts';
import { policyOf, runTables } from '../../test/tables.ts';
import { readPolicies } from '../config/read.ts';
import { Reads, readNames } from '../route/reads.ts';
import { PolicyError } from './definition.ts';
import { PolicyEngine } from './engine.ts';
import { explain, formatExplanation } from './explain.ts';
import { coverageOf, unreachableStatements } from './lint.ts';
import { compileProgram } from './program.ts';

const MED = (med: number): unknown => ({ set: { med } });

runTables([
  {
    title: 'the first statement that decides, decides',
    statements: [
      { match: { med: 1 }, action: { reject: 'one' } },
      { match: { med: '>= 1' }, action: 'accept' },
      { action: { reject: 'rest' } },
    ],
    cases: [
      ['192.0.2.0/24 path=1; med=1', 'reject one'],
      ['192.0.2.0/24 path=1; med=2', 'accept'],
      ['192.0.2.0/24 path=1', 'reject rest'],
    ],
  },
  {
    title: 'the default of the policy, then that of the chain',
    policies: {
      one: { default: 'next-policy', statements: [{ match: { med: 1 }, action: 'reject' }] },
      two: { default: 'accept', statements: [{ match: { med: 2 }, action: 'reject' }] },
    },
    default: 'reject',
    cases: [
      ['192.0.2.0/24 path=1; med=1', 'reject'],
      ['192.0.2.0/24 path=1; med=2', 'reject'],
      ['192.0.2.0/24 path=1; med=3', 'accept'],
    ],
  },
  {
    title: 'an empty policy leaves it to the chain',
    policies: { one: { statements: [] } },
    default: 'reject',
    cases: [['192.0.2.0/24 path=1', 'reject']],
  },
  {
    title: 'next-policy leaves out the rest of a policy, and keeps its changes',
    policies: {
      one: [{ match: { med: 1 }, set: { 'local-preference': 5 }, action: 'next-policy' }, { action: { reject: 'one' } }],
      two: [{ set: { communities: { add: ['2:2'] } } }],
    },
    cases: [
      ['192.0.2.0/24 path=1; med=1', 'accept lp=5; com=2:2'],
      ['192.0.2.0/24 path=1; med=2', 'reject one'],
    ],
  },
  {
    title: 'accept ends the chain',
    policies: { one: [{ match: { med: 1 }, action: 'accept' }], two: [{ action: { reject: 'two' } }] },
    cases: [
      ['192.0.2.0/24 path=1; med=1', 'accept'],
      ['192.0.2.0/24 path=1; med=2', 'reject two'],
    ],
  },
  {
    title: 'a call: its reject is final, its accept and its end return',
    policies: {
      main: [
        { match: { 'route-type': 'external' }, call: 'checks', set: { tag: 1 } },
        { set: { 'local-preference': 7 }, action: 'accept' },
      ],
      checks: {
        default: 'accept',
        statements: [
          { match: { med: 1 }, action: { reject: 'checked' } },
          { match: { med: 2 }, action: 'accept' },
          { match: { med: 3 }, action: 'next-policy' },
          { set: { communities: { add: ['9:9'] } } },
        ],
      },
    },
    called: ['checks'],
    cases: [
      ['192.0.2.0/24 path=1; med=1', 'reject checked'],
      ['192.0.2.0/24 path=1; med=2', 'accept lp=7; tag=1'],
      ['192.0.2.0/24 path=1; med=3', 'accept lp=7; tag=1'],
      ['192.0.2.0/24 path=1; med=4', 'accept lp=7; com=9:9; tag=1'],
      ['192.0.2.0/24 path=1; med=1; type=internal', 'accept lp=7'],
    ],
  },
  {
    title: 'a call whose policy rejects by default rejects what it does not accept',
    policies: { main: [{ call: 'only-two' }], 'only-two': { default: 'reject', statements: [{ match: { med: 2 }, action: 'accept' }] } },
    called: ['only-two'],
    cases: [
      ['192.0.2.0/24 path=1; med=2', 'accept'],
      ['192.0.2.0/24 path=1; med=3', 'reject'],
    ],
  },
  {
    title: 'if and else, inside each other',
    statements: [
      {
        match: { family: 'ipv4-unicast' },
        do: [{ match: { med: 1 }, do: [MED(11)], else: [{ match: { med: 2 }, ...(MED(12) as object), action: 'accept' }, MED(13)] }],
        else: [{ set: { 'local-preference': 6 } }],
      },
      { set: { tag: 1 } },
    ],
    cases: [
      ['192.0.2.0/24 path=1; med=1', 'accept med=11; tag=1'],
      ['192.0.2.0/24 path=1; med=2', 'accept med=12'],
      ['192.0.2.0/24 path=1; med=3', 'accept med=13; tag=1'],
      ['2001:db8::/32 path=1; med=1', 'accept lp=6; tag=1'],
    ],
  },
  {
    title: 'do, then the outcome of the statement',
    statements: [
      {
        match: { med: '<= 9' },
        do: [{ match: { med: 1 }, action: 'next-policy' }],
        action: { reject: 'low' },
        else: [{ action: 'accept' }],
      },
    ],
    default: 'accept',
    cases: [
      ['192.0.2.0/24 path=1; med=1', 'accept'],
      ['192.0.2.0/24 path=1; med=2', 'reject low'],
      ['192.0.2.0/24 path=1; med=10', 'accept'],
    ],
  },
]);

test('policies that call each other in a circle, or nobody, are refused with their place', () => {
  const definitions = { a: { name: 'a', statements: [call('b')] }, b: { name: 'b', statements: [call('a')] } };
  assert.throws(
    () => compileProgram({ policies: [definitions.a], default: 'accept', library: new Map(Object.entries(definitions)) }),
    (error) => error instanceof PolicyError && /a -> b -> a/.test(error.message),
  );
  assert.throws(
    () => compileProgram({ policies: [definitions.a], default: 'accept' }),
    /a\.statements\[0\]: there is no policy "b" to call/,
  );
});

test('calls that would unfold without end are refused', () => {
  const doubling = Array.from({ length: 20 }, (_, i) => ({
    name: `p${i}`,
    statements: i === 19 ? [] : [call(`p${i + 1}`), call(`p${i + 1}`)],
  }));
  const library = new Map(doubling.map((policy) => [policy.name, policy]));
  assert.throws(() => compileProgram({ policies: [doubling[0]!], default: 'accept', library }), /more than 100000/);
});

function call(name: string) {
  return { name: 's', conditions: [], actions: [], call: name, outcome: { type: 'next-statement' as const } };
}

test('the same content is the same policy, another content another one', () => {
  const engine = new PolicyEngine();
  const make = (med: number, name = 'p') => {
    const { policies } = readPolicies(
      {
        sets: { prefixes: { mine: ['192.0.2.0/24', '10.0.0.0/8'] } },
        policies: { [name]: [{ match: { med, prefix: { set: 'mine' } }, action: 'reject' }] },
      },
      { pool: engine.prefixSets },
    );
    return engine.compile({ policies: [...policies.values()], default: 'accept' });
  };
  assert.equal(make(1), make(1));
  assert.notEqual(make(1), make(2));
  assert.equal(engine.size, 2);
});

for (const [title, statement, expected] of [
  ['nothing', { action: 'reject' }, []],
  ['attributes', { match: { med: 1 } }, ['attributes']],
  ['prefix', { match: { prefix: '192.0.2.0/24' } }, ['prefix', 'family']],
  ['the AS of the neighbor', { match: { communities: '0:{peer-as}' } }, ['attributes', 'peer-as']],
  ['the AS of the neighbor in a change', { set: { communities: { add: '0:{peer-as}' } } }, ['peer-as']],
  ['the group', { match: { neighbor: { group: 'a' } } }, ['peer-group']],
  ['ROV', { match: { rov: 'valid', 'route-type': 'local' } }, ['rov-state', 'source']],
] as const) {
  test(`a policy says what it looks at: ${title}`, () => {
    assert.deepEqual(readNames(policyOf({ policies: { p: [statement] } }).reads), expected);
  });
}

test('a policy that looks at nothing has a constant verdict', () => {
  const policy = policyOf({ policies: { p: [{ set: { med: 5 }, action: 'accept' }] } });
  assert.equal(policy.constant, policy.evaluate(routeOf('192.0.2.0/24 path=1'), PEER));
  assert.equal(policyOf({ policies: { p: [{ match: { med: 1 }, action: 'accept' }] } }).constant, undefined);
});

test('statements before the first that looks at the prefix run once per attribute set, those after it per route', () => {
  const policy = policyOf({
    policies: {
      p: [
        { match: { 'as-path-length': '> 5' }, action: { reject: 'long' } },
        { set: { communities: { add: ['1:1'] } } },
        { match: { prefix: '10.0.0.0/8+' }, action: { reject: 'bogon' } },
        { match: { communities: '1:1' }, set: { med: 1 }, action: 'accept' },
      ],
    },
  });
  const route = routeOf('192.0.2.0/24 path=1');
  const pending = policy.evaluateAttributes(route, PEER);
  assert.ok(pending.type === 'pending');
  assert.equal(pending.change.text, 'communities add 1:1');
  assert.equal(outcomeOf(policy.resume(pending, route, PEER), route), 'accept med=1; com=1:1');
  assert.equal(outcomeOf(policy.resume(pending, route.setPrefixText('10.1.0.0/16'), PEER), route), 'reject bogon');
  assert.deepEqual(policy.counters.of(0), { evaluated: 1, matched: 0 });
  assert.deepEqual(policy.counters.of(2), { evaluated: 2, matched: 1 });
  const long = routeOf('192.0.2.0/24 path=1 2 3 4 5 6');
  assert.equal(outcomeOf(policy.evaluateAttributes(long, PEER) as never, long), 'reject long');
});

test('a policy never reads what it promised not to', () => {
  const policy = policyOf({ policies: { p: [{ match: { neighbor: { group: 'customers' } }, set: { med: 1 }, action: 'accept' }] } });
  assert.equal(policy.reads, Reads.PeerGroup);
  const untouchable = new Proxy(routeOf('192.0.2.0/24 path=1'), {
    get(_, key) {
      throw new Error(`read ${String(key)}`);
    },
  });
  assert.equal(policy.evaluate(untouchable, PEER).type, 'accept');
});

const explained = {
  sets: { prefixes: { bogons: ['10.0.0.0/8+'], customers: ['192.0.2.0/24'] } },
  policies: {
    'customers-in': {
      default: 'reject',
      statements: [
        { name: 'bogons', match: { prefix: { set: 'bogons' } }, action: { reject: 'bogon-prefix' } },
        { name: 'prefer', match: { communities: '64512:110' }, set: { 'local-preference': 110 } },
        { name: 'customers', match: { prefix: { set: 'customers' }, 'as-path-length': '<= 3' }, action: 'accept' },
      ],
    },
  },
};

test('an explanation says which statement matched, which condition did not hold and with which value, and what changed', () => {
  const policy = policyOf(explained);
  const lines = (text: string): string[] => formatExplanation(explain(policy, routeOf(text), PEER));
  assert.deepEqual(lines('192.0.2.0/24 path=65001; com=64512:110'), [
    'customers-in bogons: no match: prefix in bogons; found prefix 192.0.2.0/24',
    'customers-in prefer: match: communities have any of 64512:110',
    '    LOCAL_PREF 110',
    'customers-in customers: match: prefix in customers, AS path length <= 3',
    'accept by customers-in customers',
  ]);
  assert.deepEqual(lines('10.1.0.0/16 path=1'), [
    'customers-in bogons: match: prefix in bogons',
    'reject (bogon-prefix) by customers-in bogons',
  ]);
  assert.deepEqual(lines('192.0.2.0/24 path=1 2 3 4').slice(2), [
    'customers-in customers: no match: AS path length <= 3; found AS path length 4',
    'reject by default of customers-in',
  ]);
});

test('an explanation has places for programs', () => {
  const { decidedAt, statements } = explain(policyOf(explained), routeOf('10.0.0.0/8 path=1'), PEER);
  assert.deepEqual(decidedAt, { policy: 'customers-in', statement: 'bogons', path: 'customers-in.statements[0]' });
  assert.deepEqual(statements[0]?.conditions, [{ text: 'prefix in bogons', holds: true, found: 'prefix 10.0.0.0/8, in 10.0.0.0/8 le 32' }]);
});

test('coverage: which statements no route matched yet', () => {
  const policy = policyOf(explained);
  policy.evaluate(routeOf('10.0.0.0/8 path=1'), PEER);
  assert.deepEqual(
    coverageOf(policy).notMatched.map(({ statement }) => statement),
    ['prefer', 'customers'],
  );
  policy.evaluate(routeOf('192.0.2.0/24 path=1; com=64512:110'), PEER);
  assert.deepEqual(coverageOf(policy), { statements: 3, matched: 3, notMatched: [] });
  policy.counters.reset();
  assert.equal(coverageOf(policy).matched, 0);
});

for (const [title, statements, expected] of [
  ['after one without conditions', [{ action: 'accept' }, { name: 'dead', match: { med: 1 }, action: 'reject' }], ['dead']],
  [
    'after one with fewer conditions',
    [
      { match: { med: 1 }, action: 'accept' },
      { name: 'dead', match: { med: 1, rov: 'valid' }, action: 'reject' },
    ],
    ['dead'],
  ],
  [
    'after one that only sets',
    [
      { match: { med: 1 }, set: { tag: 1 } },
      { name: 'alive', match: { med: 1 }, action: 'reject' },
    ],
    [],
  ],
  [
    'after a change of what it looks at',
    [{ match: { med: 1 }, action: 'accept' }, { set: { med: 1 } }, { name: 'alive', match: { med: 1 }, action: 'reject' }],
    [],
  ],
  [
    'after a decision in both branches',
    [
      { match: { med: 1 }, do: [{ action: 'accept' }], else: [{ action: 'reject' }] },
      { name: 'dead', action: 'accept' },
    ],
    ['dead'],
  ],
  [
    'of another branch',
    [
      { match: { rov: 'valid' }, do: [{ match: { med: 1 }, action: 'accept' }] },
      { name: 'alive', match: { med: 1 }, action: 'reject' },
    ],
    [],
  ],
  [
    'of the same branch',
    [
      {
        match: { rov: 'valid' },
        do: [
          { match: { med: 1 }, action: 'accept' },
          { name: 'dead', match: { med: 1, origin: 'igp' }, action: 'reject' },
        ],
      },
    ],
    ['dead'],
  ],
  [
    'other conditions',
    [
      { match: { med: 1, rov: 'valid' }, action: 'accept' },
      { name: 'alive', match: { med: 1 }, action: 'reject' },
    ],
    [],
  ],
] as const) {
  test(`unreachable statements: ${title}`, () => {
    const found = unreachableStatements(policyOf({ policies: { p: { statements } } }));
    assert.deepEqual(
      found.map(({ place }) => place.statement),
      expected,
    );
  });
}
