/** The flags octets of a path slot and of an NLRI. */

/** Bits of `pathFlags`. */
export const PathFlag = {
  /** Kept, but not in the decision process: `RibTable.filterReason` says why. The lowest bit: it is counted with. */
  Filtered: 1,
  /** Set while export looks for the next best path after this one (export/select.ts). */
  Tried: 2,
  /** Used with another attribute set than it came with; the column `pathReceived` has that one. */
  Changed: 4,
} as const;

/** Paths with one of these flags are not in the decision process. */
export const NOT_CANDIDATE: number = PathFlag.Filtered | PathFlag.Tried;

/** Flags of paths of which more than the attribute set is held. */
export const UNCOMMON: number = PathFlag.Filtered | PathFlag.Changed;

/** The highest bits hold the generation of the path (refresh.ts). */
export const GENERATION_SHIFT = 5;
export const GENERATION_MASK = 0xe0;
export const GENERATIONS: number = 1 << (8 - GENERATION_SHIFT);

/** Bits of `nlriFlags`. */
export const NlriFlag = {
  /** Its decision is due. */
  Dirty: 1,
  /** It has no path, and is freed once no member has to be told of that. */
  Doomed: 2,
  /** The best path went, or has other attributes, since the last decision. */
  Touched: 4,
  /** The octets of a path to it are others since the last decision, so that it is announced again where nothing else changed. */
  Restated: 8,
} as const;
