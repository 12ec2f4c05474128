/** `tsbgp rib dampened`: routes that flapped, of neighbors with route flap damping (RFC 2439). */
import type { DampenedRoute } from '@tsbgp/api';
import type { Command } from 'commander';
import type { Invocation } from '../invocation.ts';
import { type Column, TableWriter } from '../terminal/table.ts';
import { count, counted, duration } from '../terminal/units.ts';
import { address } from '../values.ts';

interface DampenedOptions {
  readonly all?: boolean;
}

const COLUMNS: readonly Column<DampenedRoute>[] = [
  { title: '', value: (r) => (r.suppressed ? 'd' : ''), format: () => 'red' },
  { title: 'Prefix', value: (r) => r.prefix, format: () => 'bold' },
  { title: 'From', value: (r) => r.neighbor, format: () => 'cyan' },
  { title: 'Penalty', value: (r) => count(r.penalty), align: 'right' },
  { title: 'Flaps', value: (r) => count(r.flaps), align: 'right' },
  { title: 'Reuse in', value: (r) => (r.suppressed ? duration(r.reuseSeconds) : ''), align: 'right' },
  { title: 'Announced', value: (r) => (r.announced ? 'yes' : 'no') },
];

export function addDampened(rib: Command, invocation: Invocation): void {
  rib
    .command('dampened')
    .description('show routes that are suppressed because they flapped')
    .argument('[neighbor]', 'only of this neighbor', address)
    .option('--all', 'also those that flapped and are still used')
    .action((neighbor: string | undefined, options: DampenedOptions) => show(invocation, neighbor ?? '', options));
}

async function show(invocation: Invocation, neighbor: string, { all = false }: DampenedOptions): Promise<void> {
  const { routes, count: total } = await invocation.ask((daemon) =>
    daemon.call((client, options) => client.rib.listDampened({ neighbor, all }, options)),
  );
  if (invocation.isJson) {
    await invocation.printJsonLines(routes.map(json));
    return;
  }
  if (routes.length === 0) {
    await invocation.print(all ? 'no route flapped lately' : 'no route is suppressed; --all shows those that flapped');
    return;
  }
  await invocation.print(...new TableWriter(COLUMNS, invocation.view()).lines(routes));
  if (Number(total) > routes.length) await invocation.print(`the first ${counted(routes.length, 'route')} of ${count(total)}`);
}

function json({ family, prefix, neighbor, penalty, flaps, suppressed, announced, reuseSeconds }: DampenedRoute): object {
  return { family, prefix, neighbor, penalty, flaps, suppressed, announced, reuseSeconds };
}
