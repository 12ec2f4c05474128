/** The command line: words, options and their values. */

/** A command line that cannot be used. */
export class UsageError extends Error {}

export interface OptionSpec {
  /** The long name, without dashes. */
  readonly name: string;
  readonly short?: string;
  /** It has a value; in help `VALUE`. */
  readonly value?: string;
  /** It may be given several times. */
  readonly many?: true;
  readonly help: string;
}

export interface Parsed {
  readonly flags: ReadonlySet<string>;
  readonly values: ReadonlyMap<string, readonly string[]>;
  readonly words: readonly string[];
}

/** Throws UsageError. */
export function parseArguments(args: readonly string[], specs: readonly OptionSpec[]): Parsed {
  const flags = new Set<string>();
  const values = new Map<string, string[]>();
  const words: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const arg = args[i]!;
    if (arg === '--') {
      words.push(...args.slice(i + 1));
      break;
    }
    if (!arg.startsWith('-') || arg === '-') {
      words.push(arg);
      continue;
    }
    const [name = '', ...rest] = arg.split('=');
    const spec = specs.find((each) => name === `--${each.name}` || (each.short !== undefined && name === `-${each.short}`));
    if (spec === undefined) throw new UsageError(`found option ${name}, allowed are ${specs.map((each) => `--${each.name}`).join(', ')}`);
    if (spec.value === undefined) {
      flags.add(spec.name);
      continue;
    }
    const value = rest.length > 0 ? rest.join('=') : args[++i];
    if (value === undefined) throw new UsageError(`found --${spec.name} without a value, allowed is --${spec.name} ${spec.value}`);
    values.set(spec.name, spec.many === true ? [...(values.get(spec.name) ?? []), value] : [value]);
  }
  return { flags, values, words };
}

export function helpText(usage: string, specs: readonly OptionSpec[]): string {
  const rows = specs.map(({ name, short, value, help }) => {
    const names = `${short === undefined ? '' : `-${short}, `}--${name}${value === undefined ? '' : ` ${value}`}`;
    return `  ${names.padEnd(30)} ${help}`;
  });
  return `usage: ${usage}\n\n${rows.join('\n')}\n`;
}
