/**
 * How often each statement matched, and how often not. Counts are evaluations: one for each attribute set, neighbor and prefix that was
 * really evaluated, less than the routes where verdicts are shared.
 */
export class Counters {
  readonly #matched: Float64Array;
  readonly #failed: Float64Array;

  constructor(places: number) {
    this.#matched = new Float64Array(places);
    this.#failed = new Float64Array(places);
  }

  /** All conditions of the statement held. */
  matched(place: number): void {
    this.#matched[place]!++;
  }

  /** A condition of the statement did not hold. */
  failed(place: number): void {
    this.#failed[place]!++;
  }

  /** Evaluations that came to the end of the statement's conditions, and that matched. */
  of(place: number): { readonly evaluated: number; readonly matched: number } {
    const matched = this.#matched[place]!;
    return { evaluated: matched + this.#failed[place]!, matched };
  }

  /** All counts begin at 0 again. */
  reset(): void {
    this.#matched.fill(0);
    this.#failed.fill(0);
  }
}
