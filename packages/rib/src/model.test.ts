/**
 * Random events against a slow, obvious model (test/model/): a Map of what each peer announced, and the rules of import, decision and export as
 * sentences. Whatever the order of events, slow sockets and slices of work, each peer must end up with the model's view.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addressBytes, type Family, IPV4_UNICAST, IPV6_UNICAST, parseIpv4, readU32 } from '@tsbgp/wire';
import fc from 'fast-check';
import { scaled } from '../../../test/scale.ts';
import { explained } from '../test/explained.ts';
import { FakePeer, settle } from '../test/fake-peer.ts';
import { modelRoute, NO_LLGR, ownAttributes, ownRoute, type RouteChoice, routeChoice } from '../test/model/announcements.ts';
import { bestOf } from '../test/model/decision.ts';
import { reasonAgainst, sent } from '../test/model/export.ts';
import { rejection, used } from '../test/model/import.ts';
import { type ModelPeer, type ModelRoute, type ModelSpeaker, textOf, textOfAttributes } from '../test/model/route.ts';
import {
  type Changeable,
  CLUSTERS,
  CONFEDERATION,
  changeable,
  fakePeerOptions,
  modelPeer,
  OUR_AS,
  OWN_NEXT_HOPS,
  PLACES,
  PLAIN,
  PREFIXES,
  type SessionChoice,
  sessionChoice,
} from '../test/model/sessions.ts';
import { countOf, FILTER_REASONS, Rib, type RibPeer } from './index.ts';
import { checkInvariants } from './invariants.ts';

type Event =
  | { type: 'announce'; peer: number; prefix: number; route: RouteChoice }
  | { type: 'withdraw'; peer: number; prefix: number }
  | { type: 'inject'; prefix: number; route: RouteChoice }
  | { type: 'remove'; prefix: number }
  | { type: 'begin-refresh'; peer: number; family: 'ipv4' | 'ipv6' }
  | { type: 'end-refresh'; peer: number; family: 'ipv4' | 'ipv6' }
  | { type: 'suspend'; peer: number; kept: readonly ('ipv4' | 'ipv6')[] }
  | { type: 'resume'; peer: number; choice: SessionChoice; isSame: boolean }
  | { type: 'keep-for-long'; peer: number; family: 'ipv4' | 'ipv6' }
  | { type: 'session'; peer: number; choice: SessionChoice }
  | { type: 'change'; peer: number; changeable: Changeable }
  | { type: 'block'; peer: number; blocked: boolean }
  | { type: 'work' };

const peer = fc.nat(PLACES.length - 1);
const prefix = fc.nat(PREFIXES.length - 1);
const family = fc.constantFrom('ipv4' as const, 'ipv6' as const);
const event: fc.Arbitrary<Event> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ type: fc.constant('announce' as const), peer, prefix, route: routeChoice }) },
  { weight: 4, arbitrary: fc.record({ type: fc.constant('withdraw' as const), peer, prefix }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('inject' as const), prefix, route: routeChoice }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('remove' as const), prefix }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('begin-refresh' as const), peer, family }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('end-refresh' as const), peer, family }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('suspend' as const), peer, kept: fc.uniqueArray(family) }) },
  {
    weight: 3,
    arbitrary: fc.record({ type: fc.constant('resume' as const), peer, choice: sessionChoice, isSame: fc.nat(3).map((n) => n > 0) }),
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('keep-for-long' as const), peer, family }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('session' as const), peer, choice: sessionChoice }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('change' as const), peer, changeable }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('block' as const), peer, blocked: fc.boolean() }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('work' as const) }) },
);

/** In the place of a peer: our own routes. */
const OURS = -1;

function wireOf(prefix: string): { readonly family: Family; readonly octets: Uint8Array } {
  const [address = '', length = ''] = prefix.split('/');
  const family = prefix.includes(':') ? IPV6_UNICAST : IPV4_UNICAST;
  return { family, octets: Uint8Array.of(Number(length), ...addressBytes(address)) };
}

function familyOf(at: string): 'ipv4' | 'ipv6' {
  return at.includes(':') ? 'ipv6' : 'ipv4';
}

/** A RIB, its peers, and the model of both. */
class World {
  readonly rib: Rib;
  readonly faults: string[] = [];
  readonly speaker: ModelSpeaker;
  readonly peers: readonly FakePeer[];
  /** What the session of each peer is at present. */
  readonly #sessions: ModelPeer[];
  readonly #choices: SessionChoice[];
  /** Prefix -> peer -> route. The peer of a route is looked up when it is needed: its options may have changed. */
  readonly #routes: Map<string, Map<number, ModelRoute>> = new Map();
  /** "peer family" -> prefixes that are stale, while a refresh or a restart runs. */
  readonly #stale: Map<string, Set<string>> = new Map();
  /** "peer family" of restarts. */
  readonly #restarts: Set<string> = new Set();

  constructor(confederation: number | undefined) {
    this.speaker = {
      as: OUR_AS,
      bgpIdentifier: '0.0.0.1',
      confederation,
      clusterId: CLUSTERS[0],
      clusterIds: new Set(),
      addresses: Object.values(OWN_NEXT_HOPS),
    };
    this.rib = new Rib({
      localAs: OUR_AS,
      bgpIdentifier: 1,
      confederation,
      clusterId: readU32(parseIpv4(CLUSTERS[0])!, 0),
      observer: { fault: (_peer, fault) => this.faults.push(fault.reason), endOfRib: () => undefined },
      buildSlice: 1,
      capacity: { ipv4: 2, ipv6: 2, pathsPerNlri: 1, attributeSets: 2 }, // every column grows
    });
    this.#choices = PLACES.map(() => PLAIN);
    this.#sessions = PLACES.map((place) => modelPeer(place, PLAIN, this.speaker));
    this.peers = this.#sessions.map((session) => new FakePeer(this.rib, fakePeerOptions(session, this.speaker)));
    for (const index of PLACES.keys()) this.#up(index);
  }

  step(step: Event): void {
    if (step.type === 'work') {
      this.rib.work();
      return;
    }
    if (step.type === 'inject') return this.#inject(PREFIXES[step.prefix]!, step.route);
    if (step.type === 'remove') return this.#remove(PREFIXES[step.prefix]!);
    const at = step.peer;
    const from = this.peers[at]!;
    const isSuspended = from.ribPeer!.isSuspended;
    if (step.type === 'suspend' || step.type === 'resume') {
      if (step.type === 'suspend' && !isSuspended) this.#suspend(at, step.kept);
      else if (step.type === 'resume' && isSuspended) this.#resume(at, step.choice, step.isSame);
      return;
    }
    const needsSession = ['announce', 'withdraw', 'begin-refresh', 'change'].includes(step.type);
    if (needsSession && isSuspended) return;
    if (step.type === 'keep-for-long') this.#keepForLong(at, step.family);
    else if (step.type === 'announce') this.#announce(at, PREFIXES[step.prefix]!, step.route);
    else if (step.type === 'withdraw') this.#withdraw(at, PREFIXES[step.prefix]!);
    else if (step.type === 'begin-refresh') this.#beginRefresh(at, step.family);
    else if (step.type === 'end-refresh') this.#endRefresh(at, step.family);
    else if (step.type === 'block') from.backlogBytes = step.blocked ? 1 << 30 : 0;
    else if (step.type === 'change') this.#change(at, step.changeable);
    else {
      from.down();
      for (const routes of this.#routes.values()) routes.delete(at);
      for (const each of ['ipv4', 'ipv6']) this.#forgetStale(`${at} ${each}`);
      this.#choices[at] = step.choice;
      this.#up(at);
    }
  }

  /** What a peer must hold: prefix -> attributes as text. */
  expectedAt(to: number): Map<string, string> {
    const expected = new Map<string, string>();
    for (const at of PREFIXES) {
      const best = bestOf(this.#usedAt(at));
      const session = this.#sessions[to]!;
      if (best !== undefined && reasonAgainst(best, session, at) === undefined) {
        expected.set(at, textOf(sent(best, session, OWN_NEXT_HOPS[familyOf(at)], at)));
      }
    }
    return expected;
  }

  /** What becomes of each used route of a prefix towards a peer: who it is from, and why the peer does not get it. */
  outcomesAt(to: number, prefix: string): string[] {
    const routes = this.#usedAt(prefix);
    const best = bestOf(routes);
    return routes
      .map(
        (route) => `${route.from.address} ${route === best ? (reasonAgainst(route, this.#sessions[to]!, prefix) ?? 'sent') : 'not-best'}`,
      )
      .sort();
  }

  #usedAt(prefix: string): ModelRoute[] {
    const all = [...(this.#routes.get(prefix) ?? [])].map(
      ([from, route]): ModelRoute => ({ ...route, from: this.#sessions[from] ?? route.from }),
    );
    return all.filter((route) => rejection(route, prefix, this.speaker) === undefined).map((route) => used(route, prefix));
  }

  /** Why routes of a peer are not used: how many of each reason. */
  rejectionsOf(from: number): Map<string, number> {
    const counts = new Map<string, number>();
    for (const [prefix, routes] of this.#routes) {
      const route = routes.get(from);
      const reason = route && rejection({ ...route, from: this.#sessions[from]! }, prefix, this.speaker);
      if (reason !== undefined) counts.set(reason, (counts.get(reason) ?? 0) + 1);
    }
    return counts;
  }

  #up(at: number): void {
    const session = modelPeer(PLACES[at]!, this.#choices[at]!, this.speaker);
    this.#sessions[at] = session;
    if (session.relation !== 'external') this.speaker.clusterIds.add(session.clusterId);
    this.peers[at]!.up(fakePeerOptions(session, this.speaker));
  }

  #change(at: number, to: Changeable): void {
    this.#choices[at] = { ...this.#choices[at]!, changeable: to };
    this.#sessions[at] = modelPeer(PLACES[at]!, this.#choices[at]!, this.speaker);
    this.peers[at]!.change(fakePeerOptions(this.#sessions[at]!, this.speaker));
  }

  #announce(at: number, where: string, choice: RouteChoice): void {
    const session = this.#sessions[at]!;
    const route = modelRoute(session, choice, this.speaker.confederation !== undefined, familyOf(where) === 'ipv6');
    const { asPath, nextHop, med, localPref, communities, originatorId, clusterList, onlyToCustomer } = route;
    const fault = this.peers[at]!.announce({
      prefix: where,
      asPath: [],
      segments: asPath,
      nextHop,
      ...(med !== undefined && { med }),
      ...(localPref !== undefined && { localPref }),
      ...(communities.length > 0 && { communities }),
      ...(originatorId !== undefined && { originatorId }),
      ...(clusterList.length > 0 && { clusterList }),
      ...(onlyToCustomer !== undefined && { onlyToCustomer }),
    });
    assert.equal(fault, undefined);
    const routes = this.#routes.get(where) ?? new Map<number, ModelRoute>();
    this.#routes.set(where, routes.set(at, route));
    this.#stale.get(`${at} ${familyOf(where)}`)?.delete(where);
  }

  #withdraw(at: number, where: string): void {
    assert.equal(this.peers[at]!.withdraw(where), undefined);
    this.#routes.get(where)?.delete(at);
    this.#stale.get(`${at} ${familyOf(where)}`)?.delete(where);
  }

  #inject(where: string, choice: RouteChoice): void {
    const route = ownRoute(choice, familyOf(where) === 'ipv6', this.speaker);
    const { family, octets } = wireOf(where);
    const attr = this.rib.internLocal(family, ownAttributes(route, family));
    assert.ok(typeof attr === 'number');
    this.rib.announceLocal(family, octets, 0, attr);
    this.rib.releaseLocal(attr);
    const routes = this.#routes.get(where) ?? new Map<number, ModelRoute>();
    this.#routes.set(where, routes.set(OURS, route));
  }

  #remove(where: string): void {
    const { family, octets } = wireOf(where);
    const known = this.#routes.get(where)?.delete(OURS) === true;
    assert.equal(this.rib.withdrawLocal(family, octets, 0), known);
  }

  #beginRefresh(at: number, of: 'ipv4' | 'ipv6'): void {
    this.peers[at]!.beginRefresh(of);
    if (!this.#restarts.has(`${at} ${of}`)) this.#stale.set(`${at} ${of}`, this.#heldBy(at, of));
  }

  #heldBy(at: number, of: 'ipv4' | 'ipv6'): Set<string> {
    return new Set(PREFIXES.filter((where) => familyOf(where) === of && this.#routes.get(where)?.has(at) === true));
  }

  #forgetStale(key: string): void {
    this.#stale.delete(key);
    this.#restarts.delete(key);
  }

  /** RFC 4724 §4.2. */
  #suspend(at: number, kept: readonly ('ipv4' | 'ipv6')[]): void {
    this.peers[at]!.suspend(...kept.map((family) => (family === 'ipv4' ? IPV4_UNICAST : IPV6_UNICAST)));
    for (const family of ['ipv4', 'ipv6'] as const) {
      const key = `${at} ${family}`;
      const gone = kept.includes(family) ? (this.#restarts.has(key) ? this.#stale.get(key)! : []) : this.#heldBy(at, family);
      for (const where of gone) this.#routes.get(where)?.delete(at);
      this.#forgetStale(key);
      if (!kept.includes(family)) continue;
      this.#stale.set(key, this.#heldBy(at, family));
      this.#restarts.add(key);
    }
  }

  #resume(at: number, choice: SessionChoice, isSame: boolean): void {
    const before = this.#sessions[at]!;
    this.#choices[at] = isSame ? { ...choice, client: this.#choices[at]!.client, cluster: this.#choices[at]!.cluster } : choice;
    const session = modelPeer(PLACES[at]!, this.#choices[at]!, this.speaker);
    if (session.client !== before.client || session.clusterId !== before.clusterId) {
      for (const routes of this.#routes.values()) routes.delete(at);
      for (const family of ['ipv4', 'ipv6']) this.#forgetStale(`${at} ${family}`);
    }
    this.#sessions[at] = session;
    if (session.relation !== 'external') this.speaker.clusterIds.add(session.clusterId);
    this.peers[at]!.resume(fakePeerOptions(session, this.speaker));
  }

  /** RFC 9494 §4.2. */
  #keepForLong(at: number, of: 'ipv4' | 'ipv6'): void {
    this.peers[at]!.keepForLong(of);
    const key = `${at} ${of}`;
    if (!this.#restarts.has(key)) return;
    for (const where of this.#stale.get(key)!) {
      const routes = this.#routes.get(where)!;
      const route = routes.get(at)!;
      if (route.communities.includes(NO_LLGR)) {
        routes.delete(at);
        this.#stale.get(key)!.delete(where);
      } else {
        routes.set(at, { ...route, staleForLong: true });
      }
    }
  }

  #endRefresh(at: number, of: 'ipv4' | 'ipv6'): void {
    const gone = this.#stale.get(`${at} ${of}`);
    assert.equal(this.peers[at]!.endRefresh(of), gone !== undefined);
    for (const where of gone ?? []) this.#routes.get(where)?.delete(at);
    this.#forgetStale(`${at} ${of}`);
  }
}

function play(confederation: number | undefined, events: readonly Event[]): void {
  const world = new World(confederation);
  const { rib, peers, faults } = world;
  for (const step of events) {
    world.step(step);
    checkInvariants(rib);
  }
  for (const one of peers) one.backlogBytes = 0;
  settle(rib);
  checkInvariants(rib);
  assert.deepEqual(faults, []);
  for (const [at, to] of peers.entries()) {
    if (to.ribPeer!.isSuspended) continue;
    const held = new Map([...to.attributes].map(([where, attributes]) => [where, textOfAttributes(attributes)]));
    assert.deepEqual([...held].sort(), [...world.expectedAt(at)].sort(), `what ${to.name} holds`);
    for (const prefix of PREFIXES) {
      const { pending, paths } = explained(rib, to, prefix);
      assert.equal(pending, undefined);
      const said = paths.map(({ from, reason }) => `${from.name ?? '0.0.0.0'} ${reason ?? 'sent'}`).sort();
      assert.deepEqual(said, world.outcomesAt(at, prefix), `what is explained of ${prefix} towards ${to.name}`);
    }
    assert.deepEqual(countsOf(rib, to.ribPeer!), [...world.rejectionsOf(at)].sort(), `what is rejected of ${to.name}`);
  }
  for (const one of peers) one.down();
  for (const at of PREFIXES.keys()) world.step({ type: 'remove', prefix: at });
  settle(rib);
  checkInvariants(rib);
  assert.equal(rib.attributes.count, 0, 'nothing is left when all are gone');
  for (const table of rib.tables) assert.equal(table.index.count, 0);
}

/** How many routes of a peer are rejected, by reason; what a policy says follows a colon. */
function countsOf(rib: Rib, peer: RibPeer): [reason: string, count: number][] {
  const counts = new Map<string, number>();
  const add = (reason: string, count: number): void => void counts.set(reason, (counts.get(reason) ?? 0) + count);
  for (const rejected of peer.rejected) {
    const named = [...rib.policyReasonCounts(rejected)];
    for (const { reason, count } of named) add(`import-policy: ${reason}`, count);
    for (const reason of FILTER_REASONS) {
      if (reason === 'import-policy') add('import-policy: ', countOf(rejected, reason) - named.reduce((sum, { count }) => sum + count, 0));
      else add(reason, countOf(rejected, reason));
    }
  }
  return [...counts].filter(([, count]) => count > 0).sort();
}

for (const [name, confederation] of [
  ['a speaker', undefined],
  ['a member of a confederation', CONFEDERATION],
] as const) {
  test(`${name}: any order of events leaves every peer with what the model says it must hold`, () => {
    fc.assert(
      fc.property(fc.array(event, { minLength: 1, maxLength: 120, size: 'max' }), (events) => play(confederation, events)),
      { numRuns: Number(process.env['TSBGP_MODEL_RUNS'] ?? scaled(2500, 150)), seed: 4271 },
    );
  });
}
