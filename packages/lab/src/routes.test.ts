import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isKnownTo, labRoute, loadSeeds } from './routes.ts';
import { AMBER, COBALT, LAB_PEERS } from './topology.ts';

const seeds = loadSeeds();

test('the shipped table has a few thousand prefixes of both families, each once, each with a public origin', () => {
  const ipv6 = seeds.filter((seed) => seed.prefix.includes(':'));
  assert.equal(seeds.length, 4200);
  assert.equal(ipv6.length, 1200);
  assert.equal(new Set(seeds.map((seed) => seed.prefix)).size, seeds.length);
  for (const { prefix, origin } of seeds) {
    assert.match(prefix, /^[0-9a-f.:]+\/\d{1,3}$/);
    assert.ok(origin > 0 && origin !== 23_456 && (origin < 64_496 || origin > 131_071), `${prefix} ${origin}`);
  }
});

test('every prefix is known to one peer at least, most to both', () => {
  const both = seeds.filter((seed) => isKnownTo(0, seed) && isKnownTo(1, seed)).length;
  assert.ok(seeds.every((seed) => isKnownTo(0, seed) || isKnownTo(1, seed)));
  assert.ok(both > seeds.length * 0.75 && both < seeds.length, String(both));
});

test('a path starts with the peer, ends with the true origin, and has no loop', () => {
  for (const peer of LAB_PEERS) {
    for (const seed of seeds) {
      for (const variant of [0, 1, 2]) {
        const { asPath } = labRoute(peer, seed, variant);
        assert.equal(asPath[0], peer.as);
        assert.equal(asPath.at(-1), seed.origin);
        const withoutPrepends = asPath.filter((as, i) => as !== asPath[i - 1]);
        assert.equal(new Set(withoutPrepends).size, withoutPrepends.length, asPath.join(' '));
        assert.ok(asPath.length <= 7);
      }
    }
  }
});

test('the peers differ: each has the shorter path for a good part of the table', () => {
  const difference = seeds.map((seed) => labRoute(AMBER, seed, 0).asPath.length - labRoute(COBALT, seed, 0).asPath.length);
  for (const sign of [-1, 1]) {
    const count = difference.filter((d) => Math.sign(d) === sign).length;
    assert.ok(count > seeds.length / 8, `${sign}: ${count}`);
  }
});

test('the same input gives the same route, the next variant mostly another one', () => {
  assert.deepEqual(labRoute(AMBER, seeds[0]!, 3), labRoute(AMBER, seeds[0]!, 3));
  const changed = seeds.filter((seed) => labRoute(AMBER, seed, 0).asPath.join() !== labRoute(AMBER, seed, 1).asPath.join());
  assert.ok(changed.length > seeds.length * 0.6, String(changed.length));
});
