/** The indexes of prefixes while their slots grow: entries move bit by bit, and nothing is lost or found twice. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NONE } from '../columns.ts';
import { Ipv4Index } from './ipv4-index.ts';
import { Ipv6Index } from './ipv6-index.ts';
import type { NlriId, NlriIndex } from './nlri-index.ts';

/** xorshift32 */
function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

/** Prefix number n in wire form: /32 or /64, or shorter, each number another one. */
function prefix(number: number, bits: 32 | 128): Uint8Array {
  const wire = new Uint8Array(17);
  const length = bits === 32 ? 24 + (number % 9) : 48 + (number % 17);
  wire[0] = length;
  const value = Math.floor(number / 9) * 2_654_435 + 1;
  const at = bits === 32 ? 1 : 3;
  wire[at] = value;
  wire[at + 1] = value >>> 8;
  wire[at + 2] = value >>> 16;
  if (bits === 128) wire[1] = number % 9;
  return wire;
}

for (const [name, make, bits] of [
  ['IPv4', (capacity: number): NlriIndex => new Ipv4Index(capacity), 32],
  ['IPv6', (capacity: number): NlriIndex => new Ipv6Index(capacity), 128],
] as const) {
  for (const capacity of [1, 8, 4096]) {
    test(`${name}, from ${capacity} on: random prefixes come and go as in a Map`, () => {
      const index = make(capacity);
      const random = randomFrom(capacity + bits);
      const held = new Map<string, NlriId>();
      const byNumber: Uint8Array[] = [];
      // It grows and shrinks in waves, so that prefixes go at each stage of a move.
      for (let step = 0; step < 60_000; step++) {
        const number = random(30_000);
        const wire = (byNumber[number] ??= prefix(number, bits));
        const key = wire.join('.');
        const known = held.get(key);
        assert.equal(index.findWire(wire, 0), known ?? NONE);
        const isGrowing = Math.floor(step / 10_000) % 2 === 0;
        if (known !== undefined && random(isGrowing ? 4 : 1) === 0) {
          index.remove(known);
          held.delete(key);
          assert.equal(index.findWire(wire, 0), NONE);
        } else {
          const id = index.insertWire(wire, 0);
          assert.equal(id, known ?? id);
          assert.notEqual(id, NONE);
          held.set(key, id);
        }
        assert.equal(index.count, held.size);
      }
      assert.equal(new Set(held.values()).size, held.size, 'no id twice');
      for (const [key, id] of held) {
        const wire = Uint8Array.from(key.split('.').map(Number));
        assert.equal(index.findWire(wire, 0), id);
        const written = new Uint8Array(17);
        index.write(written, 0, id);
        assert.equal(index.insertWire(written, 0), id);
      }
    });
  }
}
