/** The policies and sets of a configuration, read: definitions, chains that can be evaluated, and how they look to people. */
import {
  AsSet,
  BUILT_IN_POLICIES,
  type Policy,
  type PolicyConfigResult,
  type PolicyDefinition,
  PolicyEngine,
  PrefixSet,
  readPolicies,
  type StatementDefinition,
} from '@tsbgp/policy';
import type { Family } from '@tsbgp/wire';
import { stringify } from 'yaml';
import type { DaemonConfig } from '../config/load.ts';
import { ControlError } from '../control-plane.ts';
import { parsePolicyChain } from '../keys/policy-chain.ts';
import type { PolicyDetails, SetDetails, SetSummary, StatementSummary } from '../policy-plane.ts';

/** What policies look like in a configuration. */
export type PolicyConfig = Pick<DaemonConfig, 'policy' | 'setFiles'>;

type Mapping = Readonly<Record<string, unknown>>;

/** Kinds of sets, in the order in which they are listed. */
const SET_KINDS = ['prefixes', 'as-numbers', 'as-paths', 'communities', 'neighbors'] as const;

export class PolicyCatalog {
  readonly config: PolicyConfig;
  readonly #read: PolicyConfigResult;
  readonly #engine: PolicyEngine;

  /** Catalogs with the same engine have equal chains as the same object. */
  constructor(config: PolicyConfig, engine: PolicyEngine) {
    this.config = config;
    this.#engine = engine;
    this.#read = readPolicies(config.policy, { pool: engine.prefixSets });
  }

  /** Names of all policies, in the order of the configuration. */
  get names(): string[] {
    return Object.keys((this.config.policy.policies ?? {}) as Mapping);
  }

  definition(name: string): PolicyDefinition | undefined {
    return this.#read.policies.get(name) ?? BUILT_IN_POLICIES.get(name);
  }

  /** The names of a chain in a family. */
  namesIn(text: string, family: Family): readonly string[] {
    const chain = parsePolicyChain(text);
    return 'all' in chain ? chain.all : (chain.byFamily.get(family) ?? ['deny-all']);
  }

  /** What a chain is in a family. Throws ControlError where it cannot be evaluated here. */
  chain(text: string, family: Family): Policy {
    const policies = this.namesIn(text, family).map((name) => {
      const definition = this.definition(name);
      if (definition !== undefined) return definition;
      const isScript = this.#read.scripts.has(name);
      const sentence = isScript
        ? `policy ${name} is in TypeScript: only chains of statements can be explained`
        : `there is no policy ${name}`;
      throw new ControlError(isScript ? 'failed-precondition' : 'not-found', '', sentence);
    });
    return this.#engine.compile({ policies, default: 'reject', library: this.#read.policies });
  }

  /** Throws ControlError. */
  details(name: string): Pick<PolicyDetails, 'name' | 'text' | 'listing' | 'statements' | 'file' | 'calledBy'> {
    const written = ((this.config.policy.policies ?? {}) as Mapping)[name];
    if (written === undefined) throw new ControlError('not-found', 'name', `there is no policy ${name}`);
    const definition = this.#read.policies.get(name);
    const listing = definition === undefined ? [] : listingOf(definition.statements, 0, false);
    const callers = [...this.#read.policies.values()].filter((policy) => policy.name !== name && calls(policy.statements, name));
    return {
      name,
      text: stringify({ [name]: written }),
      listing,
      statements: listing.length,
      file: this.#read.scripts.get(name),
      calledBy: callers.map((policy) => policy.name),
    };
  }

  sets(): SetSummary[] {
    return SET_KINDS.flatMap((kind) => Object.keys(this.#section(kind)).map((name) => this.#summary(kind, name)));
  }

  /** Throws ControlError. */
  set(kind: string, name: string, after: number, limit: number): SetDetails {
    const known = SET_KINDS.find((one) => one === kind);
    if (known === undefined) throw new ControlError('invalid-argument', 'kind', `found "${kind}", allowed are ${SET_KINDS.join(', ')}`);
    if (!Object.hasOwn(this.#section(known), name))
      throw new ControlError('not-found', 'name', `there is no set of ${kind} called ${name}`);
    const summary = this.#summary(known, name);
    const page: string[] = [];
    let at = 0;
    for (const entry of entriesOf(this.#section(known)[name])) {
      if (at++ < after) continue;
      if (page.length === limit) return { ...summary, page, next: after + limit };
      page.push(entry);
    }
    return { ...summary, page, next: undefined };
  }

  #section(kind: string): Mapping {
    return (((this.config.policy.sets ?? {}) as Mapping)[kind] ?? {}) as Mapping;
  }

  #summary(kind: string, name: string): SetSummary {
    const value = this.#section(kind)[name];
    const { uses, files } = this.config.setFiles;
    const use = uses.find((one) => one.kind === kind && one.name === name);
    return {
      kind,
      name,
      entries: value instanceof PrefixSet || value instanceof AsSet ? value.count : [...entriesOf(value)].length,
      file: use && { file: use.file, list: use.list, state: files.stateOf(use) },
    };
  }
}

/** The entries of a set as texts: of one from a file, or as they are written. */
function* entriesOf(value: unknown): Generator<string> {
  if (value instanceof PrefixSet) yield* value.entries();
  else if (value instanceof AsSet) yield* value.texts();
  else if (Array.isArray(value)) for (const one of value) yield String(one);
  else if (typeof value !== 'object' || value === null) yield String(value);
  else for (const [key, one] of Object.entries(value)) yield `${key}: ${Array.isArray(one) ? one.join(', ') : String(one)}`;
}

function listingOf(statements: readonly StatementDefinition[], depth: number, otherwise: boolean): StatementSummary[] {
  return statements.flatMap((statement) => [
    {
      name: statement.name,
      depth,
      otherwise,
      conditions: statement.conditions.map(({ text }) => text),
      changes: statement.actions.map(({ text }) => text),
      call: statement.call ?? '',
      action: statement.outcome.type,
      reason: statement.outcome.type === 'reject' ? (statement.outcome.reason ?? '') : '',
    },
    ...listingOf(statement.inside ?? [], depth + 1, false),
    ...listingOf(statement.otherwise ?? [], depth + 1, true),
  ]);
}

function calls(statements: readonly StatementDefinition[], name: string): boolean {
  return statements.some(({ call, inside, otherwise }) => call === name || calls(inside ?? [], name) || calls(otherwise ?? [], name));
}
