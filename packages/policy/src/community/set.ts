/**
 * A set of community patterns, of one kind or of several. Patterns that stand for one community are found by a look-up; the others are
 * tried one after the other.
 */
import { type Community, type CommunityKey, communityKey } from './community.ts';
import type { OwnNumber, OwnNumbers } from './own-numbers.ts';
import { type CommunityPattern, exactCommunity, type FieldPattern, matchesCommunity, ownNumbersOf } from './pattern.ts';

/**
 * How a set is compared with the communities of a route:
 *
 *     any    some community is in the set
 *     none   no community is in the set ("invert")
 *     all    each pattern of the set matches some community
 *     only   each community of the route, of the kinds that the set has, is in the set; also when there is none (bgpgg calls this "all")
 */
export type SetMatch = 'any' | 'none' | 'all' | 'only';

/** Patterns of communities, compared together. */
export class CommunitySet {
  readonly patterns: readonly CommunityPattern[];
  /** Numbers of the neighbor that the patterns name. */
  readonly own: ReadonlySet<OwnNumber>;
  readonly #exact: ReadonlySet<CommunityKey>;
  /** Patterns that are not in `#exact`. */
  readonly #others: readonly CommunityPattern[];

  constructor(patterns: readonly CommunityPattern[]) {
    this.patterns = patterns;
    this.own = new Set(patterns.flatMap(ownNumbersOf));
    const exact = new Map<CommunityPattern, CommunityKey[]>();
    for (const pattern of patterns) {
      const one = exactCommunity(pattern);
      if (one === undefined || ownNumbersOf(pattern).length > 0) continue;
      exact.set(
        pattern,
        (pattern as FieldPattern).forms.map((form) =>
          communityKey(
            one.kind,
            form,
            one.fields.map((field) => ('low' in field ? field.low : 0)),
          ),
        ),
      );
    }
    this.#exact = new Set([...exact.values()].flat());
    this.#others = patterns.filter((pattern) => !exact.has(pattern));
  }

  /** Whether the communities of a route match. Without `numbers`, patterns with numbers of a neighbor match nothing. */
  test(communities: readonly Community[], match: SetMatch, numbers: OwnNumbers | undefined): boolean {
    switch (match) {
      case 'any':
        return communities.some((community) => this.has(community, numbers));
      case 'none':
        return !communities.some((community) => this.has(community, numbers));
      case 'all':
        return this.patterns.every((pattern) => communities.some((community) => matchesCommunity(pattern, community, numbers)));
      case 'only': {
        const kinds = new Set(this.patterns.map(({ kind }) => kind));
        return communities.every((community) => !kinds.has(community.kind) || this.has(community, numbers));
      }
    }
  }

  /** Whether some pattern matches the community. */
  has(community: Community, numbers: OwnNumbers | undefined): boolean {
    if (this.#exact.has(community.key)) return true;
    return this.#others.some((pattern) => matchesCommunity(pattern, community, numbers));
  }

  /** The first community of the route that is in the set; for explanations. */
  firstMatch(communities: readonly Community[], numbers: OwnNumbers | undefined): Community | undefined {
    return communities.find((community) => this.has(community, numbers));
  }
}
