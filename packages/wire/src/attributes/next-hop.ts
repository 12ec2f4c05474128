/**
 * NEXT_HOP, path attribute 3 (RFC 4271 §4.3 c, §5.1.3): where packets for the IPv4 unicast routes of the UPDATE go. An IPv4 address.
 *
 * Any length but 4, or an address no host can have: treat-as-withdraw (RFC 7606 §7.3, RFC 4271 §6.3). Whether the address can be reached
 * is the RIB's question.
 */
import { formatIpv4 } from '../address.ts';
import { AttributeCode, UpdateError } from '../codes.ts';
import type { AttributeCodec } from './codec.ts';
import { exactLength, treatAsWithdraw, WELL_KNOWN } from './fields.ts';
import { ipv4Octets, parseIpv4Text } from './ipv4.ts';

export const nextHop: AttributeCodec<string> = {
  code: AttributeCode.NextHop,
  type: 'next-hop',
  name: 'NEXT_HOP',
  flags: WELL_KNOWN,
  check(bytes, start, end) {
    if (end - start !== 4) return exactLength('NEXT_HOP', end - start, 4);
    const first = bytes[start]!;
    // 0/8 is "this network", 224/3 multicast and reserved. 127/8 is let pass: it is a host's own address, and all there is when both
    // speakers run on one host. FRR and GoBGP refuse it too.
    if (first !== 0 && first < 224) return undefined;
    return treatAsWithdraw(UpdateError.InvalidNextHop, `NEXT_HOP ${formatIpv4(bytes, start)} is not the address of a host`);
  },
  decode: (bytes, start) => formatIpv4(bytes, start),
  encode: (out, value) => out.raw(ipv4Octets(value)),
  format: (value) => value,
  parse: parseIpv4Text,
};
