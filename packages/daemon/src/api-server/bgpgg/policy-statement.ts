/**
 * Policies and sets of bgpgg as values of the configuration file, and back. The first statement that matches decides: it accepts unless it says
 * reject. A policy of the file that has other forms than these cannot be told in bgpgg's messages.
 */
import type { MessageInitShape } from '@bufbuild/protobuf';
import type { bgpgg } from '@tsbgp/api';
import { parsePrefixEntry } from '@tsbgp/policy';
import { invalidArgument } from '../../control-error.ts';
import { peerAddress } from './address.ts';

type Written = Readonly<Record<string, unknown>>;
type Ref = bgpgg.MatchSetRef | undefined;
type Conditions = MessageInitShape<typeof bgpgg.ConditionsConfigSchema>;
type Statement = MessageInitShape<typeof bgpgg.StatementInfoSchema>;

/** `match_option` of prefixes and AS_PATHs, and of communities: other texts than these mean any. */
const OPTIONS: Readonly<Record<string, string>> = { all: 'all', invert: 'none' };
const COMMUNITY_OPTIONS: Readonly<Record<string, string>> = { all: 'only', invert: 'none' };

/** A statement of the section `policies`. Throws ControlError `invalid-argument`. */
export function writtenStatement({ conditions, actions }: bgpgg.StatementConfig, place: string): Written {
  const parts = conditions === undefined ? [] : partsOf(conditions, `${place}.conditions`);
  const keys = parts.flatMap(Object.keys);
  // A key can be written once: the conditions go into a list where one is needed twice.
  const match = new Set(keys).size === keys.length ? Object.assign({}, ...parts) : { all: parts };
  const { accept: _, reject, localPref, med, addCommunities = [], removeCommunities = [] } = actions ?? {};
  const communities = {
    ...(removeCommunities.length > 0 && { remove: removeCommunities }),
    ...(addCommunities.length > 0 && { add: addCommunities }),
  };
  const set = {
    ...(localPref !== undefined && { 'local-preference': { 'if-absent': localPref } }),
    ...(med !== undefined && { med }),
    ...(Object.keys(communities).length > 0 && { communities }),
  };
  return {
    ...(keys.length > 0 && { match }),
    ...(Object.keys(set).length > 0 && { set }),
    action: reject === true ? 'reject' : 'accept',
  };
}

function partsOf(conditions: bgpgg.ConditionsConfig, place: string): Written[] {
  const parts: Written[] = [];
  const named = (key: string, ref: Ref, options: Readonly<Record<string, string>>): void => {
    if (ref !== undefined) parts.push({ [key]: { set: ref.setName, match: options[ref.matchOption] ?? 'any' } });
  };
  named('prefix', conditions.matchPrefixSet, OPTIONS);
  const neighbors = conditions.matchNeighborSet;
  if (neighbors?.matchOption === 'all') {
    throw invalidArgument(
      `${place}.match_neighbor_set.match_option`,
      'found "all", allowed are "any" and "invert": a route has one source',
    );
  }
  // Local routes have no source: they match neither way.
  if (neighbors?.matchOption === 'invert') {
    parts.push({ 'route-type': ['internal', 'external'] }, { not: { source: { set: neighbors.setName } } });
  } else if (neighbors !== undefined) parts.push({ source: { set: neighbors.setName } });
  named('as-path', conditions.matchAsPathSet, OPTIONS);
  for (const ref of [conditions.matchCommunitySet, conditions.matchExtCommunitySet, conditions.matchLargeCommunitySet]) {
    named('communities', ref, COMMUNITY_OPTIONS);
  }
  if (conditions.prefix !== undefined) parts.push({ prefix: conditions.prefix });
  if (conditions.neighbor !== undefined) parts.push({ source: { address: peerAddress(conditions.neighbor, `${place}.neighbor`).address } });
  return parts;
}

/** The kind of a set in the section `sets`, and its value there. Throws ControlError `invalid-argument`. */
export function writtenSet({ config }: bgpgg.DefinedSetConfig): { readonly kind: string; readonly value: unknown } {
  switch (config.case) {
    case 'prefixSet':
      return { kind: 'prefixes', value: config.value.prefixes.map(prefixEntry) };
    case 'neighborSet':
      return {
        kind: 'neighbors',
        value: { address: config.value.addresses.map((text, i) => peerAddress(text, `addresses[${i}]`).address) },
      };
    case 'asPathSet':
      return { kind: 'as-paths', value: config.value.patterns };
    case 'communitySet':
      return { kind: 'communities', value: config.value.communities };
    case 'extCommunitySet':
      return { kind: 'communities', value: config.value.extCommunities };
    case 'largeCommunitySet':
      return { kind: 'communities', value: config.value.largeCommunities };
    default:
      throw invalidArgument('set', 'has no data: one of prefix_set, neighbor_set, as_path_set … must be set');
  }
}

function prefixEntry({ prefix, masklengthRange = '' }: bgpgg.PrefixMatch, index: number): string {
  const text = `${prefix} ${masklengthRange === 'exact' ? '' : masklengthRange}`.trim();
  const entry = parsePrefixEntry(text);
  if (typeof entry === 'string') throw invalidArgument(`prefixes[${index}]`, entry);
  return text;
}

/** The statements of a policy as the file has it; undefined where one of them has no form in bgpgg's messages. */
export function shownStatements(written: unknown, kindOf: (set: string) => CommunityKind): Statement[] | undefined {
  const list: unknown = Array.isArray(written) ? written : mappingOf(written)?.['statements'];
  if (!Array.isArray(list)) return undefined;
  const shown = list.map((statement) => shownStatement(mappingOf(statement) ?? { unknown: true }, kindOf));
  return shown.every((statement) => statement !== undefined) ? shown : undefined;
}

/** Which of bgpgg's fields names a set of communities. */
export type CommunityKind = 'matchCommunitySet' | 'matchExtCommunitySet' | 'matchLargeCommunitySet';

function shownStatement(statement: Written, kindOf: (set: string) => CommunityKind): Statement | undefined {
  const { match = {}, set = {}, action, ...others } = statement;
  // A name of the file is not told.
  const isOther = Object.keys(others).some((key) => key !== 'name');
  const conditions = shownConditions(mappingOf(match) ?? { unknown: true }, kindOf);
  const { 'local-preference': localPref, med, communities = {}, ...otherChanges } = mappingOf(set) ?? { unknown: true };
  const { add = [], remove = [], ...otherOperations } = mappingOf(communities) ?? { unknown: true };
  const ifAbsent = localPref === undefined ? undefined : mappingOf(localPref)?.['if-absent'];
  const isOtherChange = [otherChanges, otherOperations].some((rest) => Object.keys(rest).length > 0);
  if (conditions === undefined || isOther || isOtherChange || !isTexts(add) || !isTexts(remove)) return undefined;
  if ((action !== 'accept' && action !== 'reject') || (localPref !== undefined && typeof ifAbsent !== 'number')) return undefined;
  if (med !== undefined && typeof med !== 'number') return undefined;
  return {
    conditions,
    actions: {
      ...(action === 'accept' ? { accept: true } : { reject: true }),
      ...(typeof ifAbsent === 'number' && { localPref: ifAbsent }),
      ...(med !== undefined && { med }),
      addCommunities: [...add],
      removeCommunities: [...remove],
    },
  };
}

function shownConditions(match: Written, kindOf: (set: string) => CommunityKind): Conditions | undefined {
  const all: unknown = match['all'];
  const parts = Array.isArray(all) && Object.keys(match).length === 1 ? all.map(mappingOf) : [match];
  const pairs = parts.flatMap((part) => Object.entries(part ?? { unknown: true }));
  const found: Conditions = {};
  const inverted = pairs.some(([key]) => key === 'not');
  for (const [key, value] of pairs) {
    const { set, match: how = 'any', address } = mappingOf(value) ?? {};
    const words = Object.entries(key === 'communities' ? COMMUNITY_OPTIONS : OPTIONS);
    const option = how === 'any' ? 'any' : words.find(([, word]) => word === how)?.[0];
    const ref = typeof set === 'string' && option !== undefined ? { setName: set, matchOption: option } : undefined;
    const source = key === 'not' ? mappingOf(mappingOf(value)?.['source'])?.['set'] : undefined;
    if (key === 'prefix' && typeof value === 'string') found.prefix = value;
    else if (key === 'prefix' && ref !== undefined) found.matchPrefixSet = ref;
    else if (key === 'as-path' && ref !== undefined) found.matchAsPathSet = ref;
    else if (key === 'communities' && ref !== undefined) found[kindOf(ref.setName)] = ref;
    else if (key === 'source' && ref !== undefined) found.matchNeighborSet = ref;
    else if (key === 'source' && typeof address === 'string') found.neighbor = address;
    else if (key === 'not' && typeof source === 'string') found.matchNeighborSet = { setName: source, matchOption: 'invert' };
    else if (key !== 'route-type' || !inverted) return undefined;
  }
  return found;
}

function mappingOf(value: unknown): Written | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Written) : undefined;
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string');
}
