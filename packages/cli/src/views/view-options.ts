/** The output that a view is shown on, and the time at which it is shown. */
import type { Style } from '../terminal/style.ts';

export interface ViewOptions {
  /** Columns of the terminal; Infinity for a file or a pipe. */
  readonly width: number;
  readonly style: Style;
  /** Ages are counted up to here. */
  readonly now: Date;
}
