/**
 * `tsbgp rib`: the paths of a prefix and why one is the best, the best routes, what neighbors sent (`received`), what one was sent (`advertised`). Tables are written while they arrive:
 * the first rows of a million are there at once, and memory stays small.
 */
import type { Command } from 'commander';
import type { RouteQuery } from '../daemon.ts';
import { notFound } from '../exit-code.ts';
import type { Session } from '../session.ts';
import { TableWriter } from '../terminal/table.ts';
import { counted } from '../terminal/units.ts';
import { address, argumentValue, integer, prefix, prefixOrAddress } from '../values.ts';
import { LEGEND, pathsPage, type RouteView, routeColumns, routePage } from '../views/route.ts';
import { addFilters, type FilterOptions, filterOf } from './filters.ts';

interface RibOptions extends FilterOptions {
  readonly limit?: number;
  readonly detail?: boolean;
}

const PREFIX_ABOUT = 'only this prefix, e.g. 192.0.2.0/24';
const PATHS_ABOUT = 'all paths of this prefix; an address: of its longest match';

export function addRib(program: Command, session: Session): void {
  const rib = program.command('rib').description('show the best routes, the paths of a prefix, or what a neighbor sent or was sent');
  addOptions(rib.argument('[prefix]', PATHS_ABOUT, prefixOrAddress)).action((wanted: string | undefined, options: RibOptions) =>
    wanted === undefined || isFiltered(options)
      ? showRoutes(session, { table: 'best' }, wanted === undefined ? undefined : prefix(wanted), options)
      : showPaths(session, wanted),
  );

  addOptions(
    rib
      .command('received')
      .description('show routes as they came in, those filtered out included')
      .argument('[neighbor]', 'only from this neighbor')
      .argument('[prefix]', PREFIX_ABOUT),
  ).action((first: string | undefined, second: string | undefined, _own: RibOptions, command: Command) => {
    // `rib received 192.0.2.0/24` asks all neighbors: a prefix has a slash, a neighbor has none.
    const [neighbor, wanted] = first?.includes('/') === true && second === undefined ? [undefined, first] : [first, second];
    const query: RouteQuery = {
      table: 'received',
      neighbor: neighbor === undefined ? undefined : argumentValue('neighbor', neighbor, address),
    };
    return showRoutes(
      session,
      query,
      wanted === undefined ? undefined : argumentValue('prefix', wanted, prefix),
      command.optsWithGlobals(),
    );
  });

  addOptions(
    rib
      .command('advertised')
      .description('show routes as they were sent to a neighbor')
      .argument('<neighbor>', 'to whom', address)
      .argument('[prefix]', PREFIX_ABOUT, prefix),
  ).action((neighbor: string, wanted: string | undefined, _own: RibOptions, command: Command) =>
    showRoutes(session, { table: 'advertised', neighbor }, wanted, command.optsWithGlobals()),
  );
}

/** `rib` and the commands below it have the same options, so that commander gives them all to `rib`: read them with optsWithGlobals. */
function addOptions(command: Command): Command {
  return addFilters(command)
    .option('--limit <number>', 'no more than this many', integer(1, Number.MAX_SAFE_INTEGER, 20))
    .option('--detail', 'every attribute of each route (the default for a single prefix)');
}

/** Any of these asks for a listing of best routes. */
function isFiltered(options: RibOptions): boolean {
  const { longer, shorter, originAs, community, family, limit } = options;
  return [longer, shorter, originAs, community, family, limit].some((option) => option !== undefined);
}

async function showPaths(session: Session, asked: string): Promise<void> {
  const found = await session.ask((daemon) => daemon.paths(asked));
  if (session.isJson) await session.printJsonLines(found.paths);
  else await session.print(...pathsPage(found, asked, session.view()));
}

export async function showRoutes(session: Session, table: RouteQuery, wanted: string | undefined, options: RibOptions): Promise<void> {
  const query: RouteQuery = { ...table, ...filterOf(wanted, options), limit: options.limit };
  const daemon = await session.daemon();
  const detailed = options.detail ?? query.match === 'exact';
  const view = session.view();
  const writer = new TableWriter(routeColumns(view.now), view);
  let count = 0;
  for await (const routes of daemon.routes(query)) {
    if (routes.length === 0) continue;
    if (session.isJson) await session.printJsonLines(routes);
    else if (detailed) await session.print(...pages(routes, count > 0, view));
    else await session.print(...writer.lines(routes));
    count += routes.length;
  }
  if (count === 0) await nothing(session, query);
  else if (session.io.stdout.isTerminal && !session.isJson && !detailed) await session.print(summary(count, query, session));
}

function pages(routes: readonly RouteView[], hasBefore: boolean, view: Parameters<typeof routePage>[1]): string[] {
  return routes.flatMap((route, i) => [...(hasBefore || i > 0 ? [''] : []), ...routePage(route, view)]);
}

function summary(count: number, { limit }: RouteQuery, { style }: Session): string {
  const routes = counted(count, 'route');
  return style('dim', `${limit === count ? `the first ${routes}` : routes}\n${LEGEND}`);
}

/** An empty table is an answer; that what was asked for by prefix, AS or community is not in it is exit code 1. */
async function nothing(session: Session, query: RouteQuery): Promise<void> {
  const { prefix: wanted, match, table, originAs, community, neighbor } = query;
  if (wanted !== undefined && match === 'exact') {
    const inTable = { best: 'no best route for it', received: 'nobody sent it', advertised: 'it was not sent' }[table];
    throw notFound(`${wanted}: ${neighbor === '' ? 'it is no route of our own' : inTable}`, 'a route that covers it: --shorter');
  }
  if (wanted !== undefined || originAs !== undefined || community !== undefined) throw notFound('no such route');
  if (!session.isJson)
    await session.print(
      neighbor === '' ? 'no routes of our own; add one: tsbgp route add 203.0.113.0/24 --next-hop 192.0.2.1' : 'no routes',
    );
}
