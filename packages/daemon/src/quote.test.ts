import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ControlError } from './control-plane.ts';
import { cutMessage, ERROR_MESSAGE_MAX, QUOTED_VALUE_MAX, quote } from './quote.ts';

test('a quoted value is short, whatever its length, and says how long it was', () => {
  assert.equal(quote('10.0.0.0/8'), '"10.0.0.0/8"');
  assert.equal(quote('x'.repeat(20_000_000)), `"${'x'.repeat(QUOTED_VALUE_MAX)}…" (20000000 characters)`);
});

test('control characters of a value do not reach a terminal or a log', () => {
  assert.equal(quote('a\n\u001b[31mb\u009b'), '"a\\u000a\\u001b[31mb\\u009b"');
});

test('a message that is too long loses its middle: what is allowed stays', () => {
  const cut = cutMessage(`found "${'A'.repeat(20_000_000)}", allowed is a prefix`);
  assert.equal(cut.length <= ERROR_MESSAGE_MAX, true);
  assert.match(cut, /^found "AAAA.* … A*", allowed is a prefix$/);
  assert.equal(cutMessage('\n'.repeat(ERROR_MESSAGE_MAX)).length <= ERROR_MESSAGE_MAX, true);
});

test('a ControlError names its field once, also where the sentence already does', () => {
  for (const sentence of ['found 2', 'neighbor.hold_time: found 2']) {
    const error = new ControlError('invalid-argument', 'neighbor.hold_time', sentence);
    assert.deepEqual([error.message, error.sentence], ['neighbor.hold_time: found 2', 'found 2']);
  }
  assert.equal(new ControlError('failed-precondition', '', 'not now').message, 'not now');
});

test('a ControlError is short, whatever it quotes', () => {
  const error = new ControlError('invalid-argument', 'filter.prefix', `found "${'1'.repeat(1e7)}", allowed is a prefix`);
  assert.ok(error.message.length < ERROR_MESSAGE_MAX + 100);
  assert.match(error.message, /, allowed is a prefix$/);
});
