/**
 * The key `attributes` of a test: what the attributes must be after the policy.
 *
 *     attributes: { local-preference: 110, med: absent, as-path: "64512 65001", communities: { has: ["64512:1"], lacks: ["64512:*"] } }
 */

import type { NextHopMode } from '../change/edit.ts';
import { ORIGIN_NAMES } from '../change/numbers.ts';
import { communityText } from '../community/community.ts';
import type { CommunityPattern } from '../community/pattern.ts';
import { parseCommunityPattern } from '../community/pattern.ts';
import { CommunitySet } from '../community/set.ts';
import type { Path, Problems } from '../config/problems.ts';
import { asMapping, readMapping, readNumber, readTexts } from '../config/values.ts';
import type { Peer } from '../route/peer.ts';
import type { Route } from '../route/route.ts';

/** The value that each attribute must have, as text; communities by patterns. */
export interface ExpectedAttributes {
  readonly texts?: ReadonlyMap<string, string>;
  /** Exactly these. */
  readonly communities?: readonly CommunityPattern[] | undefined;
  readonly has?: readonly CommunityPattern[] | undefined;
  readonly lacks?: readonly CommunityPattern[] | undefined;
}

const EXAMPLE = 'attributes: { local-preference: 110, communities: { has: ["64512:1"] } }';
const ABSENT = 'absent';

export function readExpectedAttributes(problems: Problems, value: unknown, path: Path): ExpectedAttributes {
  const texts = new Map<string, string>();
  let exact: CommunityPattern[] | undefined;
  let has: CommunityPattern[] | undefined;
  let lacks: CommunityPattern[] | undefined;
  const number = (inner: unknown, at: Path): void => {
    const key = String(at.at(-1));
    const found = inner === ABSENT ? ABSENT : readNumber(problems, inner, at, 0, 0xffff_ffff, `${key}: 110`);
    if (found !== undefined) texts.set(key, String(found));
  };
  const text = (inner: unknown, at: Path): void => {
    const key = String(at.at(-1));
    texts.set(key, readTexts(problems, inner, at, { allowed: 'a text', example: 'as-path: "64512 65001"' }).join(' '));
  };
  const patterns = (inner: unknown, at: Path): CommunityPattern[] => {
    const expected = { allowed: 'communities', example: 'has: ["64512:1"]' };
    return readTexts(problems, inner, at, expected).flatMap((one) => {
      const pattern = parseCommunityPattern(one);
      if (typeof pattern !== 'string') return [pattern];
      problems.invalid(at, one, expected, pattern);
      return [];
    });
  };
  readMapping(
    problems,
    value,
    path,
    {
      'local-preference': number,
      med: number,
      origin: text,
      'as-path': text,
      'next-hop': text,
      communities(inner, at) {
        if (asMapping(inner) === undefined) exact = patterns(inner, at);
        else {
          const readers = {
            has: (one: unknown, place: Path) => (has = patterns(one, place)),
            lacks: (one: unknown, place: Path) => (lacks = patterns(one, place)),
          };
          readMapping(problems, inner, at, readers, 'communities: { has: ["64512:1"], lacks: ["64512:*"] }');
        }
      },
    },
    EXAMPLE,
  );
  return { texts, communities: exact, has, lacks };
}

/** What is not as expected, a sentence each. `nextHop` is how the export makes the next hop, where the policy says that. */
export function differencesOf(expected: ExpectedAttributes, route: Route, nextHop: NextHopMode | undefined, peer: Peer): string[] {
  const found: Readonly<Record<string, string>> = {
    'local-preference': String(route.localPref ?? ABSENT),
    med: String(route.med ?? ABSENT),
    origin: route.origin === undefined ? ABSENT : ORIGIN_NAMES[route.origin]!,
    'as-path': route.pathText('cisco'),
    'next-hop': nextHop === 'self' || nextHop === 'unchanged' ? nextHop : (route.nextHop ?? ABSENT),
  };
  const differences = [...(expected.texts ?? [])]
    .filter(([key, text]) => found[key] !== text)
    .map(([key, text]) => `expected ${key} ${quoted(text)}, found ${quoted(found[key] ?? '')}`);
  const { communities, has, lacks } = expected;
  const listed = route.communities.map(communityText).join(' ') || 'none';
  const holds = (pattern: CommunityPattern): boolean => new CommunitySet([pattern]).test(route.communities, 'any', peer);
  for (const pattern of [...(communities ?? []), ...(has ?? [])]) {
    if (!holds(pattern)) differences.push(`expected a community ${pattern.text}, found ${listed}`);
  }
  for (const pattern of lacks ?? []) if (holds(pattern)) differences.push(`expected no community ${pattern.text}, found ${listed}`);
  if (communities !== undefined) {
    const set = new CommunitySet(communities);
    const others = route.communities.filter((community) => !set.test([community], 'any', peer)).map(communityText);
    if (others.length > 0) differences.push(`expected no other communities, found ${others.join(' ')}`);
  }
  return differences;
}

function quoted(text: string): string {
  return text.includes(' ') || text === '' ? `"${text}"` : text;
}
