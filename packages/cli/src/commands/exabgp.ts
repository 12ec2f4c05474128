/** `tsbgp exabgp …`: ExaBGP's command line. It is loaded when it is asked for, so that other commands start as fast as without it. */
import process from 'node:process';
import type { Command } from 'commander';

const HELP = `
Everything after "exabgp" is as on ExaBGP's own command line; "tsbgp exabgp --help"
lists it. A first word that is no command there is a configuration file.

Examples:
  tsbgp exabgp /etc/exabgp/exabgp.conf
  tsbgp exabgp validate /etc/exabgp/exabgp.conf
  tsbgp exabgp encode "route 10.0.0.0/24 next-hop 192.0.2.1"
`;

/** The entry in the list of commands. bin.ts takes this command before options of `tsbgp` are read. */
export function addExabgp(program: Command): void {
  program
    .command('exabgp')
    .description('run ExaBGP configuration files and scripts unchanged; needs no daemon')
    .argument('[arguments...]', 'as for exabgp')
    .allowUnknownOption()
    .addHelpText('after', HELP)
    .action(async (args: readonly string[]) => {
      process.exitCode = await runExabgp(args);
    });
}

/** Resolves with the exit code. */
export async function runExabgp(args: readonly string[]): Promise<number> {
  const { main } = await import('@tsbgp/exabgp');
  const { stdin, stdout, stderr, env } = process;
  return main(args, { stdin, stdout, stderr, env });
}
