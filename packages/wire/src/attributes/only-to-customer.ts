/**
 * ONLY_TO_CUSTOMER, path attribute 35 (RFC 9234 §5): the AS that sent the route to a customer or a peer; the route may then go to customers
 * only. One AS number of four octets.
 *
 * Any length but 4: treat-as-withdraw (RFC 9234 §5).
 */
import { AttributeCode } from '../codes.ts';
import type { AttributeCodec } from './codec.ts';
import { OPTIONAL_TRANSITIVE } from './fields.ts';
import { u32Attribute } from './shapes.ts';

export const onlyToCustomer: AttributeCodec<number, 'only-to-customer'> = u32Attribute({
  code: AttributeCode.OnlyToCustomer,
  type: 'only-to-customer',
  name: 'ONLY_TO_CUSTOMER',
  label: 'OTC',
  flags: OPTIONAL_TRANSITIVE,
  exportRule: 'only-to-customer',
  fact: 'only-to-customer',
  valueName: 'AS number',
  describe: (as) => `AS ${as}`,
});
