/** What became of a command. */

import { SyntaxFault } from '../text/syntax-fault.ts';
import type { CommandNeighbor, CommandSource, Control } from './control.ts';

export type Outcome = 'done' | 'error' | 'silent';

/** A command that cannot be carried out; the answer is `error`. */
export class CommandError extends Error {}

/** The sentence of what a command threw. An exception that is a bug goes to `unexpected` of the control first, which may throw it on. */
export function sentenceOf(error: unknown, control: Pick<Control, 'unexpected'>): string {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof SyntaxFault || error instanceof CommandError) return message;
  control.unexpected?.(error);
  return `internal error: ${message}`;
}

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
