import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { formatAddress, maskAddress, parsePrefix, sharesBits } from '@tsbgp/wire';
import fc from 'fast-check';
import { scaled } from '../../../../test/scale.ts';
import { vrp, vrpOctets } from '../../test/world.ts';
import { formatRanges, RANGES_MAX } from './ranges.ts';
import { formatVrp, type Vrp } from './vrp.ts';
import { RovState } from './vrp-rows.ts';
import { VrpTable } from './vrp-table.ts';

const NOTHING: readonly string[] = [];

test('a scan finds each VRP once, in slices, while others come and go', () => {
  const table = new VrpTable();
  const texts = Array.from({ length: 100 }, (_, n) => `10.0.${n}.0/24-24 AS${n % 3}`);
  fill(table, table.addSource('a'), [...texts, '2001:db8::/32-32 AS1']);
  const b = table.addSource('b');
  const found: string[] = [];
  for (let place: number | undefined = 1, turn = 0; place !== undefined; turn++) {
    const { vrps, next } = table.scan({ asn: 1 }, place, { rows: 10, vrps: 2 });
    assert.ok(vrps.length <= 2);
    found.push(...vrps.map(formatVrp));
    fill(table, b, [`172.16.${turn}.0/24-24 AS2`]);
    table.collect(1000);
    place = next;
  }
  assert.deepEqual(found.toSorted(), [...texts.filter((text) => text.endsWith('AS1')), '2001:db8::/32-32 AS1'].toSorted());
  const within = table.scan({ prefix: { address: Uint8Array.of(10, 0, 8, 0), bits: 21 } }, 1, { rows: 1000, vrps: 1000 });
  assert.equal(within.vrps.length, 8);
});

suite('transfers', () => {
  test('nothing of a transfer is seen before commit, and all of it at once after', () => {
    const table = new VrpTable();
    const transfer = table.begin(table.addSource('a'), 'full');
    assert.ok(transfer.announce(vrpOctets('192.0.2.0/24-24 AS64496')));
    assert.ok(transfer.announce(vrpOctets('2001:db8::/32-48 AS64496')));
    assert.deepEqual(state(table, '192.0.2.0/24', 1), RovState.NotFound);
    assert.deepEqual(table.count, { ipv4: 0, ipv6: 0 });
    const generation = table.generation;
    assert.deepEqual(formatRanges(table.commit(transfer)), ['192.0.2.0/24', '2001:db8::/32']);
    assert.notEqual(table.generation, generation);
    assert.deepEqual(table.count, { ipv4: 1, ipv6: 1 });
    assert.deepEqual(state(table, '192.0.2.0/24', 1), RovState.Invalid);
    assert.deepEqual(state(table, '2001:db8:1::/48', 64496), RovState.Valid);
  });

  test('a transfer that is given up leaves nothing, and its rows are used again', () => {
    const table = new VrpTable();
    const source = table.addSource('a');
    const given = table.begin(source, 'full');
    given.announce(vrpOctets('192.0.2.0/24-24 AS64496'));
    table.abort(given);
    assert.equal(table.collect(100), false);
    const next = table.begin(source, 'full');
    next.announce(vrpOctets('192.0.2.0/24-24 AS64497'));
    assert.deepEqual(formatRanges(table.commit(next)), ['192.0.2.0/24']);
    assert.equal(state(table, '192.0.2.0/24', 64497), RovState.Valid);
    assert.equal(state(table, '192.0.2.0/24', 64496), RovState.Invalid);
  });

  test('a VRP of two sources goes when the second withdraws it', () => {
    const table = new VrpTable();
    const a = table.addSource('a');
    const b = table.addSource('b');
    assert.deepEqual(fill(table, a, ['192.0.2.0/24-24 AS64496']), ['192.0.2.0/24']);
    assert.deepEqual(fill(table, b, ['192.0.2.0/24-24 AS64496']), NOTHING);
    assert.deepEqual(table.covering('192.0.2.1'), [{ ...vrp('192.0.2.0/24-24 AS64496'), sources: ['a', 'b'] }]);
    assert.deepEqual(formatRanges(table.removeSource(a)), NOTHING);
    assert.equal(state(table, '192.0.2.0/24', 64496), RovState.Valid);
    assert.deepEqual(formatRanges(table.clear(b)), ['192.0.2.0/24']);
    assert.equal(state(table, '192.0.2.0/24', 64496), RovState.NotFound);
  });

  test('a delta says what is there twice, and what is not there', () => {
    const table = new VrpTable();
    const source = table.addSource('a');
    fill(table, source, ['192.0.2.0/24-24 AS64496']);
    const delta = table.begin(source, 'delta');
    assert.equal(delta.announce(vrpOctets('192.0.2.0/24-24 AS64496')), false);
    assert.equal(delta.withdraw(vrpOctets('192.0.2.0/24-25 AS64496')), false);
    assert.equal(delta.withdraw(vrpOctets('192.0.2.0/24-24 AS64496')), true);
    assert.equal(delta.withdraw(vrpOctets('192.0.2.0/24-24 AS64496')), false);
    assert.equal(delta.announce(vrpOctets('192.0.2.0/24-24 AS64496')), true);
    // Gone and back: no route is concerned.
    assert.deepEqual(formatRanges(table.commit(delta)), NOTHING);
    assert.deepEqual(source.count, { ipv4: 1, ipv6: 0 });
  });

  test('a source has one transfer at a time', () => {
    const table = new VrpTable();
    const source = table.addSource('a');
    const transfer = table.begin(source, 'full');
    assert.throws(() => table.begin(source, 'delta'), /two transfers of a/);
    table.commit(transfer);
    assert.throws(() => table.commit(transfer), /a transfer that is over/);
  });

  test('rows are not freed while a transfer is open', () => {
    const table = new VrpTable();
    const open = table.begin(table.addSource('a'), 'full');
    open.announce(vrpOctets('192.0.2.0/24-24 AS64496'));
    table.abort(table.begin(table.addSource('b'), 'full'));
    table.collect(100);
    assert.deepEqual(formatRanges(table.commit(open)), ['192.0.2.0/24']);
    assert.equal(state(table, '192.0.2.0/24', 64496), RovState.Valid);
  });
});

suite('ranges', () => {
  test('ranges in others are left out', () => {
    const table = new VrpTable();
    const vrps = [
      '10.0.0.0/8-8 AS1',
      '10.1.0.0/16-16 AS1',
      '10.255.0.0/16-24 AS2',
      '11.0.0.0/8-8 AS1',
      '2001:db8::/32-32 AS1',
      '2001:db8::/48-48 AS1',
    ];
    assert.deepEqual(fill(table, table.addSource('a'), vrps), ['10.0.0.0/8', '11.0.0.0/8', '2001:db8::/32']);
  });

  test('a very large change is one of everything', () => {
    const table = new VrpTable();
    const source = table.addSource('a');
    const transfer = table.begin(source, 'full');
    const bytes = new Uint8Array(4);
    for (let i = 0; i <= RANGES_MAX; i++) {
      new DataView(bytes.buffer).setUint32(0, i << 8);
      transfer.announce({ bytes, offset: 0, ipv6: false, length: 24, maxLength: 24, asn: 1 });
    }
    assert.deepEqual(formatRanges(table.commit(transfer)), ['0.0.0.0/0']);
    const delta = table.begin(source, 'delta');
    delta.withdraw({ bytes, offset: 0, ipv6: false, length: 24, maxLength: 24, asn: 1 });
    assert.equal(formatRanges(table.commit(delta)).length, 1);
  });
});

suite('filters (RFC 8416 §3.3.1)', () => {
  test('a filter removes VRPs in its prefix, of its AS, or both', () => {
    const table = new VrpTable();
    const vrps = ['10.0.0.0/8-8 AS1', '10.1.0.0/16-16 AS1', '10.1.2.0/24-24 AS2', '11.0.0.0/8-8 AS3', '2001:db8::/32-32 AS3'];
    fill(table, table.addSource('a'), vrps);
    assert.deepEqual(formatRanges(table.setFilters([{ prefix: parsePrefix('10.1.0.0/16')! }])), ['10.1.0.0/16']);
    assert.deepEqual(held(table), ['10.0.0.0/8-8 AS1', '11.0.0.0/8-8 AS3', '2001:db8::/32-32 AS3']);
    assert.deepEqual(formatRanges(table.setFilters([{ asn: 3 }])), ['10.1.0.0/16', '11.0.0.0/8', '2001:db8::/32']);
    assert.deepEqual(held(table), ['10.0.0.0/8-8 AS1', '10.1.0.0/16-16 AS1', '10.1.2.0/24-24 AS2']);
    table.setFilters([{ prefix: parsePrefix('10.0.0.0/8')!, asn: 2 }]);
    assert.deepEqual(held(table), vrps.filter((text) => !text.endsWith('AS2')).toSorted());
  });

  test('a filter concerns VRPs that come later, and stays when they come again', () => {
    const table = new VrpTable();
    const source = table.addSource('a');
    table.setFilters([{ asn: 1 }]);
    assert.deepEqual(fill(table, source, ['10.0.0.0/8-8 AS1', '11.0.0.0/8-8 AS2']), ['11.0.0.0/8']);
    assert.deepEqual(fill(table, source, []), ['11.0.0.0/8']);
    while (table.collect(1));
    assert.deepEqual(fill(table, source, ['10.0.0.0/8-8 AS1']), NOTHING);
    assert.deepEqual(formatRanges(table.setFilters([])), ['10.0.0.0/8']);
  });

  test('an assertion is not filtered', () => {
    const table = new VrpTable();
    fill(table, table.addSource('cache'), ['10.0.0.0/8-8 AS1', '11.0.0.0/8-8 AS1']);
    fill(table, table.addSource('slurm', { filterable: false }), ['10.0.0.0/8-8 AS1']);
    assert.deepEqual(formatRanges(table.setFilters([{ asn: 1 }])), ['11.0.0.0/8']);
    assert.deepEqual(table.covering('10.0.0.0/8'), [{ ...vrp('10.0.0.0/8-8 AS1'), sources: ['slurm'] }]);
  });
});

suite('validation', () => {
  test('AS 0 and a route without an origin match no VRP (RFC 6483 §4)', () => {
    const table = new VrpTable();
    fill(table, table.addSource('a'), ['10.0.0.0/8-32 AS0']);
    assert.equal(state(table, '10.0.0.0/8', 0), RovState.Invalid);
    assert.equal(state(table, '10.0.0.0/8', 1), RovState.Invalid);
  });

  test('bits after a prefix mean nothing', () => {
    const table = new VrpTable();
    fill(table, table.addSource('a'), ['192.0.2.77/24-24 AS1']);
    assert.deepEqual(held(table), ['192.0.2.0/24-24 AS1']);
    assert.equal(state(table, '192.0.2.200/24', 1), RovState.Valid);
  });

  for (const text of [
    '0.0.0.0/0-0 AS1',
    '192.0.2.1/32-32 AS1',
    '::/0-0 AS1',
    '2001:db8::1/128-128 AS1',
    '128.0.0.0/1-1 AS1',
    '8000::/1-1 AS1',
  ]) {
    test(`${text} validates its own prefix`, () => {
      const table = new VrpTable();
      fill(table, table.addSource('a'), [text]);
      assert.equal(state(table, vrp(text).prefix, 1), RovState.Valid);
      assert.equal(state(table, vrp(text).prefix, 2), RovState.Invalid);
    });
  }
});

test('20,000 prefixes of each family are found, and not found once they are gone', () => {
  const table = new VrpTable();
  const source = table.addSource('a');
  let seed = 1;
  const random = (): number => (seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0);
  const vrps = Array.from({ length: 40_000 }, (_, index) => {
    const ipv6 = index % 2 === 1;
    const bytes = new Uint8Array(ipv6 ? 16 : 4);
    for (let i = 0; i < bytes.length; i++) bytes[i] = random() >>> 24;
    const length = ipv6 ? 20 + (random() % 100) : 24 + (random() % 9);
    return { bytes, offset: 0, ipv6, length, maxLength: length, asn: 1 + (random() % 1000) };
  });
  const transfer = table.begin(source, 'full');
  for (const each of vrps) transfer.announce(each);
  table.commit(transfer);
  const delta = table.begin(source, 'delta');
  for (const [index, each] of vrps.entries()) if (index % 3 === 0) delta.withdraw(each);
  table.commit(delta);
  while (table.collect(1000));
  const text = ({ bytes, length, asn }: (typeof vrps)[number]): string => `${maskAddress(bytes, length).join('.')}/${length} ${asn}`;
  const kept = new Set(vrps.filter((_, index) => index % 3 !== 0).map(text));
  for (const each of vrps) {
    const state = table.validate(each.bytes, 0, each.ipv6, each.length, each.asn);
    assert.equal(state === RovState.Valid, kept.has(text(each)), text(each));
  }
  assert.deepEqual(table.count, source.count);
});

/** Few addresses, lengths and ASes, so that VRPs nest and meet. */
const arbitraryVrp = fc
  .record({ ipv6: fc.boolean(), first: fc.nat(3), second: fc.nat(3), length: fc.nat(24), more: fc.nat(8), asn: fc.nat(2) })
  .map(({ ipv6, first, second, length, more, asn }): Vrp => {
    const address = ipv6 ? `2001:${first}:${second}::` : `10.${first}.${second * 64}.0`;
    const bits = ipv6 ? length * 3 : length;
    const masked = maskedText(`${address}/${bits}`);
    return { prefix: masked, maxLength: Math.min(bits + more, ipv6 ? 128 : 32), asn };
  });

test('the table agrees with a list of VRPs, whatever sources and filters do', () => {
  const command = fc.record({
    source: fc.nat(2),
    kind: fc.constantFrom('full', 'delta', 'abort', 'filter', 'clear'),
    vrps: fc.array(arbitraryVrp, { maxLength: 12 }),
  });
  fc.assert(
    fc.property(fc.array(command, { maxLength: 12 }), fc.array(arbitraryVrp, { minLength: 4, maxLength: 8 }), (commands, routes) => {
      const table = new VrpTable();
      const sources = [table.addSource('0'), table.addSource('1'), table.addSource('2', { filterable: false })];
      const model: Set<string>[] = [new Set(), new Set(), new Set()];
      let filtered = new Set<number>();
      for (const { source, kind, vrps } of commands) {
        const before = states(table, routes);
        const texts = vrps.map(formatVrp);
        let changed: readonly string[] = [];
        if (kind === 'filter') {
          filtered = new Set(vrps.slice(0, 1).map(({ asn }) => asn));
          changed = formatRanges(table.setFilters([...filtered].map((asn) => ({ asn }))));
        } else if (kind === 'clear') {
          model[source]!.clear();
          changed = formatRanges(table.clear(sources[source]!));
        } else {
          const next = new Set(kind === 'full' ? [] : model[source]);
          const transfer = table.begin(sources[source]!, kind === 'full' ? 'full' : 'delta');
          for (const text of texts) {
            // A VRP that is there is withdrawn in a delta.
            if (next.has(text) && kind !== 'full') assert.equal(transfer.withdraw(vrpOctets(text)), next.delete(text));
            else assert.equal(transfer.announce(vrpOctets(text)), !next.has(text) && next.add(text).has(text));
          }
          if (kind === 'abort') table.abort(transfer);
          else {
            model[source] = next;
            changed = formatRanges(table.commit(transfer));
          }
        }
        if (commands.length % 2 === 0) while (table.collect(3));
        const active = new Set(model.flatMap((set, index) => [...set].filter((text) => index === 2 || !filtered.has(vrp(text).asn))));
        assert.deepEqual(held(table), [...active].toSorted());
        const after = states(table, routes);
        assert.deepEqual(
          after,
          routes.map((route) => modelState(active, route)),
        );
        // A route outside of the ranges has the state that it had.
        for (const [index, route] of routes.entries()) {
          if (before[index] !== after[index])
            assert.ok(
              changed.some((range) => covers(range, route.prefix)),
              `${route.prefix} in ${changed.join()}`,
            );
        }
      }
    }),
    { numRuns: scaled(1000) },
  );
});

function states(table: VrpTable, routes: readonly Vrp[]): RovState[] {
  return routes.map(({ prefix, asn }) => state(table, prefix, asn));
}

/** RFC 6811 §2, said with a list. */
function modelState(vrps: ReadonlySet<string>, route: Vrp): RovState {
  const covering = [...vrps].map(vrp).filter(({ prefix }) => covers(prefix, route.prefix));
  const bits = Number(route.prefix.split('/')[1]);
  if (covering.some(({ asn, maxLength }) => asn === route.asn && asn !== 0 && bits <= maxLength)) return RovState.Valid;
  return covering.length > 0 ? RovState.Invalid : RovState.NotFound;
}

function covers(outer: string, inner: string): boolean {
  const [a, b] = [parsePrefix(outer)!, parsePrefix(inner)!];
  return a.address.length === b.address.length && a.bits <= b.bits && sharesBits(a.address, 0, b.address, 0, a.bits);
}

function state(table: VrpTable, prefix: string, origin: number): RovState {
  const { address, bits } = parsePrefix(prefix)!;
  return table.validate(address, 0, address.length === 16, bits, origin);
}

function fill(table: VrpTable, source: ReturnType<VrpTable['addSource']>, vrps: readonly string[]): string[] {
  const transfer = table.begin(source, 'full');
  for (const text of vrps) transfer.announce(vrpOctets(text));
  return formatRanges(table.commit(transfer));
}

function held(table: VrpTable): string[] {
  return [...table.vrps()].map(formatVrp).toSorted();
}

function maskedText(prefix: string): string {
  const { address, bits } = parsePrefix(prefix)!;
  return `${formatAddress(maskAddress(address, bits))}/${bits}`;
}
