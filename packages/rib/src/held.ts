/** NLRI that keep their ids also while they have no path, because something is remembered of them. Few, so that a map serves. */
export class HeldNlri {
  readonly #holds: Map<number, number> = new Map();
  readonly #letGo: (nlri: number) => unknown;

  /** `letGo` is called when nothing holds an NLRI any more. */
  constructor(letGo: (nlri: number) => unknown) {
    this.#letGo = letGo;
  }

  has(nlri: number): boolean {
    return this.#holds.size > 0 && this.#holds.has(nlri);
  }

  hold(nlri: number): void {
    this.#holds.set(nlri, (this.#holds.get(nlri) ?? 0) + 1);
  }

  /** To be called as often as `hold`. */
  letGo(nlri: number): void {
    const left = this.#holds.get(nlri)! - 1;
    if (left > 0) {
      this.#holds.set(nlri, left);
      return;
    }
    this.#holds.delete(nlri);
    this.#letGo(nlri);
  }
}
