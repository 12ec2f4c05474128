/** Routes for people: rows of a table that may have millions, a page about the paths of a prefix, a line for a change. */
import { type Format, printable, type Style } from '../terminal/style.ts';
import { type Column, type Fact, facts } from '../terminal/table.ts';
import { ago, clockTime, count, counted, dateTime, duration } from '../terminal/units.ts';
import type { ViewOptions } from './view-options.ts';

export interface RouteView {
  readonly family: string;
  readonly prefix: string;
  readonly pathIdentifier: number | undefined;
  /** '' for a route of our own. */
  readonly neighbor: string;
  readonly nextHop: string;
  readonly asPath: string;
  /** 'igp', 'egp', 'incomplete'. */
  readonly origin: string;
  readonly med: number | undefined;
  readonly localPref: number | undefined;
  readonly communities: readonly string[];
  readonly largeCommunities: readonly string[];
  readonly extendedCommunities: readonly string[];
  /** All other attributes, in the order of their type codes. */
  readonly others: readonly { readonly name: string; readonly text: string }[];
  readonly best: boolean;
  readonly filtered: boolean;
  /** Undefined where it is not filtered, or where the daemon does not say. */
  readonly filterReason: FilterReasonView | undefined;
  /** The word with which import policy rejects it. */
  readonly policyReason?: string | undefined;
  /** What RPKI says of its origin and its AS path; undefined where it is not asked. */
  readonly rov?: RovView | undefined;
  readonly aspa?: AspaView | undefined;
  readonly learnedAt: Date | undefined;
  /** Where a route of our own comes from; undefined for routes of neighbors. */
  readonly source: SourceView | undefined;
  /** Who injected it, as the client said. */
  readonly addedBy: string | undefined;
  /** The neighbor has to send it again: after the loss of its session, or in a route refresh. */
  readonly stale?: boolean;
}

/** Origin validation state (RFC 6811). */
export type RovView = 'valid' | 'not-found' | 'invalid';
/** State of an AS path (ASPA). */
export type AspaView = 'valid' | 'unknown' | 'invalid';

export type SourceView = 'api' | 'process' | 'healthcheck' | 'configuration' | 'aggregate' | 'default-originate';

/** The paths of one prefix, in order of preference. */
export interface PrefixPathsView {
  readonly family: string;
  readonly prefix: string;
  readonly paths: readonly PathView[];
  /** How many there are. `paths` has fewer only where there are very many. */
  readonly pathCount: number;
}

export interface PathView extends RouteView {
  /** The policy and the statement that reject it. */
  readonly policyStatement?: string | undefined;
  /** It could be used beside the best path, or is the best path and has such ones beside it. */
  readonly multipath: boolean;
  /** Why it is not the best path. Undefined for the best path and for filtered ones. */
  readonly defeat: DefeatView | undefined;
}

export type FilterReasonView =
  | 'import-policy'
  | 'as-loop'
  | 'originator-id'
  | 'cluster-list'
  | 'next-hop'
  | 'next-hop-unreachable'
  | 'first-as'
  | 'as-set'
  | 'as-path-length'
  | 'route-leak'
  | 'rpki-invalid'
  | 'aspa-invalid'
  | 'max-prefix'
  | 'attribute-sets'
  | 'default-originate'
  | 'damped';

export interface DefeatView {
  readonly step: StepView;
  readonly value: string;
  readonly betterValue: string;
  /** '' for a route of our own. */
  readonly betterNeighbor: string;
}

export type StepView =
  | 'stale'
  | 'local-pref'
  | 'aigp'
  | 'as-path-length'
  | 'origin'
  | 'multi-exit-disc'
  | 'peer-type'
  | 'next-hop-cost'
  | 'age'
  | 'bgp-identifier'
  | 'cluster-list-length'
  | 'peer-address'
  | 'path-identifier'
  /** From a daemon that is newer than this program. */
  | 'unknown';

export const LOCAL = 'local';

export function routeColumns(now: Date): readonly Column<RouteView>[] {
  return [
    { title: '', value: mark, format: (r) => (r.best ? 'green' : 'red') },
    { title: 'Prefix', value: prefixText, format: (r) => (r.best ? 'bold' : undefined) },
    { title: 'Next hop', value: (r) => r.nextHop, dropOrder: 2 },
    { title: 'From', value: (r) => r.neighbor || LOCAL, dropOrder: 1, format: () => 'cyan' },
    { title: 'Source', value: sourceText, onlyIfUsed: true, dropOrder: 4 },
    { title: 'LocPrf', value: (r) => optional(r.localPref), align: 'right', onlyIfUsed: true, dropOrder: 5 },
    { title: 'MED', value: (r) => optional(r.med), align: 'right', onlyIfUsed: true, dropOrder: 6 },
    { title: 'AS path', value: pathText, shrinkTo: 28 },
    { title: 'Communities', value: allCommunities, onlyIfUsed: true, shrinkTo: 12, dropOrder: 9, format: () => 'dim' },
    { title: 'RPKI', value: rpkiText, onlyIfUsed: true, dropOrder: 7, format: (r) => stateFormat(r.rov === 'invalid' ? r.rov : r.aspa) },
    { title: 'Rejected', value: rejectedText, onlyIfUsed: true, dropOrder: 3, format: () => 'red' },
    { title: 'Age', value: (r) => age(r, now), align: 'right', dropOrder: 8, format: () => 'dim' },
  ];
}

/** What the marks mean, below a table. */
export const LEGEND = '> best   x filtered   s stale   i, e, ? origin: IGP, EGP, incomplete';

/** Everything about one route. */
export function routePage(route: RouteView, options: ViewOptions): string[] {
  const { style } = options;
  const heading = [
    style('bold', printable(prefixText(route))),
    `from ${style('cyan', printable(route.neighbor || LOCAL))}`,
    verdict(route, style),
  ];
  const why = filterText(route);
  return [heading.join('  '), ...facts([['because', why, 'yellow'], ...routeFacts(route, options.now)], { ...options, indent: '  ' })];
}

/** All paths of a prefix, each with the reason why it is not best. `asked` is what the user wrote. */
export function pathsPage(found: PrefixPathsView, asked: string, options: ViewOptions): string[] {
  return [prefixSummary(found, asked, options), ...found.paths.flatMap((path) => ['', ...pathPage(path, options)])];
}

/** `1.1.1.0/24  3 paths, best from 192.0.2.1  longest match of 1.1.1.1` */
export function prefixSummary(found: PrefixPathsView, asked: string, { style }: ViewOptions): string {
  const best = found.paths.find((path) => path.best);
  const summary = best === undefined ? 'none is usable' : `best from ${best.neighbor || LOCAL}`;
  const match = asked.includes('/') ? '' : style('dim', `  longest match of ${printable(asked)}`);
  const shown = found.paths.length < found.pathCount ? `, the first ${count(found.paths.length)} shown` : '';
  return `${style('bold', found.prefix)}  ${counted(found.pathCount, 'path')}${shown}, ${summary}${match}`;
}

function pathPage(path: PathView, options: ViewOptions): string[] {
  const { style, now } = options;
  const why = filterText(path) ?? (path.defeat && defeatText(path.defeat));
  const identifier = path.pathIdentifier === undefined ? '' : ` #${path.pathIdentifier}`;
  const beside = path.multipath ? style('green', ' multipath') : '';
  const from = `from ${style('cyan', printable(path.neighbor || LOCAL))}${identifier}  ${verdict(path, style)}${beside}`;
  return [from, ...facts([['because', why, 'yellow'], ...routeFacts(path, now)], { ...options, indent: '  ' })];
}

function verdict({ best, filtered }: RouteView, style: Style): string {
  return best ? style('green', 'best') : filtered ? style('red', 'filtered') : style('dim', 'not best');
}

/** `import-policy: bogon`. */
function rejectedText({ filterReason, policyReason }: RouteView): string {
  return policyReason === undefined ? (filterReason ?? '') : `${filterReason}: ${policyReason}`;
}

/** Why a route takes no part in the decision process; undefined where it does, or where the daemon does not say. */
export function filterText({ filterReason, ...detail }: RouteView & Pick<PathView, 'policyStatement'>): string | undefined {
  return filterReason && `${FILTER_REASONS[filterReason]}${policyText(detail)}`;
}

/** What a policy that rejects has said: `: bogon (customers-in leak)`. */
export function policyText({ policyReason, policyStatement }: Pick<PathView, 'policyReason' | 'policyStatement'>): string {
  const by = policyStatement === undefined ? '' : ` (${printable(policyStatement)})`;
  return policyReason === undefined ? by : `: ${printable(policyReason)}${by}`;
}

export const FILTER_REASONS: Readonly<Record<FilterReasonView, string>> = {
  'import-policy': 'the import policy of the neighbor denies it',
  'as-loop': 'our own AS is in its AS path (RFC 4271 §9.1.2)',
  'originator-id': 'its ORIGINATOR_ID is our BGP identifier (RFC 4456 §8)',
  'cluster-list': 'our cluster is in its cluster list (RFC 4456 §8)',
  'next-hop': 'its next hop cannot be one (RFC 4271 §6.3)',
  'next-hop-unreachable': 'its next hop cannot be reached (RFC 4271 §9.1.2)',
  'first-as': 'its AS path does not begin with the AS of the neighbor (RFC 4271 §6.3)',
  'as-set': 'its AS path has an AS_SET (RFC 9774)',
  'as-path-length': 'its AS path has more than 750 AS numbers',
  'route-leak': 'the neighbor leaks it, as its ONLY_TO_CUSTOMER says (RFC 9234 §5)',
  'rpki-invalid': 'RPKI says that its origin may not announce it (RFC 6811); see tsbgp rpki validate',
  'aspa-invalid': 'ASPAs say that its AS path is a leak, or forged; see tsbgp rpki aspas',
  'max-prefix': 'the neighbor had as many routes as it may (max-prefix)',
  'attribute-sets': 'the neighbor had brought as many attribute sets as it may',
  'default-originate': 'only for neighbors with default-originate',
  damped: 'it flapped, and is suppressed until it has been stable (RFC 2439); see tsbgp rib dampened',
};

/** What is worse about the path that lost, by step of the decision process. */
const STEPS: Readonly<Record<StepView, string>> = {
  stale: 'it is stale (RFC 9494)',
  'local-pref': 'lower local pref',
  aigp: 'higher AIGP, or none',
  'as-path-length': 'longer AS path',
  origin: 'worse origin',
  'multi-exit-disc': 'higher MED',
  'peer-type': 'kind of neighbor',
  'next-hop-cost': 'higher cost to the next hop',
  age: 'younger',
  'bgp-identifier': 'higher BGP identifier',
  'cluster-list-length': 'longer cluster list',
  'peer-address': 'higher neighbor address',
  'path-identifier': 'higher path identifier',
  unknown: 'a step that this tsbgp does not know',
};

/** `longer AS path`. */
export function stepText(step: StepView): string {
  return STEPS[step];
}

/** `longer AS path: 3, that of 127.0.0.3 has 2` */
export function defeatText({ step, value, betterValue, betterNeighbor }: DefeatView): string {
  return `${stepText(step)}: ${value}, that from ${betterNeighbor || LOCAL} has ${betterValue}`;
}

/** `invalid`, and what ASPA says where that is worth a word. */
function rpkiText({ rov, aspa }: RouteView): string {
  const path = aspa === 'invalid' || aspa === 'valid' ? `path ${aspa}` : '';
  return [rov === 'not-found' ? '' : (rov ?? ''), path].filter((text) => text !== '').join(', ');
}

export function stateFormat(state: RovView | AspaView | undefined): Format | undefined {
  if (state === 'invalid') return 'red';
  return state === 'valid' ? 'green' : undefined;
}

function sourceText({ source, addedBy }: RouteView): string {
  return addedBy === undefined ? (source ?? '') : `${source ?? ''}, ${addedBy}`;
}

function routeFacts(route: RouteView, now: Date): Fact[] {
  return [
    ['next hop', route.nextHop],
    ['AS path', route.asPath === '' ? '(empty)' : route.asPath],
    ['origin', route.origin],
    ['local pref', optional(route.localPref)],
    ['MED', optional(route.med)],
    ['communities', route.communities.join(' ')],
    ['large', route.largeCommunities.join(' ')],
    ['extended', route.extendedCommunities.join(' ')],
    ...route.others.map(({ name, text }): Fact => [name, text]),
    ['ROV', route.rov, stateFormat(route.rov)],
    ['ASPA', route.aspa, stateFormat(route.aspa)],
    ['source', sourceText(route)],
    ['stale', route.stale === true ? 'its neighbor is to send it again' : undefined, 'yellow'],
    ['learned', route.learnedAt === undefined ? undefined : dateTime(route.learnedAt) + ago(route.learnedAt, now)],
  ];
}

export interface WithdrawView {
  readonly prefix: string;
  readonly pathIdentifier: number | undefined;
  readonly neighbor: string;
}

/** `14:02:59  +  1.1.1.0/24  via 192.0.2.2  64496 1299 13335  from 127.0.0.2` */
export function announceLine(route: RouteView, at: Date, style: Style): string {
  return [
    style('dim', clockTime(at)),
    style('green', '+'),
    style('bold', printable(prefixText(route)).padEnd(PREFIX_WIDTH)),
    style('cyan', printable(route.neighbor || LOCAL).padEnd(NEIGHBOR_WIDTH)),
    printable(pathText(route)),
  ].join('  ');
}

export function withdrawLine(event: WithdrawView, at: Date, style: Style): string {
  return [
    style('dim', clockTime(at)),
    style('red', '-'),
    style('bold', printable(prefixText(event)).padEnd(PREFIX_WIDTH)),
    style('cyan', printable(event.neighbor)),
  ]
    .join('  ')
    .trimEnd();
}

/** Widths that fit most prefixes and neighbors. A longer one widens only its own line. */
const PREFIX_WIDTH = 20;
const NEIGHBOR_WIDTH = 12;

function mark(route: RouteView): string {
  const letter = route.best ? '>' : route.filtered ? 'x' : '';
  return route.stale === true ? `${letter}s` : letter;
}

function prefixText(path: { readonly prefix: string; readonly pathIdentifier: number | undefined }): string {
  return path.pathIdentifier === undefined ? path.prefix : `${path.prefix} #${path.pathIdentifier}`;
}

/** The AS path and one letter for ORIGIN, as routers print it. */
function pathText(route: RouteView): string {
  const letter = route.origin === 'incomplete' ? '?' : route.origin.slice(0, 1);
  return route.asPath === '' ? letter : `${route.asPath} ${letter}`;
}

function allCommunities(route: RouteView): string {
  return [...route.communities, ...route.largeCommunities, ...route.extendedCommunities].join(' ');
}

function age(route: RouteView, now: Date): string {
  return route.learnedAt === undefined ? '' : duration((now.getTime() - route.learnedAt.getTime()) / 1000);
}

function optional(value: number | undefined): string {
  return value === undefined ? '' : String(value);
}
