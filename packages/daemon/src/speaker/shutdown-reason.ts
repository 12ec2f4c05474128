/** What an operator tells the peer's operator with a Cease (RFC 9003). */
import { SHUTDOWN_MESSAGE_OCTETS_MAX } from '@tsbgp/session';
import { invalidArgument } from '../control-plane.ts';

/** Throws ControlError `invalid-argument` for a reason that no NOTIFICATION can hold. Cut, it might say something else. */
export function checkReason(reason: string | undefined): void {
  const octets = reason === undefined ? 0 : Buffer.byteLength(reason);
  if (octets <= SHUTDOWN_MESSAGE_OCTETS_MAX) return;
  throw invalidArgument(
    'reason',
    `found ${octets} octets of UTF-8, allowed at most ${SHUTDOWN_MESSAGE_OCTETS_MAX} (RFC 9003 §2), e.g. "maintenance until 5:00"`,
  );
}
