/** Divides a stream of text into lines. */

/** Characters of one line; a longer one is left out. */
export const LINE_LENGTH_MAX = 1_048_576;

export class LineReader {
  readonly #onLines: (lines: readonly string[]) => void;
  readonly #onTooLong: () => void;
  #partial = '';
  #skips = false;

  /** `onLines` gets the lines that came together, without their ends. */
  constructor(onLines: (lines: readonly string[]) => void, onTooLong: () => void = () => {}) {
    this.#onLines = onLines;
    this.#onTooLong = onTooLong;
  }

  push(text: string): void {
    const lines = (this.#partial + text).split('\n');
    this.#partial = lines.pop() ?? '';
    if (this.#skips && lines.length > 0) {
      lines.shift(); // the end of a line that was too long
      this.#skips = false;
    }
    if (this.#partial.length > LINE_LENGTH_MAX || this.#skips) {
      if (!this.#skips) this.#onTooLong();
      this.#partial = '';
      this.#skips = true;
    }
    if (lines.length > 0) this.#onLines(lines);
  }
}
