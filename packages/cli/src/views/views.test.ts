import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NO_COUNTS, UP } from '../../test/world.ts';
import { colored, plain, visibleLength } from '../terminal/style.ts';
import { table } from '../terminal/table.ts';
import { type NeighborView, neighborPage, neighborTable } from './neighbor.ts';
import { announceLine, type RouteView, routeColumns, routePage, withdrawLine } from './route.ts';

const now = new Date(2026, 10, 20, 12, 0, 0);
const ago = (seconds: number): Date => new Date(now.getTime() - seconds * 1000);

const up: NeighborView = {
  ...UP,
  description: 'transit, circuit 4711\u001b[2J',
  session: { ...UP.session!, establishedAt: ago(187_200) },
  prefixes: [
    { ...NO_COUNTS, received: 934_112, accepted: 934_110, advertised: 12 },
    { ...NO_COUNTS, family: 'ipv6-unicast' },
  ],
};
const down: NeighborView = {
  ...up,
  address: '2001:db8::1',
  description: '',
  state: 'Connect',
  isUp: false,
  session: undefined,
  prefixes: [],
  flapCount: 3,
  lastError: 'connect ECONNREFUSED 2001:db8::1:179',
  lastErrorAt: ago(5),
};

test('the table of neighbors, wide', () => {
  assert.deepEqual(neighborTable([up, down], { width: Number.POSITIVE_INFINITY, style: plain, now }), [
    'Neighbor        AS  State         Since  Received  Accepted  Sent  Flaps  Description                Problem',
    '192.0.2.1    64501  Established  2d 04h   934,112   934,110    12      0  transit, circuit 4711·[2J',
    '2001:db8::1  64501  Connect                     0         0     0      3                             connect ECONNREFUSED 2001:db8::1:179',
  ]);
});

test('tables and pages never wrap at 80 columns, colored or not', () => {
  for (const style of [plain, colored]) {
    const options = { width: 80, style, now };
    const lines = [...neighborTable([up, down], options), ...neighborPage(up, options), ...neighborPage(down, options)];
    for (const line of lines) assert.ok(visibleLength(line) <= 80, line);
  }
});

test('the page of a neighbor that is down says why', () => {
  const page = neighborPage(down, { width: 80, style: plain, now });
  assert.equal(page[0], '2001:db8::1  AS 64501  Connect');
  assert.ok(page.includes('  last error  connect ECONNREFUSED 2001:db8::1:179 (5s ago)'), page.join('\n'));
});

test('RFC 4760 §8: a session without an address family in common is a warning on the page and in the table', () => {
  const lonely = { ...up, session: { ...up.session!, families: [] } };
  const page = neighborPage(lonely, { width: 120, style: plain, now });
  assert.ok(page.includes('  warning      no address family in common: the session is up, and no routes are exchanged'), page.join('\n'));
  assert.ok(page.some((line) => /^ {2}families +none$/.test(line)));
  assert.match(neighborTable([lonely], { width: Number.POSITIVE_INFINITY, style: plain, now })[1]!, /no address family in common$/);
});

test('the page of a neighbor has uptime, negotiated timers, and the last NOTIFICATION beside a later failure', () => {
  const text = '6/2 Cease, Administrative Shutdown: "bye\u001b[2J\u202e"';
  const lastNotification = { direction: 'received', code: 6, subcode: 2, text, at: ago(125) } as const;
  const page = neighborPage({ ...up, lastNotification }, { width: 120, style: plain, now });
  assert.equal(page[0], '192.0.2.1  AS 64501  Established  for 2d 04h');
  assert.ok(page.some((line) => /^ {2}established .* \(2d 04h ago\)$/.test(line)));
  assert.ok(page.some((line) => /^ {2}timers +hold 90 s, keepalive 30 s$/.test(line)));
  const told = '  last NOTIFICATION  received: 6/2 Cease, Administrative Shutdown: "bye·[2J·" (2m 05s ago)';
  assert.ok(page.includes(told), page.join('\n'));
  const failed = neighborPage({ ...down, lastNotification }, { width: 120, style: plain, now });
  assert.ok(
    failed.includes(told) && failed.some((line) => line.startsWith('  last error         connect ECONNREFUSED')),
    failed.join('\n'),
  );
  const same = neighborPage({ ...down, lastError: text, lastNotification }, { width: 120, style: plain, now });
  assert.ok(!same.some((line) => line.includes('last error')));
});

const route: RouteView = {
  family: 'ipv4-unicast',
  prefix: '1.1.1.0/24',
  pathIdentifier: undefined,
  neighbor: '127.0.0.2',
  nextHop: '192.0.2.2',
  asPath: '64496 1299 13335',
  origin: 'igp',
  med: 50,
  localPref: undefined,
  communities: ['64496:100', 'no-export'],
  largeCommunities: ['64496:1:1299'],
  extendedCommunities: [],
  others: [{ name: 'attribute 99', text: 'c0ffee' }],
  best: true,
  filtered: false,
  filterReason: undefined,
  learnedAt: ago(75),
  source: undefined,
  addedBy: undefined,
};

test('routes in a table: best first sight, local ones named, unused columns absent', () => {
  const local = { ...route, neighbor: '', best: false, asPath: '', med: undefined, communities: [], largeCommunities: [] };
  assert.deepEqual(table(routeColumns(now), [route, local], { width: Number.POSITIVE_INFINITY, style: plain }), [
    '   Prefix      Next hop   From       MED  AS path             Communities                          Age',
    '>  1.1.1.0/24  192.0.2.2  127.0.0.2   50  64496 1299 13335 i  64496:100 no-export 64496:1:1299  1m 15s',
    '   1.1.1.0/24  192.0.2.2  local           i                                                     1m 15s',
  ]);
});

test('the page of a route has everything, unknown attributes included', () => {
  assert.deepEqual(routePage(route, { width: 80, style: plain, now }), [
    '1.1.1.0/24  from 127.0.0.2  best',
    '  next hop      192.0.2.2',
    '  AS path       64496 1299 13335',
    '  origin        igp',
    '  MED           50',
    '  communities   64496:100 no-export',
    '  large         64496:1:1299',
    '  attribute 99  c0ffee',
    '  learned       2026-11-20 11:58:45 (1m 15s ago)',
  ]);
});

test('a change is a line', () => {
  assert.equal(announceLine(route, now, plain), '12:00:00  +  1.1.1.0/24            127.0.0.2     64496 1299 13335 i');
  assert.equal(withdrawLine({ prefix: '1.1.1.0/24', pathIdentifier: 7, neighbor: '' }, now, plain), '12:00:00  -  1.1.1.0/24 #7');
});
