/**
 * Conditions on communities. A pattern with the neighbor's own numbers is answered for all members at once: the numbers of the route's
 * communities are looked up among those of the members. The cost is that of the communities of the route.
 */
import { type Community, communityText, fieldBits } from '../community/community.ts';
import type { OwnNumber } from '../community/own-numbers.ts';
import { type CommunityPattern, matchesCommunity } from '../community/pattern.ts';
import type { CommunitySet, SetMatch } from '../community/set.ts';
import { type MemberSet, type Members, NOBODY } from '../route/members.ts';
import { type ReadBits, Reads } from '../route/reads.ts';
import type { Condition, RouteState } from './condition.ts';

const WORDS: Readonly<Record<SetMatch, string>> = { any: 'any of', none: 'none of', all: 'all of', only: 'only' };
const OWN_READS: Readonly<Record<OwnNumber, ReadBits>> = { 'peer-as': Reads.PeerAs, 'local-as': Reads.LocalAs };
/** Communities that an explanation prints. */
const SHOWN_MAX = 12;

export function communityCondition(set: CommunitySet, label: string, match: SetMatch = 'any'): Condition {
  const text = `communities have ${WORDS[match]} ${label}`;
  const reads = [...set.own].reduce<ReadBits>((bits, own) => bits | OWN_READS[own], Reads.Attributes);
  // "only" asks of each community of the route whether one of several patterns matches: rare enough to be asked by classes of members.
  const members = set.own.size === 0 || match === 'only' ? undefined : membersOf(set, match);
  return {
    text,
    key: `${text} ${JSON.stringify(set.patterns.map((pattern) => `${pattern.kind} ${pattern.text}`))}`,
    reads,
    test: ({ route }, peer) => set.test(route.communities, match, peer),
    members,
    found({ route }, peer) {
      const hit = set.firstMatch(route.communities, peer);
      if (hit !== undefined) return `communities have ${communityText(hit)}`;
      const more = route.communities.length - SHOWN_MAX;
      const shown = route.communities.slice(0, SHOWN_MAX).map(communityText).join(' ');
      return shown === '' ? 'no communities' : `communities ${shown}${more > 0 ? ` and ${more} more` : ''}`;
    },
  };
}

function membersOf(set: CommunitySet, match: Exclude<SetMatch, 'only'>): (state: RouteState, members: Members) => MemberSet {
  const patterns = set.patterns.map(
    (pattern) => (communities: readonly Community[], members: Members) => withPattern(pattern, communities, members),
  );
  return ({ route: { communities } }, members) => {
    if (match === 'all')
      return patterns.reduce((rest, pattern) => (rest === NOBODY ? NOBODY : rest & pattern(communities, members)), members.all);
    const found = patterns.reduce((sum, pattern) => sum | pattern(communities, members), NOBODY);
    return match === 'any' ? found : members.all & ~found;
  };
}

/** The members for which some of the communities matches the pattern. */
function withPattern(pattern: CommunityPattern, communities: readonly Community[], members: Members): MemberSet {
  if (pattern.type === 'octets' || pattern.type === 'regex') {
    return communities.some((community) => matchesCommunity(pattern, community, undefined)) ? members.all : NOBODY;
  }
  let found = NOBODY;
  for (const community of communities) {
    if (pattern.kind !== community.kind || !pattern.forms.includes(community.form)) continue;
    let matching = members.all;
    for (const [index, field] of pattern.fields.entries()) {
      const value = community.fields[index]!;
      if ('own' in field) matching &= members.withOwnNumber(field.own, fieldBits(community.kind, community.form, index), value);
      else if (value < field.low || value > field.high) matching = NOBODY;
      if (matching === NOBODY) break;
    }
    found |= matching;
  }
  return found;
}
