/**
 * Policies of rustbgpd: `PolicyStatement` of its API, and the same keys in its configuration. The first statement that matches decides; in
 * a chain every policy must permit, and conditions see the route as it was received.
 */
import { parsePrefix } from '@tsbgp/wire';
import { AsSet } from '../as-path/as-set.ts';
import { compileAsPathPattern } from '../as-path/pattern.ts';
import { prependAction } from '../change/as-path.ts';
import { addCommunitiesAction, problemOfOneCommunity, removeCommunitiesAction } from '../change/communities.ts';
import type { Action } from '../change/edit.ts';
import { nextHopAction, nextHopModeAction } from '../change/next-hop.ts';
import { localPrefAction, medAction } from '../change/numbers.ts';
import { type CommunityPattern, parseCommunityPattern } from '../community/pattern.ts';
import { CommunitySet } from '../community/set.ts';
import { asPathCondition } from '../condition/as-path.ts';
import { communityCondition } from '../condition/communities.ts';
import type { Condition } from '../condition/condition.ts';
import { anyOf } from '../condition/logic.ts';
import { describePeerFilter, type NeighborFilter, neighborCondition } from '../condition/neighbor.ts';
import {
  aspaCondition,
  localPrefCondition,
  medCondition,
  pathLengthCondition,
  routeTypeCondition,
  rovCondition,
} from '../condition/numbers.ts';
import { nextHopCondition, prefixCondition } from '../condition/prefix.ts';
import type { ChainDefinition, PolicyDefinition, StatementDefinition } from '../engine/definition.ts';
import { PrefixSetBuilder } from '../prefix/set.ts';
import { AspaState, type RouteType, RovState } from '../route/route.ts';
import { ModelReader } from './reader.ts';

/** A statement, with the names of its API and configuration. */
export interface RustbgpdStatement {
  readonly action: string;
  readonly prefix?: string | undefined;
  readonly ge?: number | undefined;
  readonly le?: number | undefined;
  readonly match_community?: readonly string[] | undefined;
  readonly match_as_path?: string | undefined;
  readonly match_as_path_length_ge?: number | undefined;
  readonly match_as_path_length_le?: number | undefined;
  readonly match_rpki_validation?: string | undefined;
  readonly match_aspa_validation?: string | undefined;
  readonly match_neighbor_set?: string | undefined;
  readonly match_route_type?: string | undefined;
  readonly match_local_pref_ge?: number | undefined;
  readonly match_local_pref_le?: number | undefined;
  readonly match_med_ge?: number | undefined;
  readonly match_med_le?: number | undefined;
  readonly match_next_hop?: string | undefined;
  readonly set_local_pref?: number | undefined;
  readonly set_med?: number | undefined;
  readonly set_next_hop?: string | undefined;
  readonly set_community_add?: readonly string[] | undefined;
  readonly set_community_remove?: readonly string[] | undefined;
  readonly set_as_path_prepend?: { readonly asn: number; readonly count: number } | undefined;
}

/** A neighbor set: one of the lists must contain the neighbor. */
export interface RustbgpdNeighborSet {
  readonly addresses?: readonly string[] | undefined;
  readonly remote_asns?: readonly number[] | undefined;
  readonly peer_groups?: readonly string[] | undefined;
}

const ROV: Readonly<Record<string, number>> = { valid: RovState.Valid, invalid: RovState.Invalid, not_found: RovState.NotFound };
const ASPA: Readonly<Record<string, number>> = { valid: AspaState.Valid, invalid: AspaState.Invalid, unknown: AspaState.Unknown };
const TYPES: readonly string[] = ['local', 'internal', 'external'];
const PREPEND_MAX = 10;

/** A named policy, or the sentences that say what is wrong. `default_action` is `permit` unless given. */
export function rustbgpdPolicy(
  name: string,
  definition: { readonly default_action?: string | undefined; readonly statements: readonly RustbgpdStatement[] },
  neighborSets: ReadonlyMap<string, RustbgpdNeighborSet> = new Map(),
): PolicyDefinition | readonly string[] {
  const reader = new ModelReader();
  const action = definition.default_action ?? 'permit';
  if (action !== 'permit' && action !== 'deny') reader.problem('default_action', `found "${action}", allowed permit or deny`);
  const statements = definition.statements.map((statement, index) =>
    reader.at(`statements[${index}]`, () => readStatement(reader, statement, index, neighborSets)),
  );
  return reader.result({ name, statements, default: action === 'permit' ? 'accept' : 'reject' });
}

/** A chain: each policy must permit; what is permitted by all goes out with the changes of all. */
export function rustbgpdChain(policies: readonly PolicyDefinition[]): ChainDefinition {
  return { policies, default: 'accept', accept: 'next-policy', conditionsSee: 'received' };
}

function readStatement(
  reader: ModelReader,
  statement: RustbgpdStatement,
  index: number,
  neighborSets: ReadonlyMap<string, RustbgpdNeighborSet>,
): StatementDefinition {
  const conditions = readConditions(reader, statement, neighborSets);
  const actions = readActions(reader, statement);
  if (conditions.length === 0) reader.problem('', 'a statement needs a condition');
  if (statement.action !== 'permit' && statement.action !== 'deny')
    reader.problem('action', `found "${statement.action}", allowed permit or deny`);
  if (statement.action === 'deny' && actions.length > 0) reader.problem('action', 'a statement that denies cannot set anything');
  return { name: `#${index + 1}`, conditions, actions, outcome: { type: statement.action === 'deny' ? 'reject' : 'accept' } };
}

function readConditions(
  reader: ModelReader,
  statement: RustbgpdStatement,
  neighborSets: ReadonlyMap<string, RustbgpdNeighborSet>,
): Condition[] {
  const conditions: Condition[] = [];
  const range = (make: (range: { min: number; max: number }) => Condition, min: number | undefined, max: number | undefined): void => {
    if (min !== undefined || max !== undefined) conditions.push(make({ min: min ?? 0, max: max ?? Number.POSITIVE_INFINITY }));
  };
  const word = (
    field: string,
    words: Readonly<Record<string, number>>,
    value: string | undefined,
    make: (states: readonly number[]) => Condition,
  ): void => {
    if (value === undefined) return;
    if (Object.hasOwn(words, value)) conditions.push(make([words[value]!]));
    else reader.problem(field, `found "${value}", allowed ${Object.keys(words).join(', ')}`);
  };
  readPrefix(reader, statement, conditions);
  if (statement.match_community !== undefined && statement.match_community.length > 0) {
    const set = new CommunitySet(readCommunities(reader, 'match_community', statement.match_community));
    conditions.push(communityCondition(set, statement.match_community.join(' or ')));
  }
  if (statement.match_as_path !== undefined) {
    const pattern = compileAsPathPattern(statement.match_as_path, 'rustbgpd');
    if (typeof pattern === 'string') reader.problem('match_as_path', pattern);
    else conditions.push(asPathCondition([pattern], statement.match_as_path, 'any', 'rustbgpd'));
  }
  range(pathLengthCondition, statement.match_as_path_length_ge, statement.match_as_path_length_le);
  word('match_rpki_validation', ROV, statement.match_rpki_validation, rovCondition);
  word('match_aspa_validation', ASPA, statement.match_aspa_validation, aspaCondition);
  if (statement.match_neighbor_set !== undefined) readNeighborSet(reader, statement.match_neighbor_set, neighborSets, conditions);
  if (statement.match_route_type !== undefined) {
    if (TYPES.includes(statement.match_route_type)) conditions.push(routeTypeCondition([statement.match_route_type as RouteType]));
    else reader.problem('match_route_type', `found "${statement.match_route_type}", allowed ${TYPES.join(', ')}`);
  }
  range(localPrefCondition, statement.match_local_pref_ge, statement.match_local_pref_le);
  range(medCondition, statement.match_med_ge, statement.match_med_le);
  if (statement.match_next_hop !== undefined) {
    const set = reader.hosts('match_next_hop', [statement.match_next_hop]);
    conditions.push(nextHopCondition(set, statement.match_next_hop));
  }
  return conditions;
}

function readPrefix(reader: ModelReader, { prefix, ge, le }: RustbgpdStatement, conditions: Condition[]): void {
  if (prefix === undefined) {
    if (ge !== undefined || le !== undefined) reader.problem('prefix', 'ge and le need a prefix');
    return;
  }
  const parsed = parsePrefix(prefix);
  if (parsed === undefined) return reader.problem('prefix', `"${prefix}" is not a prefix, e.g. "192.0.2.0/24"`);
  const longest = 8 * parsed.address.length;
  const min = ge ?? parsed.bits;
  const max = le ?? (ge === undefined ? parsed.bits : longest);
  if (min < parsed.bits || max > longest || min > max) {
    return reader.problem(
      'prefix',
      `lengths ${min} to ${max}, allowed are ge of at least ${parsed.bits}, le of at most ${longest}, ge not above le`,
    );
  }
  const builder = new PrefixSetBuilder();
  builder.add({ ...parsed, min, max });
  conditions.push(prefixCondition(builder.build(), min === max ? prefix : `${prefix} ge ${min} le ${max}`));
}

function readNeighborSet(reader: ModelReader, name: string, sets: ReadonlyMap<string, RustbgpdNeighborSet>, conditions: Condition[]): void {
  const set = sets.get(name);
  if (set === undefined) return reader.problem('match_neighbor_set', `there is no neighbor set "${name}"`);
  // Any of the three lists is enough.
  const filters: NeighborFilter[] = [];
  if (set.addresses !== undefined && set.addresses.length > 0) filters.push({ addresses: reader.hosts('addresses', set.addresses) });
  if (set.remote_asns !== undefined && set.remote_asns.length > 0)
    filters.push({ asns: new AsSet(set.remote_asns.map((asn) => [asn, asn])) });
  if (set.peer_groups !== undefined && set.peer_groups.length > 0) filters.push({ groups: set.peer_groups });
  if (filters.length === 0) return reader.problem('match_neighbor_set', `the neighbor set "${name}" is empty`);
  conditions.push(anyOf(filters.map((filter) => neighborCondition('peer', filter, describePeerFilter(filter)))));
}

function readActions(reader: ModelReader, statement: RustbgpdStatement): Action[] {
  const actions: Action[] = [];
  const { set_local_pref: localPref, set_med: med, set_as_path_prepend: prepend, set_next_hop: nextHop } = statement;
  if (localPref !== undefined) actions.push(localPrefAction({ type: 'set', value: localPref }));
  if (med !== undefined) actions.push(medAction({ type: 'set', value: med }));
  if (statement.set_community_remove?.length) {
    actions.push(removeCommunitiesAction(readCommunities(reader, 'set_community_remove', statement.set_community_remove)));
  }
  if (statement.set_community_add?.length) {
    const added = readCommunities(reader, 'set_community_add', statement.set_community_add);
    for (const pattern of added) {
      const sentence = problemOfOneCommunity(pattern);
      if (sentence !== undefined) reader.problem('set_community_add', sentence);
    }
    actions.push(addCommunitiesAction(added));
  }
  if (prepend !== undefined) {
    if (prepend.count < 1 || prepend.count > PREPEND_MAX)
      reader.problem('set_as_path_prepend', `found count ${prepend.count}, allowed 1 to ${PREPEND_MAX}`);
    else actions.push(prependAction(prepend.asn, prepend.count));
  }
  if (nextHop === 'self') actions.push(nextHopModeAction('self'));
  else if (nextHop !== undefined) {
    reader.hosts('set_next_hop', [nextHop]);
    actions.push(nextHopAction(nextHop));
  }
  return actions;
}

/** `ASN:VAL`, `RT:G:L`, `RO:G:L`, `LC:G:L1:L2`, and three names in capitals. */
function readCommunities(reader: ModelReader, field: string, texts: readonly string[]): CommunityPattern[] {
  return texts.flatMap((text) => {
    const pattern = parseCommunityPattern(/^LC:/i.test(text) ? text.slice(3) : text);
    if (typeof pattern !== 'string') return [{ ...pattern, text }];
    reader.problem(field, `${pattern}, allowed "ASN:VALUE", "RT:G:L", "RO:G:L", "LC:G:L1:L2", "NO_EXPORT"`);
    return [];
  });
}
