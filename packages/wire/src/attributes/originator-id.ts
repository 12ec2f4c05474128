/**
 * ORIGINATOR_ID, path attribute 9 (RFC 4456 §8): BGP identifier of the router that brought the route into the AS; set by a route reflector.
 *
 * From an external peer: discarded. From an internal one any length but 4: treat-as-withdraw (RFC 7606 §7.9).
 */
import { formatIpv4 } from '../address.ts';
import { AttributeCode } from '../codes.ts';
import type { AttributeCodec } from './codec.ts';
import { exactLength, notFromExternal, OPTIONAL_NON_TRANSITIVE } from './fields.ts';
import { ipv4Octets, parseIpv4Text } from './ipv4.ts';

export const originatorId: AttributeCodec<string> = {
  code: AttributeCode.OriginatorId,
  type: 'originator-id',
  name: 'ORIGINATOR_ID',
  flags: OPTIONAL_NON_TRANSITIVE,
  check: (_bytes, start, end, context) =>
    context.peerType === 'ebgp' ? notFromExternal('ORIGINATOR_ID') : exactLength('ORIGINATOR_ID', end - start, 4),
  decode: (bytes, start) => formatIpv4(bytes, start),
  encode: (out, value) => out.raw(ipv4Octets(value)),
  format: (value) => value,
  parse: parseIpv4Text,
};
