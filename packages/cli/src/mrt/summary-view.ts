/** The counts of `tsbgp mrt --summary` for people. */
import { type Column, TableWriter } from '../terminal/table.ts';
import { bytes, count, counted } from '../terminal/units.ts';
import type { ViewOptions } from '../views/view-options.ts';
import type { PeerSummary, Summary } from './summary.ts';

type Named<T> = readonly [name: string, value: T];

const RECORDS: readonly Column<Named<number>>[] = [
  { title: 'Records', value: ([name]) => name },
  { title: 'Count', value: ([, value]) => count(value), align: 'right' },
];

const ROUTES: readonly Column<Named<Summary['routes'][string]>>[] = [
  { title: 'Routes', value: ([name]) => name },
  { title: 'Announced', value: ([, { announced }]) => count(announced), align: 'right' },
  { title: 'Withdrawn', value: ([, { withdrawn }]) => count(withdrawn), align: 'right' },
  { title: 'In tables', value: ([, { inTable }]) => count(inTable), align: 'right' },
];

const PEERS: readonly Column<PeerSummary>[] = [
  { title: 'Peer', value: ({ address }) => address },
  { title: 'AS', value: ({ as }) => String(as), align: 'right' },
  { title: 'Announced', value: ({ announced }) => count(announced), align: 'right' },
  { title: 'Withdrawn', value: ({ withdrawn }) => count(withdrawn), align: 'right' },
  { title: 'In tables', value: ({ inTable }) => count(inTable), align: 'right' },
  { title: 'States', value: ({ stateChanges }) => count(stateChanges), align: 'right' },
];

export function summaryLines(summary: Summary, view: ViewOptions): string[] {
  const { records, routes, peers, octets, firstTime, lastTime } = summary;
  const total = Object.values(records).reduce((sum, each) => sum + each, 0);
  const times = firstTime === undefined ? '' : `, ${utc(firstTime)} to ${utc(lastTime!)} UTC`;
  const largestFirst = peers.toSorted((a, b) => routesOf(b) - routesOf(a));
  return [
    `${counted(total, 'record')}, ${bytes(octets)} unpacked${times}`,
    ...table(RECORDS, Object.entries(records), view),
    ...table(ROUTES, Object.entries(routes), view),
    ...table(PEERS, largestFirst, view),
  ];
}

function table<Row>(columns: readonly Column<Row>[], rows: readonly Row[], { width, style }: ViewOptions): string[] {
  return rows.length === 0 ? [] : ['', ...new TableWriter(columns, { width, style }).lines(rows)];
}

function routesOf({ announced, withdrawn, inTable }: PeerSummary): number {
  return announced + withdrawn + inTable;
}

function utc(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 19).replace('T', ' ');
}
