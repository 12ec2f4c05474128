/**
 * The route and the neighbor that a policy in TypeScript is given. One object of each is used for all evaluations. Nothing is decoded
 * before it is read, and each read is recorded: it says for which other routes and neighbors the verdict holds.
 */
import { asPathLength, formatFamily, parseAddress } from '@tsbgp/wire';
import { firstAs, originAs } from '../as-path/octets.ts';
import { type AsPathPattern, compileAsPathPattern } from '../as-path/pattern.ts';
import { PREPEND_COUNT_MAX, prependAction } from '../change/as-path.ts';
import type { Change } from '../change/change.ts';
import { addCommunitiesAction, problemOfOneCommunity, removeCommunitiesAction } from '../change/communities.ts';
import type { Action } from '../change/edit.ts';
import { nextHopAction, nextHopModeAction } from '../change/next-hop.ts';
import { localPrefAction, medAction, ORIGIN_NAMES, originAction } from '../change/numbers.ts';
import { communityText } from '../community/community.ts';
import { type CommunityPattern, ownNumbersOf, parseCommunityPattern } from '../community/pattern.ts';
import { CommunitySet } from '../community/set.ts';
import { WorkingRoute } from '../engine/state.ts';
import type { Peer, PeerKind, PeerRole } from '../route/peer.ts';
import { type ReadBits, Reads } from '../route/reads.ts';
import { ASPA_NAMES, ROV_NAMES, Route, type RouteType } from '../route/route.ts';
import type { AspaWord, OriginWord, RovWord, ScriptPeer, ScriptRoute } from './define.ts';

/** Compiled patterns that are kept. A policy that makes them up anew each time loses them all now and then. */
const PATTERNS_MAX = 1000;

export class RouteView implements ScriptRoute {
  /** Union of what was read since `begin`. */
  reads: ReadBits = Reads.Nothing;
  change: Change;
  readonly #unchanged: Change;
  #route: Route = new Route();
  #peer: Peer | undefined;
  #working: WorkingRoute | undefined;
  readonly #communityPatterns = new Map<string, CommunityPattern>();
  readonly #pathPatterns = new Map<string, AsPathPattern>();

  constructor(unchanged: Change) {
    this.#unchanged = unchanged;
    this.change = unchanged;
  }

  begin(route: Route, peer: Peer): void {
    this.reads = Reads.Nothing;
    this.change = this.#unchanged;
    this.#route = route;
    this.#peer = peer;
    this.#working = undefined;
  }

  /** The route with the changes that another policy made. */
  continueWith(change: Change): void {
    this.change = change;
    this.#working = undefined;
  }

  get prefix(): string {
    return this.#read(Reads.Prefix | Reads.Family).prefixText;
  }

  get prefixLength(): number {
    return this.#read(Reads.Prefix).prefixLength;
  }

  get pathIdentifier(): number {
    return this.#read(Reads.PathIdentifier).pathIdentifier;
  }

  isIn(set: Parameters<ScriptRoute['isIn']>[0]): boolean {
    const route = this.#read(Reads.Prefix | Reads.Family);
    return route.prefixLength >= 0 && set.has(route.isIpv6, route, route.prefixLength);
  }

  get family(): string {
    return formatFamily(this.#read(Reads.Family).family);
  }

  get asPath(): readonly number[] {
    return this.#attributes().segments.flatMap(({ type, asns }) => (type.endsWith('set') ? asns.toSorted((a, b) => a - b) : asns));
  }

  get asPathLength(): number {
    return asPathLength(this.#attributes().segments);
  }

  get firstAs(): number | undefined {
    return firstAs(this.#attributes().segments);
  }

  get originAs(): number | undefined {
    return originAs(this.#attributes().segments);
  }

  matchesAsPath(pattern: string): boolean {
    const compiled = remembered(this.#pathPatterns, pattern, compileAsPathPattern);
    const route = this.#attributes();
    return compiled.test(route.segments, route.pathText);
  }

  get communities(): readonly string[] {
    return this.#attributes().communities.map(communityText);
  }

  has(pattern: string): boolean {
    const compiled = this.#community(pattern);
    return new CommunitySet([compiled]).test(this.#attributes().communities, 'any', this.#peer);
  }

  addCommunity(community: string): void {
    const pattern = this.#community(community);
    const problem = problemOfOneCommunity(pattern);
    if (problem !== undefined) throw new TypeError(problem);
    this.#edit(addCommunitiesAction([pattern]));
  }

  removeCommunities(pattern: string): void {
    this.#edit(removeCommunitiesAction([this.#community(pattern)]));
  }

  prepend(asn: number, count = 1): void {
    this.#edit(prependAction(whole('an AS number', asn, 1), whole('a count', count, 1, PREPEND_COUNT_MAX)));
  }

  get localPref(): number | undefined {
    return this.#attributes().localPref;
  }

  set localPref(value: number | undefined) {
    this.#edit(localPrefAction(value === undefined ? { type: 'remove' } : { type: 'set', value: whole('LOCAL_PREF', value) }));
  }

  get med(): number | undefined {
    return this.#attributes().med;
  }

  set med(value: number | undefined) {
    this.#edit(medAction(value === undefined ? { type: 'remove' } : { type: 'set', value: whole('MED', value) }));
  }

  get origin(): OriginWord {
    return (ORIGIN_NAMES[this.#attributes().origin ?? 2] ?? 'incomplete') as OriginWord;
  }

  set origin(value: OriginWord) {
    const index = ORIGIN_NAMES.indexOf(value);
    if (index === -1) throw new TypeError(`"${value}" is no origin; allowed are ${ORIGIN_NAMES.join(', ')}`);
    this.#edit(originAction(index));
  }

  get nextHop(): string | undefined {
    return this.#attributes().nextHop;
  }

  set nextHop(value: string | undefined) {
    if (value === 'self' || value === 'unchanged') this.#edit(nextHopModeAction(value));
    else if (value !== undefined && parseAddress(value) !== undefined) this.#edit(nextHopAction(value));
    else throw new TypeError(`"${value}" is no next hop; allowed are an address, "self" and "unchanged"`);
  }

  get rov(): RovWord {
    return ROV_NAMES[this.#read(Reads.RovState).rov] as RovWord;
  }

  get aspa(): AspaWord {
    return ASPA_NAMES[this.#read(Reads.AspaState).aspa] as AspaWord;
  }

  get routeType(): RouteType {
    return this.#read(Reads.Source).routeType;
  }

  get source(): { readonly address: string; readonly as: number; readonly group: string | undefined } | undefined {
    const { source } = this.#read(Reads.Source);
    return source === undefined ? undefined : { address: source.address, as: source.as, group: source.group };
  }

  #read(what: ReadBits): Route {
    this.reads |= what;
    return this.#route;
  }

  /** The route with what was set so far. */
  #attributes(): Route {
    this.reads |= Reads.Attributes;
    if (this.#working?.change !== this.change) this.#working = new WorkingRoute(this.#route, this.change, 'changed');
    const failure = this.#working!.make();
    if (failure !== undefined) throw new RangeError(`the changes cannot be made: ${failure}`);
    return this.#working!.route;
  }

  #community(text: string): CommunityPattern {
    const pattern = remembered(this.#communityPatterns, text, parseCommunityPattern);
    for (const own of ownNumbersOf(pattern)) this.reads |= own === 'peer-as' ? Reads.PeerAs : Reads.LocalAs;
    return pattern;
  }

  #edit(action: Action): void {
    this.reads |= action.reads;
    const edit = action.editFor(this.#peer);
    if (edit !== undefined) this.change = this.change.plus(edit);
  }
}

export class PeerView implements ScriptPeer {
  reads: ReadBits = Reads.Nothing;
  #peer: Peer = { address: '', as: 0, localAs: 0, kind: 'ebgp' };

  begin(peer: Peer): void {
    this.reads = Reads.Nothing;
    this.#peer = peer;
  }

  get address(): string {
    return this.#read(Reads.PeerAddress).address;
  }

  get as(): number {
    return this.#read(Reads.PeerAs).as;
  }

  get localAs(): number {
    return this.#read(Reads.LocalAs).localAs;
  }

  get group(): string | undefined {
    return this.#read(Reads.PeerGroup).group;
  }

  get role(): PeerRole | undefined {
    return this.#read(Reads.PeerRole).role;
  }

  get tags(): readonly string[] {
    return this.#read(Reads.PeerTags).tags ?? [];
  }

  get kind(): PeerKind {
    return this.#read(Reads.PeerKind).kind;
  }

  #read(what: ReadBits): Peer {
    this.reads |= what;
    return this.#peer;
  }
}

function whole(name: string, value: unknown, min = 0, max = 0xffff_ffff): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value;
  throw new TypeError(`${name}: found ${String(value)}, allowed are whole numbers of ${min} to ${max}`);
}

/** The compiled pattern. Throws TypeError when the text is none. */
function remembered<T extends object>(known: Map<string, T>, text: string, compile: (text: string) => T | string): T {
  const found = known.get(text);
  if (found !== undefined) return found;
  const compiled = compile(text);
  if (typeof compiled === 'string') throw new TypeError(compiled);
  if (known.size >= PATTERNS_MAX) known.clear();
  known.set(text, compiled);
  return compiled;
}
