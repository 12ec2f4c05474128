/**
 * Which paths of a peer are stale while it sends a family again (enhanced route refresh, RFC 7313 §4.2).
 *
 * Each path has the generation of its peer and family in three bits of its flags, and an announcement gives it the current one. BoRR begins a
 * new generation, which makes every path stale at once and costs nothing per path. EoRR has the paths of older generations swept away.
 *
 *     announce a, b    a 0, b 0
 *     BoRR             current 1: a and b are stale
 *     announce a       a 1, b 0
 *     EoRR             the sweep removes what is below 1: b
 *
 * Generations are counted without end; `oldest` is the lowest that a path may have, and three bits tell GENERATIONS of them apart. A BoRR
 * while a refresh runs begins it anew (all is stale again). So many of those that no generation is left make the RIB walk the paths of the
 * peer and give all stale ones the same generation.
 */
import { GENERATION_MASK, GENERATION_SHIFT, GENERATIONS } from './path-flags.ts';

export class Refresh {
  /** The bits of `pathFlags` that an announcement gets. */
  bits = 0;
  /** `bits` of the last announcement; another value tells that nothing has the current generation. */
  announcedBits = -1;
  /** Between BoRR and EoRR. */
  isRunning = false;
  current = 0;
  oldest = 0;

  /** BoRR. False when no generation is left: the caller gives all stale paths that of `staleBits` first, and calls `unify`. */
  begin(): boolean {
    this.isRunning = true;
    if (this.announcedBits !== this.bits) return true; // no path has the current generation: all are stale already
    if (this.current - this.oldest === GENERATIONS - 1) return false;
    this.current++;
    this.bits = bitsOf(this.current);
    return true;
  }

  /** The generation of a path by its flags. */
  generationOf(flags: number): number {
    const age = (this.current - (flags >>> GENERATION_SHIFT)) & (GENERATIONS - 1);
    return this.current - age;
  }

  /** Bits of the generation just below the current one. */
  get staleBits(): number {
    return bitsOf(this.current - 1);
  }

  /** Every path has the current generation or the one below it. */
  unify(): void {
    this.oldest = this.current - 1;
  }
}

function bitsOf(generation: number): number {
  return (generation << GENERATION_SHIFT) & GENERATION_MASK;
}
