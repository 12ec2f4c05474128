/** `tsbgp watch`: changes as they happen, one line each, until Ctrl-C. */
import { type RouteEvent, WatchRoutesRequest_Table, type Withdrawal } from '@tsbgp/api';
import { type Command, Option } from 'commander';
import { routeView } from '../from-api.ts';
import type { Invocation } from '../invocation.ts';
import { present } from '../present.ts';
import type { Style } from '../terminal/style.ts';
import { routeFilter } from '../to-api.ts';
import { address, integer, prefix } from '../values.ts';
import { announceLine, type WithdrawView, withdrawLine } from '../views/route.ts';
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
    // An event without a case is of a kind that this program does not know yet.
    const shown = events.filter(({ event }) => event.case !== undefined).slice(0, left);
    left -= shown.length;
    const at = new Date();
    if (invocation.isJson) await invocation.printJsonLines(shown.map((change) => changeJson(change, at)));
    else await invocation.print(...shown.map((change) => changeLine(change, at, invocation.style)));
    if (left === 0) return;
  }
}

function changeJson({ event }: RouteEvent, at: Date): object {
  switch (event.case) {
    case 'announce':
      return { at, type: 'announce', route: routeView(event.value) };
    case 'withdraw':
      return { at, type: 'withdraw', family: event.value.family, ...withdrawView(event.value) };
    case 'lost':
      return { at, type: 'lost', count: Number(event.value.count) };
    default:
      return { at, type: 'end-of-initial' };
  }
}

function changeLine({ event }: RouteEvent, at: Date, style: Style): string {
  switch (event.case) {
    case 'announce':
      return announceLine(routeView(event.value), at, style);
    case 'withdraw':
      return withdrawLine(withdrawView(event.value), at, style);
    case 'lost':
      return style('yellow', `too slow: ${event.value.count} changes are missing here; start again, or filter more`);
    default:
      return style('dim', 'that is what is there now; changes follow');
  }
}

function withdrawView({ prefix, pathIdentifier, neighbor }: Withdrawal): WithdrawView {
  return { prefix, pathIdentifier: pathIdentifier === 0 ? undefined : pathIdentifier, neighbor };
}
