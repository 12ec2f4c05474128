/**
 * The steps of the decision process in their order, each with the value of a path that it compares, and the text of that value. The order is that of
 * decide.ts, which does not use this list: it is made for speed. A test decides random paths by both.
 */
import { formatAddress, toHex, writeU32 } from '@tsbgp/wire';
import { hasAigp, isStaleRank, localPrefOf } from '../attributes/facts.ts';
import type { DecisionOptions } from '../decision-options.ts';
import { LOCAL_ORIGINS, PeerKind, type RibPeer } from '../peer.ts';
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

/** A step of the decision process. */
export interface Step {
  readonly name: DecisionStep;
  /** What is compared: lower is better. MULTI_EXIT_DISC only where `areMedsCompared`. */
  value(table: RibTable, path: PathId): StepValue;
  /** The same for people. */
  text(table: RibTable, path: PathId): string;
  /** Whether the step counts at all. */
  applies(options: DecisionOptions): boolean;
}

/** What a step compares. */
export type StepValue = number | bigint | string;

const ORIGINS = ['igp', 'egp', 'incomplete'] as const;

const PEER_TYPES: Readonly<Record<PeerKind, string>> = {
  [PeerKind.Local]: 'local',
  [PeerKind.External]: 'external',
  [PeerKind.Internal]: 'internal',
};

/** The kind of a peer, and who made a route of our own that was not injected. */
function peerType(typeRank: number): string {
  const origin = LOCAL_ORIGINS[typeRank % LOCAL_ORIGINS.length]!;
  const kind = PEER_TYPES[Math.floor(typeRank / LOCAL_ORIGINS.length) as PeerKind];
  return origin === 'api' ? kind : `${kind}, ${origin}`;
}

/** More than any sum of metric and cost. */
const NO_AIGP = 1n << 64n;
const ALWAYS = (): boolean => true;

/** All steps in their order, also those that do not count with some options. */
export const STEPS: readonly Step[] = [
  step(
    'stale',
    (table, path) => Number(isStaleRank(rankOf(table, path))),
    (stale) => (stale === 1 ? 'stale' : 'not stale'),
  ),
  step(
    'local-pref',
    (table, path) => -localPrefOf(rankOf(table, path)),
    (value) => String(-value),
  ),
  {
    name: 'aigp',
    value: (table, path) => (hasAigp(rankOf(table, path)) ? aigpTotal(table, path) : NO_AIGP),
    text: (table, path) => (hasAigp(rankOf(table, path)) ? String(aigpTotal(table, path)) : 'none'),
    applies: ({ aigp }) => aigp,
  },
  step('as-path-length', (table, path) => Math.floor(tailOf(table, path) / 4)),
  step(
    'origin',
    (table, path) => tailOf(table, path) % 4,
    (origin) => ORIGINS[origin] ?? 'incomplete',
  ),
  step('multi-exit-disc', (table, path) => table.attributes.med[table.attrOf(path)]!),
  step('peer-type', (table, path) => peerOf(table, path).typeRank, peerType),
  step('next-hop-cost', nextHopCost, (cost) => (cost === Number.POSITIVE_INFINITY ? 'unreachable' : String(cost))),
  {
    name: 'age',
    value: (table, path) => (peerOf(table, path).kind === PeerKind.External ? table.learnedSeconds(path) : 0),
    text: (table, path) => new Date(table.learnedSeconds(path) * 1000).toISOString().replace('.000Z', 'Z'),
    applies: ({ preferOldest }) => preferOldest,
  },
  {
    ...step('bgp-identifier', (table, path) => originator(table.attributes, table.attrOf(path), peerOf(table, path)), dottedQuad),
    applies: ({ compareRouterId }) => compareRouterId,
  },
  step('cluster-list-length', (table, path) => clusterCount(table.attributes, table.attrOf(path))),
  {
    name: 'peer-address',
    // IPv4 before IPv6, as the shorter text.
    value: (table, path) => {
      const octets = toHex(peerOf(table, path).options.address);
      return `${String(octets.length).padStart(2, '0')} ${octets}`;
    },
    text: (table, path) => formatAddress(peerOf(table, path).options.address),
    applies: ALWAYS,
  },
  step('path-identifier', (table, path) => table.identifierOf(path)),
];

/** The step in which two paths differ when they are alone, and who is better: negative where `a` is. Undefined where they are equal in all. */
export function firstDifference(table: RibTable, a: PathId, b: PathId): { readonly step: Step; readonly order: number } | undefined {
  for (const each of stepsOf(table)) {
    if (each.name === 'multi-exit-disc' && !areMedsCompared(table, a, b)) continue;
    const difference = order(each.value(table, a), each.value(table, b));
    if (difference !== 0) return { step: each, order: difference };
  }
  return undefined;
}

/** The steps that count with the options of a RIB. */
export function stepsOf(table: RibTable): Step[] {
  const { decision } = table.attributes;
  return STEPS.filter(({ applies }) => applies(decision));
}

/** Whether the MULTI_EXIT_DISC of two paths may be compared (RFC 4271 §9.1.2.2 c). */
export function areMedsCompared(table: RibTable, a: PathId, b: PathId): boolean {
  return table.attributes.decision.alwaysCompareMed || neighboringAs(table, a) === neighboringAs(table, b);
}

/** Negative where `a` is lower. */
export function order(a: StepValue, b: StepValue): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** A step that compares a number of each path. */
function step(name: DecisionStep, value: (table: RibTable, path: PathId) => number, text: (value: number) => string = String): Step {
  return { name, value, text: (table, path) => text(value(table, path)), applies: ALWAYS };
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
