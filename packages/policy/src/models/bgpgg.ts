/**
 * Policies of bgpgg: defined sets, and statements that name them. The first statement that matches ends the list of policies, accepted also
 * when it only sets attributes; the end of the list rejects, unless the assignment says otherwise.
 */
import { type AsPathPattern, compileAsPathPattern } from '../as-path/pattern.ts';
import { addCommunitiesAction, removeCommunitiesAction } from '../change/communities.ts';
import type { Action } from '../change/edit.ts';
import { localPrefAction, medAction } from '../change/numbers.ts';
import { type CommunityPattern, parseCommunityPattern } from '../community/pattern.ts';
import { CommunitySet, type SetMatch } from '../community/set.ts';
import { asPathCondition } from '../condition/as-path.ts';
import { communityCondition } from '../condition/communities.ts';
import type { Condition } from '../condition/condition.ts';
import { allOf, not } from '../condition/logic.ts';
import { neighborCondition } from '../condition/neighbor.ts';
import { routeTypeCondition } from '../condition/numbers.ts';
import { prefixCondition } from '../condition/prefix.ts';
import type { ChainDefinition, PolicyDefinition, StatementDefinition } from '../engine/definition.ts';
import { entryWithRange, type PrefixSet, PrefixSetBuilder } from '../prefix/set.ts';
import { ModelReader } from './reader.ts';

/** Defined sets by kind and name. */
export interface BgpggDefinedSets {
  readonly prefixSets?:
    | Readonly<Record<string, readonly { readonly prefix: string; readonly masklength_range?: string | undefined }[]>>
    | undefined;
  readonly neighborSets?: Readonly<Record<string, readonly string[]>> | undefined;
  readonly asPathSets?: Readonly<Record<string, readonly string[]>> | undefined;
  readonly communitySets?: Readonly<Record<string, readonly string[]>> | undefined;
  readonly extCommunitySets?: Readonly<Record<string, readonly string[]>> | undefined;
  readonly largeCommunitySets?: Readonly<Record<string, readonly string[]>> | undefined;
}

/** `match_option`: any, all, invert; other texts mean any. */
export interface BgpggSetRef {
  readonly set_name: string;
  readonly match_option?: string | undefined;
}

/** A statement of its API (`StatementConfig`). */
export interface BgpggStatement {
  readonly conditions?:
    | {
        readonly match_prefix_set?: BgpggSetRef | undefined;
        readonly match_neighbor_set?: BgpggSetRef | undefined;
        readonly match_as_path_set?: BgpggSetRef | undefined;
        readonly match_community_set?: BgpggSetRef | undefined;
        readonly match_ext_community_set?: BgpggSetRef | undefined;
        readonly match_large_community_set?: BgpggSetRef | undefined;
        readonly prefix?: string | undefined;
        readonly neighbor?: string | undefined;
      }
    | undefined;
  readonly actions?:
    | {
        readonly accept?: boolean | undefined;
        readonly reject?: boolean | undefined;
        /** Set only where the route has none. */
        readonly local_pref?: number | undefined;
        readonly med?: number | undefined;
        readonly add_communities?: readonly string[] | undefined;
        readonly remove_communities?: readonly string[] | undefined;
      }
    | undefined;
}

/** The policy, or the sentences that say what is wrong. */
export function bgpggPolicy(
  name: string,
  statements: readonly BgpggStatement[],
  sets: BgpggDefinedSets = {},
): PolicyDefinition | readonly string[] {
  const reader = new ModelReader();
  if (name.startsWith('_')) reader.problem('name', `"${name}" begins with "_", which is kept for built-in policies`);
  const read = statements.map((statement, index) =>
    reader.at(`statements[${index}]`, (): StatementDefinition => {
      const { accept: _, reject, ...changes } = statement.actions ?? {};
      return {
        name: `#${index + 1}`,
        conditions: readConditions(reader, statement.conditions ?? {}, sets),
        actions: readActions(reader, changes),
        outcome: { type: reject === true ? 'reject' : 'accept' },
      };
    }),
  );
  return reader.result({ name, statements: read });
}

/** The policies of an assignment, and its default action. */
export function bgpggChain(policies: readonly PolicyDefinition[], defaultAction: 'accept' | 'reject' = 'reject'): ChainDefinition {
  return { policies, default: defaultAction };
}

function readConditions(reader: ModelReader, given: NonNullable<BgpggStatement['conditions']>, sets: BgpggDefinedSets): Condition[] {
  const conditions: Condition[] = [];
  const find = <T>(
    kind: string,
    ref: BgpggSetRef | undefined,
    named: Readonly<Record<string, T>> | undefined,
    make: (set: T, option: string) => Condition,
  ): void => {
    if (ref === undefined) return;
    const set = named !== undefined && Object.hasOwn(named, ref.set_name) ? named[ref.set_name] : undefined;
    if (set === undefined) reader.problem(kind, `there is no set "${ref.set_name}"`);
    else conditions.push(make(set, ref.match_option ?? 'any'));
  };
  find('match_prefix_set', given.match_prefix_set, sets.prefixSets, (entries, option) =>
    prefixCondition(
      readPrefixes(reader, entries),
      given.match_prefix_set!.set_name,
      option === 'invert' ? 'none' : option === 'all' ? 'all' : 'any',
    ),
  );
  find('match_neighbor_set', given.match_neighbor_set, sets.neighborSets, (addresses, option) =>
    sourceCondition(reader, addresses, option),
  );
  find('match_as_path_set', given.match_as_path_set, sets.asPathSets, (patterns, option) =>
    asPathCondition(
      readPatterns(reader, patterns),
      given.match_as_path_set!.set_name,
      option === 'invert' ? 'none' : option === 'all' ? 'all' : 'any',
      'bgpgg',
    ),
  );
  const communities = (name: string) => (texts: readonly string[], option: string) =>
    communityCondition(new CommunitySet(readCommunities(reader, texts)), name, COMMUNITY_OPTIONS[option] ?? 'any');
  find('match_community_set', given.match_community_set, sets.communitySets, communities(given.match_community_set?.set_name ?? ''));
  find(
    'match_ext_community_set',
    given.match_ext_community_set,
    sets.extCommunitySets,
    communities(given.match_ext_community_set?.set_name ?? ''),
  );
  find(
    'match_large_community_set',
    given.match_large_community_set,
    sets.largeCommunitySets,
    communities(given.match_large_community_set?.set_name ?? ''),
  );
  if (given.prefix !== undefined) conditions.push(prefixCondition(readPrefixes(reader, [{ prefix: given.prefix }]), given.prefix));
  if (given.neighbor !== undefined) conditions.push(sourceCondition(reader, [given.neighbor], 'any'));
  return conditions;
}

/** bgpgg's "all" asks whether all communities of the route are in the set. */
const COMMUNITY_OPTIONS: Readonly<Record<string, SetMatch>> = { any: 'any', all: 'only', invert: 'none' };

/** The neighbor that the route came from. Local routes match no set, inverted or not. */
function sourceCondition(reader: ModelReader, addresses: readonly string[], option: string): Condition {
  const set = reader.hosts('neighbor', addresses);
  const inSet = neighborCondition('source', { addresses: set }, `address ${addresses.join(' or ')}`);
  if (option === 'all' && set.count > 1)
    return neighborCondition('source', { addresses: new PrefixSetBuilder().build() }, 'all of several addresses');
  return option === 'invert' ? allOf([routeTypeCondition(['internal', 'external']), not(inSet)]) : inSet;
}

function readPrefixes(
  reader: ModelReader,
  entries: readonly { readonly prefix: string; readonly masklength_range?: string | undefined }[],
): PrefixSet {
  const builder = new PrefixSetBuilder();
  for (const { prefix, masklength_range: range } of entries) {
    const entry = entryWithRange(prefix, range ?? '');
    if (typeof entry === 'string') reader.problem('prefix', entry);
    else builder.add(entry);
  }
  return builder.build();
}

function readPatterns(reader: ModelReader, sources: readonly string[]): AsPathPattern[] {
  return sources.flatMap((source) => {
    const pattern = compileAsPathPattern(source, 'bgpgg');
    if (typeof pattern !== 'string') return [pattern];
    reader.problem('as_path', pattern);
    return [];
  });
}

function readCommunities(reader: ModelReader, texts: readonly string[]): CommunityPattern[] {
  return texts.flatMap((text) => {
    const pattern = parseCommunityPattern(text);
    if (typeof pattern !== 'string') return [pattern];
    reader.problem('communities', pattern);
    return [];
  });
}

/** In the order LOCAL_PREF, MED, communities. With both lists of communities, both are done: first removed, then added. */
function readActions(reader: ModelReader, actions: Omit<NonNullable<BgpggStatement['actions']>, 'accept' | 'reject'>): Action[] {
  const { local_pref: localPref, med, add_communities: added = [], remove_communities: removed = [] } = actions;
  const list: Action[] = [];
  if (localPref !== undefined) list.push(localPrefAction({ type: 'set-if-absent', value: localPref }));
  if (med !== undefined) list.push(medAction({ type: 'set', value: med }));
  if (removed.length > 0) list.push(removeCommunitiesAction(readCommunities(reader, removed)));
  if (added.length > 0) list.push(addCommunitiesAction(readCommunities(reader, added)));
  return list;
}
