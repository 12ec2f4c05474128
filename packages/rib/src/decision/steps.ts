/**
 * The steps of the decision process in their order, each with its comparison and the values that it compares, as text. The order is that of
 * decide.ts, which does not use this list: it is made for speed. A test decides random paths by both.
 */
import { formatAddress, writeU32 } from '@tsbgp/wire';
import { hasAigp, isStaleRank, localPrefOf } from '../attributes/facts.ts';
import type { DecisionOptions } from '../decision-options.ts';
import { compareAddresses, PeerKind, type RibPeer } from '../peer.ts';
import type { PathId, RibTable } from '../table.ts';
import { aigpTotal, clusterCount, neighboringAs, nextHopCost, originator } from './values.ts';

/** A step of the decision process, in order. */
export type DecisionStep =
  | 'stale'
  | 'local-pref'
  | 'aigp'
  | 'as-path-length'
  | 'origin'
  | 'multi-exit-disc'
  | 'peer-type'
  | 'next-hop-cost'
  | 'age'
  | 'bgp-identifier'
  | 'cluster-list-length'
  | 'peer-address'
  | 'path-identifier';

export interface Step {
  readonly name: DecisionStep;
  /** Negative where `a` is better, 0 where they are equal in this step. MULTI_EXIT_DISC: as between these two alone. */
  compare(table: RibTable, a: PathId, b: PathId): number;
  /** What a path has there. */
  text(table: RibTable, path: PathId): string;
  /** Whether the step is there at all. @default it is */
  applies?(options: DecisionOptions): boolean;
}

const ORIGINS = ['igp', 'egp', 'incomplete'] as const;

const PEER_TYPES: Readonly<Record<PeerKind, string>> = {
  [PeerKind.Local]: 'local',
  [PeerKind.External]: 'external',
  [PeerKind.Internal]: 'internal',
};

export const STEPS: readonly Step[] = [
  step('stale', (table, path) => Number(isStaleRank(rankOf(table, path))), {
    text: (stale) => (stale === 1 ? 'stale' : 'not stale'),
  }),
  step('local-pref', (table, path) => -localPrefOf(rankOf(table, path)), { text: (value) => String(-value) }),
  {
    name: 'aigp',
    applies: ({ aigp }) => aigp,
    compare(table, a, b) {
      const [hasA, hasB] = [hasAigp(rankOf(table, a)), hasAigp(rankOf(table, b))];
      if (!hasA || !hasB) return Number(hasB) - Number(hasA);
      return order(aigpTotal(table, a), aigpTotal(table, b));
    },
    text: (table, path) => (hasAigp(rankOf(table, path)) ? String(aigpTotal(table, path)) : 'none'),
  },
  step('as-path-length', (table, path) => Math.floor(tailOf(table, path) / 4)),
  step('origin', (table, path) => tailOf(table, path) % 4, { text: (origin) => ORIGINS[origin] ?? 'incomplete' }),
  {
    name: 'multi-exit-disc',
    compare: (table, a, b) => (areMedsCompared(table, a, b) ? medOf(table, a) - medOf(table, b) : 0),
    text: (table, path) => String(medOf(table, path)),
  },
  step('peer-type', (table, path) => peerOf(table, path).kind, { text: (kind) => PEER_TYPES[kind as PeerKind] }),
  step('next-hop-cost', nextHopCost, { text: (cost) => (cost === Number.POSITIVE_INFINITY ? 'unreachable' : String(cost)) }),
  {
    name: 'age',
    applies: ({ preferOldest }) => preferOldest,
    compare(table, a, b) {
      const areExternal = peerOf(table, a).kind === PeerKind.External && peerOf(table, b).kind === PeerKind.External;
      return areExternal ? table.learnedSeconds(a) - table.learnedSeconds(b) : 0;
    },
    text: (table, path) => new Date(table.learnedSeconds(path) * 1000).toISOString().replace('.000Z', 'Z'),
  },
  step('bgp-identifier', (table, path) => originator(table.attributes, table.attrOf(path), peerOf(table, path)), {
    text: dottedQuad,
    applies: ({ compareRouterId }) => compareRouterId,
  }),
  step('cluster-list-length', (table, path) => clusterCount(table.attributes, table.attrOf(path))),
  {
    name: 'peer-address',
    compare: (table, a, b) => compareAddresses(peerOf(table, a).options.address, peerOf(table, b).options.address),
    text: (table, path) => formatAddress(peerOf(table, path).options.address),
  },
  step('path-identifier', (table, path) => table.identifierOf(path)),
];

/** The step in which two paths differ when they are alone, and who is better: negative where `a` is. Undefined where they are equal in all. */
export function firstDifference(table: RibTable, a: PathId, b: PathId): { readonly step: Step; readonly order: number } | undefined {
  for (const each of stepsOf(table)) {
    const difference = each.compare(table, a, b);
    if (difference !== 0) return { step: each, order: difference };
  }
  return undefined;
}

/** The steps that count with the options of a RIB. */
export function stepsOf(table: RibTable): Step[] {
  const { decision } = table.attributes;
  return STEPS.filter(({ applies }) => applies?.(decision) !== false);
}

/** Whether the MULTI_EXIT_DISC of two paths may be compared (RFC 4271 §9.1.2.2 c). */
export function areMedsCompared(table: RibTable, a: PathId, b: PathId): boolean {
  return table.attributes.decision.alwaysCompareMed || neighboringAs(table, a) === neighboringAs(table, b);
}

export function medOf(table: RibTable, path: PathId): number {
  return table.attributes.med[table.pathAttr[path]!]!;
}

/** A step that compares one number of each path, the lower one being better. */
function step(
  name: DecisionStep,
  value: (table: RibTable, path: PathId) => number,
  more: { text?: (value: number) => string; applies?: (options: DecisionOptions) => boolean } = {},
): Step {
  const { text = String, applies = () => true } = more;
  return {
    name,
    compare: (table, a, b) => order(value(table, a), value(table, b)),
    text: (table, path) => text(value(table, path)),
    applies,
  };
}

function order<Value extends number | bigint>(a: Value, b: Value): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function rankOf(table: RibTable, path: PathId): number {
  return table.attributes.rank[table.pathAttr[path]!]!;
}

function tailOf(table: RibTable, path: PathId): number {
  return table.attributes.tailOf(table.pathAttr[path]!);
}

function peerOf(table: RibTable, path: PathId): RibPeer {
  return table.peers[table.pathPeer[path]!]!;
}

function dottedQuad(identifier: number): string {
  const octets = new Uint8Array(4);
  writeU32(octets, 0, identifier);
  return formatAddress(octets);
}
