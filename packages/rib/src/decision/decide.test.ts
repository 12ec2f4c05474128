/**
 * The decision process, step by step, and the shared vectors that other implementations' tests became.
 */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { addressBytes, DEFAULT_CONTEXT, encodeAttributes, IPV4_UNICAST, type PathAttribute, parseIpv4, readU32 } from '@tsbgp/wire';
import { decide } from './decide.ts';
import { codeOf } from './filter-reason.ts';
import { NONE, PeerKind, Rib, Verdict } from './index.ts';

const verdict = new Verdict();

interface Path {
  readonly name: string;
  readonly peer_type?: string;
  readonly peer_address?: string;
  readonly router_id?: string;
  readonly local_pref?: number;
  readonly as_path_length?: number;
  readonly as_path?: readonly unknown[];
  readonly neighbour_as?: number;
  /** AS of the peer. */
  readonly remote_as?: number;
  /** The AS_PATH is a set of as many. */
  readonly as_set?: boolean;
  readonly origin?: string;
  readonly med?: number;
  readonly originator_id?: string;
  readonly cluster_list?: readonly string[];
  /** Why upstream leaves it out: a loop, a malformed attribute. */
  readonly ineligible?: string | boolean;
  readonly locally_originated?: boolean;
}

const ORIGINS: Record<string, 'igp' | 'egp' | 'incomplete'> = { IGP: 'igp', EGP: 'egp', INCOMPLETE: 'incomplete' };
const PREFIX = Uint8Array.of(24, 192, 0, 2);

/** Name of the best of these paths, announced in this order. */
function best(paths: readonly Path[]): string | undefined {
  const rib = new Rib({
    localAs: 64_512,
    bgpIdentifier: 1,
    observer: { fault: () => undefined, endOfRib: () => undefined },
    capacity: { ipv4: 4, ipv6: 4, attributeSets: 4 },
  });
  const table = rib.table(IPV4_UNICAST);
  const nlri = table.index.insertWire(PREFIX, 0);
  for (const path of paths) {
    const peer = rib.addPeer({
      name: path.name,
      kind: path.locally_originated === true ? PeerKind.Local : path.peer_type === 'ibgp' ? PeerKind.Internal : PeerKind.External,
      remoteAs: path.remote_as ?? 1,
      localAs: 64_512,
      bgpIdentifier: readU32(parseIpv4(path.router_id ?? '0.0.0.1')!, 0),
      address: addressBytes(path.peer_address ?? '10.0.0.1'),
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
    const block = encodeAttributes(attributesOf(path), { ...DEFAULT_CONTEXT, peerType: 'ibgp' });
    const attr = rib.attributes.intern(block, 0, block.length);
    table.announce(nlri, peer, 0, path.ineligible === undefined ? verdict.accept(attr) : verdict.reject(attr, codeOf('import-policy')), 0);
  }
  const path = decide(table, nlri);
  return path === NONE ? undefined : rib.peers[table.pathPeer[path]!]!.options.name;
}

function attributesOf(path: Path): PathAttribute[] {
  const length = path.as_path_length ?? path.as_path?.length ?? 1;
  const asns = Array.from({ length }, (_, i) => (i === 0 ? (path.neighbour_as ?? firstAs(path)) : 65_000 + i));
  const attributes: PathAttribute[] = [
    { type: 'origin', flags: 0x40, value: ORIGINS[path.origin ?? 'IGP'] ?? 'incomplete' },
    { type: 'as-path', flags: 0x40, value: length === 0 ? [] : [{ type: path.as_set === true ? 'set' : 'sequence', asns }] },
    { type: 'next-hop', flags: 0x40, value: '192.0.2.1' },
  ];
  if (path.med !== undefined) attributes.push({ type: 'multi-exit-disc', flags: 0x80, value: path.med });
  if (path.local_pref !== undefined) attributes.push({ type: 'local-pref', flags: 0x40, value: path.local_pref });
  if (path.originator_id !== undefined) attributes.push({ type: 'originator-id', flags: 0x80, value: path.originator_id });
  if (path.cluster_list !== undefined) attributes.push({ type: 'cluster-list', flags: 0x80, value: [...path.cluster_list] });
  return attributes;
}

function firstAs(path: Path): number {
  const first = path.as_path?.[0];
  return typeof first === 'number' ? first : 64_999;
}

/** Each step: `a` must win, whichever comes first. */
const STEPS: readonly (readonly [title: string, a: Omit<Path, 'name'>, b: Omit<Path, 'name'>])[] = [
  ['§9.1.1: the higher LOCAL_PREF', { local_pref: 200, as_path_length: 9 }, { local_pref: 199, as_path_length: 1 }],
  ['§9.1.1: no LOCAL_PREF counts as 100', {}, { local_pref: 99 }],
  ['§9.1.2.2 a: the shorter AS_PATH', { as_path_length: 2, origin: 'INCOMPLETE' }, { as_path_length: 3, origin: 'IGP' }],
  ['§9.1.2.2 b: the lower ORIGIN', { origin: 'IGP', med: 9, neighbour_as: 7 }, { origin: 'EGP', med: 0, neighbour_as: 7 }],
  ['§9.1.2.2 c: the lower MED of the same neighbor', { med: 1, neighbour_as: 7, peer_type: 'ibgp' }, { med: 2, neighbour_as: 7 }],
  ['§9.1.2.2 c: a missing MED counts as 0', { neighbour_as: 7, router_id: '9.0.0.0' }, { med: 1, neighbour_as: 7 }],
  [
    '§9.1.2.2 c: MEDs of different neighbors are not compared',
    { med: 2, neighbour_as: 7 },
    { med: 1, neighbour_as: 8, router_id: '0.0.0.9' },
  ],
  [
    '§9.1.2.2 c: without an AS_PATH the peer is the neighbor, and MEDs of two are not compared',
    { med: 999, as_path_length: 0, remote_as: 65_001, router_id: '0.0.0.1' },
    { med: 1, as_path_length: 0, remote_as: 65_002, router_id: '0.0.0.2' },
  ],
  [
    '§9.1.2.2 c: nor are they where the AS_PATH begins with a set',
    { med: 999, as_path_length: 2, as_set: true, remote_as: 65_001, router_id: '0.0.0.1' },
    { med: 1, as_path_length: 2, as_set: true, remote_as: 65_002, router_id: '0.0.0.2' },
  ],
  [
    '§9.1.2.2 c: two sessions with the same AS, without an AS_PATH, are compared',
    { med: 1, as_path_length: 0, remote_as: 65_001, router_id: '0.0.0.2' },
    { med: 999, as_path_length: 0, remote_as: 65_001, router_id: '0.0.0.1' },
  ],
  [
    '§9.1.2.2 c: a set from the AS that another path begins with is compared with it',
    { med: 1, as_path_length: 1, as_set: true, neighbour_as: 9, remote_as: 65_001, router_id: '0.0.0.2' },
    { med: 999, as_path_length: 1, neighbour_as: 65_001, remote_as: 65_001, router_id: '0.0.0.1' },
  ],
  [
    '§9.1.2.2 c: routes that two internal peers originated are of our own AS, and compared',
    { med: 1, as_path_length: 0, peer_type: 'ibgp', remote_as: 64_512, router_id: '0.0.0.2' },
    { med: 999, as_path_length: 0, peer_type: 'ibgp', remote_as: 64_512, router_id: '0.0.0.1' },
  ],
  [
    '§9.1.2.2 c: a route that an internal peer originated is not compared with one of an external peer without an AS_PATH',
    { med: 999, as_path_length: 0, remote_as: 65_001 },
    { med: 1, as_path_length: 0, peer_type: 'ibgp', remote_as: 64_512 },
  ],
  ['§9.1.2.2 d: external before internal', { peer_type: 'ebgp', router_id: '0.0.0.9' }, { peer_type: 'ibgp', router_id: '0.0.0.1' }],
  ['§9.1.2.2 d: our own before external', { locally_originated: true, router_id: '0.0.0.9' }, { peer_type: 'ebgp' }],
  ['§9.1.2.2 f: the lower BGP Identifier', { router_id: '9.0.0.1' }, { router_id: '200.0.0.1' }],
  [
    'RFC 4456 §9: ORIGINATOR_ID in place of the BGP Identifier',
    { router_id: '9.0.0.9', originator_id: '1.0.0.0' },
    { router_id: '2.0.0.0' },
  ],
  [
    'RFC 4456 §9: the shorter CLUSTER_LIST',
    { cluster_list: ['1.1.1.1'], peer_address: '10.0.0.9' },
    { cluster_list: ['1.1.1.1', '2.2.2.2'] },
  ],
  ['§9.1.2.2 g: the lower peer address', { peer_address: '9.0.0.9' }, { peer_address: '10.0.0.1' }],
];

for (const [title, a, b] of STEPS) {
  test(`RFC 4271 ${title}`, () => {
    const pair = [
      { name: 'a', ...a },
      { name: 'b', ...b },
    ];
    assert.equal(best(pair), 'a');
    assert.equal(best(pair.toReversed()), 'a');
  });
}

test('RFC 4271 §9.1.2: a filtered path is not looked at; without another there is none', () => {
  assert.equal(best([{ name: 'a', local_pref: 500, ineligible: true }, { name: 'b' }]), 'b');
  assert.equal(best([{ name: 'a', ineligible: true }]), undefined);
});

test('RFC 4271 §9.1.2.2 c: MED removes before later steps look, so that the order of arrival does not matter', () => {
  // a beats b on MED; b would beat c on its identifier, and c beats a on its own.
  const paths: Path[] = [
    { name: 'a', neighbour_as: 7, med: 1, router_id: '0.0.0.9' },
    { name: 'b', neighbour_as: 7, med: 2, router_id: '0.0.0.1' },
    { name: 'c', neighbour_as: 8, med: 5, router_id: '0.0.0.5' },
  ];
  for (const order of [
    [0, 1, 2],
    [0, 2, 1],
    [1, 0, 2],
    [1, 2, 0],
    [2, 0, 1],
    [2, 1, 0],
  ]) {
    assert.equal(best(order.map((i) => paths[i]!)), 'c', `order ${order}`);
  }
});

const FILE = fileURLToPath(new URL('../../../../shared/conformance/logic/bestpath.json', import.meta.url));
/** Fields that say the same of all paths here: reachability, weight, age and verdicts are not the RIB's. */
const FOREIGN = ['next_hop_reachable', 'weight', 'rov', 'llgr_stale', 'gr_stale', 'communities', 'as_path_content'] as const;

test('shared vectors of route selection', { skip: existsSync(FILE) ? false : 'SKIP shared: no bestpath.json' }, (t) => {
  const { vectors } = JSON.parse(readFileSync(FILE, 'utf8')) as {
    vectors: {
      id: string;
      kind: string;
      implementation_specific?: boolean;
      options?: Record<string, unknown>;
      paths: Path[];
      expect: { best?: string | null };
    }[];
  };
  let met = 0;
  let left = 0;
  const wrong: string[] = [];
  for (const { id, kind, implementation_specific, options, paths, expect } of vectors) {
    const foreign = FOREIGN.some(
      (field) => new Set(paths.map((path) => JSON.stringify((path as unknown as Record<string, unknown>)[field]))).size > 1,
    );
    const other = options !== undefined && (options['med'] === 'always' || options['prefer_oldest'] === true);
    if (kind !== 'bestpath' || implementation_specific === true || foreign || other || typeof expect.best !== 'string') {
      left++;
      continue;
    }
    const got = [best(paths), best(paths.toReversed())];
    if (got.every((name) => name === expect.best)) met++;
    else wrong.push(`${id}: ${got.join(' and ')}, expected ${expect.best}`);
  }
  t.diagnostic(`${met} met, ${left} about what the RIB does not decide`);
  assert.deepEqual(wrong, []);
  assert.ok(met >= 20, 'vectors were read');
});
