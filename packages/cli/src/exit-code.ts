/** What the exit code says; part of the command line's interface (README.md). */
export const ExitCode = {
  Ok: 0,
  /** The daemon understood and said no, or what was asked for is not there. */
  Refused: 1,
  /** The command line, or a line of input, cannot be what was meant. */
  Usage: 2,
  /** Nobody answers at the address. */
  CannotConnect: 3,
} as const;

export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

/** Ends the command with a message for people and a code for scripts. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly exitCode: ExitCode;
  /** What to do about it; each on a line of its own. */
  readonly hints: readonly string[];

  constructor(exitCode: ExitCode, message: string, hints: readonly string[] = [], options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
    this.hints = hints;
  }
}

/** What was asked for by name, prefix or filter is not there. */
export function notFound(message: string, ...hints: readonly string[]): CliError {
  return new CliError(ExitCode.Refused, message, hints);
}

export function usageError(message: string, ...hints: readonly string[]): CliError {
  return new CliError(ExitCode.Usage, message, hints);
}
