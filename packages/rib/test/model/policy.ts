/**
 * A small policy for the model tests, twice: as sentences about a route of the model, and as the RIB asks for it, over octets.
 *
 * It rejects routes with a community, and routes to a prefix; it sets LOCAL_PREF, adds and removes communities: for all routes, or for those to one
 * prefix.
 */
import {
  ATTRIBUTE_CODECS,
  addressBytes,
  decodeAttributes,
  encodeAttributes,
  findAttribute,
  IPV6_UNICAST,
  type PathAttribute,
  STORED_CONTEXT,
} from '@tsbgp/wire';
import fc from 'fast-check';
import type {
  ExportPolicy,
  ImportPolicy,
  JudgedRoute,
  MembersPolicy,
  PolicyChange,
  PolicyMember,
  PolicyPending,
  PolicyVerdict,
} from '../../src/index.ts';

export interface ModelPolicy {
  /** Routes with this community are rejected, with a reason. */
  readonly rejectsCommunity: number | undefined;
  /** Routes to this prefix are rejected, without a reason. */
  readonly rejectsPrefix: string | undefined;
  readonly localPref: number | undefined;
  /** The last octet of the neighbor's address is added to LOCAL_PREF. */
  readonly isByNeighbor: boolean;
  readonly adds: number | undefined;
  readonly removes: number | undefined;
  /** The changes are made to routes to this prefix only. */
  readonly changesOnly: string | undefined;
  /** On export: what becomes of the next hop, and the MULTI_EXIT_DISC that goes out. */
  readonly nextHop: 'self' | 'unchanged' | undefined;
  readonly med: number | undefined;
}

export const COMMUNITY_REASON = 'has-community';

/** The neighbor as policies see it. */
export interface Subject {
  readonly number: number;
}

/** What of a route policies look at, and change. */
interface PolicyRoute {
  readonly localPref?: number | undefined;
  readonly med?: number | undefined;
  readonly communities: readonly number[];
}

export type Judged<Route> =
  | { readonly type: 'reject'; readonly reason: string | undefined }
  | { readonly type: 'accept'; readonly route: Route };

/** What the policy makes of a route to a prefix. */
export function judged<Route extends PolicyRoute>(policy: ModelPolicy, route: Route, prefix: string, neighbor: number): Judged<Route> {
  if (policy.rejectsCommunity !== undefined && route.communities.includes(policy.rejectsCommunity)) {
    return { type: 'reject', reason: COMMUNITY_REASON };
  }
  if (policy.rejectsPrefix === prefix) return { type: 'reject', reason: undefined };
  if (policy.changesOnly !== undefined && policy.changesOnly !== prefix) return { type: 'accept', route };
  const { adds, removes } = policy;
  const kept = route.communities.filter((community) => community !== removes);
  const localPref = localPrefOf(policy, neighbor);
  return {
    type: 'accept',
    route: {
      ...route,
      localPref: localPref ?? route.localPref,
      med: policy.med ?? route.med,
      communities: adds === undefined || kept.includes(adds) ? kept : [...kept, adds],
    },
  };
}

function localPrefOf({ localPref, isByNeighbor }: ModelPolicy, neighbor: number): number | undefined {
  return localPref === undefined ? undefined : localPref + (isByNeighbor ? neighbor : 0);
}

/** `prefixes` are those of the model. */
export function modelPolicy(prefixes: readonly string[]): fc.Arbitrary<ModelPolicy | undefined> {
  const community = fc.constantFrom(undefined, undefined, 1, 2, 0xffff_ff01, 0xffff_0000);
  const prefix = fc.constantFrom(undefined, undefined, ...prefixes);
  const policy = fc.record({
    rejectsCommunity: community,
    rejectsPrefix: prefix,
    localPref: fc.constantFrom(undefined, 80, 100, 300),
    isByNeighbor: fc.boolean(),
    adds: community,
    removes: community,
    changesOnly: prefix,
    nextHop: fc.constantFrom(undefined, undefined, 'self' as const, 'unchanged' as const),
    med: fc.constantFrom(undefined, undefined, 7),
  });
  return fc.oneof({ weight: 1, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: policy });
}

const policies = new Map<string, OctetPolicy>();

/** The same object for the same content. */
export function policyOf(policy: ModelPolicy): ImportPolicy & ExportPolicy {
  const key = JSON.stringify(policy);
  const known = policies.get(key) ?? new OctetPolicy(policy);
  policies.set(key, known);
  return known;
}

class OctetPolicy implements ImportPolicy, ExportPolicy {
  readonly reads = 0;
  readonly #policy: ModelPolicy;
  readonly #rejected: PolicyVerdict = { type: 'verdict', accepts: false, reason: undefined, change: undefined };
  readonly #rejectedByCommunity: PolicyVerdict = { ...this.#rejected, reason: COMMUNITY_REASON };
  readonly #accepted: PolicyVerdict = { type: 'verdict', accepts: true, reason: undefined, change: undefined };
  readonly #changed = new Map<number, PolicyVerdict>();
  readonly #pending: PolicyPending = { type: 'pending' };

  constructor(policy: ModelPolicy) {
    this.#policy = policy;
  }

  classOf(peer: object | undefined): number {
    return this.#policy.isByNeighbor ? (peer as Subject).number : 0;
  }

  /** Members with the same number have the same answer. */
  forMembers(members: readonly PolicyMember[]): MembersPolicy {
    const sets = new Map<number, { subject: object | undefined; members: bigint }>();
    for (const { number, subject } of members) {
      const key = this.classOf(subject);
      const set = sets.get(key) ?? { subject, members: 0n };
      set.members |= 1n << BigInt(number);
      sets.set(key, set);
    }
    const all = [...sets.values()];
    const among = (asked: bigint) => all.filter((set) => (set.members & asked) !== 0n);
    return {
      judge: (route) => all.map((set) => ({ answer: this.judge({ ...route, source: set.subject }), members: set.members })),
      resume: (pending, asked, route) =>
        among(asked).map((set) => ({ answer: this.resume(pending, { ...route, source: set.subject }), members: set.members & asked })),
    };
  }

  judge(route: JudgedRoute): PolicyVerdict | PolicyPending {
    const { rejectsCommunity, rejectsPrefix, changesOnly } = this.#policy;
    const { attributes } = decodeAttributes(route.bytes, route.start, route.end, STORED_CONTEXT);
    const communities = findAttribute(attributes, 'communities')?.value;
    if (rejectsCommunity !== undefined && communities?.includes(rejectsCommunity) === true) return this.#rejectedByCommunity;
    return rejectsPrefix === undefined && changesOnly === undefined ? this.#change(route) : this.#pending;
  }

  resume(_pending: PolicyPending, route: JudgedRoute): PolicyVerdict {
    const { rejectsPrefix, changesOnly } = this.#policy;
    if (rejectsPrefix !== undefined && isTo(route, rejectsPrefix)) return this.#rejected;
    return changesOnly !== undefined && !isTo(route, changesOnly) ? this.#accepted : this.#change(route);
  }

  #change({ source }: JudgedRoute): PolicyVerdict {
    const { number } = source as Subject;
    const key = this.classOf(source);
    const known = this.#changed.get(key);
    if (known !== undefined) return known;
    const made: PolicyVerdict = { ...this.#accepted, change: changeOf(this.#policy, localPrefOf(this.#policy, number)) };
    this.#changed.set(key, made);
    return made;
  }
}

/** Whether the NLRI of the route is this prefix. */
function isTo({ family, nlri, nlriOffset }: JudgedRoute, prefix: string): boolean {
  if ((family === IPV6_UNICAST) !== prefix.includes(':')) return false;
  const [address = '', bits = ''] = prefix.split('/');
  const octets = addressBytes(address).subarray(0, Math.ceil(Number(bits) / 8));
  return nlri[nlriOffset] === Number(bits) && octets.every((octet, at) => nlri[nlriOffset + 1 + at] === octet);
}

function changeOf({ adds, removes, nextHop, med }: ModelPolicy, localPref: number | undefined): PolicyChange {
  return {
    nextHop,
    setsMed: med !== undefined,
    apply(bytes, start, end) {
      const before = decodeAttributes(bytes, start, end, STORED_CONTEXT).attributes;
      const communities = before.flatMap((attribute) => (attribute.type === 'communities' ? [...attribute.value] : []));
      const kept = communities.filter((community) => community !== removes);
      const after = adds === undefined || kept.includes(adds) ? kept : [...kept, adds];
      const isReplaced = (type: string): boolean =>
        type === 'communities' || (localPref !== undefined && type === 'local-pref') || (med !== undefined && type === 'multi-exit-disc');
      const without = before.filter(({ type }) => !isReplaced(type));
      const attributes: PathAttribute[] = [
        ...without,
        ...(med === undefined ? [] : [{ type: 'multi-exit-disc', flags: 0x80, value: med } as const]),
        ...(localPref === undefined ? [] : [{ type: 'local-pref', flags: 0x40, value: localPref } as const]),
        ...(after.length === 0 ? [] : [{ type: 'communities', flags: 0xc0, value: after } as const]),
      ];
      return encodeAttributes(attributes.toSorted(byPlace), STORED_CONTEXT);
    },
  };
}

/** The order of a canonical set: MP_REACH_NLRI, then by code. */
function byPlace(a: PathAttribute, b: PathAttribute): number {
  const place = (attribute: PathAttribute): number =>
    attribute.type === 'mp-reach-nlri' ? 0 : (ATTRIBUTE_CODECS.find((row) => row?.type === attribute.type)?.code ?? 256);
  return place(a) - place(b);
}
