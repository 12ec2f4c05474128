/**
 * A condition of a statement, compiled. It says what it looks at, so that the engine knows for which routes and neighbors its answer holds:
 *
 *     reads no neighbor     `test` is asked once, and holds for all members
 *     has `members`         gives the members for which it holds, by a look-up: cost by the route, not by the members
 *     otherwise             `test` is asked once for each distinct value of what it reads; where it reads nothing of the route (`isStatic`), once
 *                           for ever
 */
import { type MemberSet, type Members, NOBODY } from '../route/members.ts';
import type { Peer } from '../route/peer.ts';
import { PEER_READS, type ReadBits } from '../route/reads.ts';
import type { Route } from '../route/route.ts';

/** A route in the middle of an evaluation. */
export interface RouteState {
  /** The attributes, with the changes of the statements so far. Only attributes are read from it. */
  readonly route: Route;
  /** Everything else: prefix, family, validation, source. */
  readonly given: Route;
  readonly tag: number | undefined;
}

/** A condition of a statement, compiled. */
export interface Condition {
  /** As the operator would write it: `prefix in customers`. */
  readonly text: string;
  /** Identifies the condition by content: conditions with equal keys give equal answers. */
  readonly key: string;
  readonly reads: ReadBits;
  /** Whether the condition holds. `peer` is undefined only where the condition reads nothing of it. */
  readonly test: (state: RouteState, peer: Peer | undefined) => boolean;
  /** The members for which the condition holds. */
  readonly members?: ((state: RouteState, members: Members) => MemberSet) | undefined;
  /** The value that was looked at: `AS_PATH 65001 65002`. */
  readonly found: (state: RouteState, peer: Peer | undefined) => string;
}

/** Static answers, by condition. Groups of members are made anew when members come and go; their answers then go with them. */
const staticAnswers = new WeakMap<Members, Map<string, MemberSet>>();

/** Of the members in `undecided`, those for which the condition holds. */
export function membersMatching(condition: Condition, state: RouteState, members: Members, undecided: MemberSet): MemberSet {
  const peerReads = condition.reads & PEER_READS;
  if (peerReads === 0) return condition.test(state, undefined) ? undecided : NOBODY;
  if (condition.members !== undefined) return condition.members(state, members) & undecided;
  const isStatic = condition.reads === peerReads;
  if (!isStatic) return byClasses(condition, state, members, undecided);
  let answers = staticAnswers.get(members);
  if (answers === undefined) {
    answers = new Map();
    staticAnswers.set(members, answers);
  }
  let answer = answers.get(condition.key);
  if (answer === undefined) {
    answer = byClasses(condition, state, members, members.all);
    answers.set(condition.key, answer);
  }
  return answer & undecided;
}

function byClasses(condition: Condition, state: RouteState, members: Members, undecided: MemberSet): MemberSet {
  let matching = NOBODY;
  for (const { peer, members: same } of members.classes(condition.reads & PEER_READS)) {
    if ((same & undecided) !== NOBODY && condition.test(state, peer)) matching |= same;
  }
  return matching & undecided;
}
