/** What became of a command. */

import type { CommandNeighbor, CommandSource, Control } from './control.ts';

export type Outcome = 'done' | 'error' | 'silent';

/** A command that cannot be carried out; the answer is `error`. */
export class CommandError extends Error {}

export interface CommandContext {
  readonly source: CommandSource;
  readonly control: Control;
  /** The neighbors that the selector names; without one all that the source may command. */
  readonly neighbors: readonly CommandNeighbor[];
  readonly hasSelector: boolean;
  /** What follows the words of the command. */
  readonly rest: string;
}

export type Command = (context: CommandContext) => Outcome | Promise<Outcome>;
