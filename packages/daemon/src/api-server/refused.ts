import { ControlError } from '../control-plane.ts';

/** A request whose `field` is wrong: the path, then what was found and what is allowed. */
export function refused(field: string, message: string): ControlError {
  return new ControlError('invalid-argument', field, `${field}: ${message}`);
}
