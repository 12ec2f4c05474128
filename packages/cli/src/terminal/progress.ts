/** A bar on a terminal that says how far a long reading is; nothing elsewhere. It is on standard error, so that output can go on. */

import type { Output } from './io.ts';
import { counted, bytes as octetsText } from './units.ts';

const WIDTH = 30;
const REDRAW_MILLISECONDS = 100;
const CLEAR_LINE = '\r\u001b[2K';

export class ProgressBar {
  readonly #output: Output;
  /** Octets in all; undefined when that is not known. */
  readonly #total: number | undefined;
  readonly #files: number;
  #done = 0;
  #drawnAt = 0;
  #isDrawn = false;

  constructor(output: Output, files: number, total: number | undefined) {
    this.#output = output;
    this.#files = files;
    this.#total = total;
  }

  /** So many octets more were read. Draws at most ten times a second. */
  add(octets: number): void {
    this.#done += octets;
    if (!this.#output.isTerminal) return;
    const now = performance.now();
    if (now - this.#drawnAt < REDRAW_MILLISECONDS) return;
    this.#drawnAt = now;
    this.#isDrawn = true;
    void this.#output.write(`${CLEAR_LINE}${this.#line()}`).catch(() => {});
  }

  #line(): string {
    const files = this.#files > 1 ? `  ${counted(this.#files, 'file')}` : '';
    if (this.#total === undefined || this.#total === 0) return `${octetsText(this.#done)}${files}`;
    const share = Math.min(1, this.#done / this.#total);
    const full = Math.round(share * WIDTH);
    return `${'█'.repeat(full)}${'░'.repeat(WIDTH - full)} ${Math.round(100 * share)}%  ${octetsText(this.#done)} of ${octetsText(this.#total)}${files}`;
  }

  /** Takes the bar away, before a line for people and at the end. */
  async clear(): Promise<void> {
    if (!this.#isDrawn) return;
    this.#isDrawn = false;
    await this.#output.write(CLEAR_LINE);
  }
}
