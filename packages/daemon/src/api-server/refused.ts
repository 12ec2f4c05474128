import { ControlError } from '../control-plane.ts';

/** A request whose `field` is wrong: what was found and what is allowed. */
export function refused(field: string, sentence: string): ControlError {
  return new ControlError('invalid-argument', field, sentence);
}
