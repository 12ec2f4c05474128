/** NLRI without paths that wait until every member has been told: a list that is looked at in slices. */
import { grown } from './columns.ts';

/** NLRI looked at in one slice. */
const SLICE = 16_384;

export class Doomed {
  count = 0;
  #nlri: Int32Array = new Int32Array(1024);
  /** Those before were looked at since a member was told of something last: they stay. */
  #looked = 0;

  add(nlri: number): void {
    if (this.count === this.#nlri.length) this.#nlri = grown(this.#nlri, this.count * 2, this.count);
    this.#nlri[this.count++] = nlri;
  }

  /** Whether some have not been looked at. */
  get isDue(): boolean {
    return this.#looked < this.count;
  }

  lookAgain(): void {
    this.#looked = 0;
  }

  /** Looks at some: takes off the list and hands to `take` those that need not stay. */
  slice(stays: (nlri: number) => boolean, take: (nlri: number) => void): void {
    for (let left = SLICE; left > 0 && this.isDue; left--) {
      const nlri = this.#nlri[this.#looked]!;
      if (stays(nlri)) {
        this.#looked++;
        continue;
      }
      this.#nlri[this.#looked] = this.#nlri[--this.count]!;
      take(nlri);
    }
  }
}
