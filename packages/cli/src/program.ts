/** `tsbgp` from its arguments to its exit code. */
import { type Argument, Command, CommanderError } from 'commander';
import { COMMANDS } from './commands/all.ts';
import { CliError, ExitCode } from './exit-code.ts';
import { type Connect, type GlobalOptions, Invocation } from './invocation.ts';
import { type Io, OutputClosed } from './terminal/io.ts';
import { printable } from './terminal/style.ts';
import { plainUsage } from './usage-message.ts';
import { VERSION } from './version.ts';

const HELP = `
Examples:
  tsbgp neighbor                                   all sessions
  tsbgp neighbor --down                            those that are not up
  tsbgp neighbor add 192.0.2.1 --as 64501 --policy accept-all
  tsbgp rib 193.0.0.0/21                           its paths, why one is best
  tsbgp rib 193.0.1.2                              the longest match
  tsbgp rib received 192.0.2.1 --origin-as 13335   what a neighbor sent
  tsbgp route add 203.0.113.0/24 --next-hop 192.0.2.9
  tsbgp events                                     sessions up and down, live
  tsbgp watch --json | jq .                        changes, for programs
  tsbgp decode capture.pcap                        BGP in a capture; no daemon

Exit codes: 0 fine, 1 refused by the daemon or nothing found, 2 wrong usage,
3 nobody answers at the address.
`;

/** Runs a command line. Resolves with the exit code, after all output is written. */
export async function run(args: readonly string[], io: Io, connect: Connect): Promise<number> {
  const invocation = new Invocation(io, connect);
  try {
    await program(invocation, io).parseAsync([...args], { from: 'user' });
    return ExitCode.Ok;
  } catch (error) {
    return await report(error, invocation);
  }
}

export function program(invocation: Invocation, io: Io): Command {
  const root = new Command('tsbgp')
    .description('Looks at and changes a running tsbgpd.')
    .version(VERSION, '-V, --version')
    .option('-a, --address <address>', 'the daemon: a socket path, unix:PATH, HOST:PORT (or TSBGP_ADDRESS; default: its standard socket)')
    .option('--json', 'for programs: a document, or a line for each item')
    .option('--no-color', 'no colors (or NO_COLOR)')
    .helpCommand(false)
    .exitOverride()
    .showSuggestionAfterError()
    .configureOutput({
      writeOut: (text) => void io.stdout.write(text).catch(() => {}),
      writeErr: (text) => void io.stderr.write(text).catch(() => {}),
      outputError: (text, write) => write(`tsbgp: ${plainUsage(text).split('\n').map(printable).join('\n')}`),
      getOutHelpWidth: () => Math.min(io.stdout.columns, 120),
      getErrHelpWidth: () => Math.min(io.stderr.columns, 120),
    })
    // Descriptions are wrapped even in a narrow column. The list of commands shows no options: each command has its own help.
    .configureHelp({
      minWidthToWrap: 16,
      subcommandTerm: (command) => [command.name(), ...command.registeredArguments.map(term)].join(' '),
    })
    .addHelpText('after', HELP);
  root.hook('preAction', () => invocation.configure(root.opts<GlobalOptions>()));
  for (const addCommand of COMMANDS) addCommand(root, invocation);
  return root;
}

function term(argument: Argument): string {
  const name = argument.name() + (argument.variadic ? '...' : '');
  return argument.required ? `<${name}>` : `[${name}]`;
}

async function report(error: unknown, invocation: Invocation): Promise<number> {
  if (error instanceof OutputClosed) return ExitCode.Ok;
  // Ctrl-C ends a stream; it is no error.
  if (invocation.io.signal.aborted) return ExitCode.Ok;
  // commander has printed the message already; help and version are no errors.
  if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.Ok : ExitCode.Usage;
  if (!(error instanceof CliError)) throw error;
  const style = invocation.errorStyle;
  // Message and hints may quote what a daemon or a peer said.
  const hints = error.hints.map((hint) => `  ${printable(hint)}\n`).join('');
  await invocation.io.stderr.write(`${style('red', 'tsbgp:')} ${printable(error.message)}\n${hints}`).catch(() => {});
  return error.exitCode;
}
