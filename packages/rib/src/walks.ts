/** Work that goes through the tables after a change, in slices: routes judged again, costs of next hops, RPKI data, switches of the decision. */
interface Walk {
  readonly isRunning: boolean;
  /** One slice of it. True when there was any. */
  slice(): boolean;
}

export class Walks {
  readonly #walks: readonly Walk[];

  /** In the order of a turn. Those that are undefined are walks that never happen. */
  constructor(walks: readonly (Walk | undefined)[]) {
    this.#walks = walks.filter((walk) => walk !== undefined);
  }

  get isRunning(): boolean {
    for (const walk of this.#walks) if (walk.isRunning) return true;
    return false;
  }

  /** One slice of each. True when there was anything to do. */
  slice(): boolean {
    let more = false;
    for (const walk of this.#walks) if (walk.slice()) more = true;
    return more;
  }
}
