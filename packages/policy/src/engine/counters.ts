/**
 * How often each statement was reached, and matched. Counts are evaluations: one for each attribute set, neighbor and prefix that was really
 * evaluated, less than the routes where verdicts are shared.
 */
export class Counters {
  readonly #entered: Float64Array;
  readonly #matched: Float64Array;

  constructor(places: number) {
    this.#entered = new Float64Array(places);
    this.#matched = new Float64Array(places);
  }

  entered(place: number): void {
    this.#entered[place]!++;
  }

  matched(place: number): void {
    this.#matched[place]!++;
  }

  /** Evaluations that reached the statement, and that matched it. */
  of(place: number): { readonly entered: number; readonly matched: number } {
    return { entered: this.#entered[place]!, matched: this.#matched[place]! };
  }

  reset(): void {
    this.#entered.fill(0);
    this.#matched.fill(0);
  }
}
