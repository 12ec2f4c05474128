/**
 * Paths of one destination for tests of the decision process: what counts there, as plain values; a RIB that has them; and the steps as RFC 4271
 * §9.1 and its like say them, over these values and nothing of the RIB.
 */
import { addressBytes, DEFAULT_CONTEXT, encodeAttributes, IPV4_UNICAST, type PathAttribute, parseIpv4, readU32 } from '@tsbgp/wire';
import fc from 'fast-check';
import { codeOf } from '../src/filter-reason.ts';
import {
  DECISION_DEFAULTS,
  type DecisionOptions,
  type DecisionStep,
  type NextHopCost,
  PeerKind,
  Rib,
  type RibPeer,
  type RibTable,
  Verdict,
} from '../src/index.ts';

export interface Candidate {
  readonly kind?: PeerKind;
  readonly address?: string;
  readonly identifier?: string;
  readonly localPref?: number;
  readonly asPath?: readonly number[];
  /** A confederation sequence in front of the AS_PATH. */
  readonly confederation?: readonly number[];
  readonly origin?: 'igp' | 'egp' | 'incomplete';
  readonly med?: number;
  readonly originatorId?: string;
  readonly clusters?: number;
  readonly aigp?: number;
  /** LLGR_STALE is among its communities. */
  readonly stale?: boolean;
  readonly nextHop?: string;
  /** Seconds since 1970. */
  readonly learned?: number;
  readonly filtered?: boolean;
  /** The session ended; the path awaits the sweep. */
  readonly down?: boolean;
}

export const PREFIX: Uint8Array = Uint8Array.of(24, 192, 0, 2);
export const LOCAL_AS = 64_512;
const PEER_AS = 1;
const LLGR_STALE = 0xffff_0006;
const verdict = new Verdict();

/** Costs of next hops for tests: the last octet of the address. */
export const lastOctet: NextHopCost = (nextHop) => nextHop.at(-1);

export function emptyRib(decision: Partial<DecisionOptions> = {}, nextHopCost?: NextHopCost): { rib: Rib; table: RibTable } {
  const rib = new Rib({
    localAs: LOCAL_AS,
    bgpIdentifier: 1,
    observer: { fault: () => undefined, endOfRib: () => undefined },
    capacity: { ipv4: 64, ipv6: 4, attributeSets: 4 },
    decision,
    ...(nextHopCost && { nextHopCost }),
  });
  return { rib, table: rib.table(IPV4_UNICAST) };
}

/** Adds a path from a peer of its own, which is called `p` and the index. */
export function addCandidate(rib: Rib, table: RibTable, path: Candidate, index: number, prefix: Uint8Array = PREFIX): RibPeer {
  const peer = rib.addPeer({
    name: `p${index}`,
    kind: path.kind ?? PeerKind.External,
    remoteAs: PEER_AS,
    localAs: LOCAL_AS,
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
  const block = encodeAttributes(attributesOf(path), { ...DEFAULT_CONTEXT, peerType: 'ibgp' });
  const attr = rib.attributes.intern(block, 0, block.length);
  const nlri = table.index.insertWire(prefix, 0);
  const judged = path.filtered === true ? verdict.reject(attr, codeOf('import-policy')) : verdict.accept(attr);
  table.announce(nlri, peer, 0, judged, path.learned ?? 0);
  if (path.down === true) rib.removePeer(peer);
  return peer;
}

function attributesOf(path: Candidate): PathAttribute[] {
  const asns = [...(path.asPath ?? [65_001])];
  const confederation = [...(path.confederation ?? [])];
  const segments = [
    ...(confederation.length === 0 ? [] : [{ type: 'confed-sequence' as const, asns: confederation }]),
    ...(asns.length === 0 ? [] : [{ type: 'sequence' as const, asns }]),
  ];
  const attributes: PathAttribute[] = [
    { type: 'origin', flags: 0x40, value: path.origin ?? 'igp' },
    { type: 'as-path', flags: 0x40, value: segments },
    { type: 'next-hop', flags: 0x40, value: path.nextHop ?? '192.0.2.1' },
  ];
  if (path.med !== undefined) attributes.push({ type: 'multi-exit-disc', flags: 0x80, value: path.med });
  if (path.localPref !== undefined) attributes.push({ type: 'local-pref', flags: 0x40, value: path.localPref });
  if (path.stale === true) attributes.push({ type: 'communities', flags: 0xc0, value: [LLGR_STALE] });
  if (path.originatorId !== undefined) attributes.push({ type: 'originator-id', flags: 0x80, value: path.originatorId });
  if (path.clusters !== undefined) {
    attributes.push({ type: 'cluster-list', flags: 0x80, value: Array.from({ length: path.clusters }, (_, i) => `10.9.0.${i + 1}`) });
  }
  if (path.aigp !== undefined) {
    attributes.push({ type: 'aigp', flags: 0x80, value: [{ name: 'metric', fields: { value: BigInt(path.aigp) } }] });
  }
  return attributes;
}

// The reference

/** Each step that compares a value of each path, lower being better, in order; MULTI_EXIT_DISC apart. */
export function valuesOf(path: Candidate, given: Partial<DecisionOptions>, hasCosts: boolean): [DecisionStep, number][] {
  const options = { ...DECISION_DEFAULTS, ...given };
  const kind = path.kind ?? PeerKind.External;
  const cost = hasCosts && kind !== PeerKind.Local ? Number((path.nextHop ?? '192.0.2.1').split('.').at(-1)) : 0;
  const confederations = options.countConfederations ? (path.confederation ?? []).length : 0;
  const all: [DecisionStep, number, boolean][] = [
    ['stale', path.stale === true ? 1 : 0, true],
    ['local-pref', -(path.localPref ?? 100), true],
    ['aigp', path.aigp === undefined ? Number.MAX_SAFE_INTEGER : path.aigp + cost, options.aigp],
    ['as-path-length', (path.asPath ?? [65_001]).length + confederations, !options.ignoreAsPathLength],
    ['origin', ['igp', 'egp', 'incomplete'].indexOf(path.origin ?? 'igp'), true],
    ['multi-exit-disc', 0, true],
    ['peer-type', kind, true],
    ['next-hop-cost', cost, true],
    ['age', kind === PeerKind.External ? (path.learned ?? 0) : 0, options.preferOldest],
    ['bgp-identifier', readU32(parseIpv4(path.originatorId ?? path.identifier ?? '10.0.0.1')!, 0), options.compareRouterId],
    ['cluster-list-length', path.clusters ?? 0, true],
    ['peer-address', addressNumber(path.address ?? '10.0.0.1'), true],
  ];
  return all.filter(([, , applies]) => applies).map(([step, value]) => [step, value]);
}

/** The first step in which two paths differ when they are alone, and whether `a` is better there. */
export function difference(a: Candidate, b: Candidate, options: Partial<DecisionOptions>, hasCosts: boolean) {
  const valuesB = valuesOf(b, options, hasCosts);
  for (const [at, [step, value]] of valuesOf(a, options, hasCosts).entries()) {
    const [ofA, ofB] =
      step === 'multi-exit-disc' ? (isMedCompared(a, b, options) ? [med(a, options), med(b, options)] : [0, 0]) : [value, valuesB[at]![1]];
    if (ofA !== ofB) return { step, isBetter: ofA < ofB };
  }
  return undefined;
}

/** The best path as RFC 4271 §9.1.2.2 says it: each step removes those that are worse in it. `paths` in the order of arrival. */
export function decideModel(paths: readonly Candidate[], options: Partial<DecisionOptions>, hasCosts: boolean): Candidate | undefined {
  let left = paths.filter(({ filtered, down }) => filtered !== true && down !== true);
  const [first] = left;
  if (first === undefined) return undefined;
  const steps = valuesOf(first, options, hasCosts).map(([step]) => step);
  for (const [at, step] of steps.entries()) {
    if (step !== 'multi-exit-disc') {
      const lowest = Math.min(...left.map((path) => valuesOf(path, options, hasCosts)[at]![1]));
      left = left.filter((path) => valuesOf(path, options, hasCosts)[at]![1] === lowest);
    } else if (options.deterministicMed === false && options.alwaysCompareMed !== true) {
      // In pairs, the latest first.
      return left.toReversed().reduce((best, path) => (difference(path, best, options, hasCosts)?.isBetter === true ? path : best));
    } else {
      const tied = left;
      left = tied.filter((path) => !tied.some((other) => isMedCompared(path, other, options) && med(other, options) < med(path, options)));
    }
  }
  // Equal in everything, as no two paths of one RIB are: the latest stands for all.
  return left.at(-1);
}

function isMedCompared(a: Candidate, b: Candidate, { alwaysCompareMed }: Partial<DecisionOptions>): boolean {
  return alwaysCompareMed === true || neighboringAs(a) === neighboringAs(b);
}

function neighboringAs({ asPath, kind = PeerKind.External }: Candidate): number {
  return (asPath ?? [65_001])[0] ?? (kind === PeerKind.External ? PEER_AS : LOCAL_AS);
}

function med(path: Candidate, { missingMedAsWorst }: Partial<DecisionOptions>): number {
  return path.med ?? (missingMedAsWorst === true ? 0xffff_ffff : 0);
}

function addressNumber(address: string): number {
  return addressBytes(address).reduce((number, octet) => number * 256 + octet, address.includes(':') ? 1 : 0);
}

// Arbitrary ones

const quad = fc.constantFrom('10.0.0.1', '10.0.0.2', '200.0.0.1');

export const anyCandidate: fc.Arbitrary<Candidate> = fc.record(
  {
    kind: fc.constantFrom(PeerKind.Local, PeerKind.External, PeerKind.Internal),
    address: fc.constantFrom('10.0.0.1', '10.0.0.2', '10.0.0.3', '2001:db8::1'),
    identifier: quad,
    localPref: fc.constantFrom(100, 200),
    asPath: fc.array(fc.constantFrom(7, 8, 9), { maxLength: 2 }),
    confederation: fc.array(fc.constantFrom(65_101, 65_102), { maxLength: 2 }),
    origin: fc.constantFrom('igp', 'egp', 'incomplete'),
    med: fc.nat(3),
    originatorId: quad,
    clusters: fc.integer({ min: 1, max: 2 }),
    aigp: fc.constantFrom(5, 6, 7),
    stale: fc.constantFrom(true, false, false),
    nextHop: fc.constantFrom('192.0.2.1', '192.0.2.2', '192.0.2.3'),
    learned: fc.constantFrom(10, 20),
    filtered: fc.constantFrom(true, false, false, false),
    down: fc.constantFrom(true, false, false, false),
  },
  { requiredKeys: [] },
);

export const anyDecision: fc.Arbitrary<DecisionOptions> = fc.record({
  aigp: fc.boolean(),
  ignoreAsPathLength: fc.boolean(),
  countConfederations: fc.boolean(),
  alwaysCompareMed: fc.boolean(),
  deterministicMed: fc.boolean(),
  missingMedAsWorst: fc.boolean(),
  preferOldest: fc.boolean(),
  compareRouterId: fc.boolean(),
});
