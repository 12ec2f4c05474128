/**
 * The naive reference of the model tests: a speaker, its sessions, and their routes as plain values.
 *
 *   import.ts      whether a route is used, and in which form      sentences of the RFCs, one function each
 *   decision.ts    which route is the best
 *   export.ts      who gets it, and in which form
 *   as-path.ts     what becomes of AS_PATH on the way
 *   policy.ts      a small policy
 *   route-server.ts   a reference of its own for exchange points: per-client decisions, ADD-PATH, control communities
 *
 * It is slow and obvious on purpose. A new behavior is an attribute or an option here, and a sentence in the file of its concern.
 */
import { type AsPathSegment, findAttribute, formatAttributeValue, type PathAttribute } from '@tsbgp/wire';
import type { ModelPolicy } from './policy.ts';

export const NO_EXPORT = 0xffff_ff01;
export const NO_ADVERTISE = 0xffff_ff02;
export const NO_EXPORT_SUBCONFED = 0xffff_ff03;
export const NO_PEER = 0xffff_ff04;
export const LLGR_STALE = 0xffff_0006;
export const GRACEFUL_SHUTDOWN = 0xffff_0000;
export const BLACKHOLE = 0xffff_029a;

export interface ModelSpeaker {
  readonly as: number;
  readonly bgpIdentifier: string;
  /** The AS number of the confederation that `as` belongs to. */
  readonly confederation?: number | undefined;
  readonly clusterId: string;
  /** Every cluster identifier that some session of an internal peer used so far. */
  readonly clusterIds: Set<string>;
  readonly addresses: readonly string[];
}

/** 'member': of another AS of our confederation; 'local': ourselves. */
export type Relation = 'external' | 'member' | 'internal' | 'local';

export interface ModelPeer {
  readonly address: string;
  readonly bgpIdentifier: string;
  readonly as: number;
  readonly localAs: number;
  readonly relation: Relation;
  readonly client: boolean;
  readonly clusterId: string;
  readonly clientToClient: boolean;
  /** Our role: one of wire's `Role`. */
  readonly role: number | undefined;
  readonly asPath: ModelAsPath;
  /** NEXT_HOP is ours towards an internal peer. */
  readonly nextHopSelf: boolean;
  /** NEXT_HOP goes to an external peer as it came. */
  readonly nextHopUnchanged: boolean;
  /** The session is to end soon. */
  readonly gracefulShutdown: boolean;
  /** GRACEFUL_SHUTDOWN of an external peer counts. */
  readonly obeysGracefulShutdown: boolean;
  /** The community that goes to BLACKHOLE of an external peer. */
  readonly blackholeMark: 'no-export' | 'no-advertise' | undefined;
  /** What it is sent of routes with LLGR_STALE. */
  readonly staleRoutes: 'all' | 'marked' | 'none';
  readonly importPolicy: ModelPolicy | undefined;
  readonly exportPolicy: ModelPolicy | undefined;
  /** What policies see of it. */
  readonly number: number;
}

export interface ModelAsPath {
  readonly ownAllowed: number;
  readonly enforceFirst: boolean;
  readonly rejectSets: boolean;
  readonly rejectLong: boolean;
  readonly prependIn: number | undefined;
  readonly behindLocal: number | undefined;
  readonly removePrivate: 'remove' | 'all' | 'replace' | undefined;
  readonly override: boolean;
}

export interface ModelRoute {
  readonly from: ModelPeer;
  readonly asPath: readonly AsPathSegment[];
  readonly nextHop: string;
  readonly med?: number | undefined;
  readonly localPref?: number | undefined;
  readonly communities: readonly number[];
  readonly originatorId?: string | undefined;
  readonly clusterList: readonly string[];
  readonly onlyToCustomer?: number | undefined;
  /** Its peer is away for longer than a restart takes. */
  readonly staleForLong?: boolean;
}

/** The attributes of a route as text, to be compared with `textOfAttributes`. */
export function textOf(route: Omit<ModelRoute, 'from'>): string {
  return text(route.asPath, {
    via: route.nextHop,
    med: route.med,
    'local-pref': route.localPref,
    communities: list(route.communities),
    originator: route.originatorId,
    clusters: list(route.clusterList),
    otc: route.onlyToCustomer,
  });
}

export function textOfAttributes(attributes: readonly PathAttribute[]): string {
  return text(findAttribute(attributes, 'as-path')!.value, {
    via: findAttribute(attributes, 'next-hop')?.value ?? findAttribute(attributes, 'mp-reach-nlri')!.value.nextHops[0],
    med: findAttribute(attributes, 'multi-exit-disc')?.value,
    'local-pref': findAttribute(attributes, 'local-pref')?.value,
    communities: list(findAttribute(attributes, 'communities')?.value ?? []),
    originator: findAttribute(attributes, 'originator-id')?.value,
    clusters: list(findAttribute(attributes, 'cluster-list')?.value ?? []),
    otc: findAttribute(attributes, 'only-to-customer')?.value,
  });
}

function list(values: readonly (number | string)[]): string | undefined {
  return values.length === 0 ? undefined : values.join(',');
}

function text(asPath: readonly AsPathSegment[], others: Readonly<Record<string, unknown>>): string {
  const path = formatAttributeValue({ type: 'as-path', flags: 0x40, value: [...asPath] });
  const shown = Object.entries(others).flatMap(([name, value]) => (value === undefined ? [] : [`${name} ${String(value)}`]));
  return [`path ${path}`, ...shown].join('; ');
}
