/**
 * Why a path is not the best one: the steps of decide.ts, walked for people instead of for speed. Cold.
 *
 * All steps but one compare a path with the best one. MULTI_EXIT_DISC does not: the lowest one of each neighboring AS removes the others of
 * that AS, also where the best path comes through another AS. Where it is compared in pairs (`deterministicMed` off), a path lost to the one
 * that it was compared with.
 */
import { NONE } from '../columns.ts';
import type { NlriId } from '../nlri/nlri-index.ts';
import { PathFlag } from '../path-flags.ts';
import type { PathId, RibTable } from '../table.ts';
import { comparesInPairs } from './decide.ts';
import { areMedsCompared, type DecisionStep, firstDifference, medOf, type Step, stepsOf } from './steps.ts';

/** The first step on which two paths differ. */
export interface Defeat {
  readonly step: DecisionStep;
  /** The path that is better there. */
  readonly by: PathId;
  /** What the path that lost has there, as text. */
  readonly value: string;
  /** What the better one has there. */
  readonly betterValue: string;
}

/** A path and what the decision process made of it. */
export type ExplainedPath =
  | { readonly path: PathId; readonly outcome: 'best' }
  /** Not in the decision process. */
  | { readonly path: PathId; readonly outcome: 'filtered' }
  | { readonly path: PathId; readonly outcome: 'lost'; readonly defeat: Defeat };

/** All paths of a destination in order of preference: the best one first, filtered ones last. Paths of sessions that ended are left out. */
export function explain(table: RibTable, nlri: NlriId): ExplainedPath[] {
  const { candidates, filtered } = pathsOf(table, nlri);
  const ranked = comparesInPairs(table) ? inPairs(table, candidates) : byElimination(table, candidates);
  return [...ranked, ...filtered.map((path): ExplainedPath => ({ path, outcome: 'filtered' }))];
}

/**
 * How two paths of a destination compare when they are alone: who is better, and in which step. Undefined where they are equal in all steps,
 * which two paths that are in the decision process never are.
 */
export function explainPair(table: RibTable, a: PathId, b: PathId): (Defeat & { readonly loser: PathId }) | undefined {
  const difference = firstDifference(table, a, b);
  if (difference === undefined) return undefined;
  const [winner, loser] = difference.order < 0 ? [a, b] : [b, a];
  return { ...defeatBy(table, difference.step, loser, winner), loser };
}

/** The paths in the decision process and the others, in the order in which they came, latest first. */
export function pathsOf(table: RibTable, nlri: NlriId): { readonly candidates: PathId[]; readonly filtered: PathId[] } {
  const candidates: PathId[] = [];
  const filtered: PathId[] = [];
  for (let path = table.head[nlri] ?? NONE; path !== NONE; path = table.pathNext[path]!) {
    if (!table.peers[table.pathPeer[path]!]!.up) continue;
    const isFiltered = (table.pathFlags[path]! & PathFlag.Filtered) !== 0;
    (isFiltered ? filtered : candidates).push(path as PathId);
  }
  return { candidates, filtered };
}

/** RFC 4271 §9.1.2.2 as it is written: each step removes those that are worse in it. */
function byElimination(table: RibTable, candidates: readonly PathId[]): ExplainedPath[] {
  const steps = stepsOf(table);
  const medAt = steps.findIndex(({ name }) => name === 'multi-exit-disc');
  const before = steps.slice(0, medAt);
  const areEqualBefore = (a: PathId, b: PathId): boolean => before.every((each) => each.compare(table, a, b) === 0);
  const lowestMed = (path: PathId): PathId => {
    const rivals = candidates.filter((other) => areMedsCompared(table, path, other) && areEqualBefore(path, other));
    return rivals.reduce((lowest, other) => (medOf(table, other) < medOf(table, lowest) ? other : lowest));
  };
  const medWinners = new Map(candidates.map((path) => [path, lowestMed(path)]));
  const losesOnMed = (path: PathId): boolean => medOf(table, path) > medOf(table, medWinners.get(path)!);
  const elimination = (each: Step): Step =>
    each.name === 'multi-exit-disc' ? { ...each, compare: (_table, a, b) => Number(losesOnMed(a)) - Number(losesOnMed(b)) } : each;
  const rules = steps.map(elimination);
  const first = (a: PathId, b: PathId) => rules.find((each) => each.compare(table, a, b) !== 0);
  const sorted = candidates.toSorted((a, b) => first(a, b)?.compare(table, a, b) ?? 0);
  const best = sorted[0];
  return sorted.map((path): ExplainedPath => {
    const rule = best === undefined || path === best ? undefined : first(path, best);
    if (best === undefined || rule === undefined) return { path, outcome: 'best' };
    const isElsewhere = rule.name === 'multi-exit-disc' && !areMedsCompared(table, path, best);
    const by = isElsewhere ? medWinners.get(path)! : best;
    return { path, outcome: 'lost', defeat: defeatBy(table, rule, path, by) };
  });
}

/** Without `deterministicMed`: each path against the best of those before it; the order is that of repeated decisions. */
function inPairs(table: RibTable, candidates: readonly PathId[]): ExplainedPath[] {
  const ranked: ExplainedPath[] = [];
  let rest = [...candidates];
  let defeats: Map<PathId, Defeat> | undefined;
  while (rest.length > 0) {
    const round = roundOf(table, rest);
    defeats ??= round.defeats;
    const { best } = round;
    const defeat = defeats.get(best);
    ranked.push(defeat === undefined ? { path: best, outcome: 'best' } : { path: best, outcome: 'lost', defeat });
    rest = rest.filter((path) => path !== best);
  }
  return ranked;
}

/** One decision in pairs. Steps before MULTI_EXIT_DISC order the paths, so that it makes no difference when those are compared. */
function roundOf(table: RibTable, paths: readonly PathId[]): { readonly best: PathId; readonly defeats: Map<PathId, Defeat> } {
  const defeats = new Map<PathId, Defeat>();
  const before = stepsOf(table).slice(
    0,
    stepsOf(table).findIndex(({ name }) => name === 'multi-exit-disc'),
  );
  const leads = (a: PathId, b: PathId) => before.find((each) => each.compare(table, a, b) !== 0);
  const leader = paths.reduce((lead, path) => ((leads(path, lead)?.compare(table, path, lead) ?? 0) < 0 ? path : lead));
  let best: PathId | undefined;
  for (const path of paths) {
    const behind = leads(path, leader);
    if (behind !== undefined) {
      defeats.set(path, defeatBy(table, behind, path, leader));
      continue;
    }
    if (best === undefined) {
      best = path;
      continue;
    }
    const difference = firstDifference(table, path, best);
    if (difference === undefined) continue;
    const [winner, loser] = difference.order < 0 ? [path, best] : [best, path];
    defeats.set(loser, defeatBy(table, difference.step, loser, winner));
    best = winner;
  }
  return { best: best!, defeats };
}

function defeatBy(table: RibTable, step: Step, path: PathId, by: PathId): Defeat {
  return { step: step.name, by, value: step.text(table, path), betterValue: step.text(table, by) };
}
