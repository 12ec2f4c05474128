/** `tsbgp completions SHELL`, and the hidden command that the shells' scripts call. */
import { Argument, type Command } from 'commander';
import type { Daemon } from '../daemon.ts';
import type { Invocation } from '../invocation.ts';
import { printable } from '../terminal/style.ts';
import { FAMILY_NAMES } from '../values.ts';
import { type Candidate, candidates } from './candidates.ts';
import { COMPLETE_COMMAND, SCRIPTS, SHELLS, type Shell } from './scripts.ts';

/** A completion must appear at once: after this time it lists no neighbors. */
const ASK_TIMEOUT_MS = 300;

export function addCompletions(program: Command, invocation: Invocation): void {
  program
    .command('completions')
    .description('print a script that completes tsbgp in your shell')
    .addArgument(new Argument('<shell>', 'which shell').choices(SHELLS))
    .addHelpText('after', '\nFor this shell:  source <(tsbgp completions bash)')
    .action((shell: Shell) => invocation.io.stdout.write(SCRIPTS[shell]));

  program
    .command(COMPLETE_COMMAND, { hidden: true })
    .argument('[words...]')
    .helpOption(false)
    .action(async (words: readonly string[]) => {
      invocation.configure({ color: false, address: addressIn(words) });
      const found = await candidates(program, words, (name) => valuesOf(name, invocation));
      await invocation.io.stdout.write(found.map(({ value, about }) => `${printable(value)}\t${printable(about)}\n`).join(''));
    });
}

async function valuesOf(name: string, invocation: Invocation): Promise<readonly Candidate[]> {
  if (name === 'family' || name === 'list') return FAMILY_NAMES.map((value) => ({ value, about: '' }));
  const ask = ASKED[name];
  if (ask === undefined) return [];
  const limit = Promise.withResolvers<readonly Candidate[]>();
  const timer = setTimeout(limit.resolve, ASK_TIMEOUT_MS, []);
  const asked = invocation.ask(ask).catch(() => []); // A completion cannot show an error.
  try {
    return await Promise.race([asked, limit.promise]);
  } finally {
    clearTimeout(timer);
  }
}

async function neighbors(daemon: Daemon): Promise<readonly Candidate[]> {
  const all = await daemon.listNeighbors();
  return all.map(({ address, remoteAs, state, description }) => ({
    value: address,
    about: `AS ${remoteAs} ${state} ${description}`.trimEnd(),
  }));
}

async function policies(daemon: Daemon): Promise<readonly Candidate[]> {
  const answer = await daemon.call((client, options) => client.policies.listPolicies({}, options));
  return answer.policies.map(({ name, statements, file }) => ({ value: name, about: file || `${statements} statements` }));
}

async function sets(daemon: Daemon): Promise<readonly Candidate[]> {
  const answer = await daemon.call((client, options) => client.policies.listSets({}, options));
  return answer.sets.map(({ name, kind, entries }) => ({ value: name, about: `${entries} ${kind}` }));
}

/** What the daemon knows, by the names of arguments. */
const ASKED: Readonly<Record<string, (daemon: Daemon) => Promise<readonly Candidate[]>>> = {
  neighbor: neighbors,
  policy: policies,
  set: sets,
};

/** The address of the daemon in the line that is being typed. */
function addressIn(words: readonly string[]): string | undefined {
  for (const [i, word] of words.entries()) {
    if (word === '-a' || word === '--address') return words[i + 1];
    if (word.startsWith('--address=')) return word.slice('--address='.length);
  }
  return undefined;
}
