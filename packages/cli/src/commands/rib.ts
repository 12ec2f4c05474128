/**
 * `tsbgp rib`: the best routes, what neighbors sent (`received`), what one was sent (`advertised`). Tables are written while they arrive:
 * the first rows of a million are there at once, and memory stays small.
 */
import type { Command } from 'commander';
import type { RouteQuery } from '../daemon.ts';
import type { Session } from '../session.ts';
import { TableWriter } from '../terminal/table.ts';
import { counted } from '../terminal/units.ts';
import { address, argumentValue, integer, prefix } from '../values.ts';
import { LEGEND, type RouteView, routeColumns, routePage } from '../views/route.ts';
import { addFilters, type FilterOptions, filterOf } from './filters.ts';

interface RibOptions extends FilterOptions {
  readonly limit?: number;
  readonly detail?: boolean;
}

const PREFIX_ABOUT = 'only this prefix, e.g. 192.0.2.0/24';

export function addRib(program: Command, session: Session): void {
  const rib = program.command('rib').description('show the best routes, or those received from or advertised to a neighbor');
  addOptions(rib.argument('[prefix]', PREFIX_ABOUT, prefix)).action((wanted: string | undefined, options: RibOptions) =>
    show(session, { table: 'best' }, wanted, options),
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
    return show(session, query, wanted === undefined ? undefined : argumentValue('prefix', wanted, prefix), command.optsWithGlobals());
  });

  addOptions(
    rib
      .command('advertised')
      .description('show routes as they were sent to a neighbor')
      .argument('<neighbor>', 'to whom', address)
      .argument('[prefix]', PREFIX_ABOUT, prefix),
  ).action((neighbor: string, wanted: string | undefined, _own: RibOptions, command: Command) =>
    show(session, { table: 'advertised', neighbor }, wanted, command.optsWithGlobals()),
  );
}

/** `rib` and the commands below it have the same options, so that commander gives them all to `rib`: read them with optsWithGlobals. */
function addOptions(command: Command): Command {
  return addFilters(command)
    .option('--limit <number>', 'no more than this many', integer(1, Number.MAX_SAFE_INTEGER, 20))
    .option('--detail', 'every attribute of each route (the default for a single prefix)');
}

async function show(session: Session, table: RouteQuery, wanted: string | undefined, options: RibOptions): Promise<void> {
  const query: RouteQuery = { ...table, ...filterOf(wanted, options), limit: options.limit };
  const daemon = await session.daemon();
  if (session.isJson) {
    for await (const routes of daemon.routes(query)) await session.printJsonLines(routes);
    return;
  }
  const detailed = options.detail ?? query.match === 'exact';
  const view = session.view();
  const writer = new TableWriter(routeColumns(view.now), view);
  let count = 0;
  for await (const routes of daemon.routes(query)) {
    if (routes.length === 0) continue;
    if (detailed) await session.print(...pages(routes, count > 0, view));
    else await session.print(...writer.lines(routes));
    count += routes.length;
  }
  if (count === 0) await session.print(nothing(query));
  else if (session.io.stdout.isTerminal && !detailed) await session.print(summary(count, query, session));
}

function pages(routes: readonly RouteView[], hasBefore: boolean, view: Parameters<typeof routePage>[1]): string[] {
  return routes.flatMap((route, i) => [...(hasBefore || i > 0 ? [''] : []), ...routePage(route, view)]);
}

function summary(count: number, { limit }: RouteQuery, { style }: Session): string {
  const routes = counted(count, 'route');
  return style('dim', `${limit === count ? `the first ${routes}` : routes}\n${LEGEND}`);
}

function nothing({ prefix: wanted, match, table }: RouteQuery): string {
  if (wanted === undefined || match !== 'exact') return 'no routes';
  const inTable = { best: 'no best route for it', received: 'nobody sent it', advertised: 'it was not sent' }[table];
  return `${wanted}: ${inTable}; a route that covers it: --shorter`;
}
