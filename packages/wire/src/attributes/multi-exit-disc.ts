/**
 * MULTI_EXIT_DISC, path attribute 4 (RFC 4271 §4.3 d, §5.1.4): how one neighbouring AS ranks several entrances to itself. 32 bits, lower is
 * preferred.
 *
 * Any length but 4: treat-as-withdraw (RFC 7606 §7.4).
 */
import { readU32 } from '../bytes.ts';
import { AttributeCode } from '../codes.ts';
import { parseU32, within } from '../numbers.ts';
import type { AttributeCodec } from './codec.ts';
import { exactLength, OPTIONAL_NON_TRANSITIVE } from './fields.ts';

export const multiExitDisc: AttributeCodec<number> = {
  code: AttributeCode.MultiExitDisc,
  type: 'multi-exit-disc',
  name: 'MULTI_EXIT_DISC',
  flags: OPTIONAL_NON_TRANSITIVE,
  check: (_bytes, start, end) => exactLength('MULTI_EXIT_DISC', end - start, 4),
  decode: (bytes, start) => readU32(bytes, start),
  encode: (out, value) => out.u32(within('MULTI_EXIT_DISC', value, 0xffff_ffff)),
  format: String,
  parse: parseU32,
};
