/** Runs tables of cases: a policy, then routes with what becomes of them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatProblem, Members, type Peer, type Policy, PolicyEngine, type PolicySections, readPolicies } from '../src/index.ts';
import { outcomeOf, PEER, routeOf } from './routes.ts';

export interface Table {
  readonly title: string;
  readonly sets?: unknown;
  /** Statements of the one policy, or policies by name: all of them are the chain, in this order. */
  readonly statements?: readonly unknown[];
  readonly policies?: Readonly<Record<string, unknown>>;
  /** Policies of `policies` that are not in the chain. */
  readonly called?: readonly string[];
  readonly default?: 'accept' | 'reject';
  readonly peer?: Partial<Peer>;
  /** Route, outcome; see routes.ts. */
  readonly cases: readonly (readonly [route: string, outcome: string, peer?: Partial<Peer>])[];
}

/** The policies of a configuration; fails with its problems. */
export function policyOf(sections: PolicySections, chain?: readonly string[], fallback: 'accept' | 'reject' = 'accept'): Policy {
  const { policies, problems } = readPolicies(sections);
  assert.deepEqual(problems.map(formatProblem), []);
  const names = chain ?? [...policies.keys()];
  return new PolicyEngine().compile({ policies: names.map((name) => policies.get(name)!), default: fallback, library: policies });
}

export function runTables(tables: readonly Table[]): void {
  for (const { title, sets, statements, policies, called = [], default: fallback, peer, cases } of tables) {
    test(title, async (t) => {
      const sections: PolicySections = { sets, policies: policies ?? { policy: { statements } } };
      const chain = Object.keys(sections.policies as object).filter((name) => !called.includes(name));
      const policy = policyOf(sections, chain, fallback);
      for (const [line, outcome, casePeer] of cases) {
        await t.test(`${line} -> ${outcome}`, () => {
          const route = routeOf(line);
          const own = { ...PEER, ...peer, ...casePeer };
          const verdict = policy.evaluate(route, own);
          assert.equal(outcomeOf(verdict, route), outcome);
          // The same in two steps, and as one of two members.
          const first = policy.evaluateAttributes(route, own);
          assert.equal(first.type === 'pending' ? policy.resume(first, route, own) : first, verdict, 'in two steps');
          const members = new Members([{ ...PEER, address: '203.0.113.9', as: 64999, group: 'others', role: 'peer', tags: [] }, own]);
          const mine = policy.evaluateMembers(route, members).filter((one) => (one.members & 2n) !== 0n);
          assert.deepEqual(
            mine.map((one) => one.verdict),
            [verdict],
            'among members',
          );
        });
      }
    });
  }
}
