/** The routes of the model test: what a peer may announce, by what it is to us. */
import { type AsPathSegment, DEFAULT_CONTEXT, encodeAttributes, type Family, IPV4_UNICAST, type PathAttribute } from '@tsbgp/wire';
import fc from 'fast-check';
import {
  BLACKHOLE,
  GRACEFUL_SHUTDOWN,
  LLGR_STALE,
  type ModelPeer,
  type ModelRoute,
  type ModelSpeaker,
  NO_ADVERTISE,
  NO_EXPORT,
  NO_EXPORT_SUBCONFED,
  NO_PEER,
} from './route.ts';
import { CLUSTERS, CONFEDERATION, MEMBER_AS, OTHER_LOCAL_AS, OUR_AS, OWN_NEXT_HOPS, ourselves, PLACES } from './sessions.ts';

export interface RouteChoice {
  readonly tail: readonly number[];
  readonly set: readonly number[];
  /** ASes of the confederation behind that of the peer, for a peer inside. */
  readonly inside: readonly number[];
  readonly long: boolean;
  readonly med: number | undefined;
  readonly localPref: number | undefined;
  readonly communities: readonly number[];
  readonly onlyToCustomer: number | undefined;
  readonly originator: number | undefined;
  readonly clusters: readonly number[];
  /** The AS_PATH does not begin with the AS of an external peer, as from a route server. */
  readonly bare: boolean;
  readonly ownNextHop: boolean;
  /** The next hop is the address of this peer. */
  readonly nextHopOf: number | undefined;
}

/** RFC 9494 §4.2. */
export const NO_LLGR = 0xffff_0007;
/** Identifiers that are nobody's, a peer's, and ours. */
export const ORIGINATORS = ['10.9.9.9', '10.0.0.4', '0.0.0.1'] as const;
/** The clusters of sessions, and one that is nobody's. */
const CLUSTER_IDS = [...CLUSTERS, '7.7.7.7'];

const COMMUNITIES = [NO_EXPORT, NO_ADVERTISE, NO_EXPORT_SUBCONFED, NO_PEER, GRACEFUL_SHUTDOWN, BLACKHOLE, LLGR_STALE, NO_LLGR, 1];

const rarely = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: 5, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });
const asn = fc.constantFrom(3356, 174, 65_001, 64_700, 4_200_000_000, 4_200_000_002, OUR_AS, OTHER_LOCAL_AS, CONFEDERATION);

export const routeChoice: fc.Arbitrary<RouteChoice> = fc.record({
  tail: fc.array(asn, { maxLength: 3 }),
  set: fc.oneof({ weight: 4, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: fc.array(asn, { minLength: 1, maxLength: 2 }) }),
  inside: fc.array(fc.constantFrom(65_003, 65_004, OUR_AS, CONFEDERATION), { maxLength: 1 }),
  long: rarely(fc.constant(true)).map((long) => long === true),
  med: rarely(fc.constantFrom(0, 5, 10)),
  localPref: fc.option(fc.constantFrom(90, 100, 200), { nil: undefined }),
  communities: fc.oneof(
    { weight: 4, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.uniqueArray(fc.constantFrom(...COMMUNITIES), { maxLength: 2 }) },
  ),
  onlyToCustomer: rarely(fc.constantFrom(3356, ...PLACES.map(({ as }) => as))),
  originator: rarely(fc.nat(ORIGINATORS.length - 1)),
  clusters: fc.oneof(
    { weight: 4, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.array(fc.nat(CLUSTER_IDS.length - 1), { minLength: 1, maxLength: 2 }) },
  ),
  bare: rarely(fc.constant(true)).map((bare) => bare === true),
  ownNextHop: rarely(fc.constant(true)).map((own) => own === true),
  nextHopOf: rarely(fc.nat(PLACES.length - 1)),
});

/** A route of our own, without LOCAL_PREF that a peer would have to send. `0.0.0.0` and `::` are no next hop: ours goes out. */
export function ownRoute(choice: RouteChoice, ipv6: boolean, speaker: ModelSpeaker): ModelRoute {
  const nextHops = ipv6 ? ['2001:db8::77', '::'] : ['192.0.2.77', '0.0.0.0'];
  return {
    from: ourselves(speaker),
    asPath: choice.set.length === 0 ? [] : [{ type: 'sequence', asns: [...choice.set] }],
    nextHop: nextHops[choice.ownNextHop ? 1 : 0]!,
    med: choice.med,
    localPref: choice.localPref,
    communities: choice.communities,
    clusterList: [],
  };
}

/** The attributes of a route of our own in wire form, as `Rib.internLocal` takes them. */
export function ownAttributes({ asPath, nextHop, med, localPref, communities }: ModelRoute, family: Family): Uint8Array {
  const next: PathAttribute =
    family === IPV4_UNICAST
      ? { type: 'next-hop', flags: 0x40, value: nextHop }
      : { type: 'mp-reach-nlri', flags: 0x80, value: { family, nextHops: [nextHop], nlri: [] } };
  const attributes: PathAttribute[] = [
    { type: 'origin', flags: 0x40, value: 'igp' },
    { type: 'as-path', flags: 0x40, value: [...asPath] },
    next,
  ];
  if (med !== undefined) attributes.push({ type: 'multi-exit-disc', flags: 0x80, value: med });
  if (localPref !== undefined) attributes.push({ type: 'local-pref', flags: 0x40, value: localPref });
  if (communities.length > 0) attributes.push({ type: 'communities', flags: 0xc0, value: [...communities] });
  return encodeAttributes(attributes, DEFAULT_CONTEXT);
}

/** The route that a peer announces. What a peer outside may not send is left out of it. */
export function modelRoute(from: ModelPeer, choice: RouteChoice, inConfederation: boolean, ipv6: boolean): ModelRoute {
  const isExternal = from.relation === 'external';
  const isInternal = from.relation === 'internal';
  const ownAddress = ipv6 ? OWN_NEXT_HOPS.ipv6 : OWN_NEXT_HOPS.ipv4;
  const its = choice.nextHopOf === undefined ? from.address : PLACES[choice.nextHopOf]!.address;
  const theirs = its.includes(':') === ipv6 ? its : ipv6 ? '2001:db8::1' : '192.0.2.99';
  return {
    from,
    asPath: segments(from, choice, inConfederation),
    nextHop: choice.ownNextHop ? ownAddress : theirs,
    med: choice.med,
    localPref: isExternal ? undefined : choice.localPref,
    communities: choice.communities,
    originatorId: isInternal && choice.originator !== undefined ? ORIGINATORS[choice.originator] : undefined,
    clusterList: isInternal ? choice.clusters.map((at) => CLUSTER_IDS[at]!) : [],
    onlyToCustomer: choice.onlyToCustomer,
  };
}

function segments(from: ModelPeer, { tail, set, inside, long, bare }: RouteChoice, inConfederation: boolean): AsPathSegment[] {
  const many = long ? Array.from({ length: 250 }, (_, index) => index + 1) : [];
  const sequence = [...(from.relation === 'external' && !bare ? [from.as] : []), ...tail];
  const confederation = from.relation === 'member' ? [MEMBER_AS, ...inside] : inConfederation && from.relation === 'internal' ? inside : [];
  const all: AsPathSegment[] = [
    { type: 'confed-sequence', asns: [...confederation] },
    { type: 'sequence', asns: sequence },
    { type: 'set', asns: [...set] },
    ...(long ? [many, many, many].map((asns) => ({ type: 'sequence' as const, asns })) : []),
  ];
  return all.filter(({ asns }) => asns.length > 0);
}
