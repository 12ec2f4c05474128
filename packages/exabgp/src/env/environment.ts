/**
 * ExaBGP's settings. For each: `exabgp.section.option` of the environment, then `exabgp_section_option`, then the file exabgp.env, then the default.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { OPTIONS, type OptionRow } from './options.ts';

/** A setting that cannot be used. */
export class EnvironmentError extends Error {}

export type Variables = Readonly<Record<string, string | undefined>>;

const TRUE = new Set(['1', 'yes', 'on', 'enable', 'enabled', 'true']);
const FALSE = new Set(['0', 'no', 'off', 'disable', 'disabled', 'false', '']);

export class Environment {
  readonly #values = new Map<string, string>();
  readonly root: string;
  /** The file that was read. */
  readonly file: string | undefined;

  /** `envFile`: of the command line. Throws EnvironmentError. */
  constructor(variables: Variables, root: string, envFile?: string) {
    this.root = root;
    this.file = envFile ?? variables['EXABGP_ENVFILE'] ?? [join(root, 'etc/exabgp/exabgp.env'), '/etc/exabgp/exabgp.env'].find(existsSync);
    const fromFile = this.file === undefined ? new Map<string, string>() : readEnvFile(this.file);
    for (const [section, options] of Object.entries(OPTIONS)) {
      for (const [name, row] of Object.entries(options)) {
        const key = `${section}.${name}`;
        const value = variables[`exabgp.${key}`] ?? variables[`exabgp_${section}_${name}`] ?? fromFile.get(key);
        if (value === undefined) continue;
        const unquoted = value.replace(/^(['"])(.*)\1$/, '$2');
        check(key, row, unquoted);
        this.#values.set(key, unquoted);
      }
    }
  }

  text(key: string): string {
    return this.#values.get(key) ?? rowOf(key).default;
  }

  flag(key: string): boolean {
    return TRUE.has(this.text(key).toLowerCase());
  }

  number(key: string): number {
    return rowOf(key).kind === 'octal' ? Number.parseInt(this.text(key).replace(/^0o/, ''), 8) : Number(this.text(key));
  }

  /** What differs from the default. */
  isSet(key: string): boolean {
    return this.#values.has(key) && this.#values.get(key) !== rowOf(key).default;
  }

  /** For a command line that overrides a setting. */
  override(key: string, value: string): void {
    check(key, rowOf(key), value);
    this.#values.set(key, value);
  }
}

function rowOf(key: string): OptionRow {
  const [section = '', name = ''] = key.split('.');
  return OPTIONS[section]![name]!;
}

function check(key: string, row: OptionRow, value: string): void {
  const allowed = problemOf(row, value);
  if (allowed !== undefined) throw new EnvironmentError(`exabgp.${key}: found "${value}", allowed is ${allowed}, e.g. "${row.default}"`);
}

function problemOf({ kind }: OptionRow, value: string): string | undefined {
  if (kind === 'boolean') return TRUE.has(value.toLowerCase()) || FALSE.has(value.toLowerCase()) ? undefined : 'true or false';
  if (kind === 'integer') return /^\d{1,10}$/.test(value) ? undefined : 'a whole number';
  if (kind === 'number') return Number(value) >= 0 ? undefined : 'a number';
  if (kind === 'octal') return /^(?:0o)?[0-7]{1,5}$/.test(value) ? undefined : 'an octal number';
  return undefined;
}

/** `[exabgp.tcp]`, then `port = 179`. */
function readEnvFile(file: string): Map<string, string> {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new EnvironmentError(`${file}: the file cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
  const values = new Map<string, string>();
  let section = '';
  for (const [i, line] of text.split('\n').entries()) {
    const content = line.trim();
    if (content === '' || content.startsWith('#') || content.startsWith(';')) continue;
    const header = /^\[exabgp\.(\w+)\]$/.exec(content);
    const pair = /^([\w-]+)\s*[=:]\s*(.*)$/.exec(content);
    if (header !== null) section = header[1]!;
    else if (pair !== null && section !== '') values.set(`${section}.${pair[1]}`, pair[2]!.replace(/^(['"])(.*)\1$/, '$2'));
    else
      throw new EnvironmentError(
        `${file}:${i + 1}: found "${content}", allowed is a section or an option, e.g. "[exabgp.tcp]", "port = 179"`,
      );
  }
  return values;
}
