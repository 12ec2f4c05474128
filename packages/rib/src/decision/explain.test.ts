/** Why a path lost must agree with who won: random paths, explained, against decide.ts; and each step by hand. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addressBytes, DEFAULT_CONTEXT, encodeAttributes, IPV4_UNICAST, type PathAttribute, parseIpv4, readU32 } from '@tsbgp/wire';
import fc from 'fast-check';
import { decide } from './decide.ts';
import { codeOf } from './filter-reason.ts';
import { explain, longestMatch, NONE, PeerKind, Rib, type RibPeer, type RibTable, Verdict } from './index.ts';

const verdict = new Verdict();

import { hasPath } from './longest-match.ts';

interface Path {
  readonly kind?: PeerKind;
  readonly address?: string;
  readonly identifier?: string;
  readonly localPref?: number;
  readonly asPath?: readonly number[];
  readonly origin?: 'igp' | 'egp' | 'incomplete';
  readonly med?: number;
  readonly originatorId?: string;
  readonly clusters?: number;
  readonly filtered?: boolean;
  /** The session ended; the path awaits the sweep. */
  readonly down?: boolean;
}

const PREFIX = Uint8Array.of(24, 192, 0, 2);

function emptyRib(): { rib: Rib; table: RibTable } {
  const rib = new Rib({
    localAs: 64_512,
    bgpIdentifier: 1,
    observer: { fault: () => undefined, endOfRib: () => undefined },
    capacity: { ipv4: 64, ipv6: 4, attributeSets: 4 },
  });
  return { rib, table: rib.table(IPV4_UNICAST) };
}

function addPath(rib: Rib, table: RibTable, path: Path, index: number, prefix = PREFIX): RibPeer {
  const kind = path.kind ?? PeerKind.External;
  const peer = rib.addPeer({
    name: `p${index}`,
    kind,
    remoteAs: 1,
    localAs: 64_512,
    bgpIdentifier: readU32(parseIpv4(path.identifier ?? '10.0.0.1')!, 0),
    address: addressBytes(path.address ?? '10.0.0.1'),
    families: [],
    receive: DEFAULT_CONTEXT,
    send: DEFAULT_CONTEXT,
    nextHopSelf: new Map(),
    routeServerClient: false,
    nextHopSelfAlways: false,
    importAccept: true,
    exportAccept: true,
    port: { write: () => undefined, backlogBytes: 0 },
  });
  const asns = [...(path.asPath ?? [65_001])];
  const attributes: PathAttribute[] = [
    { type: 'origin', flags: 0x40, value: path.origin ?? 'igp' },
    { type: 'as-path', flags: 0x40, value: asns.length === 0 ? [] : [{ type: 'sequence', asns }] },
    { type: 'next-hop', flags: 0x40, value: '192.0.2.1' },
  ];
  if (path.med !== undefined) attributes.push({ type: 'multi-exit-disc', flags: 0x80, value: path.med });
  if (path.localPref !== undefined) attributes.push({ type: 'local-pref', flags: 0x40, value: path.localPref });
  if (path.originatorId !== undefined) attributes.push({ type: 'originator-id', flags: 0x80, value: path.originatorId });
  if (path.clusters !== undefined) {
    attributes.push({ type: 'cluster-list', flags: 0x80, value: Array.from({ length: path.clusters }, (_, i) => `10.9.0.${i + 1}`) });
  }
  const block = encodeAttributes(attributes, { ...DEFAULT_CONTEXT, peerType: 'ibgp' });
  const attr = rib.attributes.intern(block, 0, block.length);
  const nlri = table.index.insertWire(prefix, 0);
  table.announce(nlri, peer, 0, path.filtered === true ? verdict.reject(attr, codeOf('import-policy')) : verdict.accept(attr), 0);
  if (path.down === true) rib.removePeer(peer);
  return peer;
}

/** `p0 best`, `p1 med 20>10 of p2`, `p3 filtered`: in the order of the answer. */
function explained(...paths: Path[]): string[] {
  const { rib, table } = emptyRib();
  for (const [i, path] of paths.entries()) addPath(rib, table, path, i);
  const name = (path: number): string => rib.peers[table.pathPeer[path]!]!.options.name;
  return explain(table, table.index.findWire(PREFIX, 0)).map((one) => {
    if (one.outcome !== 'lost') return `${name(one.path)} ${one.outcome}`;
    const { step, value, betterValue, by } = one.defeat;
    return `${name(one.path)} ${step} ${value}>${betterValue} of ${name(by)}`;
  });
}

const STEPS: readonly (readonly [title: string, better: Path, worse: Path, expected: string])[] = [
  ['1 LOCAL_PREF, 100 where there is none', { localPref: 200, asPath: [1, 2, 3] }, {}, 'local-pref 100>200'],
  ['2 AS_PATH length', { origin: 'egp' }, { asPath: [1, 2] }, 'as-path-length 2>1'],
  ['3 ORIGIN', { med: 9 }, { origin: 'incomplete' }, 'origin incomplete>igp'],
  ['4 MULTI_EXIT_DISC of one neighboring AS', { kind: PeerKind.Internal }, { med: 5 }, 'multi-exit-disc 5>0'],
  ['5 external before internal', { asPath: [1], identifier: '10.0.0.9' }, { kind: PeerKind.Internal }, 'peer-type internal>external'],
  ['5 local before external', { kind: PeerKind.Local, identifier: '10.0.0.9' }, { asPath: [1] }, 'peer-type external>local'],
  ['7 BGP Identifier', {}, { identifier: '200.0.0.1' }, 'bgp-identifier 200.0.0.1>10.0.0.1'],
  ['7 ORIGINATOR_ID in its place', { identifier: '99.0.0.1', originatorId: '1.0.0.1' }, {}, 'bgp-identifier 10.0.0.1>1.0.0.1'],
  ['8 CLUSTER_LIST length', { clusters: 1 }, { clusters: 3, address: '9.0.0.1' }, 'cluster-list-length 3>1'],
  ['9 address of the neighbor', {}, { address: '10.0.0.2' }, 'peer-address 10.0.0.2>10.0.0.1'],
];

for (const [title, better, worse, expected] of STEPS) {
  test(`the step on which a path loses: ${title}`, () => {
    assert.deepEqual(explained(better, worse), ['p0 best', `p1 ${expected} of p0`]);
    assert.deepEqual(explained(worse, better), ['p1 best', `p0 ${expected} of p1`]);
  });
}

test('RFC 4271 §9.1.2.2 c: a path loses on MULTI_EXIT_DISC to one of its own neighboring AS, also where that one is not the best', () => {
  const paths: Path[] = [
    { asPath: [7], med: 1, identifier: '0.0.0.9' },
    { asPath: [7], med: 2, identifier: '0.0.0.1' },
    { asPath: [8], med: 5, identifier: '0.0.0.5' },
  ];
  assert.deepEqual(explained(...paths), ['p2 best', 'p0 bgp-identifier 0.0.0.9>0.0.0.5 of p2', 'p1 multi-exit-disc 2>1 of p0']);
});

test('filtered paths come last, paths of sessions that ended do not come', () => {
  assert.deepEqual(explained({ filtered: true, localPref: 900 }, { down: true, localPref: 800 }, {}), ['p2 best', 'p0 filtered']);
  assert.deepEqual(explained({ filtered: true }), ['p0 filtered']);
  assert.deepEqual(explained(), []);
});

const quad = fc.constantFrom('10.0.0.1', '10.0.0.2', '200.0.0.1');
const anyPath: fc.Arbitrary<Path> = fc.record(
  {
    kind: fc.constantFrom(PeerKind.Local, PeerKind.External, PeerKind.Internal),
    address: fc.constantFrom('10.0.0.1', '10.0.0.2', '10.0.0.3', '2001:db8::1'),
    identifier: quad,
    localPref: fc.constantFrom(100, 200),
    asPath: fc.array(fc.constantFrom(7, 8, 9), { maxLength: 2 }),
    origin: fc.constantFrom('igp', 'egp', 'incomplete'),
    med: fc.nat(3),
    originatorId: quad,
    clusters: fc.integer({ min: 1, max: 2 }),
    filtered: fc.boolean(),
    down: fc.constantFrom(true, false, false, false),
  },
  { requiredKeys: [] },
);

test('random paths: the best is that of decide.ts, and whoever beats a path wins also where only these two are left', () => {
  fc.assert(
    fc.property(fc.array(anyPath, { maxLength: 8 }), (paths) => {
      const { rib, table } = emptyRib();
      const peers = paths.map((path, i) => addPath(rib, table, path, i));
      const nlri = table.index.findWire(PREFIX, 0);
      const answer = explain(table, nlri);
      assert.equal(answer.length, paths.filter(({ down }) => down !== true).length);
      const best = answer.find(({ outcome }) => outcome === 'best')?.path ?? NONE;
      const decided = decide(table, nlri);
      // Two paths that are equal in every step (one peer twice, in effect) may stand for each other.
      if (best !== decided) {
        assert.ok(best !== NONE && decided !== NONE);
        assert.equal(answer.find(({ path }) => path === decided)?.outcome, 'best');
      }
      for (const one of answer) {
        if (one.outcome !== 'lost') continue;
        const index = (path: number): number => peers.findIndex((peer) => peer.index === table.pathPeer[path]);
        const pair = [index(one.path), index(one.defeat.by)];
        const alone = emptyRib();
        for (const i of pair) addPath(alone.rib, alone.table, paths[i]!, i);
        const winner = decide(alone.table, alone.table.index.findWire(PREFIX, 0));
        assert.equal(alone.rib.peers[alone.table.pathPeer[winner]!]!.options.name, `p${pair[1]}`);
        assert.notEqual(one.defeat.value, one.defeat.betterValue);
      }
    }),
    { numRuns: 2000 },
  );
});

test('longest match: the longest prefix with a best path, then the longest with any', () => {
  const { rib, table } = emptyRib();
  const wire = (bits: number, ...octets: number[]) => Uint8Array.of(bits, ...octets, 0, 0, 0, 0);
  const find = (...octets: number[]): number => longestMatch(table, wire(32, ...octets));
  const id = (prefix: Uint8Array): number => table.index.findWire(prefix, 0);
  const work = (): void => {
    while (rib.work());
  };
  assert.equal(find(10, 1, 2, 3), NONE);
  addPath(rib, table, { filtered: true }, 0, wire(8, 10));
  work();
  assert.equal(find(10, 1, 2, 3), id(wire(8, 10)), 'only a filtered path');
  assert.equal(find(11, 1, 2, 3), NONE);
  addPath(rib, table, {}, 1, wire(0));
  const gone = addPath(rib, table, {}, 2, wire(16, 10, 1));
  addPath(rib, table, {}, 3, wire(32, 10, 1, 2, 3));
  work();
  assert.equal(find(10, 1, 2, 3), id(wire(32, 10, 1, 2, 3)));
  assert.equal(find(10, 1, 2, 4), id(wire(16, 10, 1)));
  assert.equal(find(10, 2, 0, 0), id(wire(0)), 'a prefix with a best path goes before a longer one without');
  assert.equal(longestMatch(table, wire(12, 10)), id(wire(0)), 'a prefix is matched by those that cover it');
  rib.removePeer(gone);
  assert.equal(hasPath(table, table.index.findWire(wire(16, 10, 1), 0)), false);
  work();
  assert.equal(find(10, 1, 2, 4), id(wire(0)));
});
