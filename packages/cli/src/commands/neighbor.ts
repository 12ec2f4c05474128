/** `tsbgp neighbor …`: list, show, add, set, del, enable, disable, reset. */
import { ResetNeighborRequest_Kind as Kind } from '@tsbgp/api';
import { type Command, Option } from 'commander';
import { usageError } from '../exit-code.ts';
import type { Invocation } from '../invocation.ts';
import { present } from '../present.ts';
import { address, familyName, integer, listOf, shutdownReason } from '../values.ts';
import { neighborPage, neighborSummary, neighborTable } from '../views/neighbor.ts';
import { NEIGHBOR_ORDERS, type NeighborOrder, sortNeighbors } from '../views/neighbor-order.ts';
import { addCommand, setCommand } from './neighbor-add.ts';

export function addNeighborCommands(program: Command, invocation: Invocation): void {
  const neighbor = program
    .command('neighbor')
    .description('list neighbors, or show, add, change, delete, enable, disable, reset one')
    .option('--down', 'only those that are not Established')
    .addOption(new Option('--sort <column>', 'in this order; counts and uptime: the largest first').choices(NEIGHBOR_ORDERS))
    .action(async (options: ListOptions, command: Command) => {
      const [word] = command.args;
      if (word === undefined) return list(invocation, options);
      const names = command.commands.map((subcommand) => subcommand.name()).join(', ');
      throw usageError(`neighbor ${word}: there is no such command; there are ${names}`, `one neighbor: tsbgp neighbor show ${word}`);
    });

  neighbor
    .command('show')
    .description('show everything about a neighbor')
    .argument('<neighbor>', 'its address', address)
    .action(async (which: string) => {
      const found = await invocation.ask((daemon) => daemon.getNeighbor(which));
      await (invocation.isJson ? invocation.printJson(found) : invocation.print(...neighborPage(found, invocation.view())));
    });

  addCommand(neighbor, invocation);
  setCommand(neighbor, invocation);

  for (const [name, description, method, done] of [
    ['del', 'close the session (Cease/3) and forget the neighbor and its routes', 'deleteNeighbor', 'deleted'],
    ['enable', 'let the session come up', 'enableNeighbor', 'enabled'],
  ] as const) {
    neighbor
      .command(name)
      .description(description)
      .argument('<neighbor>', 'its address', address)
      .action(async (which: string) => {
        await invocation.call<unknown>((client, options) => client.neighbors[method]({ address: which }, options));
        await invocation.done(`neighbor ${which} ${done}`);
      });
  }

  neighbor
    .command('disable')
    .alias('shutdown')
    .description('close the session (Cease/2) and keep it down; --graceful lets traffic move away first')
    .argument('<neighbor>', 'its address', address)
    .option('--reason <text>', 'told to the neighbor (RFC 9003), up to 255 octets', shutdownReason)
    .option('--graceful', 'first say with GRACEFUL_SHUTDOWN that its routes are to go, and prefer those of others (RFC 8326)')
    .addOption(
      new Option('--wait <seconds>', 'so long, before the session is closed')
        .argParser(integer(1, 86_400, 60))
        .default(60)
        .implies({ graceful: true }),
    )
    .action(async (which: string, { reason, graceful, wait }: DisableOptions) => {
      const gracefulSeconds = graceful === true ? wait : undefined;
      const request = { address: which, ...present({ reason, gracefulSeconds }) };
      await invocation.call((client, options) => client.neighbors.disableNeighbor(request, options));
      const done =
        graceful === true
          ? `is shut down gracefully, the session is closed in ${wait} s; call it off: tsbgp neighbor enable ${which}`
          : 'disabled';
      await invocation.done(`neighbor ${which} ${done}`);
    });

  resetCommand(neighbor, invocation);

  // For a better answer than "too many arguments". Commands that are made later inherit this, and "neighbor del A B" would delete A alone.
  neighbor.allowExcessArguments();
}

interface DisableOptions {
  readonly reason?: string;
  readonly graceful?: boolean;
  readonly wait: number;
}

interface ListOptions {
  readonly down?: boolean;
  readonly sort?: NeighborOrder;
}

async function list(invocation: Invocation, { down, sort }: ListOptions): Promise<void> {
  const all = await invocation.ask((daemon) => daemon.listNeighbors());
  const wanted = down === true ? all.filter(({ isUp }) => !isUp) : all;
  const neighbors = sort === undefined ? wanted : sortNeighbors(wanted, sort);
  if (invocation.isJson) return invocation.printJson(neighbors);
  if (all.length === 0) return invocation.print('no neighbors; add one: tsbgp neighbor add 192.0.2.1 --as 64501');
  if (neighbors.length > 0) await invocation.print(...neighborTable(neighbors, invocation.view()));
  await invocation.print(invocation.style('dim', neighborSummary(all)));
}

type ResetOptions = Readonly<Partial<Record<'hard' | 'soft' | 'softIn' | 'softOut' | 'refresh', boolean>>> & {
  readonly reason?: string;
  readonly families?: readonly string[];
};

function resetCommand(neighbor: Command, invocation: Invocation): void {
  neighbor
    .command('reset')
    .description('close the session and let it come up again; --soft keeps it')
    .argument('<neighbor>', 'its address', address)
    .option('--hard', 'close the session with Cease/4 (the default)')
    .option('--soft-in', 'judge its routes again; ask for them only if some are not held')
    .option('--soft-out', 'send it our routes again')
    .option('--soft', 'both')
    .option('--refresh', 'ask for its routes again (route refresh)')
    .option('--families <list>', 'only these, with --soft…', listOf(familyName))
    .option('--reason <text>', 'told to the neighbor, with --hard', shutdownReason)
    .action(async (which: string, options: ResetOptions) => {
      const kind = kindOf(options);
      if (kind === 'hard' && options.families !== undefined)
        throw usageError('--families goes with --soft, --soft-in, --soft-out or --refresh');
      if (kind !== 'hard' && options.reason !== undefined)
        throw usageError('--reason goes with --hard: a soft reset says nothing to the neighbor');
      const { reason, families = [] } = options;
      const request = { address: which, kind: KINDS[kind], ...present({ reason }), families: [...families] };
      await invocation.call((client, call) => client.neighbors.resetNeighbor(request, call));
      await invocation.done(kind === 'hard' ? `session with ${which} reset` : `${kind} reset of ${which} on its way`);
    });
}

const KINDS = { hard: Kind.HARD, soft: Kind.SOFT, 'soft-in': Kind.SOFT_IN, 'soft-out': Kind.SOFT_OUT, refresh: Kind.REFRESH } as const;
type ResetKind = keyof typeof KINDS;

function kindOf(options: ResetOptions): ResetKind {
  const chosen: ResetKind[] = [];
  if (options.hard === true) chosen.push('hard');
  if (options.soft === true || (options.softIn === true && options.softOut === true)) chosen.push('soft');
  else if (options.softIn === true) chosen.push('soft-in');
  else if (options.softOut === true) chosen.push('soft-out');
  if (options.refresh === true) chosen.push('refresh');
  if (chosen.length > 1) throw usageError('--hard, --soft and --refresh exclude each other');
  return chosen[0] ?? 'hard';
}
