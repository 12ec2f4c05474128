/**
 * `tsbgp rib`: the best routes; the paths of a prefix, and why one of them is best; what neighbors sent (`received`); what a neighbor was sent
 * (`advertised`). A table is written while its routes arrive: the first rows of a million appear at once, and memory stays small.
 */
import { type Command, Option } from 'commander';
import type { RouteQuery } from '../daemon.ts';
import { notFound } from '../exit-code.ts';
import { FILTER_REASON_NAMES } from '../from-api.ts';
import type { Invocation } from '../invocation.ts';
import { TableWriter } from '../terminal/table.ts';
import { counted } from '../terminal/units.ts';
import { address, argumentValue, integer, prefix, prefixOrAddress } from '../values.ts';
import { type FilterReasonView, LEGEND, pathsPage, type RouteView, routeColumns, routePage } from '../views/route.ts';
import { addDampened } from './dampened.ts';
import { addFilters, type FilterOptions, filterOf } from './filters.ts';

interface RibOptions extends FilterOptions {
  readonly limit?: number;
  readonly detail?: boolean;
}

interface RejectedOptions extends RibOptions {
  readonly neighbor?: string;
  readonly reason?: FilterReasonView;
}

const PREFIX_ABOUT = 'only this prefix, e.g. 192.0.2.0/24';
const PATHS_ABOUT = 'all paths of this prefix; an address: of its longest match';

export function addRib(program: Command, invocation: Invocation): void {
  const rib = program.command('rib').description('show the best routes, the paths of a prefix, or what a neighbor sent or was sent');
  addOptions(rib.argument('[prefix]', PATHS_ABOUT, prefixOrAddress)).action((wanted: string | undefined, options: RibOptions) =>
    wanted === undefined || isFiltered(options)
      ? showRoutes(invocation, { table: 'best' }, wanted === undefined ? undefined : prefix(wanted), options)
      : showPaths(invocation, wanted),
  );

  addOptions(
    rib
      .command('received')
      .description('show routes as they came in, those filtered out included')
      .argument('[neighbor]', 'only from this neighbor')
      .argument('[prefix]', PREFIX_ABOUT),
  ).action((first: string | undefined, second: string | undefined, _own: RibOptions, command: Command) => {
    // `rib received 192.0.2.0/24` is about all neighbors: a prefix has a slash, the address of a neighbor has none.
    const [neighbor, wanted] = first?.includes('/') === true && second === undefined ? [undefined, first] : [first, second];
    const query: RouteQuery = {
      table: 'received',
      neighbor: neighbor === undefined ? undefined : argumentValue('neighbor', neighbor, address),
    };
    return showRoutes(
      invocation,
      query,
      wanted === undefined ? undefined : argumentValue('prefix', wanted, prefix),
      command.optsWithGlobals(),
    );
  });

  addOptions(
    rib
      .command('rejected')
      .description('show routes that came in and are not used, with the reason')
      .argument('[prefix]', PREFIX_ABOUT, prefix),
  )
    .option('--neighbor <neighbor>', 'only from this neighbor', address)
    .addOption(new Option('--reason <reason>', 'only for this reason').choices(FILTER_REASON_NAMES))
    .action((wanted: string | undefined, _own: RibOptions, command: Command) => {
      const options = command.optsWithGlobals<RejectedOptions>();
      const query: RouteQuery = { table: 'received', neighbor: options.neighbor, rejected: options.reason ?? true };
      return showRoutes(invocation, query, wanted, options);
    });

  addOptions(
    rib
      .command('advertised')
      .description('show routes as they were sent to a neighbor')
      .argument('<neighbor>', 'to whom', address)
      .argument('[prefix]', PREFIX_ABOUT, prefix),
  ).action((neighbor: string, wanted: string | undefined, _own: RibOptions, command: Command) =>
    showRoutes(invocation, { table: 'advertised', neighbor }, wanted, command.optsWithGlobals()),
  );
  addDampened(rib, invocation);
}

/** `rib` and its subcommands have the same options. commander then gives their values to `rib`: read them with optsWithGlobals. */
function addOptions(command: Command): Command {
  return addFilters(command)
    .option('--limit <number>', 'no more than this many', integer(1, Number.MAX_SAFE_INTEGER, 20))
    .option('--detail', 'every attribute of each route (the default for a single prefix)');
}

/** Whether an option asks for a list of best routes, not for the paths of a prefix. */
function isFiltered(options: RibOptions): boolean {
  const { longer, shorter, originAs, community, family, limit } = options;
  return [longer, shorter, originAs, community, family, limit].some((option) => option !== undefined);
}

async function showPaths(invocation: Invocation, asked: string): Promise<void> {
  const found = await invocation.ask((daemon) => daemon.paths(asked));
  if (invocation.isJson) await invocation.printJsonLines(found.paths);
  else await invocation.print(...pathsPage(found, asked, invocation.view()));
}

export async function showRoutes(
  invocation: Invocation,
  table: RouteQuery,
  wanted: string | undefined,
  options: RibOptions,
): Promise<void> {
  const query: RouteQuery = { ...table, ...filterOf(wanted, options), limit: options.limit };
  const daemon = await invocation.daemon();
  const detailed = options.detail ?? query.match === 'exact';
  const view = invocation.view();
  const writer = new TableWriter(routeColumns(view.now), view);
  let count = 0;
  for await (const routes of daemon.routes(query)) {
    if (routes.length === 0) continue;
    if (invocation.isJson) await invocation.printJsonLines(routes);
    else if (detailed) await invocation.print(...pages(routes, count > 0, view));
    else await invocation.print(...writer.lines(routes));
    count += routes.length;
  }
  if (count === 0) await nothing(invocation, query);
  else if (invocation.io.stdout.isTerminal && !invocation.isJson && !detailed) await invocation.print(summary(count, query, invocation));
}

function pages(routes: readonly RouteView[], hasBefore: boolean, view: Parameters<typeof routePage>[1]): string[] {
  return routes.flatMap((route, i) => [...(hasBefore || i > 0 ? [''] : []), ...routePage(route, view)]);
}

function summary(count: number, { limit }: RouteQuery, { style }: Invocation): string {
  const routes = counted(count, 'route');
  return style('dim', `${limit === count ? `the first ${routes}` : routes}\n${LEGEND}`);
}

/** Nothing was found. An empty table is a valid answer (exit code 0); a prefix, AS or community that is not in the table is exit code 1. */
async function nothing(invocation: Invocation, query: RouteQuery): Promise<void> {
  const { prefix: wanted, match, table, originAs, community, neighbor } = query;
  if (wanted !== undefined && match === 'exact') {
    const inTable = { best: 'no best route for it', received: 'nobody sent it', advertised: 'it was not sent' }[table];
    throw notFound(`${wanted}: ${neighbor === '' ? 'it is no route of our own' : inTable}`, 'a route that covers it: --shorter');
  }
  if (wanted !== undefined || originAs !== undefined || community !== undefined) throw notFound('no such route');
  if (!invocation.isJson)
    await invocation.print(
      neighbor === '' ? 'no routes of our own; add one: tsbgp route add 203.0.113.0/24 --next-hop 192.0.2.1' : 'no routes',
    );
}
