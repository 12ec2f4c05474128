/** All members at once: the same as each alone, and at the price of few. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { scaled } from '../../../../test/scale.ts';
import { outcomeOf, PEER, routeOf } from '../../test/routes.ts';
import { policyOf } from '../../test/tables.ts';
import { Members, numbersOf } from '../route/members.ts';
import type { Peer, PeerRole } from '../route/peer.ts';
import type { Policy } from './policy.ts';

const ASNS = [65001, 65002, 65003, 200_000];
const peer: fc.Arbitrary<Peer | undefined> = fc.option(
  fc.record({
    address: fc.constantFrom('198.51.100.1', '198.51.100.2', '2001:db8::1'),
    as: fc.constantFrom(...ASNS),
    localAs: fc.constantFrom(64512, 64513),
    as16: fc.constantFrom(undefined, 777),
    kind: fc.constantFrom('ebgp' as const, 'ibgp' as const),
    group: fc.constantFrom(undefined, 'a', 'b'),
    role: fc.constantFrom<PeerRole | undefined>(undefined, 'customer', 'peer'),
    tags: fc.subarray(['x', 'y']),
    addresses: fc.subarray(['198.51.100.1', '198.51.100.2']),
  }),
  { nil: undefined, freq: 8 },
);

const asn = fc.constantFrom<unknown>(65001, '{peer-as}', '{local-as}', ['{peer-as}', 65003], '65002-65003');

const leaf: fc.Arbitrary<Record<string, unknown>> = fc.oneof(
  fc.record({
    communities: fc.record({
      values: fc.array(
        fc.constantFrom(
          '0:{peer-as}',
          '{local-as}:{peer-as}',
          '{local-as}:0:{peer-as}',
          '1:1',
          '0:*',
          'rt:{local-as}:{peer-as}',
          '/^0:/',
          '64512:*:{peer-as}',
        ),
        {
          minLength: 1,
          maxLength: 3,
        },
      ),
      match: fc.constantFrom('any', 'none', 'all', 'only'),
    }),
  }),
  fc.record({
    neighbor: fc.constantFrom<unknown>(
      { as: 65001 },
      { group: 'a' },
      { role: 'peer', tag: 'x' },
      { address: '198.51.100.1' },
      { kind: 'ibgp' },
    ),
  }),
  fc.constantFrom('first-as', 'origin-as', 'any-as').chain((key) => asn.map((value) => ({ [key]: value }))),
  fc.constantFrom<Record<string, unknown>>({ prefix: '192.0.2.0/24' }, { prefix: '198.51.100.0/24' }),
  fc.constantFrom<Record<string, unknown>>(
    { 'next-hop': 'peer' },
    { 'next-hop': 'same-as' },
    { med: '>= 5' },
    { med: 'absent' },
    { tag: 3 },
    { prefix: '192.0.2.0/24' },
    { rov: 'valid' },
  ),
);

const condition: fc.Arbitrary<Record<string, unknown>> = fc.letrec<{ node: Record<string, unknown> }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 2, depthIdentifier: 'condition' },
    leaf,
    fc.array(tie('node'), { minLength: 1, maxLength: 3 }).map((any) => ({ any })),
    fc.array(tie('node'), { minLength: 1, maxLength: 2 }).map((all) => ({ all })),
    tie('node').map((not) => ({ not })),
  ),
})).node;

const action = fc.constantFrom<Record<string, unknown>>(
  { med: 5 },
  { med: '+1' },
  { tag: 3 },
  { communities: { add: ['1:1'] } },
  { communities: { add: ['0:{peer-as}', '{local-as}:0:{peer-as}'] } },
  { communities: { remove: ['0:{peer-as}', '1:*'] } },
  { 'as-path': { prepend: { as: 'own', count: 2 } } },
  { 'as-path': { prepend: { as: 'peer' } } },
  { 'as-path': { 'remove-private': 'replace' } },
  { 'next-hop': 'peer' },
  { 'next-hop': 'self' },
);
const outcome = fc.constantFrom<unknown>('accept', 'reject', { reject: 'why' }, 'next-statement', 'next-statement', 'next-policy');

const statement: fc.Arbitrary<Record<string, unknown>> = fc.letrec<{ node: Record<string, unknown> }>((tie) => ({
  node: fc.record(
    {
      match: condition,
      set: action,
      call: fc.constantFrom('called'),
      do: fc.array(tie('node'), { maxLength: 2 }),
      action: outcome,
    },
    { requiredKeys: ['match'] },
  ),
})).node;

const policies = fc.record({
  first: fc.array(statement, { minLength: 1, maxLength: 4 }),
  second: fc.array(
    fc.tuple(statement, fc.array(statement, { maxLength: 1 })).map(([one, more]) => ({ ...one, else: more })),
    { maxLength: 3 },
  ),
  called: fc.array(
    statement.map((one) => Object.fromEntries(Object.entries(one).filter(([key]) => key !== 'call' && key !== 'do'))),
    { maxLength: 2 },
  ),
});

const line = fc
  .record({
    prefix: fc.constantFrom('192.0.2.0/24', '198.51.100.0/24'),
    path: fc.array(fc.constantFrom(...ASNS, 64512, 64513), { maxLength: 4 }),
    communities: fc.subarray(['0:65001', '0:65002', '0:777', '64512:65001', '1:1']),
    large: fc.subarray(['64512:0:65001', '64512:0:200000', '64513:0:65003']),
    ext: fc.subarray(['rt:64512:65001']),
    med: fc.constantFrom(undefined, 1, 9),
    rov: fc.constantFrom('valid', 'invalid'),
    nh: fc.constantFrom('198.51.100.1', '198.51.100.2', '10.0.0.1'),
  })
  .map(({ prefix, path, communities, large, ext, med, rov, nh }) =>
    [
      `${prefix} path=${path.join(' ')}`,
      communities.length === 0 ? '' : `com=${communities.join(' ')}`,
      large.length === 0 ? '' : `large=${large.join(' ')}`,
      ext.length === 0 ? '' : `ext=${ext.join(' ')}`,
      med === undefined ? '' : `med=${med}`,
      `rov=${rov}; nh=${nh}`,
    ]
      .filter((word) => word !== '')
      .join('; '),
  );

/** A policy without statements that call themselves: `called` calls nobody. */
function compiled(sections: Record<string, unknown>): Policy {
  return policyOf({ policies: sections }, ['first', 'second']);
}

test('all members at once: every member gets the verdict that it gets alone, in one step and in two', () => {
  fc.assert(
    fc.property(
      policies,
      fc.array(peer, { minLength: 1, maxLength: 6 }),
      fc.array(line, { minLength: 1, maxLength: 3 }),
      (sections, peers, lines) => {
        const policy = compiled(sections);
        const members = new Members(peers);
        for (const text of lines) {
          const route = routeOf(text);
          const together = policy.evaluateMembers(route, members);
          const first = policy.evaluateMembersAttributes(route, members);
          const pending = first.flatMap(({ verdict, members: set }) => (verdict.type === 'pending' ? [{ verdict, members: set }] : []));
          const inTwo = [...first.filter(({ verdict }) => verdict.type !== 'pending'), ...policy.resumeMembers(pending, route, members)];
          let seen = 0n;
          for (const { members: set } of together) {
            assert.equal(seen & set, 0n, 'a member has one verdict');
            seen |= set;
          }
          assert.equal(seen, members.all, 'every member has one');
          for (const [number, own] of peers.entries()) {
            if (own === undefined) continue;
            const alone = policy.evaluate(route, own);
            const has = (one: { members: bigint }): boolean => (one.members >> BigInt(number)) % 2n === 1n;
            assert.equal(together.find(has)?.verdict, alone, `${text} ${number} ${outcomeOf(alone, route)}`);
            assert.equal(inTwo.find(has)?.verdict, alone, 'in two steps');
            const single = policy.evaluateAttributes(route, own);
            assert.equal(single.type === 'pending' ? policy.resume(single, route, own) : single, alone, 'alone in two steps');
          }
        }
      },
    ),
    { numRuns: scaled(5000, 150) },
  );
});

test('a pending verdict serves all routes of its attribute set, in whatever order they come', () => {
  fc.assert(
    fc.property(
      policies,
      peer,
      line,
      fc.array(fc.constantFrom('192.0.2.0/24', '198.51.100.0/24'), { minLength: 2, maxLength: 4 }),
      (sections, own, text, prefixes) => {
        if (own === undefined) return;
        const policy = compiled(sections);
        const first = policy.evaluateAttributes(routeOf(text), own);
        for (const prefix of prefixes) {
          // Another object each time: what was kept must not be of the first one.
          const route = routeOf(text.replace(/^\S+/, prefix));
          const alone = policy.evaluate(routeOf(text.replace(/^\S+/, prefix)), own);
          assert.equal(first.type === 'pending' ? policy.resume(first, route, own) : first, alone, `${text} as ${prefix}`);
        }
      },
    ),
    { numRuns: scaled(10_000, 1000) },
  );
});

test('members with the same values of what a policy reads get the same verdict', () => {
  fc.assert(
    fc.property(policies, peer, peer, line, (sections, a, b, text) => {
      const policy = compiled(sections);
      if (a === undefined || b === undefined || policy.peerValues(a) !== policy.peerValues(b)) return;
      assert.equal(policy.evaluate(routeOf(text), a), policy.evaluate(routeOf(text), b));
    }),
    { numRuns: scaled(5000, 150) },
  );
});

/** 700 members of an exchange point with its communities "not to this one" and "only to this one". */
function exchange(count: number): { policy: Policy; members: Members } {
  const policy = policyOf({
    policies: {
      control: [
        { match: { communities: ['0:{peer-as}', '64512:0:{peer-as}'] }, action: { reject: 'not-to-this-peer' } },
        { match: { communities: ['64512:{peer-as}', '64512:1:{peer-as}'] }, action: 'accept' },
        { match: { communities: ['0:64512', '64512:0:0'] }, action: { reject: 'to-nobody' } },
      ],
    },
  });
  const members = new Members(
    Array.from({ length: count }, (_, i): Peer => ({ ...PEER, address: `10.0.${i >>> 8}.${i & 0xff}`, as: 60_000 + i })),
  );
  return { policy, members };
}

test('an exchange point: members are divided only by communities that name them', () => {
  const { policy, members } = exchange(700);
  const verdicts = (text: string): [string, number[]][] => {
    const route = routeOf(text);
    return policy.evaluateMembers(route, members).map(({ verdict, members: set }) => [outcomeOf(verdict, route), [...numbersOf(set)]]);
  };
  assert.deepEqual(
    verdicts('192.0.2.0/24 path=1').map(([text, who]) => [text, who.length]),
    [['accept', 700]],
  );
  const two = verdicts('192.0.2.0/24 path=1; com=0:60005; large=64512:0:60699');
  assert.deepEqual(two[0], ['reject not-to-this-peer', [5, 699]]);
  assert.equal(two[1]![1].length, 698);
  assert.deepEqual(verdicts('192.0.2.0/24 path=1; com=0:64512 64512:60007')[0], ['accept', [7]]);
});

test('the cost of an evaluation does not grow with the members', () => {
  const time = (count: number): number => {
    const { policy, members } = exchange(count);
    const route = routeOf('192.0.2.0/24 path=1; com=0:60005 0:64512 64512:60007; large=64512:0:60003');
    const run = (times: number): number => {
      const started = process.cpuUsage();
      for (let i = 0; i < times; i++) {
        route.setAttributes(route.bytes);
        policy.evaluateMembers(route, members);
      }
      return process.cpuUsage(started).user;
    };
    run(200);
    return Math.min(run(300), run(300), run(300));
  };
  const [few, many] = [time(70), time(2100)];
  // Thirty times the members: words of the bit sets only.
  assert.ok(many < 4 * few + 20_000, `${few} µs for 70 members, ${many} µs for 2,100`);
});

test('numbers of a set', () => {
  assert.deepEqual([...numbersOf((1n << 700n) | (1n << 63n) | (1n << 31n) | 1n)], [0, 31, 63, 700]);
  assert.deepEqual([...numbersOf(0n)], []);
});
