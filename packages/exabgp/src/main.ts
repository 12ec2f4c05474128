/** The command line of the program: the first word is a command, else it is that of `server`. */

import { type ApiVersion, SyntaxFault } from '@tsbgp/process-api';
import { ConfigurationError } from './config/configuration.ts';
import { versionText } from './daemon/version.ts';
import { Environment, EnvironmentError } from './env/environment.ts';
import { healthcheck } from './healthcheck/healthcheck.ts';
import { cli } from './tools/cli.ts';
import { decode } from './tools/decode.ts';
import { encode } from './tools/encode.ts';
import { env } from './tools/env.ts';
import { complain, type Io, print } from './tools/io.ts';
import { migrate } from './tools/migrate.ts';
import { server } from './tools/server.ts';
import { UsageError } from './tools/usage.ts';
import { validate } from './tools/validate.ts';

interface Context {
  readonly io: Io;
  readonly environment: Environment;
  readonly version: ApiVersion;
}

type Tool = (args: readonly string[], context: Context) => number | Promise<number>;

const TOOLS: Readonly<Record<string, Tool>> = {
  server: (args, { io, environment }) => server(args, io, environment),
  validate: (args, { io, environment }) => validate(args, io, environment.root),
  migrate: (args, { io, environment }) => migrate(args, io, environment.root),
  decode: (args, { io, environment, version }) => decode(args, io, version, environment.root),
  encode: (args, { io, environment }) => encode(args, io, environment.root),
  env: (args, { io, environment }) => env(args, io, environment),
  version: (_args, { io, environment, version }) => {
    print(io, `ExaBGP : ${versionText(io.env, version)}`);
    print(io, `Node   : ${process.version}`);
    print(io, `Uname  : ${process.platform} ${process.arch}`);
    print(io, `Root   : ${environment.root}`);
    return 0;
  },
  cli: (args, { io, environment, version }) => cli(args, io, environment, version),
  run: (args, { io, environment, version }) => cli(args, io, environment, version),
  healthcheck: (args, { io, version }) => healthcheck(args, io, version),
};

const HELP = `usage: exabgp [--root FOLDER] [--env-file FILE] [COMMAND] …

  server FILE …     run with these configuration files (also without this word)
  validate FILE …   check configuration files
  migrate FILE …    the equal tsbgpd.yaml
  decode HEX        what a BGP message says, as JSON
  encode ROUTE      the UPDATE of a route
  env               the settings
  version           what this is
  cli COMMAND       ask the running program
  healthcheck       announce addresses while a command is well

Each command has --help. docs/exabgp.md says what differs from ExaBGP.
`;

/** Runs a command line; resolves with the exit code. */
export async function main(args: readonly string[], io: Io): Promise<number> {
  try {
    const { root, envFile, rest } = globalOptions(args);
    const [first = '', ...others] = rest;
    if (first === '' || first === '--help' || first === '-h' || first === 'help') {
      (rest.length === 0 ? io.stderr : io.stdout).write(HELP);
      return rest.length === 0 ? 1 : 0;
    }
    const environment = new Environment(io.env, root ?? io.env['EXABGP_ROOT'] ?? '/', envFile);
    const number = environment.number('api.version');
    const context: Context = { io, environment, version: number === 4 || number === 6 ? number : 5 };
    if (first === '--version') return await TOOLS['version']!([], context);
    // ExaBGP 4: `exabgp --run healthcheck …`, `exabgp --decode HEX`.
    const name = first === '--run' ? (others.shift() ?? '') : first === '--decode' ? 'decode' : first;
    const tool = Object.hasOwn(TOOLS, name) ? TOOLS[name]! : undefined;
    return tool === undefined ? await server(rest, io, environment) : await tool(others, context);
  } catch (error) {
    const isExpected = [UsageError, ConfigurationError, EnvironmentError, SyntaxFault].some((kind) => error instanceof kind);
    if (!isExpected || !(error instanceof Error)) throw error;
    complain(io, error.message);
    return 1;
  }
}

/** Options before the command. */
function globalOptions(args: readonly string[]): { root: string | undefined; envFile: string | undefined; rest: readonly string[] } {
  let root: string | undefined;
  let envFile: string | undefined;
  let at = 0;
  for (; at + 1 < args.length; at += 2) {
    if (args[at] === '--root') root = args[at + 1];
    else if (args[at] === '--env' || args[at] === '--env-file' || args[at] === '-e') envFile = args[at + 1];
    else break;
  }
  return { root, envFile, rest: args.slice(at) };
}
