/** `tsbgp neighbor …`: list, show, add, del, enable, disable, reset. */
import { type Command, Option } from 'commander';
import type { NeighborRequest, ResetKind } from '../daemon.ts';
import { usageError } from '../exit-code.ts';
import type { Invocation } from '../invocation.ts';
import { address, asNumber, familyName, integer, listOf, shutdownReason } from '../values.ts';
import { type NeighborView, neighborPage, neighborSummary, neighborTable } from '../views/neighbor.ts';
import { NEIGHBOR_ORDERS, type NeighborOrder, sortNeighbors } from '../views/neighbor-order.ts';

const POLICIES = ['accept-all', 'deny-all'];

export function addNeighborCommands(program: Command, invocation: Invocation): void {
  const neighbor = program
    .command('neighbor')
    .description('list neighbors, or show, add, delete, enable, disable, reset one')
    .option('--down', 'only those that are not Established')
    .addOption(new Option('--sort <column>', 'in this order; counts and uptime: the largest first').choices(NEIGHBOR_ORDERS))
    .action(async (options: ListOptions, command: Command) => {
      const [word] = command.args;
      if (word === undefined) return list(invocation, options);
      const names = command.commands.map((one) => one.name()).join(', ');
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

  neighbor
    .command('del')
    .description('close the session (Cease/3) and forget the neighbor and its routes')
    .argument('<neighbor>', 'its address', address)
    .action(async (which: string) => {
      await invocation.ask((daemon) => daemon.deleteNeighbor(which));
      await invocation.done(`neighbor ${which} deleted`);
    });

  neighbor
    .command('enable')
    .description('let the session come up')
    .argument('<neighbor>', 'its address', address)
    .action(async (which: string) => {
      await invocation.ask((daemon) => daemon.enableNeighbor(which));
      await invocation.done(`neighbor ${which} enabled`);
    });

  neighbor
    .command('disable')
    .description('close the session (Cease/2) and keep it down')
    .argument('<neighbor>', 'its address', address)
    .option('--reason <text>', 'told to the neighbor (RFC 9003), up to 255 octets', shutdownReason)
    .action(async (which: string, { reason }: { reason?: string }) => {
      await invocation.ask((daemon) => daemon.disableNeighbor(which, reason));
      await invocation.done(`neighbor ${which} disabled`);
    });

  resetCommand(neighbor, invocation);

  // For a better answer than "too many arguments". At the end, as commands inherit it: "neighbor del A B" would delete A alone.
  neighbor.allowExcessArguments();
}

interface ListOptions {
  readonly down?: boolean;
  readonly sort?: NeighborOrder;
}

async function list(invocation: Invocation, { down, sort }: ListOptions): Promise<void> {
  const all = await invocation.ask((daemon) => daemon.listNeighbors());
  const wanted = down === true ? all.filter((one) => !one.isUp) : all;
  const neighbors = sort === undefined ? wanted : sortNeighbors(wanted, sort);
  if (invocation.isJson) return invocation.printJson(neighbors);
  if (all.length === 0) return invocation.print('no neighbors; add one: tsbgp neighbor add 192.0.2.1 --as 64501');
  if (neighbors.length > 0) await invocation.print(...neighborTable(neighbors, invocation.view()));
  await invocation.print(invocation.style('dim', neighborSummary(all)));
}

interface AddOptions {
  readonly as: number;
  readonly localAs?: number;
  readonly description?: string;
  readonly families?: readonly string[];
  readonly passive?: boolean;
  readonly port?: number;
  readonly localAddress?: string;
  readonly multihop?: number;
  readonly holdTime?: number;
  readonly connectRetry?: number;
  readonly policy?: string;
  readonly import?: string;
  readonly export?: string;
  readonly routeServerClient?: boolean;
  readonly nextHopSelf?: boolean;
  readonly disabled?: boolean;
}

function addCommand(neighbor: Command, invocation: Invocation): void {
  neighbor
    .command('add')
    .description('add a neighbor; the session starts at once')
    .argument('<address>', 'its address', address)
    .requiredOption('--as <number>', "the neighbor's AS; ours makes it iBGP", asNumber)
    .option('--local-as <number>', 'our AS towards it, where it differs', asNumber)
    .option('--description <text>', 'free text')
    .option('--families <list>', 'ipv4-unicast, ipv6-unicast', listOf(familyName))
    .option('--passive', 'never connect, only wait')
    .option('--port <number>', 'TCP port to connect to', integer(1, 65_535, 179))
    .option('--local-address <address>', 'where our connections come from', address)
    .option('--multihop <ttl>', 'IP TTL for a neighbor that is not on a connected network', integer(1, 255, 2))
    .option('--hold-time <seconds>', '0, or 3 to 65535', integer(0, 65_535, 90))
    .option('--connect-retry <seconds>', 'between two attempts', integer(1, 65_535, 10))
    .addOption(new Option('--policy <policy>', 'for import and export').choices(POLICIES).conflicts(['import', 'export']))
    .addOption(new Option('--import <policy>', 'routes from it; without: deny-all for eBGP').choices(POLICIES))
    .addOption(new Option('--export <policy>', 'routes towards it; without: deny-all for eBGP').choices(POLICIES))
    .option('--route-server-client', 'RFC 7947')
    .option('--next-hop-self', 'NEXT_HOP towards it is our address')
    .option('--disabled', 'leave it down for now')
    .action(async (where: string, options: AddOptions) => {
      const added = await invocation.ask((daemon) => daemon.addNeighbor(requestOf(where, options)));
      if (invocation.isJson) return invocation.printJson(added);
      await invocation.done(`neighbor ${added.address} AS ${added.remoteAs} added`);
      await invocation.print(...withoutPolicy(added, options).map((line) => `  ${invocation.style('yellow', line)}`));
    });
}

/** RFC 8212: an external neighbor without policy is silent in both directions, which nobody expects who does not know it. */
function withoutPolicy(added: NeighborView, options: AddOptions): string[] {
  const lacks = (own: string | undefined, policy: string): boolean => (own ?? options.policy) === undefined && policy === 'deny-all';
  const noImport = lacks(options.import, added.importPolicy);
  const noExport = lacks(options.export, added.exportPolicy);
  if (!noImport && !noExport) return [];
  const what = noImport && noExport ? 'imports and exports nothing' : noImport ? 'imports nothing' : 'exports nothing';
  const option = noImport && noExport ? '--policy' : noImport ? '--import' : '--export';
  return [`eBGP without policy ${what} (RFC 8212)`, `to change that, delete it and add it again with ${option} accept-all`];
}

function requestOf(where: string, options: AddOptions): NeighborRequest {
  return {
    address: where,
    remoteAs: options.as,
    localAs: options.localAs,
    description: options.description,
    families: options.families,
    passive: options.passive,
    remotePort: options.port,
    localAddress: options.localAddress,
    multihopTtl: options.multihop,
    holdTimeSeconds: options.holdTime,
    connectRetrySeconds: options.connectRetry,
    importPolicy: options.import ?? options.policy,
    exportPolicy: options.export ?? options.policy,
    routeServerClient: options.routeServerClient,
    nextHopSelf: options.nextHopSelf,
    enabled: options.disabled === true ? false : undefined,
  };
}

type ResetOptions = Readonly<Partial<Record<'hard' | 'soft' | 'softIn' | 'softOut', boolean>>> & {
  readonly reason?: string;
  readonly families?: readonly string[];
};

function resetCommand(neighbor: Command, invocation: Invocation): void {
  neighbor
    .command('reset')
    .description('close the session and let it come up again; --soft keeps it')
    .argument('<neighbor>', 'its address', address)
    .option('--hard', 'close the session with Cease/4 (the default)')
    .option('--soft-in', 'ask for its routes again (route refresh)')
    .option('--soft-out', 'send it our routes again')
    .option('--soft', 'both')
    .option('--families <list>', 'only these, with --soft…', listOf(familyName))
    .option('--reason <text>', 'told to the neighbor, with --hard', shutdownReason)
    .action(async (which: string, options: ResetOptions) => {
      const kind = kindOf(options);
      if (kind === 'hard' && options.families !== undefined) throw usageError('--families goes with --soft, --soft-in or --soft-out');
      if (kind !== 'hard' && options.reason !== undefined)
        throw usageError('--reason goes with --hard: a soft reset says nothing to the neighbor');
      await invocation.ask((daemon) => daemon.resetNeighbor(which, { kind, reason: options.reason, families: options.families }));
      await invocation.done(kind === 'hard' ? `session with ${which} reset` : `${kind} reset of ${which} on its way`);
    });
}

function kindOf(options: ResetOptions): ResetKind {
  const chosen: ResetKind[] = [];
  if (options.hard === true) chosen.push('hard');
  if (options.soft === true || (options.softIn === true && options.softOut === true)) chosen.push('soft');
  else if (options.softIn === true) chosen.push('soft-in');
  else if (options.softOut === true) chosen.push('soft-out');
  if (chosen.length > 1) throw usageError('--hard and --soft exclude each other');
  return chosen[0] ?? 'hard';
}
