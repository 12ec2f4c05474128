/** The arguments of `tsbgpd`. */
import { parseArgs } from 'node:util';
import { CONFIG_PATHS } from './config/defaults.ts';
import { LOG_FORMATS, LOG_LEVELS, type LogFormat, type LogLevel } from './config/schema.ts';
import { suggest } from './config/suggest.ts';

export type Command =
  | { readonly type: 'help' | 'version' | 'schema' }
  | { readonly type: 'check'; readonly file: string | undefined }
  | { readonly type: 'diff'; readonly before: string; readonly after: string }
  | {
      readonly type: 'run';
      readonly file: string | undefined;
      readonly level: LogLevel | undefined;
      readonly format: LogFormat | undefined;
    }
  | { readonly type: 'wrong'; readonly reason: string };

export const USAGE: string = `tsbgpd: a BGP daemon

usage: tsbgpd [FILE]           run with this configuration (YAML)
       tsbgpd --check [FILE]   say what is wrong with it, and what would run
       tsbgpd --schema         print the JSON Schema of the file, for editors
       tsbgpd --diff OLD NEW   say what a running daemon would change, and which sessions that touches

Without FILE: ${CONFIG_PATHS.join(', then ')}.

  --log-level LEVEL     ${LOG_LEVELS.join(', ')}
  --log-format FORMAT   auto (pretty on a terminal, else JSON), pretty, json
  --version             print the version
  --help                print this

SIGINT, SIGTERM and SIGQUIT stop cleanly (Cease, administrative shutdown); a second one stops at once.
SIGUSR2 stops for a restart: neighbors with graceful restart keep our routes.
SIGHUP reads the file again and changes what differs. SIGUSR1 writes the state to the log.
Exit status: 0 stopped or checked, 1 configuration or start failed or a broken invariant, 2 wrong usage.
Keys of the file: docs/configuration.md. Error codes: docs/errors.md. Signals, log, limits: docs/operations.md.
`;

const OPTIONS = {
  check: { type: 'boolean' },
  diff: { type: 'boolean' },
  schema: { type: 'boolean' },
  'log-level': { type: 'string' },
  'log-format': { type: 'string' },
  version: { type: 'boolean', short: 'V' },
  help: { type: 'boolean', short: 'h' },
} as const;

export function readCommandLine(args: readonly string[]): Command {
  let parsed: ReturnType<typeof parse>;
  try {
    parsed = parse(args);
  } catch (error) {
    return { type: 'wrong', reason: wrongOption(args, error as Error) };
  }
  const { values, positionals } = parsed;
  if (values.help === true) return { type: 'help' };
  if (values.version === true) return { type: 'version' };
  if (values.schema === true) return { type: 'schema' };
  const [file, second, ...more] = positionals;
  if (values.diff === true) {
    if (file !== undefined && second !== undefined && more.length === 0) return { type: 'diff', before: file, after: second };
    return { type: 'wrong', reason: `--diff needs two configuration files, found ${positionals.length}` };
  }
  if (positionals.length > 1)
    return { type: 'wrong', reason: `one configuration file, found ${positionals.length}: ${positionals.join(', ')}` };
  const level = LOG_LEVELS.find((known) => known === values['log-level']);
  if (values['log-level'] !== undefined && level === undefined) {
    return { type: 'wrong', reason: `--log-level: found "${values['log-level']}", allowed ${LOG_LEVELS.join(', ')}` };
  }
  const format = LOG_FORMATS.find((known) => known === values['log-format']);
  if (values['log-format'] !== undefined && format === undefined) {
    return { type: 'wrong', reason: `--log-format: found "${values['log-format']}", allowed ${LOG_FORMATS.join(', ')}` };
  }
  return values.check === true ? { type: 'check', file } : { type: 'run', file, level, format };
}

function parse(args: readonly string[]) {
  return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
}

function wrongOption(args: readonly string[], error: Error): string {
  const names = Object.keys(OPTIONS);
  const unknown = args.map((arg) => /^--([^=]+)/.exec(arg)?.[1]).find((name) => name !== undefined && !names.includes(name));
  if (unknown === undefined) return error.message.split('\n')[0]!;
  const meant = suggest(unknown, names);
  return `unknown option --${unknown}${meant === undefined ? '' : `, did you mean --${meant}?`}`;
}
