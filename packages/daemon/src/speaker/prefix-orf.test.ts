/** Outbound route filters by prefix, as the receiver (RFC 5291, RFC 5292): the rules, and a session. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { FILTER_ENTRIES_MAX, type PrefixFilter, type RibPeer } from '@tsbgp/rib';
import {
  type AddressPrefixOrf,
  DEFAULT_CONTEXT,
  decodeUpdate,
  encodeControlMessage,
  Fault,
  IPV4_UNICAST,
  IPV6_UNICAST,
  type Orf,
  OrfType,
  type RouteRefreshMessage,
} from '@tsbgp/wire';
import { RawPeer } from '../../test/raw-peer.ts';
import { makeNeighbor, makeSpeaker, QUIET } from '../../test/speakers.ts';
import { Boundaries } from '../boundaries.ts';
import { FIRST_FILTER_SECONDS, PrefixOrf } from './prefix-orf.ts';

function scene(t: TestContext) {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const filters: (PrefixFilter | undefined)[] = [];
  const pending: (() => void)[] = [];
  const resent: number[] = [];
  const warnings: string[] = [];
  const orf = new PrefixOrf({
    rib: {
      setPrefixFilter: (_peer, _family, filter, applied) => {
        filters.push(filter);
        pending.push(applied);
      },
    },
    peer: { options: { name: '192.0.2.1' } } as RibPeer,
    families: new Set([IPV4_UNICAST]),
    logger: QUIET,
    boundaries: new Boundaries(QUIET),
    schedule: () => undefined,
    resend: (family) => resent.push(family),
    warn: (_family, text) => warnings.push(text),
  });
  const applied = (): void => pending.splice(0).forEach((call) => call());
  const text = () => orf.entriesOf(IPV4_UNICAST).map(({ sequence, match, prefix }) => `${sequence} ${match} ${prefix}`);
  return { orf, filters, applied, resent, warnings, text };
}

function add(sequence: number, prefix: string, match: 'permit' | 'deny' = 'permit', minLength = 0, maxLength = 0): AddressPrefixOrf {
  return { action: 'add', sequence, prefix, match, minLength, maxLength };
}

function refresh(whenToRefresh: Orf['whenToRefresh'], ...prefixes: AddressPrefixOrf[]): RouteRefreshMessage {
  const groups = [{ orfType: OrfType.AddressPrefix, prefixes }];
  return { type: 'route-refresh', family: IPV4_UNICAST, subtype: 0, orf: { whenToRefresh, groups } };
}

const PLAIN: RouteRefreshMessage = { type: 'route-refresh', family: IPV4_UNICAST, subtype: 0 };
const octets = (text: string): Uint8Array => Uint8Array.from(text.split(' '), Number);

test('RFC 5291 §5: IMMEDIATE applies the entries; the first time the RIB sends the routes itself', (t) => {
  const { orf, filters, applied, resent, text } = scene(t);
  assert.equal(orf.isAwaited(IPV4_UNICAST), true);
  assert.equal(orf.refreshAsked(refresh('immediate', add(10, '10.0.0.0/8'), add(5, '10.1.0.0/16', 'deny'))), false);
  assert.deepEqual(text(), ['5 deny 10.1.0.0/16', '10 permit 10.0.0.0/8']);
  assert.equal(filters[0]!.permits(octets('8 10')), true);
  assert.equal(filters[0]!.permits(octets('16 10 1')), false);
  applied();
  assert.deepEqual(resent, []);
  assert.equal(orf.isAwaited(IPV4_UNICAST), false);
});

test('RFC 5291 §5: DEFER changes nothing before the next ROUTE-REFRESH', (t) => {
  const { orf, filters, applied, resent } = scene(t);
  assert.equal(orf.refreshAsked(PLAIN), false, 'the first one lets the routes out');
  applied();
  assert.equal(orf.refreshAsked(refresh('defer', add(1, '10.0.0.0/8'))), false);
  assert.deepEqual(filters, [undefined]);
  assert.equal(orf.refreshAsked(PLAIN), false);
  assert.equal(filters.length, 2);
  assert.deepEqual(resent, [], 'not before the Adj-RIB-Out agrees');
  applied();
  assert.deepEqual(resent, [IPV4_UNICAST]);
  assert.equal(orf.refreshAsked(PLAIN), true, 'nothing changed: the routes are sent again at once');
});

test('RFC 5292 §3: REMOVE names a whole entry, REMOVE-ALL all of them; without entries everything passes', (t) => {
  const { orf, filters, applied, text } = scene(t);
  orf.refreshAsked(refresh('immediate', add(1, '10.0.0.0/8'), add(2, '192.0.2.0/24')));
  applied();
  orf.refreshAsked(refresh('immediate', { ...add(1, '10.0.0.0/9'), action: 'remove' } as AddressPrefixOrf));
  assert.equal(filters.length, 1, 'another entry: nothing to remove');
  orf.refreshAsked(refresh('immediate', { ...add(1, '10.0.0.0/8'), action: 'remove' } as AddressPrefixOrf));
  applied();
  assert.deepEqual(text(), ['2 permit 192.0.2.0/24']);
  orf.refreshAsked(refresh('immediate', { action: 'remove-all' }));
  applied();
  assert.equal(filters.at(-1), undefined);
});

test('an entry with the sequence number of another one replaces it', (t) => {
  const { orf, text } = scene(t);
  orf.refreshAsked(refresh('immediate', add(1, '10.0.0.0/8'), add(1, '192.0.2.0/24', 'deny')));
  assert.deepEqual(text(), ['1 deny 192.0.2.0/24']);
});

for (const [title, entry, longest, passing, failing] of [
  ['without lengths only the prefix itself', add(1, '10.0.0.0/8'), 32, '8 10', '9 10 0'],
  ['with a minimum, all from there on', add(1, '10.0.0.0/8', 'permit', 16), 32, '32 10 0 0 1', '8 10'],
  ['with a maximum, from the prefix up to it', add(1, '10.0.0.0/8', 'permit', 0, 16), 32, '8 10', '17 10 0 0'],
] as const) {
  test(`RFC 5292 §2: ${title}`, (t) => {
    const { orf, filters } = scene(t);
    orf.refreshAsked(refresh('immediate', entry));
    assert.equal(filters[0]!.permits(octets(passing)), true);
    assert.equal(filters[0]!.permits(octets(failing)), false);
    assert.ok(filters[0]!.entries[0]!.maxLength <= longest);
  });
}

test('RFC 5291 §5: malformed filters remove all entries of the family', (t) => {
  const { orf, filters, applied, warnings, text } = scene(t);
  orf.refreshAsked(refresh('immediate', add(1, '10.0.0.0/8')));
  applied();
  orf.refreshAsked({ ...PLAIN, rest: Uint8Array.of(1, 64) });
  applied();
  assert.deepEqual(text(), []);
  assert.equal(filters.at(-1), undefined);
  assert.equal(warnings.length, 1);
  const groups = [{ orfType: OrfType.AddressPrefix, bytes: Uint8Array.of(0xff) }];
  orf.refreshAsked(refresh('immediate', add(1, '10.0.0.0/8')));
  applied();
  orf.refreshAsked({ ...PLAIN, orf: { whenToRefresh: 'immediate', groups } });
  assert.equal(filters.at(-1), undefined);
});

test('more entries than may be: all are removed, every route passes', (t) => {
  const { orf, warnings, text } = scene(t);
  const many = Array.from({ length: FILTER_ENTRIES_MAX + 1 }, (_, i) => add(i, `10.${i >> 8}.${i & 0xff}.0/24`));
  orf.refreshAsked(refresh('immediate', ...many));
  assert.deepEqual(text(), []);
  assert.match(warnings[0]!, /more than 10000 entries/);
});

test('filters that come while others are applied are applied together, once', (t) => {
  const { orf, filters, applied, resent } = scene(t);
  orf.refreshAsked(refresh('immediate', add(1, '10.0.0.0/8')));
  for (let i = 2; i < 50; i++) assert.equal(orf.refreshAsked(refresh('immediate', add(i, '10.0.0.0/8'))), false);
  assert.equal(filters.length, 1);
  applied();
  assert.equal(filters.length, 2);
  assert.equal(filters[1]!.entries.length, 49);
  applied();
  assert.deepEqual(resent, [IPV4_UNICAST]);
});

test('a peer that announced filters and sends none gets its routes in the end', (t) => {
  const { orf, filters, warnings } = scene(t);
  t.mock.timers.tick(FIRST_FILTER_SECONDS * 1000);
  assert.deepEqual(filters, [undefined]);
  assert.equal(warnings.length, 1);
  assert.equal(orf.isAwaited(IPV4_UNICAST), false);
});

test('another family, without the capability, is refreshed as always', (t) => {
  const { orf } = scene(t);
  assert.equal(orf.refreshAsked({ ...PLAIN, family: IPV6_UNICAST }), true);
});

test('a session: nothing before the filter, then what it permits and End-of-RIB; a change announces and withdraws', async (t) => {
  const speaker = makeSpeaker();
  const { port } = await speaker.listen({ host: '127.0.0.1', port: 0 });
  speaker.addNeighbor(makeNeighbor(2, { orfReceive: true, families: [IPV4_UNICAST] }));
  for (const prefix of ['10.1.0.0/16', '10.2.0.0/16', '192.0.2.0/24']) {
    await speaker.addRoutes([{ family: IPV4_UNICAST, prefix, nextHop: '192.0.2.1', attributes: [] }]);
  }
  const held = new Set<string>();
  let endsOfRib = 0;
  const peer = new RawPeer(port, 2, 240, {
    families: [IPV4_UNICAST],
    capabilities: [
      {
        type: 'outbound-route-filtering',
        families: [{ family: IPV4_UNICAST, types: [{ orfType: OrfType.AddressPrefix, receive: false, send: true }] }],
      },
    ],
  });
  peer.onUpdate = (bytes, start, end) => {
    const update = decodeUpdate(bytes, start, end, DEFAULT_CONTEXT);
    assert.ok(!(update instanceof Fault));
    if (update.endOfRib !== undefined) endsOfRib++;
    for (const each of update.withdrawn) if (each.type === 'ip-prefix') held.delete(each.prefix);
    for (const each of update.nlri) if (each.type === 'ip-prefix') held.add(each.prefix);
  };
  t.after(async () => {
    await peer.close();
    await speaker.close();
  });
  await peer.up();
  const send = (message: RouteRefreshMessage): Promise<void> => peer.write(encodeControlMessage(message, DEFAULT_CONTEXT));
  const counts = () => speaker.getNeighbor('127.0.0.2').prefixes[0]!;
  assert.equal(counts().awaitsPrefixFilter, true);
  assert.deepEqual([held.size, endsOfRib], [0, 0]);
  await send(refresh('immediate', add(1, '10.0.0.0/8', 'permit', 0, 32)));
  await peer.until(() => endsOfRib === 1, 'End-of-RIB');
  assert.deepEqual([...held].sort(), ['10.1.0.0/16', '10.2.0.0/16']);
  assert.equal(counts().advertised, 2);
  assert.deepEqual(
    counts().prefixFilter.map(({ prefix }) => prefix),
    ['10.0.0.0/8'],
  );
  await send(refresh('immediate', { action: 'remove-all' }, add(1, '10.1.0.0/16', 'deny'), add(2, '0.0.0.0/0', 'permit', 0, 32)));
  await peer.until(() => held.has('192.0.2.0/24') && !held.has('10.1.0.0/16'), 'the change');
  assert.deepEqual([...held].sort(), ['10.2.0.0/16', '192.0.2.0/24']);
  await speaker.addRoutes([{ family: IPV4_UNICAST, prefix: '10.1.0.0/16', nextHop: '192.0.2.9', attributes: [] }]);
  await speaker.addRoutes([{ family: IPV4_UNICAST, prefix: '10.3.0.0/16', nextHop: '192.0.2.9', attributes: [] }]);
  await peer.until(() => held.has('10.3.0.0/16'), 'a new route');
  assert.equal(held.has('10.1.0.0/16'), false);
});
