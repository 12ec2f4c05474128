/** Policies in TypeScript: views, sharing of verdicts, faults, budget, loading. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { outcomeOf, PEER, routeOf } from '../../test/routes.ts';
import { watch } from '../node/watch.ts';
import { prefixSet } from '../prefix/set.ts';
import { Members, numbersOf } from '../route/members.ts';
import type { Peer } from '../route/peer.ts';
import { readNames } from '../route/reads.ts';
import { definePolicy, type ScriptFunction } from './define.ts';
import { formatFault, type ScriptFault } from './faults.ts';
import { formatLoadFailure, ScriptLoader } from './loader.ts';
import { type ScriptOptions, ScriptPolicy, STOPS_MAX } from './script-policy.ts';

function policyOf(importing: ScriptFunction, options: Partial<ScriptOptions> = {}): ScriptPolicy {
  return new ScriptPolicy(definePolicy({ import: importing }), { direction: 'import', default: 'reject', ...options });
}

function outcome(importing: ScriptFunction, line: string, peer: Peer = PEER): string {
  const route = routeOf(line);
  return outcomeOf(policyOf(importing).evaluate(route, peer).verdict, route);
}

const ROUTE =
  '192.0.2.0/24 path=65001 65002 {7 5}; com=64512:1 no-export; large=64512:1:2; ext=rt:64512:1; med=5; rov=valid; from=203.0.113.5; id=3';

test('every field of the route and of the neighbor', () => {
  const seen: Record<string, unknown> = {};
  outcome((route, peer) => {
    for (const key of [
      'prefix',
      'prefixLength',
      'pathIdentifier',
      'family',
      'asPath',
      'asPathLength',
      'firstAs',
      'originAs',
      'communities',
      'localPref',
      'med',
      'origin',
      'nextHop',
      'rov',
      'aspa',
      'routeType',
      'source',
    ] as const) {
      seen[key] = route[key];
    }
    for (const key of ['address', 'as', 'localAs', 'group', 'role', 'tags', 'kind'] as const) seen[`peer.${key}`] = peer[key];
    return 'accept';
  }, ROUTE);
  assert.deepEqual(seen, {
    prefix: '192.0.2.0/24',
    prefixLength: 24,
    pathIdentifier: 3,
    family: 'ipv4-unicast',
    asPath: [65001, 65002, 5, 7],
    asPathLength: 3,
    firstAs: 65001,
    originAs: undefined,
    communities: ['64512:1', 'no-export', '64512:1:2', 'rt:64512:1'],
    localPref: undefined,
    med: 5,
    origin: 'igp',
    nextHop: '198.51.100.1',
    rov: 'valid',
    aspa: 'not-checked',
    routeType: 'external',
    source: { address: '203.0.113.5', as: 65001, group: 'customers' },
    'peer.address': '198.51.100.1',
    'peer.as': 65001,
    'peer.localAs': 64512,
    'peer.group': 'customers',
    'peer.role': 'customer',
    'peer.tags': ['paris'],
    'peer.kind': 'ebgp',
  });
});

const customers = prefixSet(['192.0.2.0/24'], () => undefined);

for (const [title, importing, expected] of [
  ['accept', () => 'accept', 'accept'],
  ['reject', () => 'reject', 'reject'],
  ['a reason', () => ({ reject: 'why' }), 'reject why'],
  ['no opinion', () => undefined, 'reject'],
  [
    'patterns',
    (route) => (route.has('64512:*') && !route.has('9:9') && route.matchesAsPath('_65002_') && route.isIn(customers) ? 'accept' : 'reject'),
    'accept',
  ],
  [
    'numbers',
    (route) => {
      route.localPref = 200;
      route.med = (route.med ?? 0) + 1;
      route.origin = 'egp';
      return 'accept';
    },
    'accept origin=egp; med=6; lp=200',
  ],
  [
    'removal',
    (route) => {
      route.med = undefined;
      route.removeCommunities('64512:*');
      return 'accept';
    },
    'accept med=; com=65535:65281',
  ],
  [
    'communities and path',
    (route) => {
      route.addCommunity('64512:{peer-as}');
      route.prepend(64512, 2);
      return 'accept';
    },
    'accept path=64512 64512 65001 65002 {5,7}; com=64512:1 65535:65281 64512:65001',
  ],
  [
    'the next hop',
    (route) => {
      route.nextHop = '203.0.113.9';
      return 'accept';
    },
    'accept nh=203.0.113.9',
  ],
  [
    'the own next hop',
    (route) => {
      route.nextHop = 'self';
      return 'accept';
    },
    'accept next-hop-self',
  ],
  [
    'what was set is read',
    (route) => {
      route.localPref = 7;
      route.addCommunity('1:1');
      return route.localPref === 7 && route.has('1:1') ? 'accept' : 'reject';
    },
    'accept lp=7; com=64512:1 65535:65281 1:1',
  ],
] as [string, ScriptFunction, string][]) {
  test(`decisions and changes: ${title}`, () => assert.equal(outcome(importing, ROUTE), expected));
}

for (const [title, importing, expected] of [
  ['nothing', () => 'accept', []],
  ['attributes', (route) => (route.med === 5 ? 'accept' : 'reject'), ['attributes']],
  ['the prefix', (route) => (route.prefixLength > 24 ? 'reject' : 'accept'), ['prefix']],
  ['ROV, and only then the group', (route, peer) => (route.rov === 'invalid' && peer.group === 'x' ? 'reject' : 'accept'), ['rov-state']],
  ['the AS of the neighbor', (route, peer) => (route.firstAs === peer.as ? 'accept' : 'reject'), ['attributes', 'peer-as']],
  ["the neighbor's numbers in a pattern", (route) => (route.has('0:{peer-as}') ? 'reject' : 'accept'), ['attributes', 'peer-as']],
] as [string, ScriptFunction, string[]][]) {
  test(`what was read is recorded: ${title}`, () =>
    assert.deepEqual(readNames(policyOf(importing).evaluate(routeOf(ROUTE), PEER).reads), expected));
}

test('all members: one call for each group with the same values of what was read', () => {
  let calls = 0;
  const policy = new ScriptPolicy(
    definePolicy({
      export(route, peer) {
        calls++;
        if (route.has('1:1')) return 'reject';
        return peer.group === 'transit' ? { reject: 'no-transit' } : 'accept';
      },
    }),
    { direction: 'export', default: 'reject' },
  );
  const members = new Members(
    Array.from({ length: 300 }, (_, i): Peer => ({ ...PEER, as: 65_000 + i, group: ['transit', 'customers', 'peers'][i % 3] })),
  );
  const route = routeOf('192.0.2.0/24 path=1');
  const answers = policy.evaluateMembers(route, members);
  assert.deepEqual(
    answers.map(({ verdict, members: set }) => [outcomeOf(verdict.verdict, route), [...numbersOf(set)].length]),
    [
      ['reject no-transit', 100],
      ['accept', 200],
    ],
  );
  assert.equal(calls, 3);
  policy.evaluateMembers(routeOf('192.0.2.0/24 path=1; com=1:1'), members);
  assert.equal(calls, 4);
});

test('all members: each gets the verdict that it gets alone', () => {
  const exporting: ScriptFunction = (route, peer) => {
    if (route.has('0:{peer-as}')) return 'reject';
    if (route.med === undefined && peer.group === 'a') route.addCommunity('64512:{peer-as}');
    return peer.tags.includes('x') && peer.as > 65001 ? { reject: 'x' } : 'accept';
  };
  const policy = new ScriptPolicy({ export: exporting }, { direction: 'export', default: 'reject' });
  const peer = fc.record({
    address: fc.constant('198.51.100.1'),
    as: fc.constantFrom(65001, 65002, 65003),
    localAs: fc.constant(64512),
    kind: fc.constant('ebgp' as const),
    group: fc.constantFrom('a', 'b'),
    tags: fc.subarray(['x']),
  });
  const line = fc.constantFrom('192.0.2.0/24 path=1', '192.0.2.0/24 path=1; com=0:65002', '192.0.2.0/24 path=1; med=1');
  fc.assert(
    fc.property(fc.array(peer, { minLength: 1, maxLength: 8 }), line, (peers, text) => {
      const route = routeOf(text);
      const together = policy.evaluateMembers(route, new Members(peers));
      for (const [number, own] of peers.entries()) {
        const mine = together.find(({ members }) => (members >> BigInt(number)) % 2n === 1n)!;
        assert.equal(mine.verdict.verdict, policy.evaluate(route, own).verdict);
      }
    }),
    { numRuns: 300 },
  );
});

test('a policy that throws rejects the route, is counted, and is reported once for each place', () => {
  const faults: ScriptFault[] = [];
  const policy = policyOf(
    (route) => {
      if (route.prefixLength === 24) throw new Error('first');
      return (route as never as { nothing: { here: 'accept' } }).nothing.here;
    },
    { onFault: (fault) => faults.push(fault), file: import.meta.url },
  );
  for (const prefix of ['192.0.2.0/24', '198.51.100.0/24', '10.0.0.0/8', '11.0.0.0/8']) {
    const route = routeOf(`${prefix} path=1`);
    assert.equal(outcomeOf(policy.evaluate(route, PEER).verdict, route), 'reject policy-error');
  }
  assert.equal(policy.faults.counts.threw, 4);
  assert.equal(faults.length, 2);
  assert.match(formatFault(faults[0]!), /script\.test\.ts:\d+:\d+: threw: first$/);
});

for (const [title, importing, message] of [
  ['a promise', async () => 'accept', 'returned a promise'],
  ['a word', () => 'maybe', 'returned "maybe"'],
  ['a community that is none', (route: { addCommunity(text: string): void }) => route.addCommunity('x'), 'is no well-known community'],
  ['several communities', (route: { addCommunity(text: string): void }) => route.addCommunity('64512:*'), 'stands for several'],
  [
    'a MED below 0',
    (route: { med: number }) => {
      route.med = -1;
    },
    'MED: found -1',
  ],
  [
    'a next hop that is none',
    (route: { nextHop: string }) => {
      route.nextHop = 'here';
    },
    '"here" is no next hop',
  ],
  ['an AS that is none', (route: { prepend(asn: number): void }) => route.prepend(0), 'an AS number: found 0'],
] as [string, ScriptFunction, string][]) {
  test(`a mistake of the policy rejects the route and says what is allowed: ${title}`, () => {
    const faults: ScriptFault[] = [];
    const route = routeOf('192.0.2.0/24 path=1');
    const { verdict } = policyOf(importing, { onFault: (fault) => faults.push(fault) }).evaluate(route, PEER);
    assert.equal(outcomeOf(verdict, route), 'reject policy-error');
    assert.ok(faults[0]!.message.includes(message), faults[0]!.message);
  });
}

test('a call that takes longer than its budget is counted; its answer holds', () => {
  let time = 0;
  const faults: ScriptFault[] = [];
  const policy = policyOf(
    () => {
      time += 7;
      return 'accept';
    },
    { now: () => time, budgetMilliseconds: 5, onFault: (fault) => faults.push(fault) },
  );
  assert.equal(policy.evaluate(routeOf('192.0.2.0/24 path=1'), PEER).verdict.type, 'accept');
  assert.equal(policy.faults.counts.overran, 1);
  assert.match(faults[0]!.message, /7\.0 ms, its budget is 5 ms/);
});

test('a call that does not end is stopped; the other routes of the batch are evaluated; after some stops the policy is not asked any more', () => {
  const policy = policyOf(
    (route) => {
      if (route.prefixLength === 32) for (;;);
      return 'accept';
    },
    { watch, now: () => performance.now(), batchBudgetMilliseconds: 200 },
  );
  const lines = ['192.0.2.0/24', '192.0.2.1/32', '192.0.2.0/25', '192.0.2.2/32', '192.0.2.0/26', '192.0.2.3/32', '192.0.2.0/27'];
  const routes = lines.map((line) => routeOf(`${line} path=1`));
  const outcomes: string[] = [];
  policy.runBatch(
    routes.length,
    (index) => (outcomes[index] = outcomeOf(policy.evaluate(routes[index]!, PEER).verdict, routes[index]!)),
    (index, { verdict }) => (outcomes[index] = outcomeOf(verdict, routes[index]!)),
  );
  assert.deepEqual(outcomes, [
    'accept',
    'reject policy-stopped',
    'accept',
    'reject policy-stopped',
    'accept',
    'reject policy-stopped',
    'reject policy-disabled',
  ]);
  assert.equal(policy.faults.counts.stopped, STOPS_MAX);
  assert.ok(policy.isDisabled);
});

test('a batch that is only long goes on where it was', () => {
  const policy = policyOf(() => 'accept', { watch, now: () => performance.now(), batchBudgetMilliseconds: 50 });
  const route = routeOf('192.0.2.0/24 path=1');
  let accepted = 0;
  const busy = (milliseconds: number): void => {
    for (const end = performance.now() + milliseconds; performance.now() < end; );
  };
  policy.runBatch(
    20,
    () => {
      busy(10);
      if (policy.evaluate(route, PEER).verdict.type === 'accept') accepted++;
    },
    () => assert.fail('nobody was stopped'),
  );
  assert.ok(accepted >= 20);
  assert.equal(policy.faults.counts.stopped, 0);
});

test('what a batch throws comes out of it, and the watch leaves nothing behind', () => {
  assert.throws(
    () =>
      watch(() => {
        throw new Error('inside');
      }, 100),
    /inside/,
  );
  assert.ok(watch(() => watch(() => undefined, 100), 100));
  assert.equal((globalThis as Record<string, unknown>)['__tsbgpPolicyBatch'], undefined);
});

test('a policy counts and tells', () => {
  const events: unknown[] = [];
  const policy = policyOf(
    (route, _, tell) => {
      tell.count('seen');
      tell.count('bits', route.prefixLength);
      tell.event('leak', { prefix: route.prefix });
      return 'accept';
    },
    {
      onEvent: (name, fields) => events.push([name, fields]),
    },
  );
  policy.evaluate(routeOf('192.0.2.0/24 path=1'), PEER);
  policy.evaluate(routeOf('192.0.2.0/25 path=1'), PEER);
  assert.deepEqual(
    [...policy.metrics],
    [
      ['seen', 2],
      ['bits', 49],
    ],
  );
  assert.deepEqual(events[0], ['leak', { prefix: '192.0.2.0/24' }]);
});

test('a direction without a function has the default', () => {
  const policy = new ScriptPolicy({ import: () => 'reject' }, { direction: 'export', default: 'accept' });
  assert.equal(policy.evaluate(routeOf('192.0.2.0/24 path=1'), PEER).verdict.type, 'accept');
});

function fileOf(t: TestContext): { write(text: string): void; loader: ScriptLoader; path: string } {
  const folder = mkdtempSync(join(tmpdir(), 'tsbgp-policy-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'policy.ts');
  return {
    path,
    write: (text) => writeFileSync(path, text),
    loader: new ScriptLoader({ url: pathToFileURL(path).href, importModule: (url) => import(url) }),
  };
}

test('a file is loaded, and loaded again when it changes; a version that cannot be loaded leaves the old one', async (t) => {
  const { write, loader } = fileOf(t);
  const evaluated = (): string => {
    const route = routeOf('192.0.2.0/24 path=1');
    return outcomeOf(new ScriptPolicy(loader.definition!, { direction: 'import', default: 'reject' }).evaluate(route, PEER).verdict, route);
  };
  write("export default { import: (route: { med?: number }) => { route.med = 1; return 'accept'; } };\n");
  assert.equal((await loader.load()).type, 'loaded');
  assert.equal(evaluated(), 'accept med=1');
  write("export default { import: () => ({ reject: 'second' }) };\n");
  await loader.load();
  assert.equal(evaluated(), 'reject second');
  for (const [text, expected] of [
    ["export default {\n  import: () => 'accept',\n", /policy\.ts:\d+/],
    ["const a = 1;\n\nthrow new Error('while loading');\n", /policy\.ts:3:\d+: while loading/],
    ['export const other = 1;\n', /policy\.ts: the file has no default export/],
    ['export default { import: 5 };\n', /import is not a function/],
    ['export default {};\n', /neither import nor export/],
    ['export default { improt() {} };\n', /neither import nor export|"improt"/],
  ] as const) {
    write(text);
    const result = await loader.load();
    assert.ok(result.type === 'failed', text);
    assert.match(formatLoadFailure(result), expected);
    assert.equal(evaluated(), 'reject second');
    assert.equal(loader.version, 2);
  }
});

test('a file that is not there says so', async (t) => {
  const result = await fileOf(t).loader.load();
  assert.ok(result.type === 'failed');
  assert.match(result.message, /Cannot find module/);
});
