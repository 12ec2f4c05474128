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
import { type DecisionStep, firstDifference, order, type Step, type StepValue, stepsOf } from './steps.ts';
import { neighboringAs } from './values.ts';

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

/** A path in the decision process with its values, by step. */
interface Candidate {
  readonly path: PathId;
  readonly values: readonly StepValue[];
  /** Equal where two paths are equal before MULTI_EXIT_DISC. */
  readonly before: string;
  /** Equal where besides their MULTI_EXIT_DISC is compared. */
  readonly medGroup: string;
}

/** The candidates and what they are compared by. */
class Contest {
  readonly table: RibTable;
  readonly steps: readonly Step[];
  readonly medAt: number;
  readonly candidates: readonly Candidate[];
  /** Of each `medGroup` the path with the lowest MULTI_EXIT_DISC; among equal ones the first. */
  readonly lowestMeds: Map<string, Candidate> = new Map();

  constructor(table: RibTable, paths: readonly PathId[]) {
    const { alwaysCompareMed } = table.attributes.decision;
    this.table = table;
    this.steps = stepsOf(table);
    this.medAt = this.steps.findIndex(({ name }) => name === 'multi-exit-disc');
    this.candidates = paths.map((path): Candidate => {
      const values = this.steps.map((step) => step.value(table, path));
      const before = values.slice(0, this.medAt).join(' ');
      return { path, values, before, medGroup: alwaysCompareMed ? before : `${before} of ${neighboringAs(table, path)}` };
    });
    for (const candidate of this.candidates) {
      const lowest = this.lowestMeds.get(candidate.medGroup);
      if (lowest === undefined || order(this.med(candidate), this.med(lowest)) < 0) this.lowestMeds.set(candidate.medGroup, candidate);
    }
  }

  med({ values }: Candidate): StepValue {
    return values[this.medAt]!;
  }

  /** Who puts a path out by a lower MULTI_EXIT_DISC. */
  putOutBy(candidate: Candidate): Candidate | undefined {
    const lowest = this.lowestMeds.get(candidate.medGroup)!;
    return order(this.med(lowest), this.med(candidate)) < 0 ? lowest : undefined;
  }

  /** The place of the first step in which two candidates differ while each step removes those that are worse in it; -1 for none. */
  firstStep(a: Candidate, b: Candidate): number {
    return this.steps.findIndex((_step, at) =>
      at === this.medAt ? (this.putOutBy(a) === undefined) !== (this.putOutBy(b) === undefined) : order(a.values[at]!, b.values[at]!) !== 0,
    );
  }

  compare(a: Candidate, b: Candidate): number {
    const at = this.firstStep(a, b);
    if (at === -1) return 0;
    return at === this.medAt
      ? Number(this.putOutBy(a) !== undefined) - Number(this.putOutBy(b) !== undefined)
      : order(a.values[at]!, b.values[at]!);
  }

  /** Negative where `a` is better when the two are alone. */
  comparePair(a: Candidate, b: Candidate): { readonly at: number; readonly order: number } {
    for (const at of this.steps.keys()) {
      if (at === this.medAt && a.medGroup !== b.medGroup) continue;
      const difference = order(a.values[at]!, b.values[at]!);
      if (difference !== 0) return { at, order: difference };
    }
    return { at: -1, order: 0 };
  }
}

/** RFC 4271 §9.1.2.2 as it is written: each step removes those that are worse in it. */
function byElimination(table: RibTable, paths: readonly PathId[]): ExplainedPath[] {
  const contest = new Contest(table, paths);
  const sorted = contest.candidates.toSorted((a, b) => contest.compare(a, b));
  const best = sorted[0];
  return sorted.map((candidate): ExplainedPath => {
    const { path } = candidate;
    const at = best === undefined || candidate === best ? -1 : contest.firstStep(candidate, best);
    if (best === undefined || at === -1) return { path, outcome: 'best' };
    const by = at === contest.medAt && candidate.medGroup !== best.medGroup ? contest.putOutBy(candidate)! : best;
    return { path, outcome: 'lost', defeat: defeatBy(table, contest.steps[at]!, path, by.path) };
  });
}

/** Without `deterministicMed`: of those that are best before MULTI_EXIT_DISC, each against the best of those before it. */
function inPairs(table: RibTable, paths: readonly PathId[]): ExplainedPath[] {
  const contest = new Contest(table, paths);
  const sorted = contest.candidates.toSorted((a, b) => contest.compare(a, b));
  const leader = sorted[0];
  if (leader === undefined) return [];
  const defeats = new Map<Candidate, Defeat>();
  let best: Candidate | undefined;
  for (const candidate of contest.candidates) {
    if (candidate.before !== leader.before) {
      const step = contest.steps[contest.firstStep(candidate, leader)]!;
      defeats.set(candidate, defeatBy(table, step, candidate.path, leader.path));
    } else if (best === undefined) {
      best = candidate;
    } else {
      const difference = contest.comparePair(candidate, best);
      if (difference.order === 0) continue;
      const [winner, loser] = difference.order < 0 ? [candidate, best] : [best, candidate];
      defeats.set(loser, defeatBy(table, contest.steps[difference.at]!, loser.path, winner.path));
      best = winner;
    }
  }
  return [best!, ...sorted.filter((candidate) => candidate !== best)].map((candidate): ExplainedPath => {
    const defeat = defeats.get(candidate);
    return defeat === undefined ? { path: candidate.path, outcome: 'best' } : { path: candidate.path, outcome: 'lost', defeat };
  });
}

function defeatBy(table: RibTable, step: Step, path: PathId, by: PathId): Defeat {
  return { step: step.name, by, value: step.text(table, path), betterValue: step.text(table, by) };
}
