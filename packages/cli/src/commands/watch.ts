/** `tsbgp watch`: changes as they happen, one line each, until Ctrl-C. */
import { type RouteEvent, WatchRoutesRequest_Table, type Withdrawal } from '@tsbgp/api';
import { type Command, Option } from 'commander';
import { usageError } from '../exit-code.ts';
import { FILTER_REASON_NAMES, routeView } from '../from-api.ts';
import type { Invocation } from '../invocation.ts';
import { present } from '../present.ts';
import type { Style } from '../terminal/style.ts';
import { routeFilter } from '../to-api.ts';
import { address, integer, prefix } from '../values.ts';
import { announceLine, type FilterReasonView, type WithdrawView, withdrawLine } from '../views/route.ts';
import { addFilters, type FilterOptions, filterOf } from './filters.ts';

interface WatchOptions extends FilterOptions {
  readonly table: keyof typeof TABLES;
  readonly reason?: FilterReasonView;
  readonly rejected?: boolean;
  readonly neighbor?: string;
  readonly initial?: boolean;
  readonly resumeAfter?: number;
  readonly instance?: string;
  readonly limit?: number;
}

export function addWatch(program: Command, invocation: Invocation): void {
  addFilters(program.command('watch').description('show changes of routes as they happen').argument('[prefix]', 'only this prefix', prefix))
    .addOption(
      new Option('--table <table>', 'best: what wins; received: everything that comes in; advertised: what --neighbor is sent')
        .choices(Object.keys(TABLES))
        .default('best'),
    )
    .option('--neighbor <neighbor>', 'only from this neighbor; to it with --table advertised', address)
    .option('--rejected', 'only what is rejected, with --table received')
    .addOption(new Option('--reason <reason>', 'only what is rejected for this reason').choices(FILTER_REASON_NAMES))
    .option('--initial', 'first everything that is there')
    .option(
      '--resume-after <sequence>',
      'go on after this change: "sequence" of a line of --json; with --instance',
      integer(0, Number.MAX_SAFE_INTEGER, 1042),
    )
    .option('--instance <id>', 'the run of the daemon in which that change was: "instance" of the same line')
    .option('--limit <number>', 'end after this many changes', integer(1, Number.MAX_SAFE_INTEGER, 20))
    .action((wanted: string | undefined, options: WatchOptions) => watch(invocation, wanted, options));
}

const TABLES = {
  best: WatchRoutesRequest_Table.BEST,
  received: WatchRoutesRequest_Table.RECEIVED,
  advertised: WatchRoutesRequest_Table.ADVERTISED,
} as const;

async function watch(invocation: Invocation, wanted: string | undefined, options: WatchOptions): Promise<void> {
  if (options.table === 'advertised' && options.neighbor === undefined) {
    throw usageError('--table advertised needs --neighbor', 'tsbgp watch --table advertised --neighbor 192.0.2.1');
  }
  if ((options.reason !== undefined || options.rejected === true) && options.table !== 'received') {
    throw usageError('--rejected and --reason go with --table received', 'tsbgp watch --table received --rejected');
  }
  if ((options.resumeAfter === undefined) !== (options.instance === undefined)) {
    throw usageError('--resume-after and --instance are given together', 'tsbgp watch --json shows both');
  }
  const request = {
    filter: routeFilter({ ...filterOf(wanted, options), rejected: options.reason ?? (options.rejected || undefined) }),
    table: TABLES[options.table],
    initial: options.initial === true,
    ...present({
      neighbor: options.neighbor,
      resumeAfter: options.resumeAfter === undefined ? undefined : BigInt(options.resumeAfter),
      instance: options.instance,
    }),
  };
  const daemon = await invocation.daemon();
  if (invocation.io.stdout.isTerminal && !invocation.isJson) await invocation.print(invocation.style('dim', 'watching; Ctrl-C ends it'));
  let isLate = options.resumeAfter !== undefined;
  let left = options.limit ?? Number.POSITIVE_INFINITY;
  for await (const { events, instance } of daemon.stream((client, call) => client.rib.watchRoutes(request, call))) {
    // An event without a case is of a kind that this program does not know yet.
    const shown = events.filter(({ event }) => event.case !== undefined).slice(0, left);
    left -= shown.length;
    const at = new Date();
    if (invocation.isJson) await invocation.printJsonLines(shown.map((change) => changeJson(change, instance, at)));
    else await invocation.print(...shown.map((change) => changeLine(change, at, invocation.style, isLate)));
    isLate = false;
    if (left === 0) return;
  }
}

function changeJson({ event, sequence }: RouteEvent, instance: string, at: Date): object {
  // A route that existed at the beginning has no number.
  const place = sequence === 0n ? {} : { sequence: Number(sequence), instance };
  switch (event.case) {
    case 'announce':
      return { at, ...place, type: 'announce', route: routeView(event.value) };
    case 'withdraw':
      return { at, ...place, type: 'withdraw', family: event.value.family, ...withdrawView(event.value) };
    case 'lost':
      return { at, ...place, type: 'lost', count: Number(event.value.count) };
    default:
      return { at, ...place, type: 'end-of-initial' };
  }
}

function changeLine({ event }: RouteEvent, at: Date, style: Style, isLate: boolean): string {
  switch (event.case) {
    case 'announce':
      return announceLine(routeView(event.value), at, style);
    case 'withdraw':
      return withdrawLine(withdrawView(event.value), at, style);
    case 'lost':
      return style('yellow', lostText(event.value.count, isLate));
    default:
      return style('dim', 'that is what is there now; changes follow');
  }
}

function lostText(count: bigint, isLate: boolean): string {
  if (count === 0n) return 'changes are missing here: the daemon was restarted, or nobody watched for some time; start again';
  if (isLate) return `too late: up to ${count} changes are missing here; start again`;
  return `too slow: ${count} changes are missing here; start again, or filter more`;
}

function withdrawView({ prefix, nlri, pathIdentifier, neighbor }: Withdrawal): WithdrawView {
  return { prefix: nlri?.text ?? prefix, pathIdentifier: pathIdentifier === 0 ? undefined : pathIdentifier, neighbor };
}
