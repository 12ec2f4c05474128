/** What the program shows about neighbors: a table of all, a page about one. */
import { FIELD_ROWS, fieldOf, type KeyRow, type NeighborConfigView, REMOTE_PORT_DEFAULT } from '../neighbor-config.ts';
import { type Format, printable } from '../terminal/style.ts';
import { type Column, type Fact, facts, table } from '../terminal/table.ts';
import { ago, bytes, count, counted, dateTime, duration } from '../terminal/units.ts';
import { restartSummary, restartText, type StaleRoutesView } from './restart.ts';
import type { ViewOptions } from './view-options.ts';

export interface NeighborView extends Omit<NeighborConfigView, 'enabled'> {
  readonly state: string;
  readonly isUp: boolean;
  readonly isDisabled: boolean;
  readonly session: SessionView | undefined;
  readonly counters: readonly { readonly message: string; readonly sent: number; readonly received: number }[];
  readonly bytesSent: number;
  readonly bytesReceived: number;
  readonly prefixes: readonly FamilyView[];
  /** Which limit keeps the session down; '' for none. */
  readonly limitShutdown: string;
  readonly limitRestartAt: Date | undefined;
  readonly paths: number;
  readonly attributeSets: number;
  /** When the session is closed, while it is shut down gracefully. */
  readonly leavesAt?: Date | undefined;
  /** What the session waits for after the start; '' for nothing. */
  readonly waitsFor?: string;
  /** When the last session was lost, while routes of it are stale. */
  readonly restartingSince?: Date | undefined;
  readonly flapCount: number;
  readonly lastError: string;
  readonly lastErrorAt: Date | undefined;
  readonly lastNotification: NotificationView | undefined;
}

export interface PrefixFilterEntryView {
  readonly sequence: number;
  readonly deny: boolean;
  readonly prefix: string;
  /** 0: not given. */
  readonly minLength: number;
  readonly maxLength: number;
}

export interface FamilyView {
  readonly family: string;
  readonly received: number;
  readonly accepted: number;
  readonly advertised: number;
  /** Routes held and rejected, by reason. */
  readonly rejected: Readonly<Record<string, number>>;
  /** Announcements rejected and not held, by reason. */
  readonly discarded: Readonly<Record<string, number>>;
  readonly withdrawn: number;
  readonly announcementsSent: number;
  readonly withdrawalsSent: number;
  /** How much of the prefix limits is in use; undefined without any. */
  readonly limitState: 'below' | 'warning' | 'reached' | undefined;
  /** The neighbor sends its routes again (RFC 7313). */
  readonly refreshing: boolean;
  /** Routes that it has to send again, and what becomes of those of a restart. */
  readonly stale: number;
  readonly staleRoutes?: StaleRoutesView | undefined;
  /** Prefix filters that the neighbor sent (RFC 5292), in the order in which they are looked at. */
  readonly prefixFilter: readonly PrefixFilterEntryView[];
  /** The first routes wait for these filters. */
  readonly awaitsPrefixFilter: boolean;
  /** Neighbors whose UPDATEs are encoded together; 0 without a session. */
  readonly groupMembers?: number;
  /** Prefixes that are still to be sent; undefined where the neighbor is not behind. */
  readonly behind?: number | undefined;
}

export interface NotificationView {
  readonly direction: 'sent' | 'received';
  readonly code: number;
  readonly subcode: number;
  readonly text: string;
  readonly at: Date | undefined;
}

export interface SessionView {
  readonly establishedAt: Date;
  readonly remoteBgpIdentifier: string;
  readonly localAddress: string;
  readonly localPort: number;
  readonly remotePort: number;
  readonly peerType: string;
  readonly holdTimeSeconds: number;
  readonly keepaliveSeconds: number;
  readonly families: readonly string[];
  readonly localCapabilities: readonly string[];
  readonly remoteCapabilities: readonly string[];
  readonly backlogBytes: number;
}

export function neighborTable(neighbors: readonly NeighborView[], options: ViewOptions): string[] {
  const columns: readonly Column<NeighborView>[] = [
    { title: 'Neighbor', value: (n) => n.address, format: () => 'bold' },
    { title: 'AS', value: (n) => String(n.remoteAs), align: 'right' },
    { title: 'State', value: stateText, format: stateFormat },
    { title: 'Since', value: (n) => since(n, options.now), align: 'right', dropOrder: 2 },
    { title: 'Received', value: (n) => sum(n, 'received'), align: 'right' },
    { title: 'Accepted', value: (n) => sum(n, 'accepted'), align: 'right', dropOrder: 4 },
    { title: 'Sent', value: (n) => sum(n, 'advertised'), align: 'right' },
    {
      title: 'Flaps',
      value: (n) => String(n.flapCount),
      align: 'right',
      dropOrder: 5,
      format: (n) => (n.flapCount > 0 ? 'yellow' : 'dim'),
    },
    { title: 'Description', value: (n) => n.description, shrinkTo: 12, dropOrder: 3, onlyIfUsed: true },
    { title: 'Problem', value: problem, shrinkTo: 16, dropOrder: 1, onlyIfUsed: true, format: () => 'red' },
  ];
  return table(columns, neighbors, options);
}

export function neighborSummary(neighbors: readonly NeighborView[]): string {
  const up = neighbors.filter((n) => n.isUp).length;
  return `${counted(neighbors.length, 'neighbor')}, ${up} established`;
}

export function neighborPage(neighbor: NeighborView, options: ViewOptions): string[] {
  const { style, now } = options;
  const { session } = neighbor;
  const indented = { ...options, indent: '  ' };
  const heading = [
    style('bold', printable(neighbor.address)),
    `AS ${neighbor.remoteAs}`,
    style(stateFormat(neighbor), stateText(neighbor)),
    ...(since(neighbor, now) === '' ? [] : [`for ${since(neighbor, now)}`]),
  ].join('  ');
  return [
    heading,
    ...facts(
      [
        ['description', neighbor.description],
        ['waits', waitsText(neighbor), 'yellow'],
        ['warning', hasNoFamily(neighbor) ? NO_FAMILY : undefined, 'yellow'],
        ['limit', limitText(neighbor, now), 'red'],
        ['waits for', isWaiting(neighbor) ? neighbor.waitsFor : undefined, 'yellow'],
        ['restarting', restartText(neighbor, now), 'yellow'],
        ['shutting down', shuttingDown(neighbor, now), 'yellow'],
        ['last error', lastError(neighbor, now)],
        ['last NOTIFICATION', lastNotification(neighbor, now)],
        ['flaps', neighbor.flapCount === 0 ? undefined : count(neighbor.flapCount)],
      ],
      indented,
    ),
    ...(session === undefined ? [] : ['', style('bold', 'Session'), ...sessionFacts(session, indented)]),
    '',
    style('bold', 'Configuration'),
    ...configFacts(neighbor, indented),
    '',
    ...table(
      [
        { title: 'Prefixes', value: (row) => row.family },
        { title: 'received', value: (row) => count(row.received), align: 'right' },
        { title: 'accepted', value: (row) => count(row.accepted), align: 'right' },
        { title: 'rejected', value: (row) => number(total(row.rejected)), align: 'right', onlyIfUsed: true },
        { title: 'discarded', value: (row) => number(total(row.discarded)), align: 'right', onlyIfUsed: true },
        { title: 'stale', value: (row) => number(row.stale), align: 'right', onlyIfUsed: true, format: () => 'yellow' },
        { title: 'sent', value: (row) => count(row.advertised), align: 'right' },
        { title: 'limit', value: (row) => limitColumn(neighbor, row), onlyIfUsed: true, format: limitFormat },
        { title: 'to send', value: (row) => (row.behind === undefined ? '' : count(row.behind)), align: 'right', onlyIfUsed: true },
        {
          title: 'in one group',
          value: (row) => ((row.groupMembers ?? 0) > 1 ? count(row.groupMembers!) : ''),
          align: 'right',
          onlyIfUsed: true,
        },
      ],
      neighbor.prefixes,
      options,
    ),
    ...rejectedTable(neighbor, options),
    ...filterTable(neighbor, options),
    '',
    ...table<readonly [string, string, string]>(
      [
        { title: 'Messages', value: (row) => row[0] },
        { title: 'sent', value: (row) => row[1], align: 'right' },
        { title: 'received', value: (row) => row[2], align: 'right' },
      ],
      [
        ...neighbor.counters.map(({ message, sent, received }) => [message, count(sent), count(received)] as const),
        ['octets', bytes(neighbor.bytesSent), bytes(neighbor.bytesReceived)],
        ['withdrawals', count(sumOf(neighbor, 'withdrawalsSent')), count(sumOf(neighbor, 'withdrawn'))],
      ],
      options,
    ),
  ];
}

function sessionFacts(session: SessionView, options: ViewOptions & { readonly indent: string }): string[] {
  const ends = `${session.localAddress} port ${session.localPort} to port ${session.remotePort}`;
  return facts(
    [
      ['established', dateTime(session.establishedAt) + ago(session.establishedAt, options.now)],
      ['type', session.peerType === 'ibgp' ? 'iBGP' : 'eBGP'],
      ['BGP identifier', session.remoteBgpIdentifier],
      ['connection', ends],
      ['timers', session.holdTimeSeconds === 0 ? 'none' : `hold ${session.holdTimeSeconds} s, keepalive ${session.keepaliveSeconds} s`],
      ['families', session.families.length === 0 ? 'none' : session.families.join(', ')],
      ['we offer', session.localCapabilities.join(', ')],
      ['it offers', session.remoteCapabilities.join(', ')],
      ['backlog', session.backlogBytes === 0 ? undefined : bytes(session.backlogBytes)],
    ],
    options,
  );
}

/** Fields with a line written for them. Every other one has a line with its key, or its key among the flags. */
const WRITTEN_OUT: ReadonlySet<string> = new Set<keyof NeighborView>([
  'address',
  'remoteAs',
  'description',
  'localAs',
  'localAddress',
  'remotePort',
  'families',
  'importPolicy',
  'exportPolicy',
  'holdTimeSeconds',
  'connectRetrySeconds',
  'multihopTtl',
]);

function words({ key }: KeyRow): string {
  return key.replaceAll('-', ' ');
}

function configFacts(n: NeighborView, options: ViewOptions & { readonly indent: string }): string[] {
  const others = FIELD_ROWS.filter((row) => row.name !== 'enabled' && !WRITTEN_OUT.has(row.name));
  const differs = (row: KeyRow & (typeof others)[number]): boolean =>
    fieldOf(n, row) !== undefined && fieldOf(n, row) !== (row.default ?? (row.type === 'flag' ? false : undefined));
  const flags = others
    .filter((row) => row.type === 'flag' && differs(row))
    .map((row) => (row.default === true ? `no ${words(row)}` : words(row)));
  const values = others.filter((row) => row.type !== 'flag' && differs(row));
  return facts(
    [
      ['local AS', n.localAs === undefined ? undefined : String(n.localAs)],
      ['local address', n.localAddress],
      ['port', n.remotePort === REMOTE_PORT_DEFAULT ? undefined : String(n.remotePort)],
      ['families', n.families.join(', ')],
      ['policy', `import ${n.importPolicy || 'not told'}, export ${n.exportPolicy || 'not told'}`],
      ['timers', `hold ${n.holdTimeSeconds} s, connect retry ${n.connectRetrySeconds} s`],
      ['multihop', n.multihopTtl === undefined ? undefined : `TTL ${n.multihopTtl}`],
      ...values.map((row): Fact => [words(row), valueText(fieldOf(n, row))]),
      ['also', [...flags, ...(n.isDisabled ? ['disabled'] : [])].join(', ')],
    ],
    options,
  );
}

/** Words are a list, and so are numbers by family; without any the line is left out. */
function valueText(value: unknown): string | undefined {
  if (Array.isArray(value)) return value.length === 0 ? undefined : value.join(', ');
  if (typeof value !== 'object' || value === null) return String(value);
  const numbers = Object.entries(value).map(([family, limit]) => `${family} ${count(Number(limit))}`);
  return numbers.length === 0 ? undefined : numbers.join(', ');
}

function limitText({ limitShutdown, limitRestartAt }: NeighborView, now: Date): string | undefined {
  if (limitShutdown === '') return undefined;
  if (limitRestartAt === undefined) return `${limitShutdown}; start it with tsbgp neighbor enable`;
  const seconds = Math.max(0, (limitRestartAt.getTime() - now.getTime()) / 1000);
  return `${limitShutdown}; starts again in ${duration(seconds)}`;
}

function limitColumn(n: NeighborView, { family, limitState }: FamilyView): string {
  if (limitState === undefined) return '';
  const limits = [n.maxPrefix?.[family], n.maxPrefixAccepted?.[family]].filter((limit) => limit !== undefined);
  return `${limits.map((limit) => count(limit)).join(' / ')}${limitState === 'below' ? '' : ` ${limitState}`}`;
}

function limitFormat({ limitState }: FamilyView): Format | undefined {
  return limitState === 'reached' ? 'red' : limitState === 'warning' ? 'yellow' : undefined;
}

/** A row for each family and reason. */
function rejectedTable({ prefixes }: NeighborView, options: ViewOptions): string[] {
  const rows = prefixes.flatMap(({ family, rejected, discarded }) =>
    [...new Set([...Object.keys(rejected), ...Object.keys(discarded)])].map((reason) => ({
      family,
      reason,
      held: rejected[reason] ?? 0,
      discarded: discarded[reason] ?? 0,
    })),
  );
  if (rows.length === 0) return [];
  const columns: readonly Column<(typeof rows)[number]>[] = [
    { title: 'Rejected', value: (row) => row.family },
    { title: 'because', value: (row) => row.reason },
    { title: 'held', value: (row) => count(row.held), align: 'right' },
    { title: 'not held', value: (row) => count(row.discarded), align: 'right' },
  ];
  return ['', ...table(columns, rows, options)];
}

/** What the neighbor is waited for. */
function waitsText({ prefixes }: NeighborView): string | undefined {
  const filters = prefixes.filter(({ awaitsPrefixFilter }) => awaitsPrefixFilter).map(({ family }) => family);
  const refreshes = prefixes.filter(({ refreshing }) => refreshing).map(({ family }) => family);
  const texts = [
    ...(filters.length === 0 ? [] : [`for its prefix filter: ${filters.join(', ')}`]),
    ...(refreshes.length === 0 ? [] : [`for the end of its route refresh: ${refreshes.join(', ')}`]),
  ];
  return texts.length === 0 ? undefined : texts.join('; ');
}

/** A row for each entry of the prefix filters that the neighbor sent. */
function filterTable({ prefixes }: NeighborView, options: ViewOptions): string[] {
  const rows = prefixes.flatMap(({ family, prefixFilter }) => prefixFilter.map((entry) => ({ ...entry, family })));
  if (rows.length === 0) return [];
  const columns: readonly Column<(typeof rows)[number]>[] = [
    { title: 'Its filter', value: (row) => row.family },
    { title: '', value: (row) => String(row.sequence), align: 'right' },
    { title: '', value: (row) => (row.deny ? 'deny' : 'permit') },
    { title: '', value: (row) => row.prefix },
    {
      title: '',
      value: ({ minLength, maxLength }) =>
        [minLength > 0 ? `ge ${minLength}` : '', maxLength > 0 ? `le ${maxLength}` : ''].join(' ').trim(),
    },
  ];
  return ['', ...table(columns, rows, options)];
}

function total(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((all, each) => all + each, 0);
}

/** '' for none: the column is left out where no row has any. */
function number(value: number): string {
  return value === 0 ? '' : count(value);
}

function stateText(n: NeighborView): string {
  if (n.isDisabled) return 'Disabled';
  return isWaiting(n) ? 'Waiting' : n.state;
}

function stateFormat(n: NeighborView): Format {
  if (n.isUp) return 'green';
  if (n.isDisabled) return 'dim';
  return n.state === 'Idle' && !isWaiting(n) ? 'red' : 'yellow';
}

/** After the start, for RPKI data. */
function isWaiting({ waitsFor = '' }: NeighborView): boolean {
  return waitsFor !== '';
}

function since(n: NeighborView, now: Date): string {
  return n.session === undefined ? '' : duration((now.getTime() - n.session.establishedAt.getTime()) / 1000);
}

/** RFC 4760 §8: a session without a common family stays up and carries no routes. */
const NO_FAMILY = 'no address family in common: the session is up, and no routes are exchanged';

function hasNoFamily(n: NeighborView): boolean {
  return n.session !== undefined && n.session.families.length === 0;
}

/** A column of the table: the problem that an operator should look into. */
function problem(n: NeighborView): string {
  if (hasNoFamily(n)) return 'no address family in common';
  if (n.limitShutdown !== '') return n.limitShutdown;
  if (isWaiting(n)) return `waits for ${n.waitsFor}`;
  return restartSummary(n) || (n.isUp ? '' : n.lastError);
}

/** RFC 8326: the neighbor finds other paths until then. */
function shuttingDown({ leavesAt }: NeighborView, now: Date): string | undefined {
  if (leavesAt === undefined) return undefined;
  const seconds = Math.max(0, Math.round((leavesAt.getTime() - now.getTime()) / 1000));
  return `gracefully (RFC 8326); the session is closed in ${seconds} s`;
}

/** Undefined where it is the last NOTIFICATION, which has a separate line. */
function lastError(n: NeighborView, now: Date): string | undefined {
  if (n.lastError === '' || n.lastError === n.lastNotification?.text) return undefined;
  return n.lastError + ago(n.lastErrorAt, now);
}

function lastNotification({ lastNotification: last }: NeighborView, now: Date): string | undefined {
  if (last === undefined) return undefined;
  return `${last.direction}: ${last.text}${ago(last.at, now)}`;
}

type Counted = 'received' | 'accepted' | 'advertised' | 'withdrawn' | 'withdrawalsSent';

function sum(n: NeighborView, what: Counted): string {
  return count(sumOf(n, what));
}

function sumOf(n: NeighborView, what: Counted): number {
  return n.prefixes.reduce((all, row) => all + row[what], 0);
}
