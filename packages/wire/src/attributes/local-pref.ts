/**
 * LOCAL_PREF, path attribute 5 (RFC 4271 §4.3 e, §5.1.5): how much an AS prefers a route, told inside the AS only. 32 bits, higher is
 * preferred.
 *
 * From an external peer: discarded, whatever it holds. From an internal one any length but 4: treat-as-withdraw (RFC 7606 §7.5).
 */
import { readU32 } from '../bytes.ts';
import { AttributeCode } from '../codes.ts';
import { parseU32, within } from '../numbers.ts';
import type { AttributeCodec } from './codec.ts';
import { exactLength, notFromExternal, WELL_KNOWN } from './fields.ts';

export const localPref: AttributeCodec<number> = {
  code: AttributeCode.LocalPref,
  type: 'local-pref',
  name: 'LOCAL_PREF',
  flags: WELL_KNOWN,
  check: (_bytes, start, end, context) =>
    context.peerType === 'ebgp' ? notFromExternal('LOCAL_PREF') : exactLength('LOCAL_PREF', end - start, 4),
  decode: (bytes, start) => readU32(bytes, start),
  encode: (out, value) => out.u32(within('LOCAL_PREF', value, 0xffff_ffff)),
  format: String,
  parse: parseU32,
};
