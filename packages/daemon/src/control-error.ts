/** Refusals of the control plane, and how their texts are made. */
import { cutMessage } from './quote.ts';

export type ControlErrorCode = 'not-found' | 'already-exists' | 'invalid-argument' | 'failed-precondition' | 'resource-exhausted';

/** One thing that is wrong with a request. */
export interface ControlProblem {
  /** Path of the offending field, e.g. `neighbor.hold_time`; '' where no field is to blame. */
  readonly field: string;
  /** Says what was found and what is allowed, without the field. Long values in it are cut (`ERROR_MESSAGE_MAX`). */
  readonly sentence: string;
}

export interface ControlErrorOptions extends ErrorOptions {
  /** Further problems of the same request. @default none */
  readonly further?: readonly ControlProblem[] | undefined;
  /** A last line of the message, e.g. how many more problems there are. @default none */
  readonly more?: string | undefined;
}

/**
 * A refused request: which field, what was found and what is allowed. Nothing was changed.
 *
 * Callers pass the sentence without the field. The constructor writes `message`: a line for each problem, which begins with `field: ` where
 * there is a field. Log, gRPC status and command line show `message` and add nothing. `problems` are for those that show the field separately.
 */
export class ControlError extends Error {
  override readonly name = 'ControlError';
  readonly code: ControlErrorCode;
  /** The first problem, and all of them. */
  readonly field: string;
  readonly sentence: string;
  readonly problems: readonly ControlProblem[];
  readonly more: string | undefined;

  constructor(code: ControlErrorCode, field: string, sentence: string, options?: ControlErrorOptions) {
    const problems = [{ field, sentence }, ...(options?.further ?? [])].map(alone);
    const lines = problems.map((problem) => prefixOf(problem) + problem.sentence);
    super([...lines, ...(options?.more === undefined ? [] : [options.more])].join('\n'), options);
    this.code = code;
    this.field = field;
    this.sentence = problems[0]!.sentence;
    this.problems = problems;
    this.more = options?.more;
  }
}

/** The refusal of a request whose `field` is wrong. `sentence` says what was found and what is allowed. */
export function invalidArgument(field: string, sentence: string, options?: ControlErrorOptions): ControlError {
  return new ControlError('invalid-argument', field, sentence, options);
}

function prefixOf({ field }: ControlProblem): string {
  return field === '' ? '' : `${field}: `;
}

/** The sentence without the field, with which sentences of libraries may begin. */
function alone(problem: ControlProblem): ControlProblem {
  const { field, sentence } = problem;
  const prefix = prefixOf(problem);
  return { field, sentence: cutMessage(sentence.startsWith(prefix) ? sentence.slice(prefix.length) : sentence) };
}
