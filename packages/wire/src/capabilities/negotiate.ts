/**
 * What two OPENs agree on (RFC 5492 and each capability's own document): one pure function of both lists, one value with the outcome.
 *
 *   both must say it      families, 4-octet AS, extended next hop tuples, enhanced route refresh, link-local next hop
 *   send against receive  ADD-PATH, outbound route filtering, BGPsec
 *   the receiver says it  extended message, route refresh
 *   each says its own     role, graceful restart, LLGR, paths limit, multiple labels
 */
import { OpenError } from '../codes.ts';
import type { WireContext } from '../context.ts';
import { type Family, IPV4_UNICAST } from '../family.ts';
import { type Fault, openError } from '../fault.ts';
import type { GracefulRestartCapability, LongLivedGracefulRestartCapability } from './graceful-restart.ts';
import type { Capability } from './registry.ts';
import { roleMismatch, roleOpposite } from './role.ts';

/** What the outcome depends on beside the capabilities. */
export interface NegotiateOptions {
  readonly localAs: number;
  readonly remoteAs: number;
  /** RFC 9234 §4.2: a peer without a role is a mismatch when we have one. @default false */
  readonly strictRole?: boolean;
}

/** What each side said; absent where it said nothing. */
export interface BothSides<T> {
  readonly local?: T;
  readonly remote?: T;
}

/** The outcome of two lists of capabilities (RFC 5492 §3). */
export interface Negotiated {
  readonly peerType: 'ebgp' | 'ibgp';
  /** Families that both sides announced. A side without a Multiprotocol capability has IPv4 unicast (RFC 4760 §8). */
  readonly families: ReadonlySet<Family>;
  readonly fourOctetAs: boolean;
  /** Whether we may send, and whether we must accept, messages above 4096 octets (RFC 8654 §4). The directions are independent. */
  readonly extendedMessage: { readonly send: boolean; readonly receive: boolean };
  /** The families with ADD-PATH in at least one direction. */
  readonly addPath: ReadonlyMap<Family, { readonly send: boolean; readonly receive: boolean }>;
  /** How many paths of a prefix the peer wants at most; families without a limit are absent. */
  readonly pathsLimit: ReadonlyMap<Family, number>;
  /** AFIs that a next hop of the family may have beside the family's AFI (RFC 8950). */
  readonly extendedNextHop: ReadonlyMap<Family, ReadonlySet<number>>;
  readonly linkLocalNextHop: boolean;
  /** We may ask the peer for its routes again; the peer may ask us. */
  readonly routeRefresh: { readonly send: boolean; readonly receive: boolean };
  readonly enhancedRouteRefresh: boolean;
  /** ORF types per family that we may send to the peer, and that the peer may send to us. */
  readonly orf: { readonly send: ReadonlyMap<Family, readonly number[]>; readonly receive: ReadonlyMap<Family, readonly number[]> };
  /** Labels a prefix may carry towards the peer (RFC 8277 §2.1); 1 where the family is absent. */
  readonly multipleLabels: ReadonlyMap<Family, number>;
  readonly role: BothSides<number>;
  /** What each side said; graceful restart of the peer's routes needs the peer's (RFC 4724 §4.2). */
  readonly gracefulRestart: BothSides<GracefulRestartCapability>;
  /** Both sides set the N bit (RFC 8538 §2): routes are kept after a NOTIFICATION, but not after a Hard Reset. */
  readonly gracefulNotification: boolean;
  readonly longLivedGracefulRestart: BothSides<LongLivedGracefulRestartCapability>;
  /** How to write what we send, and to read what we receive. */
  readonly send: WireContext;
  readonly receive: WireContext;
  /** Why there must be no session: the roles do not match (RFC 9234 §4.2). */
  readonly fault?: Fault;
}

/** `local` are the capabilities of our OPEN, `remote` those of the peer's OPEN. */
export function negotiate(local: readonly Capability[], remote: readonly Capability[], options: NegotiateOptions): Negotiated {
  const peerType = options.localAs === options.remoteAs ? 'ibgp' : 'ebgp';
  const families = intersection(familiesOf(local), familiesOf(remote));
  const both = (type: Capability['type']) => has(local, type) && has(remote, type);

  const fourOctetAs = both('four-octet-as');
  const extendedMessage = { send: has(remote, 'extended-message'), receive: has(local, 'extended-message') };
  const addPath = negotiateAddPath(local, remote, families);
  // RFC 8205 §2.2: without four-octet AS numbers there is no BGPsec.
  const bgpsec = {
    send: fourOctetAs ? negotiateBgpsec(local, remote) : new Set<number>(),
    receive: fourOctetAs ? negotiateBgpsec(remote, local) : new Set<number>(),
  };
  const extendedNextHop = negotiateNextHop(local, remote);
  const context = (direction: 'send' | 'receive'): WireContext => ({
    fourOctetAs,
    addPath: new Set([...addPath].filter(([, allowed]) => allowed[direction]).map(([family]) => family)),
    peerType,
    extendedMessage: extendedMessage[direction],
    ...(bgpsec[direction].size > 0 && { bgpsec: bgpsec[direction] }),
    extendedNextHop,
  });

  const gracefulRestart = bothSides(last(local, 'graceful-restart'), last(remote, 'graceful-restart'));
  const role = bothSides(last(local, 'role')?.role, last(remote, 'role')?.role);
  const fault = peerType === 'ebgp' ? roleFault(role.local, roles(remote), options.strictRole === true) : undefined;

  return {
    peerType,
    families,
    fourOctetAs,
    extendedMessage,
    addPath,
    pathsLimit: negotiatePathsLimit(remote, addPath),
    extendedNextHop,
    linkLocalNextHop: both('link-local-next-hop'),
    routeRefresh: { send: canRefresh(remote), receive: canRefresh(local) },
    enhancedRouteRefresh: both('enhanced-route-refresh'),
    orf: { send: negotiateOrf(local, remote), receive: negotiateOrf(remote, local) },
    multipleLabels: negotiateLabels(local, remote),
    role,
    gracefulRestart,
    gracefulNotification: gracefulRestart.local?.notification === true && gracefulRestart.remote?.notification === true,
    longLivedGracefulRestart: bothSides(last(local, 'long-lived-graceful-restart'), last(remote, 'long-lived-graceful-restart')),
    send: context('send'),
    receive: context('receive'),
    ...(fault && { fault }),
  };
}

type Of<T extends Capability['type']> = Extract<Capability, { type: T }>;

function all<T extends Capability['type']>(capabilities: readonly Capability[], type: T): Of<T>[] {
  return capabilities.filter((capability): capability is Of<T> => capability.type === type);
}

function has(capabilities: readonly Capability[], type: Capability['type']): boolean {
  return capabilities.some((capability) => capability.type === type);
}

/** The last instance counts, as RFC 4724 §3 says for Graceful Restart. We do the same for all capabilities of which there should be one. */
function last<T extends Capability['type']>(capabilities: readonly Capability[], type: T): Of<T> | undefined {
  return all(capabilities, type).at(-1);
}

function bothSides<T>(local: T | undefined, remote: T | undefined): BothSides<T> {
  return { ...(local !== undefined && { local }), ...(remote !== undefined && { remote }) };
}

function familiesOf(capabilities: readonly Capability[]): Set<Family> {
  const families = new Set(all(capabilities, 'multiprotocol').map((capability) => capability.family));
  return families.size === 0 ? new Set([IPV4_UNICAST]) : families;
}

function intersection(a: ReadonlySet<Family>, b: ReadonlySet<Family>): Set<Family> {
  return new Set([...a].filter((family) => b.has(family)));
}

function canRefresh(capabilities: readonly Capability[]): boolean {
  return has(capabilities, 'route-refresh') || has(capabilities, 'route-refresh-cisco');
}

/** The first of several entries for a family counts. */
function addPathOf(capabilities: readonly Capability[]): Map<Family, { send: boolean; receive: boolean }> {
  const entries = all(capabilities, 'add-path').flatMap((capability) => capability.families);
  return new Map(entries.reverse().map(({ family, send, receive }) => [family, { send, receive }]));
}

function negotiateAddPath(
  local: readonly Capability[],
  remote: readonly Capability[],
  families: ReadonlySet<Family>,
): Map<Family, { send: boolean; receive: boolean }> {
  const ours = addPathOf(local);
  const theirs = addPathOf(remote);
  const result = new Map<Family, { send: boolean; receive: boolean }>();
  for (const family of families) {
    const our = ours.get(family);
    const their = theirs.get(family);
    if (our === undefined || their === undefined) continue;
    const allowed = { send: our.send && their.receive, receive: our.receive && their.send };
    if (allowed.send || allowed.receive) result.set(family, allowed);
  }
  return result;
}

function negotiatePathsLimit(remote: readonly Capability[], addPath: ReadonlyMap<Family, { send: boolean }>): Map<Family, number> {
  const limits = new Map<Family, number>();
  for (const { family, limit } of all(remote, 'paths-limit').flatMap((capability) => capability.families)) {
    if (limit > 0 && addPath.get(family)?.send === true && !limits.has(family)) limits.set(family, limit);
  }
  return limits;
}

function negotiateNextHop(local: readonly Capability[], remote: readonly Capability[]): Map<Family, Set<number>> {
  const ours = all(local, 'extended-next-hop').flatMap((capability) => capability.tuples);
  const result = new Map<Family, Set<number>>();
  for (const { family, nextHopAfi } of all(remote, 'extended-next-hop').flatMap((capability) => capability.tuples)) {
    if (!ours.some((our) => our.family === family && our.nextHopAfi === nextHopAfi)) continue;
    const afis = result.get(family) ?? new Set();
    result.set(family, afis.add(nextHopAfi));
  }
  return result;
}

/** ORF types per family that `from` may send to `to`: `from` announced send, and `to` announced receive (RFC 5291 §4). */
function negotiateOrf(from: readonly Capability[], to: readonly Capability[]): Map<Family, number[]> {
  const offers = orfOf(to).filter((offer) => offer.receive);
  const result = new Map<Family, number[]>();
  for (const { family, orfType, send } of orfOf(from)) {
    if (!send || !offers.some((offer) => offer.family === family && offer.orfType === orfType)) continue;
    const types = result.get(family) ?? [];
    if (!types.includes(orfType)) types.push(orfType);
    result.set(family, types);
  }
  return result;
}

function orfOf(capabilities: readonly Capability[]): { family: Family; orfType: number; receive: boolean; send: boolean }[] {
  return [...all(capabilities, 'outbound-route-filtering'), ...all(capabilities, 'outbound-route-filtering-cisco')]
    .flatMap((capability) => capability.families)
    .flatMap(({ family, types }) => types.map((type) => ({ family, ...type })));
}

/** AFIs for which `from` may send BGPsec UPDATEs to `to`, in a version that both support (RFC 8205 §2.2). */
function negotiateBgpsec(from: readonly Capability[], to: readonly Capability[]): Set<number> {
  const offers = all(to, 'bgpsec').filter(({ direction }) => direction === 'receive');
  return new Set(
    all(from, 'bgpsec')
      .filter(
        ({ direction, version, afi }) => direction === 'send' && offers.some((offer) => offer.version === version && offer.afi === afi),
      )
      .map(({ afi }) => afi),
  );
}

/** RFC 8277 §2.1: both sides must announce the family. We may send as many labels as the peer announced. A count of 0 or 1 is ignored. */
function negotiateLabels(local: readonly Capability[], remote: readonly Capability[]): Map<Family, number> {
  const ours = all(local, 'multiple-labels').flatMap((capability) => capability.families);
  const result = new Map<Family, number>();
  for (const { family, count } of all(remote, 'multiple-labels').flatMap((capability) => capability.families)) {
    if (count > 1 && !result.has(family) && ours.some((our) => our.family === family && our.count > 1)) result.set(family, count);
  }
  return result;
}

function roles(capabilities: readonly Capability[]): number[] {
  return [...new Set(all(capabilities, 'role').map((capability) => capability.role))];
}

/** RFC 9234 §4.2, table 2: to each role fits one of the peer. */
function roleFault(local: number | undefined, remote: readonly number[], strict: boolean): Fault | undefined {
  if (local === undefined) return undefined;
  const [first] = remote;
  if (first === undefined && !strict) return undefined;
  if (remote.length > 1) return mismatch('the peer claims several roles');
  return first !== undefined && first === roleOpposite(local) ? undefined : mismatch(roleMismatch(local, first));
}

function mismatch(reason: string): Fault {
  return openError(OpenError.RoleMismatch, reason);
}
