/**
 * Rules between the keys of a neighbor. The configuration file (neighbor-section.ts) and the API (speaker/new-neighbor.ts) share them. What a
 * single key may be is in its row (keys/neighbor-keys.ts).
 */
import { REMOTE_PORT_DEFAULT } from '@tsbgp/session';
import { type Endpoint, formatEndpoint, isIpv6, isWildcard, overlaps } from '../endpoint.ts';
import type { NeighborKey } from '../keys/neighbor-key.ts';
import { NEIGHBOR_FIELDS, NEIGHBOR_KEYS, type NeighborConfig, type NeighborField, type RawNeighbor } from '../keys/neighbor-keys.ts';
import { isForOthers, lacksRequired } from '../keys/neighbor-layers.ts';
import type { OwnAs, Relation } from '../keys/own-as.ts';
import { BUILT_IN_POLICIES, policiesIn } from '../keys/policy-chain.ts';
import { suggest } from './suggest.ts';

/** A rule that is broken: why, and what is allowed, as parts of a sentence. */
export interface BrokenRule {
  readonly because: string;
  readonly allowed: string;
}

/** The two ends of a session: the address and port of the neighbor, and the address that our connections come from. */
type NeighborPlace = Pick<NeighborConfig, 'address' | 'localAddress'> & Partial<Pick<NeighborConfig, 'remotePort'>>;

/**
 * A neighbor at one of our own listeners would be ourselves. Several daemons on one machine differ by port. A listener on every address also
 * answers on `ownAddresses`, as far as they are known.
 */
export function ownEndpoint(
  neighbor: NeighborPlace,
  listen: readonly Endpoint[],
  ownAddresses: readonly string[] = [],
): BrokenRule | undefined {
  const there: Endpoint = { host: neighbor.address, port: neighbor.remotePort ?? REMOTE_PORT_DEFAULT };
  const allowed = "a neighbor's address, not our own";
  const ours = listen.find((endpoint) => overlaps(endpoint, there) && (!isWildcard(endpoint.host) || ownAddresses.includes(there.host)));
  if (ours !== undefined) return { because: `global.listen has ${formatEndpoint(ours)}`, allowed };
  const asLocal = there.host === neighbor.localAddress && listen.some((endpoint) => overlaps(endpoint, there));
  return asLocal ? { because: 'its local-address', allowed } : undefined;
}

/** The address that our connections come from must be of the same kind as the neighbor's. */
export function otherKind(address: string, localAddress: string | undefined): BrokenRule | undefined {
  if (localAddress === undefined || isIpv6(localAddress) === isIpv6(address)) return undefined;
  const kind = isIpv6(address) ? 'IPv6' : 'IPv4';
  return { because: `the neighbor has an ${kind} address`, allowed: `an ${kind} address` };
}

/** Chains (keys/policy-chain.ts) name policies that are there: those that need not be written, and `written`. */
export function unknownPolicy(chain: string, written: readonly string[]): BrokenRule | undefined {
  const known = [...BUILT_IN_POLICIES, ...written];
  const unknown = policiesIn(chain).find((policy) => !known.includes(policy));
  if (unknown === undefined) return undefined;
  const near = suggest(unknown, known);
  return { because: `there is no policy "${unknown}"${near === undefined ? '' : `, did you mean "${near}"?`}`, allowed: known.join(', ') };
}

/** A broken rule, and the field that the error is about. */
interface BrokenField {
  readonly field: NeighborField;
  readonly rule: BrokenRule;
}

/** The keys of a neighbor that only neighbors may have that are something else to us. */
export function notForRelation(neighbor: RawNeighbor | NeighborConfig, relation: Relation): BrokenField[] {
  const because = {
    internal: `AS ${neighbor.remoteAs} is ours, so this is iBGP`,
    member: `AS ${neighbor.remoteAs} is in our confederation`,
    external: `AS ${neighbor.remoteAs} is not ours, so this is eBGP`,
  }[relation];
  return NEIGHBOR_FIELDS.filter((field) => isForOthers(field, relation) && isSet(neighbor, field)).map((field) => {
    const { ebgpOnly, ibgpOnly }: NeighborKey<unknown> = NEIGHBOR_KEYS[field];
    return { field, rule: { because, allowed: (relation === 'external' ? ibgpOnly : (ebgpOnly ?? ibgpOnly)) ?? 'other neighbors' } };
  });
}

/** The keys of a neighbor that need another key beside them, which is not there. `all` is the neighbor with what it has from elsewhere. */
export function withoutRequired(neighbor: RawNeighbor | NeighborConfig, all: RawNeighbor | NeighborConfig): BrokenField[] {
  return NEIGHBOR_FIELDS.filter((field) => isSet(neighbor, field) && lacksRequired(all, field)).map((field) => {
    const { requires }: NeighborKey<unknown> = NEIGHBOR_KEYS[field];
    return { field, rule: { because: requires?.because ?? '', allowed: requires?.allowed ?? '' } };
  });
}

/** The keys of a neighbor that only a client of a route server may have; of a neighbor that is none. */
export function onlyClients(neighbor: RawNeighbor | NeighborConfig, isClient: boolean | undefined): BrokenField[] {
  if (isClient === true) return [];
  const allowed = `only with ${NEIGHBOR_KEYS.routeServerClient.key}: true`;
  return NEIGHBOR_FIELDS.filter((field) => NEIGHBOR_KEYS[field].clientOnly === true && isSet(neighbor, field)).map((field) => ({
    field,
    rule: { because: 'the neighbor is no client of a route server', allowed },
  }));
}

/** Pairs of keys that exclude each other; `other` is the second of them. */
export function exclusive(neighbor: RawNeighbor | NeighborConfig): (BrokenField & { readonly other: NeighborField })[] {
  return NEIGHBOR_FIELDS.flatMap((field) => {
    const { key, excludes } = NEIGHBOR_KEYS[field];
    if (excludes === undefined || !isSet(neighbor, field) || !isSet(neighbor, excludes.name)) return [];
    const { name: other, allowed } = excludes;
    return [{ field, other, rule: { because: `${key} with ${NEIGHBOR_KEYS[other].key}`, allowed } }];
  });
}

/** The keys that have no effect beside the others, and why. */
export function withoutEffect(neighbor: RawNeighbor): { readonly field: NeighborField; readonly text: string }[] {
  return NEIGHBOR_FIELDS.flatMap((field) => {
    const { needs } = NEIGHBOR_KEYS[field];
    if (needs === undefined || !isSet(neighbor, field)) return [];
    const { names, values } = needs;
    if (names.some((name) => (values === undefined ? neighbor[name] !== undefined : values.includes(neighbor[name])))) return [];
    return [{ field, text: `has no effect: ${needs.text}` }];
  });
}

/** The neighbor has the key, with another value than its default. */
function isSet(neighbor: RawNeighbor | NeighborConfig, field: NeighborField): boolean {
  return neighbor[field] !== undefined && neighbor[field] !== NEIGHBOR_KEYS[field].default;
}

/** The neighbor has the AS number of our confederation, which is in none of its members. */
export function isConfederationItself(remoteAs: number | undefined, { confederation }: OwnAs): BrokenRule | undefined {
  if (confederation === undefined || remoteAs !== confederation.identifier) return undefined;
  return { because: 'the number of our confederation', allowed: 'the AS of a member, or one outside the confederation' };
}

/** Inside a confederation everybody knows an AS by its own number. */
export function localAsInside(neighbor: RawNeighbor | NeighborConfig, { as, confederation }: OwnAs): BrokenRule | undefined {
  const { localAs, remoteAs } = neighbor;
  if (confederation === undefined || localAs === undefined || remoteAs === undefined) return undefined;
  if (remoteAs !== as && !confederation.members.includes(remoteAs)) return undefined;
  return { because: `AS ${remoteAs} is in our confederation`, allowed: 'only with neighbors outside it (RFC 5065)' };
}
