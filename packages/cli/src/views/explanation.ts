/** The page of `tsbgp explain`: the paths of a prefix with what decided, then the neighbors with what they get. */
import { printable } from '../terminal/style.ts';
import { type Column, TableWriter } from '../terminal/table.ts';
import {
  defeatText,
  filterText,
  LOCAL,
  type PathView,
  type PrefixPathsView,
  policyText,
  prefixSummary,
  type StepView,
  stepText,
} from './route.ts';
import type { ViewOptions } from './view-options.ts';

export type ExportReasonView =
  | 'no-session'
  | 'no-family'
  | 'own-route'
  | 'same-as'
  | 'not-selected'
  | 'internal-to-internal'
  | 'only-to-customer'
  | 'no-peer'
  | 'llgr-stale'
  | 'no-export'
  | 'no-advertise'
  | 'control-community'
  | 'prefix-filter'
  | 'own-next-hop'
  | 'no-next-hop'
  | 'too-large'
  | 'summarized'
  | 'own-default'
  | 'export-policy'
  | 'not-best'
  | 'best-path-only'
  | 'better-path'
  | 'add-path-limit'
  | 'failed'
  /** From a daemon that is newer than this program. */
  | 'unknown';

export type ExportPendingView = 'decision' | 'behind' | 'failed';

/** `better`, `worse` and `path` are places in `paths`, from 0. */
export interface ExplanationView extends PrefixPathsView {
  readonly comparisons: readonly ComparisonView[];
  readonly neighbors: readonly NeighborExportView[];
}

interface ComparisonView {
  readonly better: number;
  readonly worse: number;
  readonly step: StepView;
  readonly betterValue: string;
  readonly worseValue: string;
}

interface ExportedPathView {
  readonly path: number;
  readonly reason: ExportReasonView | undefined;
  /** The word with which the export policy rejects it, and the policy and the statement that do. */
  readonly policyReason?: string | undefined;
  readonly policyStatement?: string | undefined;
}

interface NeighborExportView {
  readonly neighbor: string;
  /** Why it gets nothing of the family at all. */
  readonly reason: ExportReasonView | undefined;
  readonly pending: ExportPendingView | undefined;
  /** Without a reason a path is sent. */
  readonly paths: readonly ExportedPathView[];
}

const REASONS: Readonly<Record<ExportReasonView, string>> = {
  'no-session': 'there is no session',
  'no-family': 'its session does not have the family',
  'own-route': 'it came from this neighbor',
  'same-as': 'it came from another client of this AS',
  'not-selected': 'a program announced it to other neighbors',
  'internal-to-internal': 'it came from an iBGP neighbor, and neither is our client that may have it (RFC 4271 §9.2, RFC 4456 §6)',
  'no-peer': 'it has NOPEER, and the neighbor is a peer by its role (RFC 3765)',
  'llgr-stale': 'it has LLGR_STALE, and the neighbor did not announce Long-Lived Graceful Restart (RFC 9494)',
  'only-to-customer': 'it has ONLY_TO_CUSTOMER, and the neighbor is no customer (RFC 9234 §5)',
  'no-export': 'community no-export',
  'no-advertise': 'community no-advertise',
  'control-community': 'a control community keeps it from this neighbor',
  'prefix-filter': 'the prefix filter that the neighbor sent denies it, or has not come yet',
  'own-next-hop': "its next hop is this neighbor's own address",
  'no-next-hop': 'there is no next hop that this neighbor could use',
  'too-large': 'no message of the session holds it',
  summarized: 'an aggregate with summary-only stands for it',
  'own-default': 'it is sent our own default route instead (default-originate)',
  'export-policy': 'the export policy denies it',
  'not-best': 'it is not the best path',
  'best-path-only': 'this client gets the best path or none (best-path-only)',
  'better-path': 'a better path is sent',
  'add-path-limit': 'enough better paths are sent (add-path-max)',
  failed: 'an error while it was written; see the log',
  unknown: 'a reason that this tsbgp does not know',
};

const PENDINGS: Readonly<Record<ExportPendingView, string>> = {
  decision: 'not yet: the decision is due',
  behind: 'not yet: the neighbor is behind',
  failed: 'an error; the session is about to end',
};

/** Reasons that follow from another path being sent: nothing to tell beside that one. */
const IMPLIED: ReadonlySet<ExportReasonView | undefined> = new Set(['not-best', 'best-path-only', 'better-path', 'add-path-limit']);

/** `asked` is what the user wrote. */
export function explanationPage(found: ExplanationView, asked: string, options: ViewOptions): string[] {
  const { comparisons, neighbors } = found;
  return [
    prefixSummary(found, asked, options),
    '',
    ...new TableWriter(pathColumns(found), options).lines(found.paths),
    ...(comparisons.length === 0 ? [] : ['', ...new TableWriter(comparisonColumns(), options).lines(comparisons)]),
    ...(neighbors.length === 0 ? [] : ['', ...new TableWriter(neighborColumns(), options).lines(neighbors)]),
  ];
}

function pathColumns({ paths }: ExplanationView): readonly Column<PathView>[] {
  return [
    { title: 'Path', value: (path) => String(paths.indexOf(path) + 1), align: 'right' },
    { title: 'From', value: (path) => path.neighbor || LOCAL, format: () => 'cyan' },
    { title: '#', value: (path) => (path.pathIdentifier === undefined ? '' : String(path.pathIdentifier)), onlyIfUsed: true },
    {
      title: 'Decision',
      value: decision,
      format: ({ best, filtered }) => (best ? 'green' : filtered ? 'red' : undefined),
    },
  ];
}

function decision(path: PathView): string {
  const { best, multipath, filtered, defeat } = path;
  if (best) return multipath ? 'best, with multipath' : 'best';
  if (filtered) return filterText(path) ?? 'filtered';
  const why = defeat === undefined ? 'not best' : defeatText(defeat);
  return multipath ? `multipath; ${why}` : why;
}

function comparisonColumns(): readonly Column<ComparisonView>[] {
  return [
    { title: 'Path', value: ({ better }) => String(better + 1), align: 'right' },
    { title: 'before', value: ({ worse }) => String(worse + 1), align: 'right' },
    { title: 'as the other has', value: ({ step, betterValue, worseValue }) => `${stepText(step)}: ${worseValue}, not ${betterValue}` },
  ];
}

function neighborColumns(): readonly Column<NeighborExportView>[] {
  return [
    { title: 'Neighbor', value: ({ neighbor }) => printable(neighbor), format: () => 'cyan' },
    {
      title: 'Gets',
      value: gets,
      format: ({ paths }) => (paths.some(({ reason }) => reason === undefined) ? 'green' : 'dim'),
    },
    { title: 'Because', value: because },
  ];
}

/** `path 1`, `paths 1, 2`, `nothing`. */
function gets({ paths }: NeighborExportView): string {
  const sent = paths.filter(({ reason }) => reason === undefined).map(({ path }) => path + 1);
  return sent.length === 0 ? 'nothing' : `${sent.length === 1 ? 'path' : 'paths'} ${sent.join(', ')}`;
}

/** What keeps better paths back from a neighbor, or everything. */
function because({ reason, paths, pending }: NeighborExportView): string {
  const isSent = paths.some((each) => each.reason === undefined);
  const clauses: string[] = [];
  if (pending !== undefined) clauses.push(PENDINGS[pending]);
  if (reason !== undefined) clauses.push(REASONS[reason]);
  else if (paths.length === 0) clauses.push('no path can be used');
  const told = paths.filter((each) => each.reason !== undefined && !((isSent || paths.length > 1) && IMPLIED.has(each.reason)));
  for (const each of told) clauses.push(`not ${each.path + 1}: ${REASONS[each.reason!]}${policyText(each)}`);
  return clauses.join('; ');
}
