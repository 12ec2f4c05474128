/** `tsbgp watch`: changes as they happen, one line each, until Ctrl-C. */
import { type Command, Option } from 'commander';
import type { ChangeView, WatchQuery } from '../daemon.ts';
import type { Invocation } from '../invocation.ts';
import { address, integer, prefix } from '../values.ts';
import { announceLine, withdrawLine } from '../views/route.ts';
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
  const query: WatchQuery = {
    ...filterOf(wanted, options),
    table: options.table,
    neighbor: options.neighbor,
    initial: options.initial === true,
  };
  const daemon = await invocation.daemon();
  if (invocation.io.stdout.isTerminal && !invocation.isJson) await invocation.print(invocation.style('dim', 'watching; Ctrl-C ends it'));
  let left = options.limit ?? Number.POSITIVE_INFINITY;
  for await (const changes of daemon.watch(query)) {
    const shown = changes.slice(0, left);
    left -= shown.length;
    const at = new Date();
    if (invocation.isJson) await invocation.printJsonLines(shown.map((change) => ({ at, ...change })));
    else await invocation.print(...shown.map((change) => line(change, at, invocation)));
    if (left === 0) return;
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
