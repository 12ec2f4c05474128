/**
 * NEXT_HOP, path attribute 3 (RFC 4271 §4.3 c, §5.1.3): where packets for the IPv4 unicast routes of the UPDATE go. An IPv4 address.
 *
 * Any length but 4: treat-as-withdraw (RFC 7606 §7.3). Whether the address can be used is the RIB's question.
 */
import { formatIpv4 } from '../address.ts';
import { AttributeCode } from '../codes.ts';
import type { AttributeCodec } from './codec.ts';
import { exactLength, WELL_KNOWN } from './fields.ts';
import { ipv4Octets, parseIpv4Text } from './ipv4.ts';

export const nextHop: AttributeCodec<string> = {
  code: AttributeCode.NextHop,
  type: 'next-hop',
  name: 'NEXT_HOP',
  flags: WELL_KNOWN,
  check: (_bytes, start, end) => exactLength('NEXT_HOP', end - start, 4),
  decode: (bytes, start) => formatIpv4(bytes, start),
  encode: (out, value) => out.raw(ipv4Octets(value)),
  format: (value) => value,
  parse: parseIpv4Text,
};
