/** Decides the destinations of a table that are dirty, in slices, and has update groups take what came out. */
import type { Aggregates } from './aggregates/aggregates.ts';
import { NONE } from './columns.ts';
import { decide } from './decision/decide.ts';
import type { UpdateGroups } from './export/groups.ts';
import type { NlriId } from './nlri/nlri-index.ts';
import { endRestated } from './restated.ts';
import type { PathId, RibTable } from './table.ts';

/**
 * Steps of one slice of deciding: a decision is one, and so is each entry that a group's evaluation takes, and its delivery to
 * MEMBERS_PER_STEP members. Enough to fill messages, few enough for a fair turn.
 */
const DECIDE_SLICE = 16_384;
const MEMBERS_PER_STEP = 100;
/** The first slice; the next ones grow to the whole. Code that runs for the first time is slow. */
const FIRST_SLICE = 1024;

/** Told of each NLRI whose best path is another one, or has other attributes. */
export type BestObserver = (table: RibTable, nlri: NlriId) => void;

export class Decisions {
  #slice = FIRST_SLICE;

  /** One slice of the dirty destinations of a table. */
  slice(table: RibTable, groups: UpdateGroups, aggregates: Aggregates | undefined, observer: BestObserver | undefined): void {
    const delivery = groups.inStep / MEMBERS_PER_STEP;
    const slice = this.#slice;
    this.#slice = Math.min(DECIDE_SLICE, slice + FIRST_SLICE);
    for (let left = slice; left > 0 && table.dirtyCount > 0; left -= 1 + delivery) {
      const nlri = table.takeDirty();
      const before = table.best[nlri]!;
      const best = decide(table, nlri);
      table.best[nlri] = best;
      if (best !== NONE) {
        if (before === NONE) table.bestCount++;
      } else {
        if (before !== NONE) table.bestCount--;
        if (table.head[nlri] === NONE) table.doom(nlri);
      }
      if (aggregates !== undefined) aggregates.decided(nlri, best);
      left -= groups.evaluate(nlri);
      endRestated(table, nlri);
      if (observer !== undefined && table.takeTouched(nlri, best as PathId, before as PathId)) observer(table, nlri);
    }
    groups.send();
  }
}
