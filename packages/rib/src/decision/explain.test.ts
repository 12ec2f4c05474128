/** Why a path lost must agree with who won: random paths and options, against decide.ts and a reference; and each step by hand. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  addCandidate,
  anyCandidate,
  anyDecision,
  type Candidate,
  decideModel,
  difference,
  emptyRib,
  lastOctet,
  PREFIX,
} from '../../test/candidates.ts';
import { type DecisionOptions, explain, explainPair, longestMatch, multipath, NONE, type PathId, PeerKind, STEPS } from '../index.ts';
import { hasPath } from '../longest-match.ts';
import { decide } from './decide.ts';

/** `p0 best`, `p1 med 20>10 of p2`, `p3 filtered`: in the order of the answer. */
function explained(paths: readonly Candidate[], options: Partial<DecisionOptions> = {}, nextHopCost = lastOctet): string[] {
  const { rib, table } = emptyRib(options, nextHopCost);
  for (const [i, path] of paths.entries()) addCandidate(rib, table, path, i);
  const name = (path: number): string => rib.peers[table.pathPeer[path]!]!.options.name;
  return explain(table, table.index.findWire(PREFIX, 0)).map((one) => {
    if (one.outcome !== 'lost') return `${name(one.path)} ${one.outcome}`;
    const { step, value, betterValue, by } = one.defeat;
    return `${name(one.path)} ${step} ${value}>${betterValue} of ${name(by)}`;
  });
}

type Case = readonly [title: string, better: Candidate, worse: Candidate, expected: string, options?: Partial<DecisionOptions>];

const CASES: readonly Case[] = [
  ['1 RFC 9494 §4.3: stale routes last', {}, { stale: true, localPref: 900 }, 'stale stale>not stale'],
  ['2 LOCAL_PREF, 100 where there is none', { localPref: 200, asPath: [1, 2, 3] }, {}, 'local-pref 100>200'],
  ['3 RFC 7311 §4.1: with AIGP before without', { aigp: 9, asPath: [1, 2] }, {}, 'aigp none>10'],
  [
    '3 RFC 7311 §4.1: AIGP and the cost to the next hop',
    { aigp: 9, asPath: [1, 2] },
    { aigp: 5, nextHop: '192.0.2.6', asPath: [] },
    'aigp 11>10',
  ],
  ['3 AIGP does not count', { asPath: [1] }, { aigp: 9, asPath: [1, 2] }, 'as-path-length 2>1', { aigp: false }],
  ['4 AS_PATH length', { origin: 'egp' }, { asPath: [1, 2] }, 'as-path-length 2>1'],
  ['4 AS_PATH length, equal AIGP', { aigp: 1, origin: 'egp' }, { aigp: 1, asPath: [1, 2] }, 'as-path-length 2>1'],
  ['4 AS_PATH length does not count', { asPath: [1, 2] }, { origin: 'egp' }, 'origin egp>igp', { ignoreAsPathLength: true }],
  ['4 RFC 5065 §5.3: confederation segments do not count', { confederation: [1, 2] }, { asPath: [1, 2] }, 'as-path-length 2>1'],
  ['4 confederation segments count', {}, { confederation: [1, 2] }, 'as-path-length 3>1', { countConfederations: true }],
  ['5 ORIGIN', { med: 9 }, { origin: 'incomplete' }, 'origin incomplete>igp'],
  ['6 MULTI_EXIT_DISC of one neighboring AS', { kind: PeerKind.Internal }, { med: 5 }, 'multi-exit-disc 5>0'],
  [
    '6 MULTI_EXIT_DISC of different neighboring ASes',
    { asPath: [7], identifier: '10.0.0.9' },
    { asPath: [8], med: 5 },
    'multi-exit-disc 5>0',
    { alwaysCompareMed: true },
  ],
  ['6 a missing MULTI_EXIT_DISC', { med: 5 }, {}, 'multi-exit-disc 4294967295>5', { missingMedAsWorst: true }],
  ['7 external before internal', { asPath: [1], identifier: '10.0.0.9' }, { kind: PeerKind.Internal }, 'peer-type internal>external'],
  ['7 local before external', { kind: PeerKind.Local, identifier: '10.0.0.9' }, { asPath: [1] }, 'peer-type external>local'],
  [
    '8 the cost to the next hop',
    { kind: PeerKind.Internal, identifier: '10.0.0.9' },
    { kind: PeerKind.Internal, nextHop: '192.0.2.2' },
    'next-hop-cost 2>1',
  ],
  [
    '9 the older of external paths',
    { identifier: '10.0.0.9', learned: 0 },
    { learned: 60 },
    'age 1970-01-01T00:01:00Z>1970-01-01T00:00:00Z',
    { preferOldest: true },
  ],
  ['9 age does not count', { learned: 60 }, { identifier: '10.0.0.9', learned: 0 }, 'bgp-identifier 10.0.0.9>10.0.0.1'],
  [
    '9 age does not count between internal paths',
    { kind: PeerKind.Internal, learned: 60 },
    { kind: PeerKind.Internal, identifier: '10.0.0.9', learned: 0 },
    'bgp-identifier 10.0.0.9>10.0.0.1',
    { preferOldest: true },
  ],
  ['10 BGP Identifier', {}, { identifier: '200.0.0.1' }, 'bgp-identifier 200.0.0.1>10.0.0.1'],
  ['10 ORIGINATOR_ID in its place', { identifier: '99.0.0.1', originatorId: '1.0.0.1' }, {}, 'bgp-identifier 10.0.0.1>1.0.0.1'],
  [
    '10 BGP Identifiers do not count',
    { identifier: '99.0.0.1' },
    { address: '10.0.0.2' },
    'peer-address 10.0.0.2>10.0.0.1',
    { compareRouterId: false },
  ],
  ['11 CLUSTER_LIST length', { clusters: 1 }, { clusters: 3, address: '9.0.0.1' }, 'cluster-list-length 3>1'],
  ['12 address of the neighbor', {}, { address: '10.0.0.2' }, 'peer-address 10.0.0.2>10.0.0.1'],
];

for (const [title, better, worse, expected, options] of CASES) {
  test(`the step on which a path loses: ${title}`, () => {
    assert.deepEqual(explained([better, worse], options), ['p0 best', `p1 ${expected} of p0`]);
    assert.deepEqual(explained([worse, better], options), ['p1 best', `p0 ${expected} of p1`]);
  });
}

test('every step but the path identifier, which needs ADD-PATH, has a case', () => {
  const seen = new Set(CASES.map(([, , , expected]) => expected.split(' ')[0]));
  const missing = STEPS.map(({ name }) => name).filter((name) => !seen.has(name));
  assert.deepEqual(missing, ['path-identifier']);
});

test('RFC 4271 §9.1.2.2 c: a path loses on MULTI_EXIT_DISC to one of its own neighboring AS, also where that one is not the best', () => {
  const paths: Candidate[] = [
    { asPath: [7], med: 1, identifier: '0.0.0.9' },
    { asPath: [7], med: 2, identifier: '0.0.0.1' },
    { asPath: [8], med: 5, identifier: '0.0.0.5' },
  ];
  assert.deepEqual(explained(paths), ['p2 best', 'p0 bgp-identifier 0.0.0.9>0.0.0.5 of p2', 'p1 multi-exit-disc 2>1 of p0']);
});

test('filtered paths come last, paths of sessions that ended do not come', () => {
  assert.deepEqual(explained([{ filtered: true, localPref: 900 }, { down: true, localPref: 800 }, {}]), ['p2 best', 'p0 filtered']);
  assert.deepEqual(explained([{ filtered: true }]), ['p0 filtered']);
  assert.deepEqual(explained([]), []);
});

test('RFC 3345: in pairs, MULTI_EXIT_DISC makes the best path depend on the order of arrival; each path lost to the one it was compared with', () => {
  const [a, b, c]: [Candidate, Candidate, Candidate] = [
    { asPath: [7], med: 1, identifier: '0.0.0.9' },
    { asPath: [7], med: 2, identifier: '0.0.0.1' },
    { asPath: [8], med: 5, identifier: '0.0.0.5' },
  ];
  const inPairs = { deterministicMed: false };
  assert.deepEqual(explained([a, b, c], inPairs), ['p0 best', 'p2 bgp-identifier 0.0.0.5>0.0.0.1 of p1', 'p1 multi-exit-disc 2>1 of p0']);
  assert.deepEqual(explained([b, c, a], inPairs), [
    'p0 best',
    'p1 bgp-identifier 0.0.0.5>0.0.0.1 of p0',
    'p2 bgp-identifier 0.0.0.9>0.0.0.5 of p1',
  ]);
});

test('random paths and options: decide.ts, explain and the reference agree on the best path, and on the step that decided', () => {
  fc.assert(
    fc.property(fc.array(anyCandidate, { maxLength: 8 }), anyDecision, fc.boolean(), (paths, options, hasCosts) => {
      const cost = hasCosts ? lastOctet : undefined;
      const { rib, table } = emptyRib(options, cost);
      const peers = paths.map((path, i) => addCandidate(rib, table, path, i));
      const nlri = table.index.findWire(PREFIX, 0);
      const candidateOf = (path: PathId): Candidate => paths[peers.findIndex(({ index }) => index === table.peerIndexOf(path))]!;
      const answer = explain(table, nlri);
      assert.equal(answer.length, paths.filter(({ down }) => down !== true).length);
      const decided = decide(table, nlri);
      const best = answer.find(({ outcome }) => outcome === 'best')?.path ?? NONE;
      // Two paths that are equal in every step, which two peers never have, may stand for each other.
      const areEqual = (a: Candidate, b: Candidate): boolean => difference(a, b, options, hasCosts) === undefined;
      const model = decideModel(paths, options, hasCosts);
      assert.equal(decided === NONE, model === undefined);
      assert.equal(best === NONE, model === undefined);
      if (model === undefined) return;
      assert.ok(areEqual(candidateOf(decided), model), 'the reference decides as decide.ts does');
      assert.ok(areEqual(candidateOf(best as PathId), model), 'and so does explain');
      for (const one of answer) {
        if (one.outcome !== 'lost') continue;
        const { step, by, value, betterValue } = one.defeat;
        assert.notEqual(value, betterValue);
        const expected = difference(candidateOf(one.path), candidateOf(by), options, hasCosts);
        assert.deepEqual(expected, { step, isBetter: false }, 'the step is the first in which these two differ');
      }
    }),
    { numRuns: 3000, seed: 9121 },
  );
});

test('random pairs and options: whoever explainPair says is better is what decide.ts chooses of the two, by the step of the reference', () => {
  fc.assert(
    fc.property(anyCandidate, anyCandidate, anyDecision, fc.boolean(), (first, second, options, hasCosts) => {
      const pair = [first, second].map((path) => ({ ...path, filtered: false, down: false }));
      const { rib, table } = emptyRib(options, hasCosts ? lastOctet : undefined);
      const peers = pair.map((path, i) => addCandidate(rib, table, path, i));
      const nlri = table.index.findWire(PREFIX, 0);
      const decided = decide(table, nlri);
      const other = table.firstPath(nlri) === decided ? table.nextPath(decided) : table.firstPath(nlri);
      const answer = explainPair(table, decided, other);
      const isFirst = peers[0]!.index === table.peerIndexOf(decided);
      const expected = difference(pair[isFirst ? 0 : 1]!, pair[isFirst ? 1 : 0]!, options, hasCosts);
      assert.deepEqual(explainPair(table, other, decided), answer, 'the order of the question does not matter');
      assert.equal(answer?.step, expected?.step);
      if (answer === undefined) return;
      assert.equal(expected?.isBetter, true);
      assert.deepEqual([answer.by, answer.loser], [decided, other]);
    }),
    { numRuns: 3000, seed: 4271 },
  );
});

test('the multipath set: equal to the best path up to a step, at most so many, with the same AS_PATH unless that is relaxed', () => {
  const { rib, table } = emptyRib({}, lastOctet);
  const paths: Candidate[] = [
    { asPath: [7, 1], identifier: '10.0.0.3' },
    { asPath: [7, 1], identifier: '10.0.0.1' },
    { asPath: [8, 1], identifier: '10.0.0.2' },
    { asPath: [7, 1], med: 1, identifier: '10.0.0.4' },
    { asPath: [7, 1], nextHop: '192.0.2.2', identifier: '10.0.0.5' },
    { asPath: [7], filtered: true },
  ];
  for (const [i, path] of paths.entries()) addCandidate(rib, table, path, i);
  const nlri = table.index.findWire(PREFIX, 0);
  const names = (options: Parameters<typeof multipath>[2]): (string | undefined)[] =>
    multipath(table, nlri, options).map((path) => table.peerOf(path)?.options.name);
  assert.deepEqual(names({ max: 1 }), ['p1']);
  assert.deepEqual(names({ max: 8 }), ['p1', 'p0']);
  assert.deepEqual(names({ max: 8, relax: true }), ['p1', 'p2', 'p0']);
  assert.deepEqual(names({ max: 2, relax: true }), ['p1', 'p2']);
  assert.deepEqual(names({ max: 8, relax: true, through: 'peer-type' }), ['p1', 'p2', 'p0', 'p4']);
  assert.deepEqual(names({ max: 8, through: 'bgp-identifier' }), ['p1']);
  assert.deepEqual(multipath(emptyRib().table, nlri, { max: 2 }), []);
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
  addCandidate(rib, table, { filtered: true }, 0, wire(8, 10));
  work();
  assert.equal(find(10, 1, 2, 3), id(wire(8, 10)), 'only a filtered path');
  assert.equal(find(11, 1, 2, 3), NONE);
  addCandidate(rib, table, {}, 1, wire(0));
  const gone = addCandidate(rib, table, {}, 2, wire(16, 10, 1));
  addCandidate(rib, table, {}, 3, wire(32, 10, 1, 2, 3));
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
