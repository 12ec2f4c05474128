import assert from 'node:assert/strict';
import { closeSync, openSync } from 'node:fs';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { DESCRIPTOR_RESERVE, DescriptorWatch, descriptorLimit, descriptorMax, openDescriptors } from './descriptors.ts';
import { EventLoopDelay } from './event-loop-delay.ts';
import { Exposition } from './exposition.ts';
import { addSessionMetrics } from './sessions.ts';

test('open descriptors are counted, and the limit is known', (t) => {
  const before = openDescriptors();
  if (before === undefined) return t.skip('no /proc here');
  const fds = [openSync('/dev/null', 'r'), openSync('/dev/null', 'r')];
  assert.equal(openDescriptors(), before + 2);
  for (const fd of fds) closeSync(fd);
  assert.ok(descriptorLimit()! > before);
});

test('at 80 % of the limit a warning, once; below 70 % the matter is settled', () => {
  const lines: string[] = [];
  const watch = new DescriptorWatch({ warn: (_, text) => lines.push(`warn ${text}`), info: (_, text) => lines.push(`info ${text}`) });
  for (const open of [100, 204, 205, 250, 256, 190, 180, 179, 100, 205]) watch.look(open, 256);
  assert.equal(lines.length, 3);
  assert.match(lines[0]!, /^warn 205 of 256 file descriptors are in use.*LimitNOFILE/);
  assert.match(lines[1]!, /^info 179 of 256 file descriptors are in use: enough are free again$/);
  assert.match(lines[2]!, /^warn 205/);
});

test('incoming sessions leave a reserve, and never more than a quarter', () => {
  assert.equal(descriptorMax(20_000), 20_000 - DESCRIPTOR_RESERVE);
  assert.equal(descriptorMax(64), 48);
  assert.equal(descriptorMax(undefined), undefined);
});

test('the delay of the event loop shows a loop that was blocked', async () => {
  const delay = new EventLoopDelay();
  delay.start();
  await setTimeout(60);
  const end = performance.now() + 150;
  while (performance.now() < end);
  await setTimeout(60);
  const { p50Seconds, p99Seconds, maxSeconds } = delay.get();
  delay.stop();
  assert.ok(maxSeconds > 0.1 && maxSeconds < 5, `${maxSeconds} s`);
  assert.ok(p50Seconds <= p99Seconds && p99Seconds <= maxSeconds);
  const out = new Exposition();
  delay.addMetrics(out);
  assert.match(out.toString(), /^nodejs_eventloop_lag_max_seconds 0\.\d+$/m);
});

test('refusals by reason, NOTIFICATIONs by code and subcode', () => {
  const out = new Exposition();
  const counters = {
    notificationsSentByCode: new Map([['6/2', 3]]),
    notificationsReceivedByCode: new Map([
      ['4/0', 1],
      ['other', 2],
    ]),
  };
  const refused = { 'unknown-peer': 5 } as never;
  const neighbor = { config: { address: '192.0.2.1', remoteAs: 64501 }, counters } as never;
  addSessionMetrics(out, { halfOpen: 2, halfOpenMax: 1024, refused, containedErrors: 0 }, [neighbor]);
  const lines = out
    .toString()
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  assert.deepEqual(lines, [
    'tsbgp_half_open_sessions 2',
    'tsbgp_half_open_sessions_limit 1024',
    'tsbgp_connections_refused_total{reason="unknown-peer"} 5',
    'tsbgp_neighbor_notifications_total{neighbor="192.0.2.1",remote_as="64501",direction="sent",code="6",subcode="2"} 3',
    'tsbgp_neighbor_notifications_total{neighbor="192.0.2.1",remote_as="64501",direction="received",code="4",subcode="0"} 1',
    'tsbgp_neighbor_notifications_total{neighbor="192.0.2.1",remote_as="64501",direction="received",code="other",subcode=""} 2',
  ]);
});
