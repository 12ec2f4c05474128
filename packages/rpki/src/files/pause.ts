/** Lets the event loop turn while a long file is read. */

/** A file is read in slices of about this long. */
const SLICE_MS = 5;
/** Values between two looks at the clock. */
const LOOK_EVERY = 256;

export class Pause {
  #count = 0;
  #sliceEnd = performance.now() + SLICE_MS;

  /** Whether the slice is over. Then await `turn`. */
  due(): boolean {
    return ++this.#count % LOOK_EVERY === 0 && performance.now() >= this.#sliceEnd;
  }

  async turn(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    this.#sliceEnd = performance.now() + SLICE_MS;
  }
}
