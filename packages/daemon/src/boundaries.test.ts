import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BrokenInvariant } from '@tsbgp/rib';
import { Boundaries } from './boundaries.ts';
import { Exposition } from './metrics/exposition.ts';

function boundaries() {
  const lines: { fields: Record<string, unknown>; message: string }[] = [];
  const log = { error: (fields: object, message: string) => lines.push({ fields: { ...fields }, message }) };
  return { lines, boundaries: new Boundaries(log) };
}

const fail = (message: string) => (): never => {
  throw new TypeError(message);
};

test('an exception is contained, counted each time, and logged once for each message with its place', () => {
  const { boundaries: at, lines } = boundaries();
  assert.equal(at.run('watcher', { peer: 'a' }, fail('one')), undefined);
  at.run('watcher', { peer: 'b' }, fail('one'));
  at.run('watcher', {}, fail('two'));
  at.run('api', {}, fail('one'));
  assert.equal(at.count('watcher'), 3);
  assert.deepEqual(
    lines.map(({ fields }) => [fields.place, (fields.err as Error).message, fields.peer]),
    [
      ['watcher', 'one', 'a'],
      ['watcher', 'two', undefined],
      ['api', 'one', undefined],
    ],
  );
  const out = new Exposition();
  at.addMetrics(out);
  assert.match(out.toString(), /^tsbgp_contained_exceptions_total\{place="watcher"\} 3$/m);
  assert.match(out.toString(), /^tsbgp_contained_exceptions_total\{place="timer"\} 0$/m);
});

test('what does not throw passes its value; a broken invariant of the RIB passes too', () => {
  const { boundaries: at, lines } = boundaries();
  assert.equal(
    at.run('api', {}, () => 7),
    7,
  );
  assert.throws(
    () =>
      at.run('api', {}, () => {
        throw new BrokenInvariant('x');
      }),
    BrokenInvariant,
  );
  assert.equal(at.count('api'), 0);
  assert.deepEqual(lines, []);
});

test('messages without end do not fill the log or the memory: beyond 1,000 a place is logged once', () => {
  const { boundaries: at, lines } = boundaries();
  for (let i = 0; i < 5000; i++) at.run('api', {}, fail(`${i}`));
  assert.equal(lines.length, 1001);
  assert.equal(at.count('api'), 5000);
});
