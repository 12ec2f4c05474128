/** PolicyService: requests become questions, and answers become messages. */
import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { ExplainPolicyRequest_Direction as Direction } from '@tsbgp/api';
import { type Served, serve } from '../../../test/api-server/serve.ts';
import { DIFFERENCES, type PolicyPlane, type PolicyQuery } from '../../policy-plane.ts';

const AT = new Date('2026-11-20T12:00:00Z');
const STATE = { path: '/etc/a.txt', kind: 'prefixes', generation: 3, readAt: AT, writtenAt: AT, entries: 2, faults: 1 } as const;
const SET = {
  kind: 'prefixes',
  name: 'a',
  entries: 2,
  file: { file: 'a.txt', list: 'AS1', state: { ...STATE, fault: { text: 'wrong', at: AT } } },
};

suite('PolicyService', { timeout: 60_000 }, () => {
  let api: Served;
  const asked: unknown[] = [];
  before(async () => {
    api = await serve();
    const policy = { name: 'in', statements: 1, uses: [{ neighbor: '192.0.2.1', import: true, export: false }], calledBy: ['out'] };
    const statement = { name: 's', depth: 0, otherwise: false, conditions: ['c'], changes: ['d'], call: '', action: 'reject', reason: 'r' };
    const explanation = {
      chain: 'in',
      prefix: '192.0.2.0/24',
      pathIdentifier: 0,
      source: '',
      accepted: false,
      reason: 'r',
      policy: 'in',
      statement: 's',
      changes: '',
      statements: [{ policy: 'in', statement: 's', matched: true, conditions: [{ text: 'c', holds: true, found: 'f' }], changes: ['d'] }],
    };
    const plane: PolicyPlane = {
      policies: () => [policy],
      policy: () => ({ ...policy, text: 'in: []\n', listing: [statement] }),
      sets: () => [SET],
      set: (...args) => {
        asked.push(args);
        return { ...SET, page: ['192.0.2.0/24'], next: 7 };
      },
      reload: async () => ({ changed: [{ ...STATE, fault: undefined }], faults: ['wrong'] }),
      explain: (query) => {
        asked.push(query);
        return [{ ...explanation, direction: 'export' }];
      },
      diff: async (...args) => {
        asked.push(args);
        const kinds = Object.fromEntries(DIFFERENCES.map((kind, i) => [kind, { count: i, examples: [kind] }]));
        return { compared: 2, neighbors: [{ neighbor: '192.0.2.1', ...kinds } as never] };
      },
    };
    api.control.policies = plane;
  });
  after(() => api.stop());

  test('policies', async () => {
    const { policies } = await api.client.policies.listPolicies({});
    assert.equal(policies[0]?.uses[0]?.neighbor, '192.0.2.1');
    assert.deepEqual(policies[0]?.calledBy, ['out']);
    const { text, statements, policy } = await api.client.policies.getPolicy({ name: 'in' });
    assert.deepEqual([text, statements[0]?.reason, statements[0]?.conditions, policy?.name], ['in: []\n', 'r', ['c'], 'in']);
  });

  test('sets and their files', async () => {
    const { sets } = await api.client.policies.listSets({});
    const file = sets[0]?.file;
    assert.deepEqual([file?.file, file?.list, file?.generation, file?.error], ['a.txt', 'AS1', 3n, 'wrong']);
    assert.equal(Number(file?.readAt?.seconds), AT.getTime() / 1000);
    const first = await api.client.policies.getSet({ kind: 'prefixes', name: 'a' });
    assert.deepEqual([first.entries, first.nextPageToken], [['192.0.2.0/24'], '7']);
    await api.client.policies.getSet({ kind: 'prefixes', name: 'a', pageSize: 5, pageToken: '7' });
    assert.deepEqual(asked.splice(0), [
      ['prefixes', 'a', 0, 1000],
      ['prefixes', 'a', 7, 5],
    ]);
    await assert.rejects(api.client.policies.getSet({ kind: 'prefixes', name: 'a', pageToken: 'x' }), /page_token: found "x"/);
    await assert.rejects(api.client.policies.getSet({ kind: 'prefixes', name: 'a', pageSize: 10_001 }), /page_size: found 10001/);
  });

  test('reload', async () => {
    const { changed, errors } = await api.client.policies.reloadPolicies({});
    assert.deepEqual([changed, errors], [['/etc/a.txt'], ['wrong']]);
  });

  test('explanations, of a prefix and of a route that is given', async () => {
    const { explanations } = await api.client.policies.explainPolicy({ neighbor: '192.0.2.1', prefix: '192.0.2.0/24' });
    assert.deepEqual([explanations[0]?.export, explanations[0]?.statements[0]?.conditions[0]?.found], [true, 'f']);
    assert.deepEqual(asked.splice(0), [{ neighbor: '192.0.2.1', direction: undefined, subject: { prefix: '192.0.2.0/24' } }]);
    const route = { prefix: '192.0.2.0/24', nextHop: '192.0.2.1' };
    await api.client.policies.explainPolicy({ neighbor: '192.0.2.1', direction: Direction.EXPORT, route });
    const [query] = asked.splice(0) as PolicyQuery[];
    assert.equal(query?.direction, 'export');
    assert.ok(query !== undefined && 'route' in query.subject && query.subject.route.nextHop === '192.0.2.1');
    await assert.rejects(api.client.policies.explainPolicy({ direction: 9 as Direction }), /direction: found 9/);
  });

  test('differences', async () => {
    const { neighbors, compared } = await api.client.policies.diffPolicy({ configuration: 'x', examples: 3 });
    assert.equal(compared, 2);
    const [difference] = neighbors;
    assert.deepEqual(
      DIFFERENCES.map((kind) => Number(difference?.[kind]?.count)),
      [0, 1, 2, 3, 4, 5],
    );
    assert.deepEqual(difference?.withdrawn?.examples, ['withdrawn']);
    assert.deepEqual(asked.splice(0), [['x', { neighbor: undefined, examplesMax: 3 }]]);
    await assert.rejects(api.client.policies.diffPolicy({ examples: 101 }), /examples: found 101/);
  });
});
