/** `tsbgp route aggregates|conditions`: what the configuration says about routes of our own, and what has become of it. */
import { type Aggregate, type Condition, Condition_Type as ConditionType } from '@tsbgp/api';
import type { Command } from 'commander';
import type { Invocation } from '../invocation.ts';
import { type Column, TableWriter } from '../terminal/table.ts';
import { count } from '../terminal/units.ts';

const AGGREGATES: readonly Column<Aggregate>[] = [
  { title: 'Prefix', value: (a) => a.prefix, format: () => 'bold' },
  { title: 'Contributors', value: (a) => count(a.contributors), align: 'right' },
  { title: 'Announced', value: (a) => (a.contributors > 0n ? 'yes' : 'no'), format: (a) => (a.contributors > 0n ? 'green' : 'dim') },
  { title: 'More specifics', value: (a) => (a.summaryOnly ? 'not sent' : 'sent') },
];

const CONDITIONS: readonly Column<Condition>[] = [
  { title: 'Condition', value: (c) => c.name, format: () => 'bold' },
  { title: 'Holds', value: holds, format: (c) => (c.holds ? 'green' : 'dim') },
  { title: 'While', value: (c) => `${typeOf(c)} ${c.prefixes.join(', ')}`, shrinkTo: 28 },
  { title: 'Hold', value: (c) => `${c.hold} s`, align: 'right' },
  { title: 'Routes', value: (c) => count(c.routes), align: 'right' },
  { title: 'Neighbors', value: (c) => count(c.neighbors), align: 'right' },
];

export function addOwnRouting(route: Command, invocation: Invocation): void {
  route
    .command('aggregates')
    .description('show the aggregates, and how many prefixes contribute to each')
    .action(async () => {
      const { aggregates } = await invocation.ask((daemon) =>
        daemon.call((client, options) => client.injection.listAggregates({}, options)),
      );
      const json = ({ family, prefix, summaryOnly, mergeCommunities, contributors }: Aggregate): object => ({
        family,
        prefix,
        summaryOnly,
        mergeCommunities,
        contributors: Number(contributors),
      });
      await show(invocation, aggregates, { columns: AGGREGATES, json, nothing: 'no aggregates are configured' });
    });

  route
    .command('conditions')
    .description('show the conditions under which routes are announced, and whether they hold')
    .action(async () => {
      const { conditions } = await invocation.ask((daemon) =>
        daemon.call((client, options) => client.injection.listConditions({}, options)),
      );
      const json = ({ name, prefixes, hold, holds: isHeld, changing, routes, neighbors, ...rest }: Condition): object => ({
        name,
        type: typeOf(rest),
        prefixes,
        hold,
        holds: isHeld,
        changing,
        routes,
        neighbors,
      });
      await show(invocation, conditions, { columns: CONDITIONS, json, nothing: 'no conditions are configured' });
    });
}

interface Shown<T> {
  readonly columns: readonly Column<T>[];
  readonly json: (item: T) => object;
  /** What is said where there is none. */
  readonly nothing: string;
}

async function show<T>(invocation: Invocation, items: readonly T[], { columns, json, nothing }: Shown<T>): Promise<void> {
  if (invocation.isJson) await invocation.printJsonLines(items.map(json));
  else if (items.length === 0) await invocation.print(nothing);
  else await invocation.print(...new TableWriter(columns, invocation.view()).lines(items));
}

function holds({ holds: isHeld, changing }: Condition): string {
  return `${isHeld ? 'yes' : 'no'}${changing ? ', changing' : ''}`;
}

function typeOf({ type }: Pick<Condition, 'type'>): string {
  return type === ConditionType.PRESENT ? 'present' : 'absent';
}
