/** docs/operations.md names every bound with the value that the code has. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import * as session from '@tsbgp/session';
import { CRASH_REPORTS_MAX } from './crash-report.ts';
import { CRASH_TIMEOUT_MS } from './daemon.ts';
import { FLUSH_TIMEOUT_MS } from './log.ts';
import { LOG_QUEUE_BYTES_MAX, LOG_RECENT_MAX, LOG_RETRY_MS } from './log-destination.ts';
import { DESCRIPTOR_CHECK_MS, DESCRIPTOR_RESERVE, DESCRIPTOR_WARN_SHARE } from './metrics/descriptors.ts';
import { MEANINGLESS_SIGNALS } from './signals.ts';
import { CHANGES_KEPT_SECONDS } from './speaker/change-feed.ts';
import { CHANGES_MAX } from './speaker/change-log.ts';
import { PAGES_MAX, STREAM_ROUTES_MAX, STREAMS_MAX } from './speaker/listing.ts';
import { BATCH_ROUTES_MAX, BATCHES_MAX } from './speaker/local-routes.ts';
import { EVENTS_MAX, WATCHERS_MAX } from './speaker/watchers.ts';
import { SUMMARY_NEIGHBORS_MAX } from './state-summary.ts';

const text = readFileSync(join(import.meta.dirname, '../../../docs/operations.md'), 'utf8');

const BOUNDS = {
  LOG_QUEUE_BYTES_MAX,
  LOG_RETRY_MS,
  LOG_RECENT_MAX,
  FLUSH_TIMEOUT_MS,
  DESCRIPTOR_WARN_SHARE,
  DESCRIPTOR_RESERVE,
  CONNECTIONS_PER_PEER_MAX: session.CONNECTIONS_PER_PEER_MAX,
  LINGERING_PER_PEER_MAX: session.LINGERING_PER_PEER_MAX,
  INCOMING_OPEN_WAIT_SECONDS: session.INCOMING_OPEN_WAIT_SECONDS,
  HALF_OPEN_MAX_DEFAULT: session.HALF_OPEN_MAX_DEFAULT,
  REFUSED_MAX: session.REFUSED_MAX,
  RANGE_LIMIT_DEFAULT: session.RANGE_LIMIT_DEFAULT,
  STREAMS_MAX,
  STREAM_ROUTES_MAX,
  PAGES_MAX,
  WATCHERS_MAX,
  EVENTS_MAX,
  CHANGES_MAX,
  CHANGES_KEPT_SECONDS,
  BATCHES_MAX,
  BATCH_ROUTES_MAX,
};

for (const [name, value] of Object.entries(BOUNDS)) {
  test(`${name} has a row with its value`, () => {
    assert.ok(text.includes(`| \`${name}\` | ${value.toLocaleString('en-US')} `), `${name} ${value}`);
  });
}

test('bounds in sentences have their values', () => {
  assert.ok(text.includes(`\`CRASH_TIMEOUT_MS\` (${CRASH_TIMEOUT_MS.toLocaleString('en-US')} ms)`));
  assert.ok(text.includes(`\`CRASH_REPORTS_MAX\` (${CRASH_REPORTS_MAX})`));
  assert.ok(text.includes(`every ${DESCRIPTOR_CHECK_MS / 1000} s (\`DESCRIPTOR_CHECK_MS\`)`));
  assert.ok(text.includes(`at most ${SUMMARY_NEIGHBORS_MAX})`));
});

test('every reason of a refusal is explained, and every signal without a meaning is listed', () => {
  for (const reason of session.REFUSAL_REASONS) assert.ok(text.includes(`\`${reason}\``), reason);
  for (const signal of MEANINGLESS_SIGNALS) assert.ok(text.includes(`\`${signal.slice(3)}\``), signal);
});
