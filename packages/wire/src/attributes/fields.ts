/** What rows of the attribute table share: flags and verdicts. */
import { type Fault, updateFault } from '../fault.ts';

/** Optional and Transitive bits of the four kinds of attribute (RFC 4271 §5). */
export const WELL_KNOWN = 0x40;
export const OPTIONAL_TRANSITIVE = 0xc0;
export const OPTIONAL_NON_TRANSITIVE = 0x80;

export function treatAsWithdraw(subcode: number, reason: string): Fault {
  return updateFault('withdraw', subcode, reason);
}

export function attributeDiscard(subcode: number, reason: string): Fault {
  return updateFault('discard', subcode, reason);
}
