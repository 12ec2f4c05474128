/**
 * What is wrong with a policy that was read from a file or a request: each problem with its place, what was found, what is allowed, and an
 * example that is valid. Reading goes on after a problem, so that all of them are told at once; nothing is used when there is one.
 */

/** `['policies', 'customers', 'statements', 0]` */
export type Path = readonly (string | number)[];

/** Stable codes with what each one means. docs/errors.md lists the same, a test compares. */
export const PROBLEM_CODES = {
  'unknown-key': 'The key has no meaning here. No key is ignored silently.',
  'missing-key': 'A required key is absent.',
  'wrong-type': 'The value has the wrong type for its key, for example text instead of a list.',
  'invalid-value': 'The value has the right type but is not allowed.',
  'duplicate-value': 'Two statements of one policy have the same name.',
  'unknown-name': 'There is no set or policy of this name, or policies call each other in a circle.',
  'unreadable-file': 'The file of a set is not there, or has a mistake. The sentence has its line.',
  'conflicting-keys': 'Two keys, each valid alone, contradict each other.',
} as const;

/** One of `PROBLEM_CODES`. */
export type ProblemCode = keyof typeof PROBLEM_CODES;

/** Codes of warnings. docs/errors.md lists the same. */
export const PROBLEM_WARNING_CODES = {
  'unused-set': 'No statement uses the set.',
  'unreachable-statement': 'No route comes to the statement, because earlier ones decide about all that would match it.',
} as const;

/** Something in a configuration that is allowed and probably a mistake. */
export interface PolicyWarning {
  readonly code: keyof typeof PROBLEM_WARNING_CODES;
  /** `sets.prefixes.customers`, `policies.in.statements[2]` */
  readonly path: string;
  /** The same, step by step. */
  readonly steps: Path;
  readonly text: string;
}

/** Something wrong in a configuration. */
export interface Problem {
  readonly code: ProblemCode;
  readonly path: Path;
  readonly found: string;
  readonly allowed: string;
  /** A line that works; empty where an example does not help. */
  readonly example: string;
}

/** What a reader says about its value. */
export interface Expected {
  readonly allowed: string;
  readonly example: string;
}

/** `policies.customers.statements[0].action: found "acept", allowed accept, reject, e.g. "action: accept"` */
export function formatProblem({ path, found, allowed, example }: Problem): string {
  const rest = `${allowed === '' ? '' : `, allowed ${allowed}`}${example === '' ? '' : `, e.g. "${example}"`}`;
  return `${formatPath(path)}: found ${found}${rest}`;
}

/** A path as text: `policies.in.statements[0]`. */
export function formatPath(path: Path): string {
  return path.reduce<string>((text, step) => (typeof step === 'number' ? `${text}[${step}]` : text === '' ? step : `${text}.${step}`), '');
}

export class Problems {
  readonly list: Problem[] = [];

  add(code: ProblemCode, path: Path, found: string, { allowed, example }: Expected): undefined {
    this.list.push({ code, path, found, allowed, example });
  }

  invalid(path: Path, value: unknown, expected: Expected, because?: string): undefined {
    const isOtherType = typeof value === 'object' || value === undefined;
    this.add(isOtherType ? 'wrong-type' : 'invalid-value', path, because ?? describe(value), expected);
  }
}

const SHOWN_MAX = 60;

/** A value in a sentence: `"text"`, `5`, `a list`. */
export function describe(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object') return 'a mapping';
  if (typeof value !== 'string') return String(value);
  return JSON.stringify(value.length > SHOWN_MAX ? `${value.slice(0, SHOWN_MAX)}…` : value);
}
