/**
 * Routes as people see them: rows of a table that may have millions, a page about the paths of one prefix, a line for a change.
 */
import { printable, type Style } from '../terminal/style.ts';
import { type Column, facts } from '../terminal/table.ts';
import { clockTime, dateTime, duration } from '../terminal/units.ts';
import type { ViewOptions } from './neighbor.ts';

export interface RouteView {
  readonly family: string;
  readonly prefix: string;
  readonly pathIdentifier: number | undefined;
  /** '' for a route injected at the daemon. */
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
  /** What has no place above, in the order of type codes. */
  readonly others: readonly { readonly name: string; readonly text: string }[];
  readonly best: boolean;
  readonly filtered: boolean;
  readonly learnedAt: Date | undefined;
}

export const LOCAL = 'local';

export function routeColumns(now: Date): readonly Column<RouteView>[] {
  return [
    { title: '', value: mark, format: (r) => (r.best ? 'green' : 'red') },
    { title: 'Prefix', value: prefixText, format: (r) => (r.best ? 'bold' : undefined) },
    { title: 'Next hop', value: (r) => r.nextHop, dropOrder: 2 },
    { title: 'From', value: (r) => r.neighbor || LOCAL, dropOrder: 1, format: () => 'cyan' },
    { title: 'LocPrf', value: (r) => optional(r.localPref), align: 'right', onlyIfUsed: true, dropOrder: 5 },
    { title: 'MED', value: (r) => optional(r.med), align: 'right', onlyIfUsed: true, dropOrder: 6 },
    { title: 'AS path', value: pathText, shrinkTo: 28 },
    { title: 'Communities', value: allCommunities, onlyIfUsed: true, shrinkTo: 12, dropOrder: 9, format: () => 'dim' },
    { title: 'Age', value: (r) => age(r, now), align: 'right', dropOrder: 8, format: () => 'dim' },
  ];
}

/** What the marks mean, below a table. */
export const LEGEND = '> best   x filtered   i, e, ? origin: IGP, EGP, incomplete';

/** Everything about one path. */
export function routePage(route: RouteView, options: ViewOptions): string[] {
  const { style } = options;
  const verdict = route.best ? style('green', 'best') : route.filtered ? style('red', 'filtered') : style('dim', 'not best');
  return [
    [style('bold', prefixText(route)), `from ${style('cyan', route.neighbor || LOCAL)}`, verdict].join('  '),
    ...facts(
      [
        ['next hop', route.nextHop],
        ['AS path', route.asPath === '' ? '(empty)' : route.asPath],
        ['origin', route.origin],
        ['local pref', optional(route.localPref)],
        ['MED', optional(route.med)],
        ['communities', route.communities.join(' ')],
        ['large', route.largeCommunities.join(' ')],
        ['extended', route.extendedCommunities.join(' ')],
        ...route.others.map(({ name, text }) => [name, printable(text)] as const),
        ['learned', route.learnedAt === undefined ? undefined : `${dateTime(route.learnedAt)} (${age(route, options.now)} ago)`],
      ],
      { ...options, indent: '  ' },
    ),
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
    style('bold', prefixText(route).padEnd(PREFIX_WIDTH)),
    style('cyan', (route.neighbor || LOCAL).padEnd(NEIGHBOR_WIDTH)),
    pathText(route),
  ].join('  ');
}

export function withdrawLine(event: WithdrawView, at: Date, style: Style): string {
  return [
    style('dim', clockTime(at)),
    style('red', '-'),
    style('bold', prefixText(event).padEnd(PREFIX_WIDTH)),
    style('cyan', event.neighbor === '' ? '' : event.neighbor),
  ]
    .join('  ')
    .trimEnd();
}

/** Most prefixes and neighbours of a mixed table fit; a longer one pushes its own line. */
const PREFIX_WIDTH = 20;
const NEIGHBOR_WIDTH = 12;

function mark(route: RouteView): string {
  return route.best ? '>' : route.filtered ? 'x' : '';
}

function prefixText(of: { readonly prefix: string; readonly pathIdentifier: number | undefined }): string {
  return of.pathIdentifier === undefined ? of.prefix : `${of.prefix} #${of.pathIdentifier}`;
}

/** The AS path and, as routers print it, one letter for ORIGIN. */
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
