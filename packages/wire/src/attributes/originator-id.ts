/**
 * ORIGINATOR_ID, path attribute 9 (RFC 4456 §8): BGP identifier of the router that brought the route into the AS; set by a route reflector.
 *
 * From an external peer: discarded. From an internal one any length but 4: treat-as-withdraw (RFC 7606 §7.9).
 */
import { AttributeCode } from '../codes.ts';
import type { AttributeCodec } from './codec.ts';
import { OPTIONAL_NON_TRANSITIVE } from './fields.ts';
import { ipv4Attribute } from './shapes.ts';

export const originatorId: AttributeCodec<string, 'originator-id'> = ipv4Attribute({
  code: AttributeCode.OriginatorId,
  type: 'originator-id',
  name: 'ORIGINATOR_ID',
  label: 'originator',
  flags: OPTIONAL_NON_TRANSITIVE,
  internalOnly: 'as',
  exportRule: 'originator-id',
  fact: 'reflectors',
});
