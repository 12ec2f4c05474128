/**
 * The next hop of a canonical block (canonical.ts): NEXT_HOP, or the next hop field of the abbreviated MP_REACH_NLRI.
 */
import { makeFamily, Safi } from '@tsbgp/wire';
import { nextHopMeaning } from '@tsbgp/wire/scan';

const RD_LENGTH = 8;
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
  const fieldLength = data.getUint8(offset + 3);
  const address = offset + MP_NEXT_HOP_OFFSET + distinguisherLength(fieldLength);
  const length = addressLength(fieldLength);
  if (length === IPV4_ADDRESS_OCTETS) return isBadIpv4NextHop(data, address);
  if (length !== IPV6_ADDRESS_OCTETS) return true;
  const ipv4 = ipv4Offset(data, address, IPV6_ADDRESS_OCTETS);
  if (ipv4 !== -1) return isBadIpv4NextHop(data, ipv4);
  return data.getUint8(address) === 0xff || isUnspecified(data, address);
}

/** Whether anybody reads the next hop of the abbreviated MP_REACH_NLRI at `offset`. A flow specification, say, has none. */
export function isNextHopRead(data: DataView, offset: number): boolean {
  const safi = data.getUint8(offset + 2);
  return safi === Safi.Unicast || nextHopMeaning(makeFamily(data.getUint16(offset), safi)) !== 'none';
}

/** Octets of the route distinguisher before each address of a next hop field (RFC 4364 §4.3.2): the length of the field tells. */
export function distinguisherLength(fieldLength: number): number {
  return fieldLength % 12 === 0 && fieldLength > 0 ? RD_LENGTH : 0;
}

/** Octets of each address of a next hop field: a second one is a link-local address (RFC 2545 §3, RFC 4659 §3.2.1.1). */
export function addressLength(fieldLength: number): number {
  return entryLength(fieldLength) - distinguisherLength(fieldLength);
}

/** Octets of each address with its route distinguisher. */
export function entryLength(fieldLength: number): number {
  return fieldLength === 32 || fieldLength === 48 ? fieldLength / 2 : fieldLength;
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
