/**
 * Why a policy decides as it does: every statement that the route came to, whether it matched, the condition that did not hold and what it
 * found, and what was changed.
 *
 *     customers-in bogons      no match: prefix in bogons; found prefix 192.0.2.0/24
 *     customers-in prefer      match: communities have any of 64512:110
 *                              LOCAL_PREF 110
 *     customers-in #3          match: prefix in customers
 *     accept
 */
import type { Peer } from '../route/peer.ts';
import type { Route } from '../route/route.ts';
import type { Policy } from './policy.ts';
import type { Place } from './program.ts';
import type { Verdict } from './verdict.ts';

/** A condition that was tested. */
export interface ExplainedCondition {
  readonly text: string;
  readonly holds: boolean;
  /** What was looked at. */
  readonly found: string;
}

/** A statement that the route came to. */
export interface ExplainedStatement {
  readonly place: Place;
  readonly matched: boolean;
  /** Up to the first that did not hold. */
  readonly conditions: readonly ExplainedCondition[];
  readonly changes: readonly string[];
}

/** How a policy decided about one route. */
export interface Explanation {
  readonly verdict: Verdict;
  /** Where it was decided. */
  readonly decidedAt: Place;
  /** In the order in which the route came to them. */
  readonly statements: readonly ExplainedStatement[];
}

/** Evaluates the policy once more, and counts it. */
export function explain(policy: Policy, route: Route, peer: Peer): Explanation {
  const statements: { place: Place; matched: boolean; conditions: ExplainedCondition[]; changes: string[] }[] = [];
  const open: number[] = [];
  const last = (place: number): (typeof statements)[number] => statements[open.lastIndexOf(place)]!;
  const verdict = policy.evaluate(route, peer, {
    enter(place) {
      open.push(place);
      statements.push({ place: policy.places[place]!, matched: true, conditions: [], changes: [] });
    },
    tested(place, text, holds, found) {
      const statement = last(place);
      statement.conditions.push({ text, holds, found });
      statement.matched &&= holds;
    },
    edited(place, text) {
      last(place).changes.push(text);
    },
  });
  return { verdict, decidedAt: policy.places[verdict.place]!, statements };
}

/** The explanation as lines for people. */
export function formatExplanation({ verdict, decidedAt, statements }: Explanation): string[] {
  const lines: string[] = [];
  for (const { place, conditions, changes } of statements) {
    const failed = conditions.find(({ holds }) => !holds);
    const held = conditions.map(({ text }) => text).join(', ');
    const result = failed === undefined ? `match${held === '' ? '' : `: ${held}`}` : `no match: ${failed.text}; found ${failed.found}`;
    lines.push(`${place.policy} ${place.statement}: ${result}`, ...changes.map((change) => `    ${change}`));
  }
  const reason = verdict.type === 'reject' && verdict.reason !== undefined ? ` (${verdict.reason})` : '';
  const by =
    decidedAt.statement === ''
      ? `default${decidedAt.policy === '' ? '' : ` of ${decidedAt.policy}`}`
      : `${decidedAt.policy} ${decidedAt.statement}`;
  return [...lines, `${verdict.type}${reason} by ${by}`];
}
