import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { type Event, Event_Type as Type } from '@tsbgp/api';
import { IPV4_UNICAST } from '@tsbgp/wire';
import { type Served, serve, until } from '../../../test/api-server/serve.ts';
import { EVENTS_KEPT_MAX } from '../../events.ts';
import { EVENT_WATCHERS_MAX } from './event-service.ts';

suite('EventService', { timeout: 30_000 }, () => {
  let api: Served;
  before(async () => {
    api = await serve();
    await api.client.neighbors.addNeighbor({ neighbor: { address: '192.0.2.1', remoteAs: 65_002 } });
  });
  after(() => api.stop());

  const up = (neighbor: string, text = 'Established') => api.control.events.record({ type: 'session-up', neighbor, text });

  test('what is remembered comes first, then what happens; each with its number, once', async () => {
    up('192.0.2.1', 'old');
    up('192.0.2.1', 'remembered');
    const seen: Event[] = [];
    for await (const { events } of api.client.events.watchEvents({ recent: 1 })) {
      seen.push(...events);
      if (seen.length === 1) {
        const notification = { type: 'notification-received', neighbor: '192.0.2.1', text: 'Cease', code: 6, subcode: 2 } as const;
        api.control.events.record(notification);
        api.control.events.record({ type: 'end-of-rib', neighbor: '192.0.2.1', family: IPV4_UNICAST, text: 'End-of-RIB received' });
      }
      if (seen.length === 3) break;
    }
    assert.deepEqual(
      seen.map(({ sequence, type, family, text, code, subcode }) => [sequence, type, family, text, code, subcode]),
      [
        [2n, Type.SESSION_UP, '', 'remembered', 0, 0],
        [3n, Type.NOTIFICATION_RECEIVED, '', 'Cease', 6, 2],
        [4n, Type.END_OF_RIB, 'ipv4-unicast', 'End-of-RIB received', 0, 0],
      ],
    );
    await until(() => api.control.events.listenerCount === 0, 'the watcher is freed');
  });

  test('recent_only ends after what is remembered; a neighbor in any spelling narrows it', async () => {
    up('2001:db8::7', 'other');
    const texts: string[] = [];
    for await (const { events } of api.client.events.watchEvents({ recent: 1000, recentOnly: true })) {
      texts.push(...events.map(({ text }) => text));
    }
    assert.ok(texts.includes('other') && texts.includes('old'));
    for await (const { events } of api.client.events.watchEvents({ neighbor: '192.0.2.1', recent: 1000, recentOnly: true })) {
      assert.ok(events.every(({ neighbor }) => neighbor === '192.0.2.1'));
    }
    for await (const _ of api.client.events.watchEvents({ recentOnly: true })) assert.fail('nothing was asked for');
  });

  test('a watcher that reads too slowly is told how many events it missed; nothing is kept for it', async () => {
    const watching = api.client.events.watchEvents({})[Symbol.asyncIterator]();
    const first = watching.next();
    await until(() => api.control.events.listenerCount === 1, 'the watch is under way');
    const before = api.control.events.last;
    // In one turn: the watcher cannot read between them.
    for (let i = 0; i < EVENTS_KEPT_MAX + 50; i++) up('192.0.2.1', `flood ${i}`);
    const { value } = await first;
    assert.equal(value.lost, 50n);
    assert.equal(value.events.length, EVENTS_KEPT_MAX);
    assert.equal(value.events[0].sequence, BigInt(before + 51));
    await watching.return?.();
    await until(() => api.control.events.listenerCount === 0, 'the watcher is freed');
  });

  test('refused: an unknown neighbor, too many remembered ones, too many watchers', async () => {
    const first = (request: object) => api.client.events.watchEvents(request)[Symbol.asyncIterator]().next();
    await assert.rejects(first({ neighbor: '192.0.2.99' }), { code: 'NOT_FOUND' });
    await assert.rejects(first({ recent: EVENTS_KEPT_MAX + 1 }), { code: 'INVALID_ARGUMENT', field: 'recent' });
    const leave = Array.from({ length: EVENT_WATCHERS_MAX }, () => api.control.events.listen(() => undefined));
    await assert.rejects(first({}), { code: 'RESOURCE_EXHAUSTED' });
    for (const one of leave) one();
  });
});
