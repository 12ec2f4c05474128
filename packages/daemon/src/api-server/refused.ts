import { ControlError } from '../control-plane.ts';

/** The refusal of a request whose `field` is wrong. `sentence` says what was found and what is allowed. */
export function refused(field: string, sentence: string): ControlError {
  return new ControlError('invalid-argument', field, sentence);
}
