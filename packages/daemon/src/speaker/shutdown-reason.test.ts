import assert from 'node:assert/strict';
import { test } from 'node:test';
import { IPV4_UNICAST } from '@tsbgp/wire';
import { Boundaries } from '../boundaries.ts';
import { ControlError } from '../control-plane.ts';
import { completeNeighbor } from '../keys/neighbor-layers.ts';
import { Speaker } from './speaker.ts';

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** 130 letters of two octets: 260. */
const LONG = 'ö'.repeat(130);

function speaker() {
  let shutdown: string | undefined;
  const it = new Speaker({
    localAs: 64_500,
    routerId: '192.0.2.254',
    logger: silent,
    version: '0',
    onShutdown: (reason) => void (shutdown = reason),
    boundaries: new Boundaries(silent),
  });
  it.addNeighbor(
    completeNeighbor({
      address: '192.0.2.1',
      remoteAs: 64_501,
      families: [IPV4_UNICAST],
      passive: true,
    }),
  );
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
