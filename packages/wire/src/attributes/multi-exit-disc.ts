/**
 * MULTI_EXIT_DISC, path attribute 4 (RFC 4271 §4.3 d, §5.1.4): how one neighboring AS ranks several entrances to itself. 32 bits, lower is
 * preferred.
 *
 * Any length but 4: treat-as-withdraw (RFC 7606 §7.4).
 */
import { AttributeCode } from '../codes.ts';
import type { AttributeCodec } from './codec.ts';
import { OPTIONAL_NON_TRANSITIVE } from './fields.ts';
import { u32Attribute } from './shapes.ts';

export const multiExitDisc: AttributeCodec<number, 'multi-exit-disc'> = u32Attribute({
  code: AttributeCode.MultiExitDisc,
  type: 'multi-exit-disc',
  name: 'MULTI_EXIT_DISC',
  flags: OPTIONAL_NON_TRANSITIVE,
  exportRule: 'multi-exit-disc',
  fact: 'multi-exit-disc',
});
