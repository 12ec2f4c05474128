/** What the program shows about RPKI: the sources, and what the data say of a route. */
import {
  AspaHop_Attestation as Attestation,
  type GetRpkiResponse,
  Vrp_Match as Match,
  type RpkiCache,
  type RpkiFile,
  RpkiCache_State as State,
  type ValidateResponse,
  type Vrp,
} from '@tsbgp/api';
import { printable } from '../terminal/style.ts';
import { type Column, table } from '../terminal/table.ts';
import { count, counted, duration } from '../terminal/units.ts';
import { type AspaView, type RovView, stateFormat } from './route.ts';
import type { ViewOptions } from './view-options.ts';

const STATES: Readonly<Record<State, string>> = {
  [State.UNSPECIFIED]: 'unknown',
  [State.IDLE]: 'not needed',
  [State.CONNECTING]: 'connecting',
  [State.QUERYING]: 'querying',
  [State.RECEIVING]: 'receiving',
  [State.SYNCED]: 'in sync',
  [State.NO_DATA]: 'no data',
  [State.WAITING]: 'waiting',
};

const CACHES: readonly Column<RpkiCache>[] = [
  { title: 'Cache', value: (c) => c.name, format: () => 'bold' },
  { title: 'Over', value: (c) => c.transport, dropOrder: 3 },
  { title: 'Pref', value: (c) => String(c.preference), align: 'right', dropOrder: 4 },
  { title: 'State', value: (c) => STATES[c.state] ?? 'unknown', format: (c) => (c.state === State.SYNCED ? 'green' : 'yellow') },
  { title: 'Version', value: (c) => optional(c.version), align: 'right', dropOrder: 5 },
  { title: 'Serial', value: (c) => optional(c.serial), align: 'right', dropOrder: 6 },
  { title: 'VRPs', value: (c) => count(c.ipv4Vrps + c.ipv6Vrps), align: 'right' },
  { title: 'ASPAs', value: (c) => count(c.aspas), align: 'right' },
  { title: 'Age', value: (c) => (c.dataAge === undefined ? '' : duration(c.dataAge)), align: 'right' },
  { title: 'Expires in', value: (c) => (c.dataExpires === undefined ? '' : duration(c.dataExpires)), align: 'right', dropOrder: 2 },
  { title: 'Problem', value: problem, onlyIfUsed: true, shrinkTo: 24, dropOrder: 1, format: () => 'red' },
];

const FILES: readonly Column<RpkiFile>[] = [
  { title: 'File', value: (f) => f.path, format: () => 'bold' },
  { title: 'Kind', value: (f) => (f.slurm ? 'SLURM' : 'export'), dropOrder: 2 },
  { title: 'VRPs', value: (f) => count(f.ipv4Vrps + f.ipv6Vrps), align: 'right' },
  { title: 'ASPAs', value: (f) => count(f.aspas), align: 'right' },
  { title: 'Age', value: (f) => (f.age === undefined ? '' : duration(f.age)), align: 'right' },
  { title: 'Problem', value: (f) => f.error, onlyIfUsed: true, shrinkTo: 24, dropOrder: 1, format: () => 'red' },
];

const MATCHES: Readonly<Record<Match, string>> = {
  [Match.UNSPECIFIED]: '',
  [Match.PERMITS]: 'permits it',
  [Match.OTHER_ORIGIN]: 'another AS',
  [Match.TOO_LONG]: 'the prefix is too long',
};

const COVERING: readonly Column<Vrp>[] = [
  { title: 'VRP', value: (v) => v.prefix, format: () => 'bold' },
  { title: 'Max length', value: (v) => String(v.maxLength), align: 'right' },
  { title: 'AS', value: (v) => String(v.asn), align: 'right' },
  { title: '', value: (v) => MATCHES[v.match] ?? '', format: (v) => (v.match === Match.PERMITS ? 'green' : 'dim') },
  { title: 'From', value: (v) => v.sources.join(', '), dropOrder: 1, shrinkTo: 20, format: () => 'dim' },
];

/** The totals, a table of caches, a table of files. */
export function rpkiPage(totals: GetRpkiResponse, caches: readonly RpkiCache[], options: ViewOptions): string[] {
  const { style } = options;
  if (!totals.configured) return ['no RPKI data: the configuration has no section rpki that names a cache or a file'];
  const ready = totals.ready ? style('green', 'ready') : style('yellow', 'not ready');
  const vrps = `${count(totals.ipv4Vrps)} IPv4 and ${count(totals.ipv6Vrps)} IPv6 VRPs, ${counted(Number(totals.aspas), 'ASPA')}`;
  const again = totals.revalidating ? style('yellow', '  routes are being judged again') : '';
  return [
    `${ready}  ${vrps}${again}`,
    ...(caches.length === 0 ? [] : ['', ...table(CACHES, caches, options)]),
    ...(totals.files.length === 0 ? [] : ['', ...table(FILES, totals.files, options)]),
  ];
}

export interface ValidatedView {
  readonly prefix: string;
  readonly originAs: number | undefined;
  readonly rov: RovView | undefined;
  readonly aspa: AspaView | undefined;
}

export function validationPage(view: ValidatedView, { covering, hops }: ValidateResponse, options: ViewOptions): string[] {
  const { style } = options;
  const said = (state: RovView | AspaView | undefined): string => {
    const format = stateFormat(state);
    const text = state?.replace('-', ' ') ?? 'not checked';
    return format === undefined ? text : style(format, text);
  };
  const lines = [`${style('bold', printable(view.prefix))} AS${view.originAs}  ${said(view.rov)}`];
  if (covering.length > 0) lines.push('', ...table(COVERING, covering, options));
  else if (view.rov !== undefined) lines.push('no VRP covers the prefix');
  if (hops.length === 0) return lines;
  lines.push('', `AS path  ${said(view.aspa)}${view.aspa === undefined ? style('dim', '  --role says what we are to the neighbor') : ''}`);
  for (const { fromAs, toAs, up, down } of hops) lines.push(`  ${fromAs} to ${toAs}  ${hopText(up, down)}`);
  return lines;
}

function hopText(up: Attestation, down: Attestation): string {
  const words = [
    up === Attestation.PROVIDER ? 'up, to a provider' : '',
    down === Attestation.PROVIDER ? 'down, to a customer' : '',
    up === Attestation.NOT_PROVIDER ? 'not up' : '',
    down === Attestation.NOT_PROVIDER ? 'not down' : '',
  ].filter((word) => word !== '');
  return words.length === 0 ? 'no ASPA' : words.join(', ');
}

export function totalsJson({ configured, ready, ipv4Vrps, ipv6Vrps, aspas, vrpBytes, revalidated, revalidating }: GetRpkiResponse): object {
  return {
    configured,
    ready,
    ipv4Vrps: Number(ipv4Vrps),
    ipv6Vrps: Number(ipv6Vrps),
    aspas: Number(aspas),
    vrpBytes: Number(vrpBytes),
    revalidated: Number(revalidated),
    revalidating,
  };
}

export function cacheJson(cache: RpkiCache): object {
  return { ...numbers(cache), state: STATES[cache.state] ?? 'unknown', lastError: cache.lastError || undefined };
}

export function fileJson(file: RpkiFile): object {
  return { ...numbers(file), error: file.error || undefined };
}

export function validationJson({ covering, hops }: ValidateResponse): object {
  return {
    covering: covering.map(({ prefix, maxLength, asn, sources, match }) => ({ prefix, maxLength, asn, sources, match: MATCHES[match] })),
    hops: hops.map(({ fromAs, toAs, up, down }) => ({ from: fromAs, to: toAs, says: hopText(up, down) })),
  };
}

/** The fields of a message, counts as numbers: none of them is beyond 2^53. */
function numbers(message: object): object {
  const fields = Object.entries(message).filter(([name]) => !name.startsWith('$'));
  return Object.fromEntries(fields.map(([name, value]) => [name, typeof value === 'bigint' ? Number(value) : value]));
}

/** What went wrong last is of interest while the cache is not in sync. */
function problem({ state, lastError }: RpkiCache): string {
  return state === State.SYNCED ? '' : lastError;
}

function optional(value: number | undefined): string {
  return value === undefined ? '' : String(value);
}
