/** Conditions made of conditions. The answer for all members is the union, the intersection or the complement of theirs. */
import { type MemberSet, type Members, NOBODY } from '../route/members.ts';
import { PEER_READS, type ReadBits } from '../route/reads.ts';
import { type Condition, membersMatching, type RouteState } from './condition.ts';

export function allOf(conditions: readonly Condition[]): Condition {
  if (conditions.length === 1) return conditions[0]!;
  return combined('all', conditions, {
    test: (state, peer) => conditions.every((condition) => condition.test(state, peer)),
    members: (state, members) => conditions.reduce((rest, condition) => membersMatching(condition, state, members, rest), members.all),
  });
}

export function anyOf(conditions: readonly Condition[]): Condition {
  return combined('any', conditions, {
    test: (state, peer) => conditions.some((condition) => condition.test(state, peer)),
    members: (state, members) =>
      conditions.reduce((found, condition) => found | membersMatching(condition, state, members, members.all & ~found), NOBODY),
  });
}

export function not(condition: Condition): Condition {
  return combined('not', [condition], {
    test: (state, peer) => !condition.test(state, peer),
    members: (state, members) => members.all & ~membersMatching(condition, state, members, members.all),
  });
}

interface Answers {
  readonly test: Condition['test'];
  readonly members: (state: RouteState, members: Members) => MemberSet;
}

function combined(word: string, conditions: readonly Condition[], { test, members }: Answers): Condition {
  const reads = conditions.reduce<ReadBits>((bits, condition) => bits | condition.reads, 0);
  const list = (part: 'text' | 'key'): string => `${word}(${conditions.map((condition) => condition[part]).join(', ')})`;
  return {
    text: word === 'not' ? `not ${conditions[0]!.text}` : list('text'),
    key: list('key'),
    reads,
    test,
    // Static answers are kept, but only where no look-up is faster.
    members: (reads & PEER_READS) === reads ? undefined : members,
    found: (state, peer) => [...new Set(conditions.map((condition) => condition.found(state, peer)))].join(', '),
  };
}
