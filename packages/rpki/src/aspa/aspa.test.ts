import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Role } from '@tsbgp/wire';
import fc from 'fast-check';
import { scaled } from '../../../../test/scale.ts';
import { AspaTable } from './aspa-table.ts';
import { type AspaState, aspaDirection, verifyAsns, verifyAsPath } from './verify.ts';

suite('sources', () => {
  test('providers of several sources are joined; the change names customers whose providers are others', () => {
    const table = new AspaTable();
    const [a, b] = [table.addSource('a'), table.addSource('b')];
    assert.deepEqual(fill(table, a, [1, [10]], [2, [20]]), [1, 2]);
    assert.deepEqual(fill(table, b, [1, [11]], [2, [20]]), [1]);
    assert.deepEqual(table.get(1), { customer: 1, providers: [10, 11], sources: ['a', 'b'] });
    assert.deepEqual(fill(table, a), [1]);
    assert.deepEqual(table.get(1), { customer: 1, providers: [11], sources: ['b'] });
    assert.deepEqual([...table.removeSource(b)], [1, 2]);
    assert.equal(table.count, 0);
    assert.equal(table.get(1), undefined);
  });

  test('nothing is seen before commit; a withdrawal of what is not there says so', () => {
    const table = new AspaTable();
    const source = table.addSource('a');
    fill(table, source, [1, [10]]);
    const generation = table.generation;
    const delta = table.begin(source, 'delta');
    assert.equal(delta.withdraw(2), false);
    assert.equal(delta.withdraw(1), true);
    assert.equal(delta.withdraw(1), false);
    assert.equal(table.hop(1, 10), 'provider');
    assert.equal(table.generation, generation);
    assert.deepEqual([...table.commit(delta)], [1]);
    assert.equal(table.hop(1, 10), 'no-attestation');
    assert.notEqual(table.generation, generation);
  });

  test('a filter leaves only assertions', () => {
    const table = new AspaTable();
    fill(table, table.addSource('cache'), [1, [10]], [2, [20]]);
    fill(table, table.addSource('slurm', { filterable: false }), [1, [11]]);
    assert.deepEqual([...table.setFilters([1, 2, 3])], [1, 2]);
    assert.deepEqual([...table.aspas()], [{ customer: 1, providers: [11], sources: ['slurm'] }]);
    assert.deepEqual([...table.setFilters([1])], [2]);
    assert.deepEqual([...table.setFilters([])], [1]);
  });

  test('AS numbers of 32 bits, in any order, several times', () => {
    const table = new AspaTable();
    fill(table, table.addSource('a'), [4_200_000_000, [4_294_967_295, 5, 4_294_967_294, 5]]);
    assert.deepEqual(table.get(4_200_000_000)!.providers, [5, 4_294_967_294, 4_294_967_295]);
    assert.equal(table.hop(4_200_000_000, 4_294_967_295), 'provider');
    assert.equal(table.hop(4_200_000_000, 6), 'not-provider');
  });
});

suite('verification', () => {
  const table = new AspaTable();
  fill(table, table.addSource('a'), [1, [2]], [2, [0]]);

  test('an AS_SET makes the path invalid, segments of a confederation do not count', () => {
    const set = [{ type: 'sequence', asns: [2] } as const, { type: 'set', asns: [1] } as const];
    assert.equal(verifyAsPath(table, set as never, { direction: 'upstream' }), 'invalid');
    const confederation = [{ type: 'confed-sequence', asns: [65_001] } as const, { type: 'sequence', asns: [2, 1] } as const];
    assert.equal(verifyAsPath(table, confederation as never, { direction: 'upstream' }), 'valid');
  });

  test('the first AS must be that of the neighbor, if it is given', () => {
    assert.equal(verifyAsns(table, [2, 1], { direction: 'upstream', neighborAs: 2 }), 'valid');
    assert.equal(verifyAsns(table, [2, 1], { direction: 'upstream', neighborAs: 3 }), 'invalid');
  });

  test('only a customer gets paths that came down (RFC 9234 roles)', () => {
    const { Provider, RouteServer, RouteServerClient, Customer, Peer } = Role;
    assert.deepEqual([Provider, RouteServer, RouteServerClient, Customer, Peer].map(aspaDirection), [
      'upstream',
      'upstream',
      'upstream',
      'downstream',
      'upstream',
    ]);
  });

  test('any path has the state that the definition gives', () => {
    const world = fc.array(fc.tuple(fc.nat(4), fc.uniqueArray(fc.nat(4), { minLength: 1 })), { maxLength: 5 });
    fc.assert(
      fc.property(
        world,
        fc.array(fc.nat(4), { minLength: 1, maxLength: 7 }),
        fc.constantFrom('upstream', 'downstream'),
        (aspas, path, direction) => {
          const some = new AspaTable();
          fill(some, some.addSource('a'), ...aspas);
          assert.equal(verifyAsns(some, path, { direction }), defined(some, path, direction));
        },
      ),
      { numRuns: scaled(20_000) },
    );
  });
});

/**
 * The definition: a path is invalid if no assignment of the hops without attestation makes it valley-free, and valid if it is valley-free whatever
 * they are. Valley-free: up to some AS, across one hop at most, then down.
 */
function defined(table: AspaTable, path: readonly number[], direction: string): AspaState {
  const ases = path.filter((asn, index) => asn !== path[index - 1]).reverse();
  const valleyFree = (unknownIsProvider: boolean): boolean => {
    const isProvider = (customer: number, provider: number): boolean => {
      const hop = table.hop(customer, provider);
      return hop === 'provider' || (unknownIsProvider && hop === 'no-attestation');
    };
    const up = (from: number, to: number): boolean => range(from, to).every((i) => isProvider(ases[i]!, ases[i + 1]!));
    const down = (from: number, to: number): boolean => range(from, to).every((i) => isProvider(ases[i + 1]!, ases[i]!));
    const last = ases.length - 1;
    if (direction === 'upstream') return up(0, last);
    return ases.some((_, top) => up(0, top) && (down(top, last) || down(Math.min(top + 1, last), last)));
  };
  if (!valleyFree(true)) return 'invalid';
  return valleyFree(false) ? 'valid' : 'unknown';
}

function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, index) => from + index);
}

function fill(
  table: AspaTable,
  source: ReturnType<AspaTable['addSource']>,
  ...aspas: readonly (readonly [number, readonly number[]])[]
): number[] {
  const transfer = table.begin(source, 'full');
  for (const [customer, providers] of aspas) transfer.announce(customer, providers);
  return [...table.commit(transfer)];
}
