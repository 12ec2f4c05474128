/** The exit codes; part of the interface of the command line (README.md). */
export const ExitCode = {
  Ok: 0,
  /** The daemon refused the request, or what was asked for does not exist. */
  Refused: 1,
  /** The command line, or a line of input, is wrong. */
  Usage: 2,
  /** No daemon answers at the address. */
  CannotConnect: 3,
} as const;

export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

/** Ends the command with a message for people and a code for scripts. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly exitCode: ExitCode;
  /** What to do about it, one line each. */
  readonly hints: readonly string[];

  constructor(exitCode: ExitCode, message: string, hints: readonly string[] = [], options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
    this.hints = hints;
  }
}

/** What the user named by address, prefix or filter does not exist. */
export function notFound(message: string, ...hints: readonly string[]): CliError {
  return new CliError(ExitCode.Refused, message, hints);
}

export function usageError(message: string, ...hints: readonly string[]): CliError {
  return new CliError(ExitCode.Usage, message, hints);
}
