/** Faults in octets from a peer, and errors in values from people and programs. */
import { NotificationCode } from './codes.ts';

/**
 * What is wrong with octets from a peer, as a value: the answer that RFC 7606 §2 requires, and what a NOTIFICATION would say.
 *
 *   'reset'     the session ends with NOTIFICATION code/subcode/data
 *   'disable'   the family is ignored for the rest of the session (RFC 7606 §2, AFI/SAFI disable); needs a reset where that is not possible
 *   'withdraw'  the routes of the UPDATE are treated as withdrawn
 *   'discard'   the attribute is dropped and the UPDATE goes on
 */
export type FaultAction = 'reset' | 'disable' | 'withdraw' | 'discard';

const NO_DATA = new Uint8Array(0);

/** What is wrong with octets from a peer, and how RFC 7606 §2 answers it. Faults are returned, never thrown. */
export class Fault {
  readonly action: FaultAction;
  /** NOTIFICATION error code (RFC 4271 §4.5). */
  readonly code: number;
  readonly subcode: number;
  /** NOTIFICATION data; a copy, safe to keep. */
  readonly data: Uint8Array;
  /** One sentence for logs and people. */
  readonly reason: string;

  constructor(action: FaultAction, code: number, subcode: number, reason: string, data: Uint8Array = NO_DATA) {
    this.action = action;
    this.code = code;
    this.subcode = subcode;
    this.reason = reason;
    this.data = data;
  }
}

/** A fault in an UPDATE (RFC 4271 §6.3). */
export function updateFault(action: FaultAction, subcode: number, reason: string, data?: Uint8Array): Fault {
  return new Fault(action, NotificationCode.UpdateMessageError, subcode, reason, data);
}

/** A fault in an OPEN (RFC 4271 §6.2). It ends the session. */
export function openError(subcode: number, reason: string, data?: Uint8Array): Fault {
  return new Fault('reset', NotificationCode.OpenMessageError, subcode, reason, data);
}

const SEVERITY: Record<FaultAction, number> = { discard: 0, withdraw: 1, disable: 2, reset: 3 };

/** RFC 7606 §3 (h): the strongest of several faults in one UPDATE decides; among equals the first. */
export function strongest(a: Fault | undefined, b: Fault | undefined): Fault | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return SEVERITY[b.action] > SEVERITY[a.action] ? b : a;
}

/** Text or a value from a person or a program is invalid. */
export class ValueError extends Error {
  override readonly name = 'ValueError';
}
