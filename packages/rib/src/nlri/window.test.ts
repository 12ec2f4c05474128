import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Ipv4Index } from './ipv4-index.ts';
import { Ipv6Index } from './ipv6-index.ts';
import type { NlriIndex } from './nlri-index.ts';
import { NlriWindow } from './window.ts';

/** xorshift32. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

function all(index: NlriIndex, target: number, stepIds: number): string[] {
  const window = new NlriWindow(index);
  const after = new Float64Array(index.keyWords);
  after[index.keyWords - 1] = -1;
  const upTo = new Float64Array(index.keyWords).fill(0xffff_ffff);
  upTo[index.keyWords - 1] = index.bitsMax;
  const keys: string[] = [];
  const key = new Float64Array(index.keyWords);
  for (;;) {
    window.begin(after, upTo, target);
    while (!window.filled) window.step(stepIds);
    for (let place = 0; place < window.count; place++) {
      window.readKey(place, key);
      assert.ok(index.isLive(window.idAt(place)));
      keys.push([...key].join(' '));
    }
    if (window.isLast) return keys;
    after.set(window.end);
  }
}

for (const [name, make] of [
  ['ascending', (i: number) => i * 256],
  ['descending', (i: number) => 0xf000_0000 - i * 256],
  ['random', (_: number, random: () => number) => random()],
] as const) {
  test(`windows of an IPv4 index join to all of its prefixes in order: keys inserted ${name}`, () => {
    const random = generator(7);
    const index = new Ipv4Index(1024);
    const expected = new Set<number>();
    for (let i = 0; i < 30_000; i++) {
      const length = 8 + (random() % 25);
      const address = (make(i, random) & (-1 << (32 - length))) >>> 0;
      const id = index.insert(address, length);
      if (i % 10 === 3) index.remove(id);
      if (i % 10 === 3) expected.delete(address * 64 + length);
      else expected.add(address * 64 + length);
    }
    const sorted = [...expected].sort((a, b) => a - b).map((key) => `${Math.floor(key / 64)} ${key % 64}`);
    for (const target of [500, 4000, 100_000]) assert.deepEqual(all(index, target, 1000), sorted);
  });
}

test('windows of an IPv6 index join to all of its prefixes in order', () => {
  const random = generator(9);
  const index = new Ipv6Index(1024);
  const expected: number[][] = [];
  const seen = new Set<string>();
  for (let i = 0; i < 5000; i++) {
    const key = [0x2001_0db8 + (random() % 3), random() % 4, random(), i % 2 === 0 ? 0 : random(), 128];
    if (seen.has(key.join(' '))) continue;
    seen.add(key.join(' '));
    expected.push(key);
    index.insert(key[0]!, key[1]!, key[2]!, key[3]!, key[4]!);
  }
  expected.sort((a, b) => a.map((word, i) => word - b[i]!).find((difference) => difference !== 0) ?? 0);
  const sorted = expected.map((key) => key.join(' '));
  for (const target of [100, 10_000]) assert.deepEqual(all(index, target, 777), sorted);
});

test('a prefix that went after its window was filled has no id there, whoever has its old one', () => {
  const index = new Ipv4Index(1024);
  const id = index.insert(0x0a00_0000, 8);
  const window = new NlriWindow(index);
  window.begin(Float64Array.of(0, -1), Float64Array.of(0xffff_ffff, 32), 10);
  window.step(100);
  index.remove(id);
  assert.equal(index.insert(0x0b00_0000, 8), id);
  assert.equal(window.count, 1);
  assert.equal(window.idAt(0), 0);
});
