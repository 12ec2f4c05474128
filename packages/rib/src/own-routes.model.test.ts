/**
 * Random events against a slow, obvious model of our own routes: aggregates by their definition, computed anew from the whole Loc-RIB, and
 * default routes by a list of who is to get one. Whatever the order of events, slow sockets and slices of work, each peer holds what the
 * model says.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findAttribute, IPV4_UNICAST, type PathAttribute, parseAddress } from '@tsbgp/wire';
import fc from 'fast-check';
import { scaled } from '../../../test/scale.ts';
import { explained } from '../test/explained.ts';
import { FakePeer, settle, smallRib } from '../test/fake-peer.ts';
import type { AggregateOptions } from './index.ts';
import { checkInvariants } from './invariants.ts';

const LOCAL_AS = 64_500;
const PREFIXES = ['0.0.0.0/0', '10.0.0.0/8', '10.1.0.0/16', '10.1.2.0/24', '10.1.2.128/25', '10.2.0.0/16', '192.0.2.0/24'];
const AGGREGATES = ['0.0.0.0/0', '10.0.0.0/8', '10.1.0.0/16', '10.1.2.0/24'];
/** One that prefers, two in a group, one of our AS, one with ADD-PATH. */
const PEERS = [
  { address: '10.9.0.1', as: 65_001, localAs: LOCAL_AS },
  { address: '10.9.0.2', as: 65_002, localAs: LOCAL_AS },
  { address: '10.9.0.3', as: LOCAL_AS, localAs: LOCAL_AS },
  { address: '10.9.0.4', as: 65_004, localAs: LOCAL_AS, addPath: [IPV4_UNICAST] },
];

interface ModelAggregate {
  readonly prefix: string;
  readonly summaryOnly: boolean;
  readonly mergeCommunities: boolean;
}

interface ModelRoute {
  readonly from: number;
  readonly asPath: readonly number[];
  readonly origin: 'igp' | 'egp' | 'incomplete';
  readonly communities: readonly number[];
}

const peer = fc.nat(PEERS.length - 1);
const event = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      type: fc.constant('announce' as const),
      peer,
      prefix: fc.constantFrom(...PREFIXES),
      // Lengths that differ decide alone: the decision process has its own model.
      tail: fc.constantFrom([], [65_100]),
      origin: fc.constantFrom('igp' as const, 'egp' as const, 'incomplete' as const),
      communities: fc.subarray([1, 2, 3]),
    }),
  },
  { weight: 6, arbitrary: fc.record({ type: fc.constant('withdraw' as const), peer, prefix: fc.constantFrom(...PREFIXES) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant('aggregates' as const),
      aggregates: fc.uniqueArray(
        fc.record({ prefix: fc.constantFrom(...AGGREGATES), summaryOnly: fc.boolean(), mergeCommunities: fc.boolean() }),
        { selector: ({ prefix }) => prefix, maxLength: 3 },
      ),
    }),
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('originate' as const), peer, wanted: fc.boolean() }) },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant('change' as const),
      peer,
      wanted: fc.boolean(),
      accept: fc.boolean(),
      nextHopSelf: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('flap' as const), peer, wanted: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('block' as const), peer, blocked: fc.boolean() }) },
  { weight: 4, arbitrary: fc.record({ type: fc.constant('work' as const) }) },
);

function wire(prefix: string): Uint8Array {
  const [address, length] = prefix.split('/') as [string, string];
  const bytes = new Uint8Array(17);
  bytes.set([Number(length), ...parseAddress(address)!]);
  return bytes;
}

function covers(short: string, long: string): boolean {
  const a = wire(short);
  const b = wire(long);
  const bits = (bytes: Uint8Array): string => [...bytes.subarray(1, 5)].map((octet) => octet.toString(2).padStart(8, '0')).join('');
  return a[0]! < b[0]! && bits(a).slice(0, a[0]) === bits(b).slice(0, a[0]);
}

/** Shorter AS_PATH, lower ORIGIN, external before internal, lower number. Routes of our own have the shortest path. */
function bestOf(routes: ReadonlyMap<number, ModelRoute>): ModelRoute | undefined {
  const kind = ({ from }: ModelRoute): number => (PEERS[from]!.as === LOCAL_AS ? 1 : 0);
  const rank = (origin: ModelRoute['origin']): number => ['igp', 'egp', 'incomplete'].indexOf(origin);
  return [...routes.values()].toSorted(
    (a, b) => a.asPath.length - b.asPath.length || rank(a.origin) - rank(b.origin) || kind(a) - kind(b) || a.from - b.from,
  )[0];
}

test('any order of events leaves every peer with the aggregates and default routes that the model says', () => {
  fc.assert(
    fc.property(fc.array(event, { minLength: 1, maxLength: 80, size: 'max' }), (events) => {
      const rib = smallRib();
      const peers = PEERS.map((options) => new FakePeer(rib, options));
      const routes = new Map<string, Map<number, ModelRoute>>(PREFIXES.map((prefix) => [prefix, new Map()]));
      const originates = new Set<number>();
      /** Peers whose export policy rejects everything. */
      const denied = new Set<number>();
      let aggregates: readonly ModelAggregate[] = [];
      for (const each of peers) each.up();
      for (const step of events) {
        switch (step.type) {
          case 'work':
            rib.work();
            break;
          case 'aggregates': {
            aggregates = step.aggregates;
            const options = aggregates.map((each): AggregateOptions => ({ ...each, prefix: wire(each.prefix) }));
            rib.setAggregates(IPV4_UNICAST, options);
            break;
          }
          case 'announce': {
            const { as } = PEERS[step.peer]!;
            const asPath = [...(as === LOCAL_AS ? [65_200] : [as]), ...step.tail];
            const attributes: PathAttribute[] = [
              { type: 'origin', flags: 0x40, value: step.origin },
              { type: 'as-path', flags: 0x40, value: [{ type: 'sequence', asns: asPath }] },
            ];
            if (step.communities.length > 0) attributes.push({ type: 'communities', flags: 0xc0, value: step.communities });
            assert.equal(peers[step.peer]!.announceWith(attributes, ['10.9.0.99'], step.prefix), undefined);
            const { origin, communities } = step;
            routes.get(step.prefix)!.set(step.peer, { from: step.peer, asPath, origin, communities });
            break;
          }
          case 'withdraw':
            peers[step.peer]!.withdraw(step.prefix);
            routes.get(step.prefix)!.delete(step.peer);
            break;
          case 'originate':
            rib.originateDefault(peers[step.peer]!.ribPeer!, IPV4_UNICAST, step.wanted);
            if (step.wanted) originates.add(step.peer);
            else originates.delete(step.peer);
            break;
          case 'change':
            peers[step.peer]!.change({
              defaultOriginate: step.wanted ? [IPV4_UNICAST] : [],
              exportAccept: step.accept,
              nextHopSelfAlways: step.nextHopSelf,
            });
            if (step.wanted) originates.add(step.peer);
            else originates.delete(step.peer);
            if (step.accept) denied.delete(step.peer);
            else denied.add(step.peer);
            break;
          case 'flap':
            peers[step.peer]!.down();
            for (const each of routes.values()) each.delete(step.peer);
            peers[step.peer]!.up({ defaultOriginate: step.wanted ? [IPV4_UNICAST] : [] });
            if (step.wanted) originates.add(step.peer);
            else originates.delete(step.peer);
            break;
          case 'block':
            peers[step.peer]!.backlogBytes = step.blocked ? 1 << 30 : 0;
            break;
        }
        checkInvariants(rib);
      }
      for (const each of peers) each.backlogBytes = 0;
      settle(rib);
      checkInvariants(rib);

      // An aggregate is the best path of its prefix, as its AS_PATH is empty.
      const contributors = ({ prefix }: ModelAggregate): ModelRoute[] =>
        PREFIXES.filter((each) => covers(prefix, each) && !present.has(each)).flatMap((each) => bestOf(routes.get(each)!) ?? []);
      // What covers it may have it only if it is no aggregate that is there: from the longest on.
      const present = new Map<string, { readonly aggregate: ModelAggregate; readonly of: readonly ModelRoute[] }>();
      for (const aggregate of aggregates.toSorted((a, b) => wire(b.prefix)[0]! - wire(a.prefix)[0]!)) {
        const of = contributors(aggregate);
        if (of.length > 0) present.set(aggregate.prefix, { aggregate, of });
      }
      for (const [at, to] of peers.entries()) {
        const expected = new Map<string, string>();
        const internal = PEERS[at]!.as === LOCAL_AS;
        const add = (prefix: string, text: string): void => void expected.set(prefix, text);
        for (const prefix of PREFIXES) {
          const all = [...routes.get(prefix)!.values()].filter((each) => each.from !== at);
          const isSummarized = !present.has(prefix) && aggregates.some((each) => each.summaryOnly && covers(each.prefix, prefix));
          const own = present.get(prefix);
          if (prefix === '0.0.0.0/0' && originates.has(at)) add(prefix, internal ? 'default ' : `default ${LOCAL_AS}`);
          else if (isSummarized || denied.has(at)) continue;
          else if (PEERS[at]!.addPath !== undefined) {
            const texts = all.map(({ asPath }) => `${[LOCAL_AS, ...asPath].join(' ')}`);
            if (own !== undefined) texts.push(aggregateText(own, internal));
            if (texts.length > 0) add(prefix, texts.toSorted().join(' | '));
          } else if (own !== undefined) add(prefix, aggregateText(own, internal));
          else {
            const best = bestOf(routes.get(prefix)!);
            if (best === undefined || best.from === at || (internal && PEERS[best.from]!.as === LOCAL_AS)) continue;
            add(prefix, [...(internal ? [] : [LOCAL_AS]), ...best.asPath].join(' '));
          }
        }
        assert.deepEqual(Object.fromEntries(viewOf(to, originates.has(at))), Object.fromEntries(expected), `view of ${to.name}`);
        // What the RIB says each peer is sent is what it holds, our default route included.
        for (const prefix of PREFIXES) {
          const held = [...to.view.keys()].filter((key) => key.split(' ')[0] === prefix).length;
          const { pending, paths } = explained(rib, to, prefix);
          assert.equal(pending, undefined);
          assert.equal(paths.filter(({ reason }) => reason === undefined).length, held, `what ${to.name} is sent of ${prefix}`);
        }
      }
      for (const each of peers) each.down();
      rib.setAggregates(IPV4_UNICAST, []);
      settle(rib);
      checkInvariants(rib);
      assert.equal(rib.attributes.count, 0, 'nothing is left when all are gone');
      assert.equal(rib.table(IPV4_UNICAST).index.count, 0);
    }),
    { numRuns: Number(process.env['TSBGP_MODEL_RUNS'] ?? scaled(3000, 300)), seed: 9774 },
  );
});

function aggregateText({ aggregate, of }: { aggregate: ModelAggregate; of: readonly ModelRoute[] }, internal: boolean): string {
  const worst = ['incomplete', 'egp', 'igp'].find((origin) => of.some((each) => each.origin === origin));
  const communities = aggregate.mergeCommunities ? [...new Set(of.flatMap((each) => each.communities))].toSorted() : [];
  return `aggregate ${internal ? '' : LOCAL_AS} ${worst} ${communities.join(',')}`;
}

/** What a peer holds, in the words of the model. With ADD-PATH all paths of a prefix. */
function viewOf(peer: FakePeer, originates: boolean): Map<string, string> {
  const view = new Map<string, string[]>();
  for (const [key, attributes] of peer.attributes) {
    const prefix = key.split(' ')[0]!;
    const path = findAttribute(attributes, 'as-path')!.value.flatMap(({ asns }) => asns);
    const isAggregate = findAttribute(attributes, 'aggregator') !== undefined;
    let text = path.join(' ');
    if (isAggregate) {
      assert.deepEqual(findAttribute(attributes, 'aggregator')?.value, { as: LOCAL_AS, address: '0.0.0.1' });
      assert.ok(findAttribute(attributes, 'atomic-aggregate'), 'every contributor of the model has an AS_PATH');
      const communities = findAttribute(attributes, 'communities')?.value ?? [];
      text = `aggregate ${text} ${findAttribute(attributes, 'origin')!.value} ${communities.toSorted().join(',')}`;
    } else if (prefix === '0.0.0.0/0' && originates) text = `default ${text}`;
    view.set(prefix, [...(view.get(prefix) ?? []), text]);
  }
  return new Map([...view].map(([prefix, texts]) => [prefix, texts.toSorted().join(' | ')]));
}
