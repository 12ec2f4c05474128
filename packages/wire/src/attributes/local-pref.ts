/**
 * LOCAL_PREF, path attribute 5 (RFC 4271 §4.3 e, §5.1.5): how much an AS prefers a route; sent inside the AS only. 32 bits, higher is
 * preferred.
 *
 * From an external peer: discarded, whatever it holds. From an internal one any length but 4: treat-as-withdraw (RFC 7606 §7.5).
 */
import { AttributeCode } from '../codes.ts';
import type { AttributeCodec } from './codec.ts';
import { WELL_KNOWN } from './fields.ts';
import { u32Attribute } from './shapes.ts';

export const localPref: AttributeCodec<number, 'local-pref'> = u32Attribute({
  code: AttributeCode.LocalPref,
  type: 'local-pref',
  name: 'LOCAL_PREF',
  flags: WELL_KNOWN,
  internalOnly: 'confederation',
  exportRule: 'local-pref',
  fact: 'local-pref',
});
