import assert from 'node:assert/strict';
import { after, before, beforeEach, suite, test } from 'node:test';
import { RouteFilter_PrefixMatch as PrefixMatch, type RouteEvent, TsbgpError, WatchRoutesRequest_Table } from '@tsbgp/api';
import { IPV4_UNICAST, IPV6_UNICAST } from '@tsbgp/wire';
import type { FakeControlPlane } from '../../../test/api-server/fake-control-plane.ts';
import { fakeRoute } from '../../../test/api-server/fake-control-plane.ts';
import { type Served, serve, until } from '../../../test/api-server/serve.ts';
import type { WatchQuery } from '../../control-plane.ts';

const ROUTES = 5000;

suite('RibService', { timeout: 60_000 }, () => {
  let api: Served;
  let control: FakeControlPlane;
  before(async () => {
    api = await serve();
    control = api.control;
  });
  beforeEach(() => {
    control.table = Array.from({ length: ROUTES }, (_, i) => fakeRoute(i));
    control.queries.length = 0;
  });
  after(() => api.stop());

  test('pages join to the whole table, each route once', async () => {
    for (const method of ['listReceived', 'listBest', 'listAdvertised'] as const) {
      const prefixes: string[] = [];
      let pageToken = '';
      do {
        const page = await api.client.rib[method]({ pageSize: 700, pageToken, neighbor: '192.0.2.2' });
        assert.ok(page.routes.length <= 700);
        prefixes.push(...page.routes.map(({ prefix }) => prefix));
        pageToken = page.nextPageToken;
      } while (pageToken !== '');
      assert.deepEqual(
        prefixes,
        control.table.map(({ prefix }) => prefix),
      );
    }
    assert.deepEqual(new Set(control.queries.map((query) => query.table)), new Set(['received', 'best', 'advertised']));
  });

  test('a page has 100 routes unless told otherwise, and more than 1,000 are refused by name', async () => {
    assert.equal((await api.client.rib.listBest({})).routes.length, 100);
    await assert.rejects(api.client.rib.listBest({ pageSize: 1001 }), { code: 'INVALID_ARGUMENT', field: 'page_size' });
  });

  test('streams carry the table in messages of at most 1,000 routes', async () => {
    for (const method of ['streamReceived', 'streamBest', 'streamAdvertised'] as const) {
      const sizes: number[] = [];
      for await (const { routes } of api.client.rib[method]({ neighbor: '192.0.2.2' })) sizes.push(routes.length);
      assert.deepEqual(sizes, [1000, 1000, 1000, 1000, 1000]);
    }
  });

  test('an empty table is a stream without messages', async () => {
    control.table = [];
    for await (const _ of api.client.rib.streamBest({})) assert.fail('there is nothing');
  });

  test('the event loop turns while a large table leaves', async () => {
    let turns = 0;
    let timer = setImmediate(function count() {
      turns++;
      timer = setImmediate(count);
    });
    for await (const _ of api.client.rib.streamBest({}));
    clearImmediate(timer);
    assert.ok(turns >= ROUTES / 1000, `${turns} turns`);
  });

  /** The number of pages that were read, once no more are. */
  async function settled(): Promise<number> {
    for (let seen = -1; ; ) {
      if (seen === control.queries.length) return seen;
      seen = control.queries.length;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  test('a client that does not read stops the reading of the table, one that leaves ends it', async () => {
    control.table = Array.from({ length: 400_000 }, (_, i) => fakeRoute(i));
    const leave = new AbortController();
    const stream = api.client.rib.streamBest({}, { signal: leave.signal })[Symbol.asyncIterator]();
    await stream.next();
    const seen = await settled();
    assert.ok(seen < 200, `${seen} of 400 pages were read for a client that took one`);
    leave.abort();
    await assert.rejects(async () => {
      while (!(await stream.next()).done);
    }, TsbgpError);
    assert.ok((await settled()) <= seen + 1);
  });

  test('a deadline cuts a listing short with DEADLINE_EXCEEDED, never as if it were whole', async () => {
    control.table = Array.from({ length: 400_000 }, (_, i) => fakeRoute(i));
    await assert.rejects(
      async () => {
        for await (const _ of api.client.rib.streamBest({}, { timeoutMs: 40 }));
      },
      { code: 'DEADLINE_EXCEEDED' },
    );
    assert.ok((await settled()) < 400, 'the daemon stops reading too');
  });

  test('filters arrive as they were meant', async () => {
    await api.client.rib.listBest({
      filter: { family: 'ipv6-unicast', prefix: '2001:db8::/32', prefixMatch: PrefixMatch.LONGER, originAs: 65010, community: 'no-export' },
      neighbor: '192.0.2.9',
    });
    const { family, prefix, originAs, community, neighbor } = control.queries[0]!;
    assert.deepEqual(
      { family, prefix, originAs, community, neighbor },
      {
        family: IPV6_UNICAST,
        prefix: { value: '2001:db8::/32', match: 'longer' },
        originAs: 65010,
        community: 'no-export',
        neighbor: '192.0.2.9',
      },
    );
    await api.client.rib.listBest({ filter: { prefix: '10.0.0.0/8' } });
    assert.deepEqual(control.queries[1]!.prefix, { value: '10.0.0.0/8', match: 'exact' });
    await assert.rejects(api.client.rib.listBest({ filter: { family: 'ipv5' } }), { code: 'INVALID_ARGUMENT', field: 'filter.family' });
    await assert.rejects(api.client.rib.listBest({ filter: { prefix: '10.0.0.0/8', prefixMatch: 9 as never } }), {
      field: 'filter.prefix_match',
    });
  });

  test('a watch tells every kind of event', async () => {
    const events: RouteEvent['event'][] = [];
    const leave = new AbortController();
    const watching = (async () => {
      for await (const message of api.client.rib.watchRoutes(
        { table: WatchRoutesRequest_Table.RECEIVED, neighbor: '192.0.2.2' },
        { signal: leave.signal },
      )) {
        events.push(...message.events.map(({ event }) => event));
      }
    })();
    await until(() => control.listeners.size === 1, 'the watch is under way');
    control.tell(
      { type: 'announce', sequence: 6, route: fakeRoute(1) },
      { type: 'withdraw', sequence: 7, family: IPV4_UNICAST, prefix: '10.0.1.0/24', neighbor: '192.0.2.2' },
      { type: 'lost', sequence: 8, count: 3 },
    );
    await until(() => events.length === 3, 'three events');
    assert.deepEqual(
      events.map((event) => event.case),
      ['announce', 'withdraw', 'lost'],
    );
    assert.equal(control.queries.at(-1)!.table, 'received');
    leave.abort();
    await assert.rejects(watching, { code: 'CANCELED' });
    await until(() => control.listeners.size === 0, 'the watcher is freed');
  });

  test('a watch resumes: the position goes both ways, and needs its instance', async () => {
    const watch = api.client.rib.watchRoutes({ resumeAfter: 5n, instance: 'a1b2' })[Symbol.asyncIterator]();
    const first = watch.next();
    await until(() => control.listeners.size === 1, 'the watch is under way');
    assert.deepEqual((control.queries.at(-1) as WatchQuery).resume, { instance: 'a1b2', after: 5 });
    control.tell(
      { type: 'announce', sequence: 6, route: fakeRoute(1) },
      { type: 'lost', sequence: 8, count: undefined },
      { type: 'announce', route: fakeRoute(2) },
      { type: 'end-of-initial', sequence: 8 },
    );
    const { events, instance, sequence, latestSequence, resumableAfter } = (await first).value!;
    assert.deepEqual(
      { instance, sequence, latestSequence, resumableAfter },
      { instance: 'a1b2', sequence: 8n, latestSequence: 9n, resumableAfter: 1n },
    );
    assert.deepEqual(
      events.map(({ event, sequence: number }: RouteEvent) => [event.case, number]),
      [
        ['announce', 6n],
        ['lost', 8n],
        ['announce', 0n],
        ['endOfInitial', 8n],
      ],
    );
    assert.equal(events[1]!.event.case === 'lost' && events[1]!.event.value.count, 0n);
    await watch.return?.();
    for (const request of [{ resumeAfter: 5n }, { instance: 'a1b2' }]) {
      await assert.rejects(api.client.rib.watchRoutes(request)[Symbol.asyncIterator]().next(), (error) => {
        assert.ok(error instanceof TsbgpError);
        assert.match(error.message, /^instance: resume_after and instance are given together/);
        return true;
      });
    }
  });

  test('leaving the loop frees the watcher too', async () => {
    const watch = api.client.rib.watchRoutes({})[Symbol.asyncIterator]();
    const first = watch.next();
    await until(() => control.listeners.size === 1, 'the watch is under way');
    control.tell({ type: 'announce', route: fakeRoute(1) });
    await first;
    await watch.return?.();
    await until(() => control.listeners.size === 0, 'the watcher is freed');

    // Also while nothing happens and somebody waits for it.
    const quiet = api.client.rib.watchRoutes({})[Symbol.asyncIterator]();
    const never = assert.rejects(quiet.next(), { code: 'CANCELED' });
    await until(() => control.listeners.size === 1, 'the watch is under way');
    await quiet.return?.();
    await never;
    await until(() => control.listeners.size === 0, 'the watcher is freed');
  });

  test('with initial, the table comes first, then its end, then what changed meanwhile', async () => {
    const kinds: (string | undefined)[] = [];
    let told = false;
    for await (const { events } of api.client.rib.watchRoutes({ initial: true })) {
      if (!told) control.tell({ type: 'withdraw', sequence: 7, family: IPV4_UNICAST, prefix: '10.0.0.0/24', neighbor: '' });
      told = true;
      kinds.push(...events.map(({ event }) => event.case));
      if (kinds.length > ROUTES + 1) break;
    }
    assert.equal(kinds.indexOf('endOfInitial'), ROUTES);
    assert.equal(kinds[ROUTES + 1], 'withdraw');
    await until(() => control.listeners.size === 0, 'the watcher is freed');
  });
});
