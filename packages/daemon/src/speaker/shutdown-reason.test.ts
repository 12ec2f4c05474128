import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeNeighbor, makeSpeaker } from '../../test/speakers.ts';
import { ControlError } from '../control-plane.ts';

/** 130 letters of two octets: 260. */
const LONG = 'ö'.repeat(130);

function speaker() {
  let shutdown: string | undefined;
  const it = makeSpeaker({ onShutdown: (reason) => void (shutdown = reason) });
  it.addNeighbor(makeNeighbor(1, { address: '192.0.2.1' }));
  return { it, shutdown: () => shutdown };
}

function refusal(error: unknown): boolean {
  return (
    error instanceof ControlError &&
    error.code === 'invalid-argument' &&
    error.field === 'reason' &&
    error.message.includes('found 260 octets of UTF-8, allowed at most 255 (RFC 9003 §2)')
  );
}

test('RFC 9003 §2: a reason of 130 letters of two octets is refused, and the neighbor stays up', async (t) => {
  const { it, shutdown } = speaker();
  t.after(() => it.close());
  assert.throws(() => it.disableNeighbor('192.0.2.1', LONG), refusal);
  assert.throws(() => it.resetNeighbor('192.0.2.1', 'hard', { reason: LONG }), refusal);
  assert.throws(() => it.shutdown(LONG), refusal);
  assert.equal(it.getNeighbor('192.0.2.1').adminState, 'up');
  assert.equal(shutdown(), undefined);
  it.disableNeighbor('192.0.2.1', `${'ö'.repeat(127)}o`);
  assert.equal(it.getNeighbor('192.0.2.1').adminState, 'down');
});
