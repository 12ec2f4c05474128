/** The routes of one program: from the language of the process API into the RIB. */
import { type AttributeSet, CommandError, familyName, type Purpose, type Route, textOctets, toPathAttribute } from '@tsbgp/process-api';
import type { AttrId, OwnedKey } from '@tsbgp/rib';
import {
  type AsPathSegment,
  decodeAttributes,
  encodeAttributes,
  type Family,
  IPV4_UNICAST,
  IPV6_UNICAST,
  type PathAttribute,
  STORED_CONTEXT,
  ValueError,
} from '@tsbgp/wire';
import { ControlError } from '../control-plane.ts';
import { notRouted } from '../keys/injectable.ts';
import type { Audience } from '../speaker/audience.ts';
import type { OwnedRoutes } from '../speaker/owned-routes.ts';

/** Attribute sets of which the id in the RIB is remembered; then all are given back. */
const REMEMBERED_MAX = 4096;
/** Routes that the watchdog groups of a program may have. */
const WATCHDOG_ROUTES_MAX = 100_000;

export class ProgramRoutes {
  readonly #owned: OwnedRoutes;
  readonly #localAs: number;
  /** Ids of sets, by family. Each is held until it is forgotten. */
  readonly #remembered: Map<AttributeSet, Map<Family, AttrId>> = new Map();
  /** By the name of the group, then by the key of the route. */
  readonly #watchdogs: Map<string, Map<string, { readonly route: Route; readonly audience: Audience }>> = new Map();
  #watchdogRoutes = 0;

  constructor(owned: OwnedRoutes, localAs: number) {
    this.#owned = owned;
    this.#localAs = localAs;
  }

  get count(): number {
    return this.#owned.count;
  }

  /** Throws CommandError. */
  change(route: Route, purpose: Purpose, audience: Audience): void {
    check(route);
    if (purpose === 'announce') this.#watch(route, audience);
    if (route.startsWithdrawn !== true || purpose === 'withdraw') this.#apply(route, purpose, audience);
  }

  /** Announces or withdraws the routes of a group. */
  changeWatchdog(name: string, purpose: Purpose): void {
    for (const { route, audience } of this.#watchdogs.get(name)?.values() ?? []) this.#apply(route, purpose, audience);
  }

  clear(audience: Audience): void {
    if (audience === undefined) this.#owned.clear();
    else this.#owned.clearFor(audience);
  }

  /** The program is gone: everything is withdrawn. */
  close(): void {
    this.#owned.clear();
    this.#forgetSets();
    this.#watchdogs.clear();
    this.#watchdogRoutes = 0;
  }

  #watch(route: Route, audience: Audience): void {
    if (route.watchdog === undefined) return;
    let group = this.#watchdogs.get(route.watchdog);
    if (group === undefined) this.#watchdogs.set(route.watchdog, (group = new Map()));
    if (!group.has(route.key) && ++this.#watchdogRoutes > WATCHDOG_ROUTES_MAX) {
      this.#watchdogRoutes--;
      throw new CommandError(`found more than ${WATCHDOG_ROUTES_MAX} routes in watchdog groups, which is the limit`);
    }
    group.set(route.key, { route, audience });
  }

  #apply(route: Route, purpose: Purpose, audience: Audience): void {
    const key = keyOf(route);
    const bitsMax = key.family === IPV4_UNICAST ? 32 : 128;
    const problem = purpose === 'withdraw' ? undefined : notRouted({ octets: key.prefix, bits: key.prefix[0]!, bitsMax });
    if (problem !== undefined) throw new CommandError(`found a prefix ${problem}; allowed is one that can be routed`);
    try {
      if (purpose === 'withdraw') this.#owned.withdraw(key, audience);
      else this.#owned.announce(key, this.#attrOf(route), audience);
    } catch (error) {
      if (error instanceof ControlError) throw new CommandError(error.sentence, { cause: error });
      throw error;
    }
  }

  #attrOf({ set, family }: Route): AttrId {
    let byFamily = this.#remembered.get(set);
    const known = byFamily?.get(family);
    if (known !== undefined) return known;
    if (byFamily === undefined) {
      if (this.#remembered.size >= REMEMBERED_MAX) this.#forgetSets();
      this.#remembered.set(set, (byFamily = new Map()));
    }
    const attr = this.#owned.intern({ family, nextHop: nextHopOf(set, family), attributes: attributesOf(set, this.#localAs) });
    byFamily.set(family, attr);
    return attr;
  }

  #forgetSets(): void {
    for (const byFamily of this.#remembered.values()) for (const attr of byFamily.values()) this.#owned.release(attr);
    this.#remembered.clear();
  }
}

/** The RIB has tables of more families, with keys and next hops of other forms. */
function check({ family }: Route): void {
  const isAllowed = family === IPV4_UNICAST || family === IPV6_UNICAST;
  if (!isAllowed) throw new CommandError(`found a route of ${familyName(family)}, allowed are ipv4 unicast and ipv6 unicast`);
}

/** Of a prefix of IPv4 or IPv6 unicast: its length and its address, as the tables of these families have it. */
function keyOf({ nlri, pathId = 0, family }: Route): OwnedKey {
  const octets = textOctets(nlri);
  const prefix = new Uint8Array(17);
  prefix.set(octets);
  return { family, prefix, identifier: pathId };
}

/** `self` is the unspecified address: our own towards each neighbor. */
function nextHopOf({ nextHop }: AttributeSet, family: Family): string {
  if (nextHop !== 'self' && nextHop !== undefined) return nextHop;
  return family === IPV4_UNICAST ? '0.0.0.0' : '::';
}

/**
 * A program says the AS_PATH that an external neighbor gets, our AS included. The RIB puts our AS in front of every path that leaves the AS, so
 * that the first one is left out here.
 */
function attributesOf({ attributes }: AttributeSet, localAs: number): PathAttribute[] {
  const listed: PathAttribute[] = attributes
    .map(toPathAttribute)
    .map((each) => (each.type === 'as-path' ? { ...each, value: withoutFirst(each.value, localAs) } : each));
  try {
    const octets = encodeAttributes(listed, STORED_CONTEXT);
    return decodeAttributes(octets, 0, octets.length, STORED_CONTEXT).attributes;
  } catch (error) {
    if (error instanceof ValueError) throw new CommandError(error.message, { cause: error });
    throw error;
  }
}

function withoutFirst(path: readonly AsPathSegment[], localAs: number): AsPathSegment[] {
  const [first, ...rest] = path;
  if (first?.type !== 'sequence' || first.asns[0] !== localAs) return [...path];
  const asns = first.asns.slice(1);
  return asns.length === 0 ? rest : [{ type: 'sequence', asns }, ...rest];
}
