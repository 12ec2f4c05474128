import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Exposition } from './exposition.ts';
import { addProcessMetrics } from './process.ts';

test('a metric is HELP, TYPE and its samples, together, in the order opened', () => {
  const out = new Exposition();
  const sent = out.counter('tsbgp_updates_sent_total', 'UPDATE messages sent.');
  const up = out.gauge('tsbgp_neighbor_up', 'Whether the session is Established.');
  up.add({ neighbor: '192.0.2.1', remote_as: 64501 }, 1);
  sent.add({ neighbor: '192.0.2.1' }, 12).add({ neighbor: '2001:db8::1' }, 9_007_199_254_740_993n);
  assert.equal(
    out.toString(),
    `# HELP tsbgp_updates_sent_total UPDATE messages sent.
# TYPE tsbgp_updates_sent_total counter
tsbgp_updates_sent_total{neighbor="192.0.2.1"} 12
tsbgp_updates_sent_total{neighbor="2001:db8::1"} 9007199254740993
# HELP tsbgp_neighbor_up Whether the session is Established.
# TYPE tsbgp_neighbor_up gauge
tsbgp_neighbor_up{neighbor="192.0.2.1",remote_as="64501"} 1
`,
  );
});

test('label values escape backslash, quote and newline; help escapes backslash and newline', () => {
  const out = new Exposition();
  out.gauge('g', 'a "b" \\ c\nd').add({ description: 'say "hi" \\ bye\nnow' }, 0.5);
  assert.equal(out.toString(), '# HELP g a "b" \\\\ c\\nd\n# TYPE g gauge\ng{description="say \\"hi\\" \\\\ bye\\nnow"} 0.5\n');
});

test('what is not a number has its own spelling', () => {
  const out = new Exposition();
  out.gauge('g', 'h').set(Number.NaN).set(Number.POSITIVE_INFINITY).set(Number.NEGATIVE_INFINITY);
  assert.deepEqual(out.toString().trim().split('\n').slice(2), ['g NaN', 'g +Inf', 'g -Inf']);
});

test('names that Prometheus refuses are our own mistake and never sent', () => {
  const out = new Exposition();
  assert.throws(() => out.gauge('0g', 'h'));
  assert.throws(() => out.counter('c', 'counters end in _total'));
  assert.throws(() => out.gauge('g', 'h').add({ 'a-b': 1 }, 1));
  assert.throws(() => out.gauge('g', 'opened twice'));
});

test('an empty exposition is empty', () => assert.equal(new Exposition().toString(), ''));

test('the process metrics have the names that dashboards know', () => {
  const out = new Exposition();
  addProcessMetrics(out);
  for (const name of ['process_cpu_seconds_total', 'process_resident_memory_bytes', 'process_start_time_seconds']) {
    assert.match(out.toString(), new RegExp(`^${name} [0-9.]+$`, 'm'));
  }
});
