/**
 * Why a path is not the best one: the steps of decide.ts, walked for people instead of for speed. Cold.
 *
 * Steps 1 to 3 and 5 to 9 compare a path with the best one. Step 4 does not: the lowest MULTI_EXIT_DISC of each neighboring AS removes the
 * others of that AS, also where the best path comes through another AS.
 */
import { formatAddress, writeU32 } from '@tsbgp/wire';
import { NONE } from './columns.ts';
import { clusterCount, neighboringAs, originator } from './decide.ts';
import type { NlriId } from './nlri/nlri-index.ts';
import { PathFlag } from './path-flags.ts';
import { compareAddresses, PeerKind, type RibPeer } from './peer.ts';
import type { PathId, RibTable } from './table.ts';

/** A step of the decision process; the numbers are those of decide.ts. */
export type DecisionStep =
  | 'local-pref' // 1
  | 'as-path-length' // 2
  | 'origin' // 3
  | 'multi-exit-disc' // 4
  | 'peer-type' // 5
  | 'bgp-identifier' // 7
  | 'cluster-list-length' // 8
  | 'peer-address' // 9
  | 'path-identifier'; // 9

/** The first step on which two paths differ. */
export interface Defeat {
  readonly step: DecisionStep;
  /** The path that is better there. */
  readonly by: PathId;
  /** What the path that lost has there, as text. */
  readonly value: string;
  /** What the better one has there. */
  readonly betterValue: string;
}

/** A path and what the decision process made of it. */
export type ExplainedPath =
  | { readonly path: PathId; readonly outcome: 'best' }
  /** Not in the decision process. */
  | { readonly path: PathId; readonly outcome: 'filtered' }
  | { readonly path: PathId; readonly outcome: 'lost'; readonly defeat: Defeat };

/** All paths of a destination in order of preference: the best one first, filtered ones last. Paths of sessions that ended are left out. */
export function explain(table: RibTable, nlri: NlriId): ExplainedPath[] {
  const candidates: PathId[] = [];
  const filtered: PathId[] = [];
  for (let path = table.head[nlri] ?? NONE; path !== NONE; path = table.pathNext[path]!) {
    if (!table.peers[table.pathPeer[path]!]!.up) continue;
    const isFiltered = (table.pathFlags[path]! & PathFlag.Filtered) !== 0;
    (isFiltered ? filtered : candidates).push(path as PathId);
  }
  const lowestMeds = lowestMedsOf(table, candidates);
  const losesOnMed = (path: PathId): boolean => medOf(table, path) > medOf(table, lowestMeds.get(medGroup(table, path)) ?? path);
  const differences = (a: PathId, b: PathId): Difference[] => [
    ...rankDifferences(table, a, b),
    { step: 'multi-exit-disc', order: Number(losesOnMed(a)) - Number(losesOnMed(b)), text: (path) => String(medOf(table, path)) },
    ...tieDifferences(table, a, b),
  ];
  const first = (a: PathId, b: PathId): Difference | undefined => differences(a, b).find(({ order }) => order !== 0);
  candidates.sort((a, b) => first(a, b)?.order ?? 0);
  const best = candidates[0];
  return [
    ...candidates.map((path): ExplainedPath => {
      const difference = best === undefined ? undefined : first(path, best);
      if (best === undefined || difference === undefined) return { path, outcome: 'best' };
      const { step, text } = difference;
      const elsewhere = step === 'multi-exit-disc' && medGroup(table, path) !== medGroup(table, best);
      const by = elsewhere ? (lowestMeds.get(medGroup(table, path)) ?? best) : best;
      return { path, outcome: 'lost', defeat: { step, by, value: text(path), betterValue: text(by) } };
    }),
    ...filtered.map((path): ExplainedPath => ({ path, outcome: 'filtered' })),
  ];
}

/** One step of the comparison of `a` and `b`: negative `order` where `a` is better, 0 where they are equal in it. */
interface Difference {
  readonly step: DecisionStep;
  readonly order: number;
  readonly text: (path: PathId) => string;
}

const ORIGINS = ['igp', 'egp', 'incomplete'] as const;

/** Steps 1 to 3: what facts.ts put into one number. */
function rankDifferences(table: RibTable, a: PathId, b: PathId): Difference[] {
  const rank = (path: PathId): number => table.attributes.rank[table.pathAttr[path]!]!;
  const localPref = (path: PathId): number => 0xffff_ffff - Math.floor(rank(path) / 2 ** 18);
  const pathLength = (path: PathId): number => Math.floor((rank(path) % 2 ** 18) / 4);
  const origin = (path: PathId): number => rank(path) % 4;
  return [
    { step: 'local-pref', order: localPref(b) - localPref(a), text: (path) => String(localPref(path)) },
    { step: 'as-path-length', order: pathLength(a) - pathLength(b), text: (path) => String(pathLength(path)) },
    { step: 'origin', order: origin(a) - origin(b), text: (path) => ORIGINS[origin(path)] ?? 'incomplete' },
  ];
}

const PEER_TYPES: Readonly<Record<PeerKind, string>> = {
  [PeerKind.Local]: 'local',
  [PeerKind.External]: 'external',
  [PeerKind.Internal]: 'internal',
};

/** Steps 5 to 9. */
function tieDifferences(table: RibTable, a: PathId, b: PathId): Difference[] {
  const { attributes } = table;
  const peer = (path: PathId): RibPeer => table.peers[table.pathPeer[path]!]!;
  const identifier = (path: PathId): number => originator(attributes, table.pathAttr[path]!, peer(path));
  const clusters = (path: PathId): number => clusterCount(attributes, table.pathAttr[path]!);
  const address = (path: PathId): Uint8Array => peer(path).options.address;
  const pathIdentifier = (path: PathId): number => table.identifierOf(path);
  return [
    { step: 'peer-type', order: peer(a).kind - peer(b).kind, text: (path) => PEER_TYPES[peer(path).kind] },
    { step: 'bgp-identifier', order: identifier(a) - identifier(b), text: (path) => dottedQuad(identifier(path)) },
    { step: 'cluster-list-length', order: clusters(a) - clusters(b), text: (path) => String(clusters(path)) },
    { step: 'peer-address', order: compareAddresses(address(a), address(b)), text: (path) => formatAddress(address(path)) },
    { step: 'path-identifier', order: pathIdentifier(a) - pathIdentifier(b), text: (path) => String(pathIdentifier(path)) },
  ];
}

/** For each group of paths whose MULTI_EXIT_DISC may be compared, the path with the lowest one; among equal ones the first. */
function lowestMedsOf(table: RibTable, candidates: readonly PathId[]): Map<string, PathId> {
  const lowest = new Map<string, PathId>();
  for (const path of candidates) {
    const group = medGroup(table, path);
    const before = lowest.get(group);
    if (before === undefined || medOf(table, path) < medOf(table, before)) lowest.set(group, path);
  }
  return lowest;
}

/** Paths of one rank through one neighboring AS: step 4 compares only what steps 1 to 3 left equal. */
function medGroup(table: RibTable, path: PathId): string {
  const attr = table.pathAttr[path]!;
  return `${table.attributes.rank[attr]} ${neighboringAs(table, path)}`;
}

function medOf(table: RibTable, path: PathId): number {
  return table.attributes.med[table.pathAttr[path]!]!;
}

function dottedQuad(identifier: number): string {
  const octets = new Uint8Array(4);
  writeU32(octets, 0, identifier);
  return formatAddress(octets);
}
