/**
 * The next hop of a canonical block (canonical.ts): NEXT_HOP, or the next hop field of the abbreviated MP_REACH_NLRI.
 */
export const IPV4_ADDRESS_OCTETS = 4;
export const IPV6_ADDRESS_OCTETS = 16;

/** Octets of the abbreviated MP_REACH_NLRI in front of its next hop: AFI, SAFI, length. */
export const MP_NEXT_HOP_OFFSET = 4;

/** RFC 4271 §6.3: whether the address at `offset` is none of a host: "this network", multicast, reserved or broadcast. */
export function isBadIpv4NextHop(data: DataView, offset: number): boolean {
  const first = data.getUint8(offset);
  return first === 0 || first >= 224;
}

/**
 * Whether the abbreviated MP_REACH_NLRI at `offset` has no next hop that its family can use. An IPv4 next hop of IPv4 unicast never gets
 * here: it is NEXT_HOP in the canonical block. An IPv6 next hop of IPv4 unicast (RFC 8950) came from a session that agreed upon them.
 */
export function isBadMpNextHop(data: DataView, offset: number): boolean {
  const length = data.getUint8(offset + 3);
  const nextHop = offset + MP_NEXT_HOP_OFFSET;
  if (length === IPV4_ADDRESS_OCTETS) return isBadIpv4NextHop(data, nextHop);
  if (length !== IPV6_ADDRESS_OCTETS && length !== 2 * IPV6_ADDRESS_OCTETS) return true;
  const ipv4 = ipv4Offset(data, nextHop, IPV6_ADDRESS_OCTETS);
  if (ipv4 !== -1) return isBadIpv4NextHop(data, ipv4);
  return data.getUint8(nextHop) === 0xff || isUnspecified(data, nextHop);
}

/** Octets of each address of a next hop field: a second one is a link-local address (RFC 2545 §3). */
export function addressLength(fieldLength: number): number {
  return fieldLength === 2 * IPV6_ADDRESS_OCTETS ? IPV6_ADDRESS_OCTETS : fieldLength;
}

/** Where the IPv4 address of an IPv4 or IPv4-mapped address of `length` octets is; -1 for every other address. */
export function ipv4Offset(data: DataView, start: number, length: number): number {
  if (length === IPV4_ADDRESS_OCTETS) return start;
  if (length !== IPV6_ADDRESS_OCTETS || data.getUint32(start + 8) !== 0xffff) return -1;
  return data.getUint32(start) === 0 && data.getUint32(start + 4) === 0 ? start + 12 : -1;
}

function isUnspecified(data: DataView, start: number): boolean {
  for (let i = 0; i < IPV6_ADDRESS_OCTETS; i += 4) if (data.getUint32(start + i) !== 0) return false;
  return true;
}
