/** Sets of members by small ids: equal sets have equal ids, and the operations are those of sets. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { BitSet } from '../columns.ts';
import { type AudienceId, Audiences, EVERYBODY, NOBODY, only } from './audience.ts';

const MEMBERS = 70;
const set = fc
  .record({ members: fc.array(fc.nat(MEMBERS - 1), { maxLength: 5 }), allBut: fc.boolean() })
  .map(({ members, allBut }) => (allBut ? ~union(members) : union(members)));

function union(members: readonly number[]): bigint {
  return members.reduce((all, member) => all | only(member), 0n);
}

test('and, minus, or and membership are those of the sets, and equal sets have one id', () => {
  const audiences = new Audiences();
  fc.assert(
    fc.property(set, set, (a, b) => {
      const [idA, idB] = [audiences.intern(a), audiences.intern(b)];
      assert.equal(audiences.intern(a), idA);
      assert.equal(idA === idB, a === b);
      const results: [AudienceId, bigint][] = [
        [audiences.and(idA, idB), a & b],
        [audiences.minus(idA, idB), a & ~b],
        [audiences.or(idA, idB), a | b],
      ];
      for (const [id, wanted] of results) {
        assert.equal(audiences.setOf(id), wanted);
        assert.equal(id, audiences.intern(wanted));
        for (const member of [0, 31, 32, MEMBERS - 1, 1000])
          assert.equal(audiences.has(id, member), ((wanted >> BigInt(member)) & 1n) === 1n);
      }
    }),
  );
});

test('nobody and everybody', () => {
  const audiences = new Audiences();
  assert.equal(audiences.intern(0n), NOBODY);
  assert.equal(audiences.intern(-1n), EVERYBODY);
  assert.equal(audiences.has(NOBODY, 5), false);
  assert.equal(audiences.has(EVERYBODY, 5_000), true);
});

test('routes are counted for a member over its audiences, and those withheld from it apart', () => {
  const audiences = new Audiences();
  const butTwo = audiences.intern(~only(2), 2);
  assert.notEqual(butTwo, audiences.intern(~only(2)), 'why a member is left out makes another audience');
  audiences.routes[EVERYBODY] = 10;
  audiences.routes[butTwo] = 4;
  assert.deepEqual([audiences.routesTo(1), audiences.routesTo(2)], [14, 10]);
  assert.deepEqual([audiences.routesWithheldFrom(1), audiences.routesWithheldFrom(2)], [0, 4]);
});

test('who withholds from a member stays known in an intersection, unless the member is left out anyway', () => {
  const audiences = new Audiences();
  const withheld = audiences.intern(~only(2), 2);
  assert.equal(audiences.withheldFrom(audiences.and(withheld, audiences.intern(~only(1)))), 2);
  assert.equal(audiences.withheldFrom(audiences.and(withheld, audiences.intern(~(only(1) | only(2))))), -1);
});

test('collect frees what has no routes and is not remembered; its ids are given out again', () => {
  const audiences = new Audiences();
  const [used, remembered, lost] = [0, 1, 2].map((member) => audiences.intern(only(member))) as [AudienceId, AudienceId, AudienceId];
  audiences.routes[used] = 1;
  const { count } = audiences;
  const kept = new BitSet();
  kept.add(remembered);
  audiences.collect(kept);
  assert.equal(audiences.count, count - 1);
  assert.equal(audiences.intern(only(0)), used);
  assert.equal(audiences.intern(only(1)), remembered);
  assert.equal(audiences.intern(only(9)), lost);
  assert.equal(audiences.has(lost, 9), true);
});

test('equal sets have one audience and others have others, also where sets of 700 members are alike in most of them', () => {
  const audiences = new Audiences();
  const bits = fc.uniqueArray(fc.integer({ min: 0, max: 699 }), { maxLength: 4 });
  const ids = new Map<bigint, AudienceId>();
  fc.assert(
    fc.property(bits, fc.boolean(), (members, inverted) => {
      const some = members.reduce((set, member) => set | only(member), 0n);
      const set = inverted ? ~some : some;
      const id = audiences.intern(set);
      assert.equal(audiences.setOf(id), set);
      assert.equal(ids.get(set) ?? id, id);
      ids.set(set, id);
      const copied = audiences.copy();
      assert.equal(copied.intern(set), id);
    }),
  );
  assert.equal(new Set(ids.values()).size, ids.size);
});
