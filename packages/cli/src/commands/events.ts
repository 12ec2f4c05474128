/** `tsbgp events`: what happens to sessions, one line each, until Ctrl-C. */
import type { Command } from 'commander';
import type { Invocation } from '../invocation.ts';
import { counted } from '../terminal/units.ts';
import { address, integer } from '../values.ts';
import { eventLine } from '../views/event.ts';

interface EventsOptions {
  readonly recent: number;
  readonly follow: boolean;
  readonly limit?: number;
}

/** The daemon remembers this many. */
const RECENT_MAX = 1000;
const RECENT_DEFAULT = 20;

export function addEvents(program: Command, invocation: Invocation): void {
  program
    .command('events')
    .description('show what happens to sessions: up, down, NOTIFICATIONs, End-of-RIB, malformed UPDATEs')
    .argument('[neighbor]', 'only this one', address)
    .option('--recent <number>', 'so many of the past first', integer(0, RECENT_MAX, 100), RECENT_DEFAULT)
    .option('--no-follow', 'end after those of the past')
    .option('--limit <number>', 'end after this many', integer(1, Number.MAX_SAFE_INTEGER, 20))
    .action((neighbor: string | undefined, options: EventsOptions) => show(invocation, neighbor, options));
}

async function show(invocation: Invocation, neighbor: string | undefined, { recent, follow, limit }: EventsOptions): Promise<void> {
  const daemon = await invocation.daemon();
  let left = limit ?? Number.POSITIVE_INFINITY;
  for await (const { events, lost } of daemon.events({ neighbor, recent, follow })) {
    const shown = events.slice(0, left);
    left -= shown.length;
    if (invocation.isJson) {
      if (lost > 0) await invocation.printJsonLines([{ type: 'lost', count: lost }]);
      await invocation.printJsonLines(shown);
    } else {
      const view = invocation.view();
      if (lost > 0) await invocation.print(invocation.style('yellow', `too slow: ${counted(lost, 'event')} missing here`));
      await invocation.print(...shown.map((event) => eventLine(event, view)));
    }
    if (left === 0) return;
  }
}
