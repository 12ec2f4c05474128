/**
 * The sections `sets` and `policies` of a configuration, as plain values in and policies out.
 *
 *     policies:
 *       customers-in:
 *         default: reject
 *         statements:
 *           - name: bogons
 *             match: { prefix: { set: bogons } }
 *             action: { reject: bogon-prefix }
 *           - name: prefer
 *             match: { communities: ["64512:110"] }
 *             set: { local-preference: 110 }
 *           - match: { prefix: { set: customers } }
 *             action: accept
 *       scrubbing: { file: scrubbing.ts }
 *       rs-in: { ready: ixp-route-server-in, preset: euro-ix }
 *
 * A statement has `name`, `match`, `set`, `call`, `do` and `else` (statements), and `action`: accept, reject, `{ reject: reason }`,
 * next-statement (when it is left out) or next-policy.
 */
import { type Outcome, type PolicyDefinition, PolicyError, type StatementDefinition } from '../engine/definition.ts';
import { unreachableStatements } from '../engine/lint.ts';
import { compileProgram, type Place } from '../engine/program.ts';
import { PrefixSetPool } from '../prefix/set.ts';
import type { PolicySections } from '../sections.ts';
import { readActions } from './actions.ts';
import { readMatch } from './match.ts';
import { describe, formatPath, type Path, type PolicyWarning, type Problem, Problems } from './problems.ts';
import { isReady, overridePath, readReady } from './ready.ts';
import { NamedSets } from './sets.ts';
import { asMapping, type Mapping, readMapping, readTexts, readWords } from './values.ts';

/** What was read: policies, or what is wrong. */
export interface PolicyConfigResult {
  /** Empty when there are problems: nothing is half applied. */
  readonly policies: ReadonlyMap<string, PolicyDefinition>;
  /** Policies in TypeScript: the files that the sections name, by the names of the policies. Whoever reads the sections loads them. */
  readonly scripts: ReadonlyMap<string, string>;
  readonly problems: readonly Problem[];
  /** Sets that nobody uses, statements that nobody comes to. Empty when there are problems. */
  readonly warnings: readonly PolicyWarning[];
  readonly sets: NamedSets;
}

/** What else the statements may name. */
export interface ReadOptions {
  /** Equal prefix sets of several readings are one object. */
  readonly pool?: PrefixSetPool | undefined;
  /** Policies that statements may call, besides those of the sections. */
  readonly library?: ReadonlyMap<string, PolicyDefinition> | undefined;
  /** Called before `sets` is read, to add sets that come from files. */
  readonly addSets?: ((sets: NamedSets) => void) | undefined;
}

const OUTCOMES = ['accept', 'reject', 'next-statement', 'next-policy'] as const;
const DEFAULTS = ['accept', 'reject', 'next-policy'] as const;
/** `do` and `else` inside each other. */
const DEPTH_MAX = 32;

/** Reads the sections `sets` and `policies`. Never throws for what is in them. */
export function readPolicies(sections: PolicySections, options: ReadOptions = {}): PolicyConfigResult {
  const problems = new Problems();
  const sets = new NamedSets(problems, options.pool ?? new PrefixSetPool());
  options.addSets?.(sets);
  if (sections.sets !== undefined && sections.sets !== null) sets.read(sections.sets, ['sets']);
  const policies = new Map<string, PolicyDefinition>();
  const mapping = asMapping(sections.policies);
  if (mapping === undefined && sections.policies !== undefined && sections.policies !== null) {
    problems.invalid(['policies'], sections.policies, {
      allowed: 'a mapping from names to policies',
      example: 'customers: { statements: [] }',
    });
  }
  const scripts = new Map<string, string>();
  const added = new Set<string>();
  for (const [name, value] of Object.entries(mapping ?? {})) {
    const path = ['policies', name];
    const isFile = Object.hasOwn(asMapping(value) ?? {}, 'file');
    if (isReady(value)) {
      const policy = readReadyPolicy(sets, name, value, path, added);
      if (policy !== undefined) policies.set(name, policy);
    } else if (!isFile) policies.set(name, readPolicy(sets, name, value, path));
    else {
      const file = readScriptFile(problems, value, path);
      if (file !== undefined) scripts.set(name, file);
    }
  }
  if (problems.list.length === 0) checkCalls(problems, policies, options.library);
  if (problems.list.length > 0) return { policies: new Map(), scripts: new Map(), problems: problems.list, warnings: [], sets };
  const warnings = warningsOf(policies, mapping ?? {}, sets, options.library).filter(({ code, steps }) => {
    return code !== 'unused-set' || !added.has(`${steps[1]} ${steps[2]}`);
  });
  return { policies, scripts, problems: [], warnings, sets };
}

/** A ready-made policy. What is wrong in its statements is so because of an override. */
function readReadyPolicy(sets: NamedSets, name: string, value: unknown, path: Path, added: Set<string>): PolicyDefinition | undefined {
  const made = readReady(sets, name, value, path, added);
  if (made === undefined) return undefined;
  const { list } = sets.problems;
  const before = list.length;
  const policy = readPolicy(sets, name, made, path);
  const found = list.splice(before);
  list.push(...found.map((problem) => ({ ...problem, path: overridePath(problem.path, path, made['statements']) })));
  return policy;
}

function warningsOf(
  policies: ReadonlyMap<string, PolicyDefinition>,
  written: Mapping,
  sets: NamedSets,
  library: ReadOptions['library'],
): PolicyWarning[] {
  const warning = (code: PolicyWarning['code'], steps: Path, text: string): PolicyWarning => ({
    code,
    path: formatPath(steps),
    steps,
    text,
  });
  const unused = sets.unused.map(([kind, name]) => warning('unused-set', ['sets', kind, name], 'no statement uses this set'));
  const all = new Map([...(library ?? []), ...policies]);
  const unreachable = [...policies.values()].flatMap((policy) =>
    // What a called policy has is told where that is.
    unreachableStatements(compileProgram({ policies: [policy], default: 'reject', library: all }))
      .filter(({ place }) => place.policy === policy.name)
      .map(({ place, because }) => {
        return warning('unreachable-statement', stepsOf(place, written[policy.name]), `no route comes here: ${because}`);
      }),
  );
  return [...unused, ...unreachable];
}

/** Where a statement is in the sections. `value` is the policy as it is written: a list of statements has no key `statements`. */
export function stepsOf(place: Pick<Place, 'policy' | 'path'>, value: unknown): Path {
  const inside = place.path.slice(place.policy.length).match(/[^.[\]]+/g) ?? [];
  const steps = inside.map((step) => (/^\d+$/.test(step) ? Number(step) : step));
  return ['policies', place.policy, ...(Array.isArray(value) && steps[0] === 'statements' ? steps.slice(1) : steps)];
}

/** `{ file: policy.ts }` in the place of statements. */
function readScriptFile(problems: Problems, value: unknown, path: Path): string | undefined {
  let file: string | undefined;
  const expected = { allowed: 'the name of a TypeScript or JavaScript file', example: 'file: policy.ts' };
  const read = (inner: unknown, at: Path): void => {
    if (typeof inner === 'string' && inner !== '') file = inner;
    else problems.invalid(at, inner, expected);
  };
  readMapping(problems, value, path, { file: read }, '{ file: policy.ts }');
  return file;
}

/** A policy that is not in a file: a request of an API. */
export function readPolicy(sets: NamedSets, name: string, value: unknown, path: Path): PolicyDefinition {
  let fallback: PolicyDefinition['default'];
  let statements: StatementDefinition[] = [];
  if (Array.isArray(value)) statements = readStatements(sets, value, path, 0);
  else {
    readMapping(
      sets.problems,
      value,
      path,
      {
        default: (inner, at) => (fallback = DEFAULTS[readWords(sets.problems, inner, at, DEFAULTS, 'default: reject')[0] ?? 1]),
        statements: (inner, at) => (statements = readStatements(sets, inner, at, 0)),
      },
      'statements: [{ match: { rov: invalid }, action: reject }]',
    );
  }
  return { name, statements, default: fallback };
}

function readStatements(sets: NamedSets, value: unknown, path: Path, depth: number): StatementDefinition[] {
  const expected = { allowed: 'a list of statements', example: '[{ match: { rov: invalid }, action: reject }]' };
  if (!Array.isArray(value)) sets.problems.invalid(path, value, expected);
  else if (depth > DEPTH_MAX) sets.problems.invalid(path, value, expected, `statements more than ${DEPTH_MAX} deep`);
  else {
    const statements = value.map((one, index) => readStatement(sets, one, [...path, index], index, depth));
    const names = statements.map(({ name }) => name);
    for (const [index, name] of names.entries()) {
      if (names.indexOf(name) !== index) {
        sets.problems.add('duplicate-value', [...path, index, 'name'], `a second statement called "${name}"`, {
          allowed: 'another name',
          example: '',
        });
      }
    }
    return statements;
  }
  return [];
}

function readStatement(sets: NamedSets, value: unknown, path: Path, index: number, depth: number): StatementDefinition {
  const { problems } = sets;
  const statement: { -readonly [K in keyof StatementDefinition]: StatementDefinition[K] } = {
    name: `#${index + 1}`,
    conditions: [],
    actions: [],
    outcome: { type: 'next-statement' },
  };
  const text = (inner: unknown, at: Path): string | undefined =>
    readTexts(problems, inner, at, { allowed: 'a name', example: `${at.at(-1)}: bogons` })[0];
  readMapping(
    problems,
    value,
    path,
    {
      name: (inner, at) => (statement.name = text(inner, at) ?? ''),
      match: (inner, at) => (statement.conditions = readMatch(sets, inner, at)),
      set: (inner, at) => (statement.actions = readActions(sets, inner, at)),
      call: (inner, at) => (statement.call = text(inner, at)),
      do: (inner, at) => (statement.inside = readStatements(sets, inner, at, depth + 1)),
      else: (inner, at) => (statement.otherwise = readStatements(sets, inner, at, depth + 1)),
      action: (inner, at) => (statement.outcome = readOutcome(problems, inner, at)),
    },
    '{ match: { rov: invalid }, action: reject }',
  );
  if (statement.otherwise !== undefined && statement.conditions.length === 0 && asMapping(value)?.['match'] === undefined) {
    problems.add('conflicting-keys', [...path, 'else'], '"else" without "match"', { allowed: 'both or none', example: '' });
  }
  return statement;
}

function readOutcome(problems: Problems, value: unknown, path: Path): Outcome {
  const reason = asMapping(value)?.['reject'];
  if (typeof reason === 'string' && Object.keys(asMapping(value)!).length === 1) return { type: 'reject', reason };
  const [index] = typeof value === 'string' ? readWords(problems, value, path, OUTCOMES, 'action: accept') : [];
  if (index !== undefined) return { type: OUTCOMES[index]! };
  if (typeof value !== 'string')
    problems.invalid(path, value, { allowed: `${OUTCOMES.join(', ')}, { reject: REASON }`, example: 'action: accept' }, describe(value));
  return { type: 'next-statement' };
}

/** Calls of policies that do not exist, circles of calls, and too large policies. */
function checkCalls(problems: Problems, policies: ReadonlyMap<string, PolicyDefinition>, library: ReadOptions['library']): void {
  const all = new Map([...(library ?? []), ...policies]);
  for (const policy of policies.values()) {
    try {
      compileProgram({ policies: [policy], default: 'reject', library: all });
    } catch (error) {
      if (!(error instanceof PolicyError)) throw error;
      problems.add('unknown-name', ['policies', policy.name], error.message, { allowed: [...all.keys()].join(', '), example: '' });
    }
  }
}
