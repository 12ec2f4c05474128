/** `tsbgp watch`: changes as they happen, one line each, until Ctrl-C. */
import { type RouteEvent, WatchRoutesRequest_Table } from '@tsbgp/api';
import { type Command, Option } from 'commander';
import { routeView } from '../from-api.ts';
import type { Invocation } from '../invocation.ts';
import { present, routeFilter } from '../to-api.ts';
import { address, integer, prefix } from '../values.ts';
import { announceLine, type RouteView, type WithdrawView, withdrawLine } from '../views/route.ts';
import { addFilters, type FilterOptions, filterOf } from './filters.ts';

interface WatchOptions extends FilterOptions {
  readonly table: 'best' | 'received';
  readonly neighbor?: string;
  readonly initial?: boolean;
  readonly limit?: number;
}

export function addWatch(program: Command, invocation: Invocation): void {
  addFilters(program.command('watch').description('show changes of routes as they happen').argument('[prefix]', 'only this prefix', prefix))
    .addOption(
      new Option('--table <table>', 'best: what wins; received: everything that comes in').choices(['best', 'received']).default('best'),
    )
    .option('--neighbor <neighbor>', 'only from this neighbor', address)
    .option('--initial', 'first everything that is there')
    .option('--limit <number>', 'end after this many changes', integer(1, Number.MAX_SAFE_INTEGER, 20))
    .action((wanted: string | undefined, options: WatchOptions) => watch(invocation, wanted, options));
}

async function watch(invocation: Invocation, wanted: string | undefined, options: WatchOptions): Promise<void> {
  const request = {
    filter: routeFilter(filterOf(wanted, options)),
    table: options.table === 'best' ? WatchRoutesRequest_Table.BEST : WatchRoutesRequest_Table.RECEIVED,
    initial: options.initial === true,
    ...present({ neighbor: options.neighbor }),
  };
  const daemon = await invocation.daemon();
  if (invocation.io.stdout.isTerminal && !invocation.isJson) await invocation.print(invocation.style('dim', 'watching; Ctrl-C ends it'));
  let left = options.limit ?? Number.POSITIVE_INFINITY;
  for await (const { events } of daemon.stream((client, call) => client.rib.watchRoutes(request, call))) {
    const shown = events
      .map(changeView)
      .filter((change) => change !== undefined)
      .slice(0, left);
    left -= shown.length;
    const at = new Date();
    if (invocation.isJson) await invocation.printJsonLines(shown.map((change) => ({ at, ...change })));
    else await invocation.print(...shown.map((change) => line(change, at, invocation)));
    if (left === 0) return;
  }
}

/** A change as `--json` shows it. */
type ChangeView =
  | { readonly type: 'announce'; readonly route: RouteView }
  | ({ readonly type: 'withdraw'; readonly family: string } & WithdrawView)
  | { readonly type: 'end-of-initial' }
  /** This program was too slow, and the daemon dropped `count` changes. */
  | { readonly type: 'lost'; readonly count: number };

function changeView({ event }: RouteEvent): ChangeView | undefined {
  switch (event.case) {
    case 'announce':
      return { type: 'announce', route: routeView(event.value) };
    case 'withdraw': {
      const { family, prefix, pathIdentifier, neighbor } = event.value;
      return { type: 'withdraw', family, prefix, pathIdentifier: pathIdentifier === 0 ? undefined : pathIdentifier, neighbor };
    }
    case 'endOfInitial':
      return { type: 'end-of-initial' };
    case 'lost':
      return { type: 'lost', count: Number(event.value.count) };
    case undefined:
      return undefined; // A kind of event that this program does not know yet.
  }
}

function line(change: ChangeView, at: Date, invocation: Invocation): string {
  const { style } = invocation;
  switch (change.type) {
    case 'announce':
      return announceLine(change.route, at, style);
    case 'withdraw':
      return withdrawLine(change, at, style);
    case 'end-of-initial':
      return style('dim', 'that is what is there now; changes follow');
    case 'lost':
      return style('yellow', `too slow: ${change.count} changes are missing here; start again, or filter more`);
  }
}
