/** Framing: chunks cut anywhere, and damage of every kind, reported with its place. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { MrtDamage } from './damage.ts';
import { MRT_LENGTH_MAX, MrtFramer } from './framing.ts';
import { readMrt, recordsOf } from './read.ts';
import { encodeMrt } from './write.ts';

/** Record `i` of a file: a change of state, of 32 octets. */
function record(i: number): Uint8Array {
  return encodeMrt(
    { timestamp: 1_700_000_000 + i },
    {
      type: 'state-change',
      peerAs: 65000 + i,
      localAs: 64512,
      interfaceIndex: 0,
      peerAddress: '192.0.2.1',
      localAddress: '192.0.2.2',
      fourOctetAs: false,
      oldState: 5,
      newState: 6,
    },
  );
}

const LENGTH = record(0).length;

function file(count: number): Uint8Array {
  return Buffer.concat(Array.from({ length: count }, (_, i) => record(i)));
}

/** Numbers and places of the records, and what was left out. */
function read(
  bytes: Uint8Array,
  cuts: readonly number[] = [],
): { times: number[]; offsets: number[]; damages: [number, number, string][] } {
  const damages: MrtDamage[] = [];
  const framer = new MrtFramer((damage) => damages.push(damage));
  const records = [];
  for (const [i, cut] of [0, ...cuts].entries()) {
    framer.push(bytes.subarray(cut, [...cuts, bytes.length][i]));
    records.push(...recordsOf(framer));
  }
  framer.finish();
  records.push(...recordsOf(framer));
  return {
    times: records.map(({ timestamp }) => timestamp - 1_700_000_000),
    offsets: records.map(({ offset }) => offset),
    damages: damages.map(({ offset, length, reason }) => [offset, length, reason]),
  };
}

test('records of a stream that is cut at any octets', () => {
  const bytes = file(5);
  const whole = read(bytes);
  assert.deepEqual(whole, { times: [0, 1, 2, 3, 4], offsets: [0, 1, 2, 3, 4].map((i) => i * LENGTH), damages: [] });
  fc.assert(
    fc.property(fc.array(fc.nat(bytes.length), { maxLength: 8 }), (places) => {
      assert.deepEqual(
        read(
          bytes,
          places.toSorted((a, b) => a - b),
        ),
        whole,
      );
    }),
  );
});

test('a file that ends within a record, and within a header', () => {
  assert.deepEqual(read(file(3).subarray(0, 3 * LENGTH - 5)), {
    times: [0, 1],
    offsets: [0, LENGTH],
    damages: [[2 * LENGTH, LENGTH - 5, 'the file ends within a record: 5 octets missing']],
  });
  assert.deepEqual(read(file(3).subarray(0, 2 * LENGTH + 7)).damages, [[2 * LENGTH, 7, 'the file ends within the header of a record']]);
});

// A record whose length is too short is given out, and does not decode.
for (const [what, damage, lost, after = 0] of [
  ['octets of something else between two records', (bytes: Uint8Array) => insert(bytes, 2 * LENGTH, new Uint8Array(333).fill(0xa5)), []],
  ['a length that is too long, but within the file', (bytes: Uint8Array) => set(bytes, 2 * LENGTH + 11, LENGTH + 3), [2]],
  ['a length that is too short', (bytes: Uint8Array) => set(bytes, 2 * LENGTH + 11, 3), [], 15],
  ['a length longer than the file', (bytes: Uint8Array) => set(bytes, 2 * LENGTH + 9, 1), [2]],
  ['a length longer than any record', (bytes: Uint8Array) => set(bytes, 2 * LENGTH + 8, 0xff), [2]],
  ['a type that does not exist', (bytes: Uint8Array) => set(bytes, 2 * LENGTH + 4, 0xee), [2]],
  [
    'octets that are missing',
    (bytes: Uint8Array) => Buffer.concat([bytes.subarray(0, 2 * LENGTH + 9), bytes.subarray(2 * LENGTH + 20)]),
    [2],
  ],
] as const) {
  test(`damage is left out, and all other records are kept: ${what}`, () => {
    const bytes = damage(file(8));
    const { times, damages } = read(bytes);
    assert.deepEqual(
      times,
      [0, 1, 2, 3, 4, 5, 6, 7].filter((i) => !(lost as readonly number[]).includes(i)),
    );
    assert.equal(damages.length, 1);
    assert.equal(damages[0]![0], 2 * LENGTH + after);
    for (const cut of [1, 2 * LENGTH + 5, 3 * LENGTH, bytes.length - 1]) assert.deepEqual(read(bytes, [cut]).times, times);
  });
}

test('any octets: no exception, and records and damage together are the whole file', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(7), (noise, place) => {
      const bytes = insert(file(7), place * LENGTH, noise);
      const { offsets, damages } = read(bytes);
      const lost = damages.reduce((sum, [, length]) => sum + length, 0);
      if (noise.length < 12) assert.equal(lost, noise.length);
      assert.ok(lost + offsets.length * LENGTH >= bytes.length - noise.length);
      for (const [offset, length] of damages) assert.ok(offset >= 0 && length > 0 && offset + length <= bytes.length);
    }),
    { numRuns: 500 },
  );
});

test('memory stays flat: octets that are no records are let go while searching', () => {
  const framer = new MrtFramer();
  const noise = new Uint8Array(1 << 20).fill(0xa5);
  const before = process.memoryUsage().arrayBuffers;
  for (let i = 0; i < 400; i++) {
    framer.push(noise.slice());
    assert.equal(framer.next(), undefined);
  }
  globalThis.gc?.();
  assert.ok(process.memoryUsage().arrayBuffers - before < 300 << 20);
});

test('a record of an unknown type, from the future, is one record', async () => {
  const unknown = encodeMrt({ timestamp: 1_700_000_001 }, { type: 'unknown', recordType: 77, subtype: 3, body: Uint8Array.of(1, 2, 3) });
  const types = [];
  for await (const each of readMrt([Buffer.concat([record(0), unknown, record(2)])])) types.push(each.typeName);
  assert.deepEqual(types, ['BGP4MP/STATE_CHANGE', '77/3', 'BGP4MP/STATE_CHANGE']);
});

test('an error of the source comes after the records before it', async () => {
  const source = async function* () {
    yield file(2);
    throw new Error('the disk is on fire');
  };
  const times: number[] = [];
  await assert.rejects(async () => {
    for await (const each of readMrt(source())) times.push(each.timestamp - 1_700_000_000);
  }, /on fire/);
  assert.deepEqual(times, [0, 1]);
  assert.ok(MRT_LENGTH_MAX > 1 << 20);
});

function insert(bytes: Uint8Array, at: number, octets: Uint8Array): Uint8Array {
  return Buffer.concat([bytes.subarray(0, at), octets, bytes.subarray(at)]);
}

function set(bytes: Uint8Array, at: number, octet: number): Uint8Array {
  bytes[at] = octet;
  return bytes;
}
