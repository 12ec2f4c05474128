/**
 * ONLY_TO_CUSTOMER, path attribute 35 (RFC 9234 §5): the AS that sent the route down or sideways; from there it may only go to customers.
 * One AS number of four octets.
 *
 * Any length but 4: treat-as-withdraw (RFC 9234 §5).
 */
import { readU32 } from '../bytes.ts';
import { AttributeCode } from '../codes.ts';
import { parseU32, within } from '../numbers.ts';
import type { AttributeCodec } from './codec.ts';
import { exactLength, OPTIONAL_TRANSITIVE } from './fields.ts';

export const onlyToCustomer: AttributeCodec<number> = {
  code: AttributeCode.OnlyToCustomer,
  type: 'only-to-customer',
  name: 'ONLY_TO_CUSTOMER',
  flags: OPTIONAL_TRANSITIVE,
  check: (_bytes, start, end) => exactLength('ONLY_TO_CUSTOMER', end - start, 4),
  decode: (bytes, start) => readU32(bytes, start),
  encode: (out, value) => out.u32(within('AS number', value, 0xffff_ffff)),
  format: String,
  parse: parseU32,
};
