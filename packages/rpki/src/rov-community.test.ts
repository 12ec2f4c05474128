import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatExtendedCommunity, fromHex, toHex } from '@tsbgp/wire';
import { decodeRovCommunity, encodeRovCommunity, formatRovState, isRovCommunity, RovState } from './index.ts';

test('RFC 8097 §2: the three states', () => {
  for (const [state, name] of [
    [RovState.Valid, 'valid'],
    [RovState.NotFound, 'not-found'],
    [RovState.Invalid, 'invalid'],
  ] as const) {
    const octets = encodeRovCommunity(state);
    assert.equal(toHex(octets), `430000000000000${state}`);
    assert.ok(isRovCommunity(octets));
    assert.equal(decodeRovCommunity(octets), state);
    assert.equal(formatRovState(state), name);
    assert.equal(formatExtendedCommunity(octets), `origin-validation-state:${state}`);
  }
});

test('RFC 8097 §2: of several the greatest counts, one above 2 does not', () => {
  const [valid, invalid, unknown, other] = ['4300000000000000', '4300000000000002', '4300000000000003', '0002fde800000064'];
  assert.equal(decodeRovCommunity(fromHex(`${valid}${invalid}${other}`)), RovState.Invalid);
  assert.equal(decodeRovCommunity(fromHex(`${other}${unknown}${valid}`)), RovState.Valid);
  assert.equal(decodeRovCommunity(fromHex(`${unknown}${other}`)), undefined);
  assert.equal(decodeRovCommunity(new Uint8Array(0)), undefined);
});
