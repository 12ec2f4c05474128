/**
 * An error in a configuration file. Its message is enough to correct the file without opening the manual:
 *
 *     tsbgpd.yaml:14:10 neighbors[1].hold-time: found 2, allowed 0 or 3 to 65535 seconds (RFC 4271 §4.2), e.g. "hold-time: 90"
 *
 * `code` is stable and listed in docs/errors.md; the sentence may improve.
 */
import type { Path } from '../keys/fields.ts';

/** Stable codes with what each one means. docs/errors.md lists the same, a test compares. */
export const CONFIG_ERROR_CODES = {
  'file-not-found': 'The configuration file does not exist.',
  'file-unreadable': 'The configuration file exists but cannot be read: permissions, a directory, not UTF-8.',
  'file-too-large': 'The file is larger than 16 MiB, or its aliases unfold to more than a million values or 32 levels.',
  'yaml-syntax': 'The file is not YAML 1.2.',
  'duplicate-key': 'One mapping has the same key twice.',
  'unknown-key': 'The key has no meaning here. No key is ignored silently.',
  'missing-key': 'A required key is absent.',
  'wrong-type': 'The value has the wrong type for its key, for example text instead of a number.',
  'invalid-value': 'The value has the right type but is not allowed.',
  'duplicate-value': 'A list names the same thing twice, or two listeners claim the same address and port.',
  'duplicate-neighbor': 'Two neighbors have the same address, perhaps written differently.',
  'own-address': 'A neighbor has an address and port of this daemon itself.',
  'unknown-name': 'There is no set or policy of this name, or policies call each other in a circle.',
  'unreadable-file': 'The file of a set or policy is not there, or has a mistake. The sentence has its line.',
  'conflicting-keys': 'Two keys, each valid alone, contradict each other.',
} as const;

export type ConfigErrorCode = keyof typeof CONFIG_ERROR_CODES;

/** A warning is about a value that is allowed and is probably a mistake. docs/errors.md lists the same codes. */
export const CONFIG_WARNING_CODES = {
  'no-policy': 'An eBGP neighbor without policy imports and exports nothing (RFC 8212).',
  'api-open': 'The API listens on a TCP address that other machines reach, and lets them change things without a token.',
  'no-effect': 'A key has no effect, because another one is missing or has another value.',
  'old-set': 'The file of a set has a mistake: the version before stays in use.',
  'unused-set': 'No statement uses the set.',
  'unreachable-statement': 'No route comes to the statement, because earlier ones decide about all that would match it.',
  'never-connects': 'A passive neighbor has an address family that nothing listens on.',
} as const;

export type ConfigWarningCode = keyof typeof CONFIG_WARNING_CODES;

/** A place in a file. Lines and columns count from 1; 0 is the file as a whole. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export interface ConfigErrorFields extends Place {
  readonly code: ConfigErrorCode;
  /** `neighbors[1].hold-time`; empty for the file as a whole. */
  readonly path: string;
  readonly found: string;
  readonly allowed: string;
  /** A line that works; empty where an example does not help. */
  readonly example: string;
}

export class ConfigError extends Error implements ConfigErrorFields {
  override readonly name = 'ConfigError';
  declare readonly code: ConfigErrorCode;
  declare readonly file: string;
  declare readonly line: number;
  declare readonly column: number;
  declare readonly path: string;
  declare readonly found: string;
  declare readonly allowed: string;
  declare readonly example: string;

  constructor(fields: ConfigErrorFields, options?: ErrorOptions) {
    super(sentence(fields), options);
    Object.assign(this, fields);
  }
}

/** All errors of one file, in the order of the file. */
export class ConfigRejected extends Error {
  override readonly name = 'ConfigRejected';
  readonly errors: readonly ConfigError[];
  /** The text that was read, for excerpts; empty when it could not be read. */
  readonly text: string;

  constructor(errors: readonly ConfigError[], text: string) {
    super(errors.map((error) => error.message).join('\n'));
    this.errors = errors;
    this.text = text;
  }
}

export interface ConfigWarning extends Place {
  readonly code: ConfigWarningCode;
  readonly path: string;
  readonly text: string;
}

function formatPlace(place: Place): string {
  return place.line === 0 ? place.file : `${place.file}:${place.line}:${place.column}`;
}

export function formatWarning(warning: ConfigWarning): string {
  return `${formatPlace(warning)} ${warning.path}: ${warning.text}`;
}

/** `['neighbors', 1, 'hold-time']` is `neighbors[1].hold-time`. */
export function formatPath(path: Path): string {
  let text = '';
  for (const step of path) text += typeof step === 'number' ? `[${step}]` : text === '' ? step : `.${step}`;
  return text;
}

function sentence(fields: ConfigErrorFields): string {
  const path = fields.path === '' ? '' : ` ${fields.path}`;
  const allowed = fields.allowed === '' ? '' : `, allowed ${fields.allowed}`;
  const example = fields.example === '' ? '' : `, e.g. "${fields.example}"`;
  return `${formatPlace(fields)}${path}: found ${fields.found}${allowed}${example}`;
}
