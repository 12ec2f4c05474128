/**
 * Runs tests of policies, and says which statements they reached.
 */

import type { Path } from '../config/problems.ts';
import { stepsOf } from '../config/read.ts';
import type { Direction } from '../default-policy.ts';
import type { PolicyDefinition } from '../engine/definition.ts';
import { PolicyEngine } from '../engine/engine.ts';
import { explain, formatExplanation } from '../engine/explain.ts';
import { Policy } from '../engine/policy.ts';
import { settle, type Verdict } from '../engine/verdict.ts';
import { Route } from '../route/route.ts';
import { BUILT_IN_POLICIES, type ChainLink, compileChain } from '../script/chain.ts';
import { formatFault } from '../script/faults.ts';
import { type ScriptPart, ScriptPolicy } from '../script/script-policy.ts';
import { differencesOf } from './expected-attributes.ts';
import type { PolicyTest } from './read-tests.ts';

/** What came of one test. */
export interface PolicyTestResult {
  readonly test: PolicyTest;
  /** What is not as expected, a sentence each; empty: the test passed. */
  readonly differences: readonly string[];
  /** How the policy decided, in lines for people. */
  readonly explanation: readonly string[];
}

/** A statement, and whether it matched in some test. */
export interface CoveredStatement {
  readonly policy: string;
  readonly statement: string;
  /** Where it is in the sections. */
  readonly path: Path;
  readonly matched: boolean;
}

/** Policies that tests may name. */
export interface TestedPolicies {
  readonly policies: ReadonlyMap<string, PolicyDefinition>;
  readonly scripts: ReadonlyMap<string, ScriptPart>;
  /** The section `policies` as it is written, for places. */
  readonly written: Readonly<Record<string, unknown>>;
}

/** Runs tests over policies, and counts what they reach. */
export class PolicyTestRun {
  readonly #tested: TestedPolicies;
  readonly #engine = new PolicyEngine();
  readonly #chains = new Map<string, Policy | ScriptPolicy>();
  /** Parts with statements of all chains: their counters are the coverage. */
  readonly #parts = new Set<Policy>();
  #faults: string[] = [];

  constructor(tested: TestedPolicies) {
    this.#tested = tested;
  }

  /** A test that names a policy which is not there fails. */
  run(test: PolicyTest): PolicyTestResult {
    const unknown = test.policies.find((name) => this.#link(name) === undefined);
    if (unknown !== undefined) {
      const known = [...this.#tested.policies.keys(), ...this.#tested.scripts.keys()].join(', ');
      return { test, differences: [`there is no policy "${unknown}", there are ${known || 'none'}`], explanation: [] };
    }
    const chain = this.#chain(test.policies, test.direction);
    this.#faults = [];
    const { route, neighbor } = test;
    if (chain instanceof ScriptPolicy) {
      const { verdict } = chain.evaluate(route, neighbor);
      const explanation = [
        ...this.#faults,
        `${words(verdict)}${verdict.type === 'accept' && verdict.change.text ? `: ${verdict.change.text}` : ''}`,
      ];
      return { test, differences: this.#differences(test, verdict, undefined), explanation };
    }
    const explained = explain(chain, route, neighbor);
    const { policy, statement } = explained.decidedAt;
    const differences = this.#differences(test, explained.verdict, [
      statement === '' ? 'default' : statement,
      `${policy} ${statement}`.trim(),
    ]);
    return { test, differences, explanation: formatExplanation(explained) };
  }

  /** All statements of the policies that are written, in their order. */
  get coverage(): CoveredStatement[] {
    const reached = new Set<string>();
    for (const { places, counters } of this.#parts) {
      for (const [at, { path }] of places.entries()) if (counters.of(at).matched > 0) reached.add(path);
    }
    const { policies, written } = this.#tested;
    return [...policies.values()].flatMap((definition) => {
      const { places } = this.#engine.compile({ policies: [definition], default: 'accept', library: policies });
      return places
        .filter(({ policy, statement }) => policy === definition.name && statement !== '')
        .map((place) => ({
          policy: place.policy,
          statement: place.statement,
          path: stepsOf(place, written[place.policy]),
          matched: reached.has(place.path),
        }));
    });
  }

  #link(name: string): ChainLink | undefined {
    return this.#tested.policies.get(name) ?? this.#tested.scripts.get(name) ?? BUILT_IN_POLICIES.get(name);
  }

  #chain(names: readonly string[], direction: Direction): Policy | ScriptPolicy {
    const key = `${direction} ${names.join(' ')}`;
    let chain = this.#chains.get(key);
    if (chain === undefined) {
      const links = names.flatMap((name) => this.#link(name) ?? []);
      chain = compileChain(this.#engine, links, {
        library: this.#tested.policies,
        direction,
        default: 'reject',
        onFault: (fault) => this.#faults.push(formatFault(fault)),
      });
      this.#chains.set(key, chain);
      for (const part of chain instanceof ScriptPolicy ? chain.statementParts : [chain]) this.#parts.add(part);
    }
    return chain;
  }

  #differences({ expect, route, neighbor }: PolicyTest, verdict: Verdict, by: readonly string[] | undefined): string[] {
    const expected = expect.verdict === 'reject' && expect.reason !== undefined ? `reject (${expect.reason})` : expect.verdict;
    if (verdict.type !== expect.verdict) return [`expected ${expected}, found ${words(verdict)}`];
    if (verdict.type === 'reject') {
      const isOther = expect.reason !== undefined && expect.reason !== verdict.reason;
      return [...(isOther ? [`expected ${expected}, found ${words(verdict)}`] : []), ...decider(expect.by, by)];
    }
    const octets = settle(verdict, route.bytes, route.start, route.end);
    if (octets !== undefined && !(octets instanceof Uint8Array)) return [`expected accept, found ${words(octets)}`];
    const after = new Route().setAttributes(octets ?? route.bytes, ...(octets === undefined ? [route.start, route.end] : []));
    after.family = route.family;
    const hasChanged = octets !== undefined || verdict.change.nextHop !== undefined;
    return [
      ...(expect.unchanged && hasChanged ? [`expected no change, found ${verdict.change.text}`] : []),
      ...differencesOf(expect.attributes, after, verdict.change.nextHop, neighbor),
      ...decider(expect.by, by),
    ];
  }
}

/** `found` has the ways to name who decided; undefined for policies in TypeScript. */
function decider(expected: string | undefined, found: readonly string[] | undefined): string[] {
  if (expected === undefined || found?.includes(expected) === true) return [];
  return [
    found === undefined ? `"by" has no meaning for a policy in TypeScript` : `expected a decision by ${expected}, found ${found.at(-1)}`,
  ];
}

function words(verdict: Verdict): string {
  return verdict.type === 'reject' && verdict.reason !== undefined ? `reject (${verdict.reason})` : verdict.type;
}
