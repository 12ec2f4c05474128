/**
 * Which paths of a peer are stale while it sends a family again: after BoRR (enhanced route refresh, RFC 7313 §4.2), and after its session was
 * lost (graceful restart, RFC 4724 §4.2).
 *
 * Each path has the generation of its peer and family in three bits of its flags, and an announcement gives it the current one. BoRR begins a
 * new generation, which makes every path stale at once and costs nothing per path. EoRR has the paths of older generations swept away. The loss
 * of a session and End-of-RIB of the next one do the same.
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
  /** Between BoRR and EoRR, or between the loss of a session and End-of-RIB of the next one. */
  isRunning = false;
  /** It runs because the session was lost. */
  isRestart = false;
  /** Stale paths are kept for long, and are used only where there is no other (RFC 9494). */
  isLongLived = false;
  /** Paths that are stale. */
  stale = 0;
  current = 0;
  oldest = 0;

  /**
   * All `held` paths become stale. False when no generation is left: the caller gives all stale paths that of `staleBits` first, and calls
   * `unify`.
   */
  begin(held: number): boolean {
    this.isRunning = true;
    this.isLongLived = false;
    this.stale = held;
    if (this.announcedBits !== this.bits) return true; // no path has the current generation: all are stale already
    if (this.current - this.oldest === GENERATIONS - 1) return false;
    this.current++;
    this.bits = bitsOf(this.current);
    return true;
  }

  /** Stale paths are swept away. */
  end(): void {
    this.isRunning = false;
    this.isRestart = false;
  }

  /** Whether a path is stale, by its flags. */
  isStale(flags: number): boolean {
    return (flags & GENERATION_MASK) !== this.bits;
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
