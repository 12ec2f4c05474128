/** What is known of the paths of a table by others than the table. */
import type { ReasonCode } from './filter-reason.ts';
import type { PathId, RibTable } from './table.ts';

interface PathKnowledge {
  /** The words of a reason that an import policy names; undefined for other reasons. */
  readonly policyReasonOf: (code: ReasonCode) => string | undefined;
  /** What RPKI says of a path, as far as the options of its peer ask for it. */
  readonly statesOf: (path: PathId) => { readonly rov: number; readonly aspa: number };
}

const known: WeakMap<RibTable, PathKnowledge> = new WeakMap();
const NOT_CHECKED = { rov: 0, aspa: 0 } as const;

/** Who knows tells so for each table. */
export function tellOfPaths(table: RibTable, knowledge: PathKnowledge): void {
  known.set(table, knowledge);
}

/** What RPKI says of a path; `not checked` (0) where nobody knows. */
export function rpkiStatesOf(table: RibTable, path: PathId): { readonly rov: number; readonly aspa: number } {
  return known.get(table)?.statesOf(path) ?? NOT_CHECKED;
}

/** Why an import policy rejects a path, in its words; undefined where it names no reason, or does not reject the path. */
export function policyReason(table: RibTable, path: PathId): string | undefined {
  return table.isFiltered(path) ? known.get(table)?.policyReasonOf(table.pathReason[path]! as ReasonCode) : undefined;
}
