/**
 * The decision process, step by step, and the shared vectors that other implementations' tests became.
 */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import {
  type AsPathSegment,
  addressBytes,
  DEFAULT_CONTEXT,
  encodeAttributes,
  formatAddress,
  IPV4_UNICAST,
  type PathAttribute,
  parseIpv4,
  readU32,
} from '@tsbgp/wire';
import { codeOf } from '../filter-reason.ts';
import { ImportRules } from '../import/rules.ts';
import { multipath, NONE, PeerKind, Rib, Verdict } from '../index.ts';
import { decide } from './decide.ts';

const verdict = new Verdict();

interface Path {
  readonly name: string;
  readonly peer_type?: string;
  readonly peer_address?: string;
  readonly router_id?: string;
  readonly local_pref?: number;
  readonly as_path_length?: number;
  readonly as_path?: string | readonly unknown[];
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
  readonly next_hop_reachable?: boolean;
  readonly received_at?: number;
  readonly communities?: readonly string[];
  readonly llgr_stale?: boolean;
  readonly as_path_content?: string;
}

/** What a vector switches, and asks for. */
interface Options {
  readonly med?: 'always' | 'same-neighbour';
  readonly prefer_oldest?: boolean;
  readonly maximum_paths?: number;
  readonly as_path_relax?: boolean;
}

const ORIGINS: Record<string, 'igp' | 'egp' | 'incomplete'> = { IGP: 'igp', EGP: 'egp', INCOMPLETE: 'incomplete' };
const PREFIX = Uint8Array.of(24, 192, 0, 2);

const UNREACHABLE = '198.51.100.1';
const LLGR_STALE = 0xffff_0006;

/** Name of the best of these paths, announced in this order. */
function best(paths: readonly Path[], options: Options = {}): string | undefined {
  return multipathOf(paths, { ...options, maximum_paths: 1 })[0];
}

/** Names of the best of these paths and of those beside it. */
function multipathOf(paths: readonly Path[], options: Options): string[] {
  const rib = new Rib({
    localAs: 64_512,
    bgpIdentifier: 1,
    observer: { fault: () => undefined, endOfRib: () => undefined },
    capacity: { ipv4: 4, ipv6: 4, attributeSets: 4 },
    decision: { alwaysCompareMed: options.med === 'always', preferOldest: options.prefer_oldest === true },
    nextHopCost: (nextHop) => (formatAddress(nextHop) === UNREACHABLE ? undefined : 0),
  });
  const rules = new ImportRules(rib.attributes, [IPV4_UNICAST]);
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
    const judged =
      path.ineligible === undefined ? rules.judge(attr, peer, table, PREFIX, 0) : verdict.reject(attr, codeOf('import-policy'));
    table.announce(nlri, peer, 0, judged, path.received_at ?? 0);
  }
  const decided = decide(table, nlri);
  const names = multipath(table, nlri, { max: options.maximum_paths ?? 1, relax: options.as_path_relax === true }).map(
    (path) => table.peerOf(path)!.options.name,
  );
  assert.equal(names[0], decided === NONE ? undefined : table.peerOf(decided)!.options.name);
  return names;
}

function attributesOf(path: Path): PathAttribute[] {
  const attributes: PathAttribute[] = [
    { type: 'origin', flags: 0x40, value: ORIGINS[path.origin ?? 'IGP'] ?? 'incomplete' },
    { type: 'as-path', flags: 0x40, value: asPathOf(path) },
    { type: 'next-hop', flags: 0x40, value: path.next_hop_reachable === false ? UNREACHABLE : '192.0.2.1' },
  ];
  if (path.med !== undefined) attributes.push({ type: 'multi-exit-disc', flags: 0x80, value: path.med });
  if (path.local_pref !== undefined) attributes.push({ type: 'local-pref', flags: 0x40, value: path.local_pref });
  if (path.llgr_stale === true || path.communities?.includes('LLGR_STALE') === true)
    attributes.push({ type: 'communities', flags: 0xc0, value: [LLGR_STALE] });
  if (path.originator_id !== undefined) attributes.push({ type: 'originator-id', flags: 0x80, value: path.originator_id });
  if (path.cluster_list !== undefined) attributes.push({ type: 'cluster-list', flags: 0x80, value: [...path.cluster_list] });
  return attributes;
}

/** AS_PATH as a vector says it: its text with confederation segments in brackets, or its length, first AS, and a word that tells it from others. */
function asPathOf(path: Path): AsPathSegment[] {
  if (typeof path.as_path === 'string') {
    return [...path.as_path.matchAll(/\(([^)]*)\)|[^()]+/g)].flatMap(([text, confederation]): AsPathSegment[] => {
      const asns = (confederation ?? text).trim().split(' ').filter(Boolean).map(Number);
      return asns.length === 0 ? [] : [{ type: confederation === undefined ? 'sequence' : 'confed-sequence', asns }];
    });
  }
  const length = path.as_path_length ?? path.as_path?.length ?? 1;
  const first = path.as_path?.[0];
  const last = 65_000 + (path.as_path_content?.charCodeAt(0) ?? 0);
  const neighbor = path.neighbour_as ?? (typeof first === 'number' ? first : path.as_path_content === undefined ? 64_999 : last);
  const asns = Array.from({ length }, (_, i) => (i === 0 ? neighbor : last + i));
  return length === 0 ? [] : [{ type: path.as_set === true ? 'set' : 'sequence', asns }];
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

const FILE = fileURLToPath(new URL('../../../../../shared/conformance/logic/bestpath.json', import.meta.url));
/** What the RIB does not compare: validation is a matter of policy, graceful restart one of the peer. */
const FOREIGN = ['rov', 'gr_stale'] as const;

interface Vector {
  readonly id: string;
  readonly kind: string;
  readonly implementation_specific?: boolean;
  readonly options?: Options;
  readonly paths: Path[];
  readonly expect: { readonly best?: string | null; readonly multipath?: readonly string[] };
}

/** What is wrong with the answer to a vector, or undefined. */
function wrongness({ kind, options = {}, paths, expect }: Vector): string | undefined {
  const orders = [paths, paths.toReversed()];
  if (kind === 'multipath') {
    const got = orders.map((order) => multipathOf(order, options).join(' '));
    return got.every((names) => names === expect.multipath!.join(' ')) ? undefined : `${got.join(', ')}; expected ${expect.multipath}`;
  }
  const expected = (name: string | undefined): boolean => name === expect.best;
  if (kind === 'bestpath') {
    const got = orders.map((order) => best(order, options));
    return got.every(expected) ? undefined : `${got.join(' and ')}, expected ${expect.best}`;
  }
  // About one step alone: the same with addresses that would decide for the one path, and for the other.
  const got = [1, -1].map((factor) =>
    best(
      paths.map((path, i) => ({ ...path, ...withEqualLength(path), peer_address: `10.0.0.${100 + factor * i}` })),
      options,
    ),
  );
  if (expect.best !== null) return got.every(expected) ? undefined : `${got.join(' and ')}, expected ${expect.best}`;
  return got[0] !== got[1] ? undefined : `${got[0]}, expected neither`;
}

/** The MED step is asked about paths of any length: they all get the same number of ASes here, behind those that they have. */
function withEqualLength({ as_path }: Path): Pick<Path, 'as_path'> {
  if (typeof as_path !== 'string') return {};
  const counted = as_path
    .replaceAll(/\([^)]*\)/g, '')
    .trim()
    .split(' ')
    .filter(Boolean).length;
  return { as_path: `${as_path} ${Array.from({ length: 8 - counted }, () => 64_999).join(' ')}` };
}

test('shared vectors of route selection', { skip: existsSync(FILE) ? false : 'SKIP shared: no bestpath.json' }, (t) => {
  const { vectors } = JSON.parse(readFileSync(FILE, 'utf8')) as { vectors: Vector[] };
  const wrong: string[] = [];
  let met = 0;
  let left = 0;
  for (const vector of vectors) {
    const { id, paths, implementation_specific } = vector;
    const differs = (field: (typeof FOREIGN)[number]): boolean =>
      new Set(paths.map((path) => String((path as unknown as Record<string, unknown>)[field]))).size > 1;
    // How a stale path of a session that restarts fares against one of long-lived graceful restart: the community of the latter decides.
    const isForeign = implementation_specific === true && FOREIGN.some(differs);
    const problem = isForeign ? undefined : wrongness(vector);
    if (isForeign) left++;
    else if (problem === undefined) met++;
    else if (implementation_specific === true) t.diagnostic(`${id}, as its authors chose: ${problem}`);
    else wrong.push(`${id}: ${problem}`);
  }
  t.diagnostic(`${met} met, ${left} about what the RIB does not decide`);
  assert.deepEqual(wrong, []);
  assert.ok(met >= 50, 'vectors were read');
});
