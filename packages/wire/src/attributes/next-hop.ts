/**
 * NEXT_HOP, path attribute 3 (RFC 4271 §4.3 c, §5.1.3): where packets for the IPv4 unicast routes of the UPDATE go. An IPv4 address.
 *
 * Any length but 4, or an address that no host can have: treat-as-withdraw (RFC 7606 §7.3, RFC 4271 §6.3). Whether the address can be reached
 * is not asked here but by the RIB.
 */
import { formatIpv4 } from '../address.ts';
import { AttributeCode, UpdateError } from '../codes.ts';
import type { AttributeCodec } from './codec.ts';
import { treatAsWithdraw, WELL_KNOWN } from './fields.ts';
import { ipv4Attribute } from './shapes.ts';

export const nextHop: AttributeCodec<string, 'next-hop'> = ipv4Attribute({
  code: AttributeCode.NextHop,
  type: 'next-hop',
  name: 'NEXT_HOP',
  flags: WELL_KNOWN,
  exportRule: 'next-hop',
  fact: 'next-hop',
  check(bytes, start) {
    const first = bytes[start]!;
    // 0/8 is "this network", 224/3 multicast and reserved. 127/8 passes: two speakers on one host may have no other address. FRR and GoBGP
    // refuse it too.
    if (first !== 0 && first < 224) return undefined;
    return treatAsWithdraw(UpdateError.InvalidNextHop, `NEXT_HOP ${formatIpv4(bytes, start)} is not the address of a host`);
  },
});
