/**
 * Why routes cannot be used, whatever policy says: what of an attribute set contradicts who we are or whom it came from. Nearly all sets have
 * neither AttrFlag.Own nor AttrFlag.BadNextHop, and are not looked at.
 */
import { AttributeCode, readU32 } from '@tsbgp/wire';
import type { AttributeTable } from '../attributes/attribute-table.ts';
import { findAttribute, headerLength, valueLength } from '../attributes/block.ts';
import { AttrFlag } from '../attributes/facts.ts';
import { addressLength, ipv4Offset, MP_NEXT_HOP_OFFSET } from '../attributes/next-hops.ts';
import { viewOf } from '../attributes/views.ts';
import { NONE } from '../columns.ts';
import type { UnusableReason } from '../filter-reason.ts';
import { PeerKind, type RibPeer } from '../peer.ts';

/** Why routes with this attribute set cannot be used when they come from this peer. */
export function unusableReason(attributes: AttributeTable, attr: number, peer: RibPeer): UnusableReason | undefined {
  if (peer.kind === PeerKind.Local) return undefined;
  const { own } = attributes;
  const { data } = attributes.arena;
  const start = attributes.offset[attr]!;
  const end = start + attributes.length[attr]!;
  const find = (code: number): number => findAttribute(data, start, end, code);
  const asPath = find(AttributeCode.AsPath);
  if (asPath !== NONE && asPathHas(data, asPath, own.localAs, peer.localAs)) return 'as-loop';
  const originatorId = find(AttributeCode.OriginatorId);
  if (originatorId !== NONE && valuesHave(data, originatorId, own.bgpIdentifier)) return 'originator-id';
  const clusterList = find(AttributeCode.ClusterList);
  if (clusterList !== NONE && valuesHave(data, clusterList, own.bgpIdentifier)) return 'cluster-list';
  if ((attributes.flags[attr]! & AttrFlag.BadNextHop) !== 0) return 'next-hop';
  const { view } = attributes.arena;
  const nextHop = find(AttributeCode.NextHop);
  if (nextHop !== NONE) return isOurs(view, nextHop + headerLength(data, nextHop), 4, peer) ? 'next-hop' : undefined;
  const mpReach = find(AttributeCode.MpReachNlri);
  if (mpReach === NONE) return 'next-hop';
  const field = mpReach + headerLength(data, mpReach) + MP_NEXT_HOP_OFFSET;
  const fieldLength = data[field - 1]!;
  const length = addressLength(fieldLength);
  for (let at = field; at < field + fieldLength; at += length) if (isOurs(view, at, length, peer)) return 'next-hop';
  return undefined;
}

/** Whether an AS number is in any segment of the AS_PATH whose header is at `header`. */
function asPathHas(data: Uint8Array, header: number, one: number, other: number): boolean {
  let at = header + headerLength(data, header);
  const end = at + valueLength(data, header);
  while (at < end) {
    const next = at + 2 + 4 * data[at + 1]!;
    for (at += 2; at < next; at += 4) {
      const as = readU32(data, at);
      if (as === one || as === other) return true;
    }
  }
  return false;
}

/** Whether the value whose header is at `header`, a list of numbers of four octets, has `wanted`. */
function valuesHave(data: Uint8Array, header: number, wanted: number): boolean {
  const start = header + headerLength(data, header);
  const end = start + valueLength(data, header);
  for (let at = start; at < end; at += 4) if (readU32(data, at) === wanted) return true;
  return false;
}

/** Whether the address in `data[start, start + length)` is one of ours towards `peer`; IPv4-mapped ones are their IPv4 address. */
function isOurs(data: DataView, start: number, length: number, peer: RibPeer): boolean {
  const ipv4 = ipv4Offset(data, start, length);
  for (const address of peer.ownAddresses) {
    const own = viewOf(address);
    const ownIpv4 = ipv4Offset(own, 0, address.length);
    if (ipv4 !== -1 && ownIpv4 !== -1) {
      if (data.getUint32(ipv4) === own.getUint32(ownIpv4)) return true;
    } else if (address.length === length && areEqual(data, start, own, length)) {
      return true;
    }
  }
  return false;
}

function areEqual(data: DataView, start: number, own: DataView, length: number): boolean {
  for (let i = 0; i < length; i++) if (data.getUint8(start + i) !== own.getUint8(i)) return false;
  return true;
}
