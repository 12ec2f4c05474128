/**
 * Why routes cannot be used, whatever policy says: what of an attribute set contradicts who we are, whom it came from, or what the session is
 * for. Nearly all sets have none of the flags that are suspicious for their peer, and are not looked at.
 *
 * Deviates from RFC 9774 §3 in form only: a route with an AS_SET is held with its reason instead of treated as withdrawn. It is not used either
 * way, and takes the place of the route that the peer sent before; but it can be listed, and needs no route refresh when the check is switched
 * off.
 */
import { AttributeCode, readU32 } from '@tsbgp/wire';
import type { AttributeTable } from '../attributes/attribute-table.ts';
import { findAttribute, headerLength, valueLength } from '../attributes/block.ts';
import { AttrFlag, LONG_PATH_ASNS } from '../attributes/facts.ts';
import { addressLength, distinguisherLength, ipv4Offset, isNextHopRead, MP_NEXT_HOP_OFFSET } from '../attributes/next-hops.ts';
import type { OwnIdentity } from '../attributes/own-identity.ts';
import { viewOf } from '../attributes/views.ts';
import { NONE } from '../columns.ts';
import type { UnusableReason } from '../filter-reason.ts';
import { PeerKind, type RibPeer } from '../peer.ts';
import { isLeak } from '../roles.ts';

const SEGMENT_AS_SET = 1;
const SEGMENT_CONFED_SEQUENCE = 3;
const SEGMENT_CONFED_SET = 4;

/** Why routes with this attribute set cannot be used when they come from this peer. */
export function unusableReason(attributes: AttributeTable, attr: number, peer: RibPeer): UnusableReason | undefined {
  if (peer.kind === PeerKind.Local) return undefined;
  const { own } = attributes;
  const { data } = attributes.arena;
  const start = attributes.offset[attr]!;
  const end = start + attributes.length[attr]!;
  const find = (code: number): number => findAttribute(data, start, end, code);
  const asPath = find(AttributeCode.AsPath);
  if (asPath !== NONE && isLoop(data, asPath, own, peer)) return 'as-loop';
  const originatorId = find(AttributeCode.OriginatorId);
  if (originatorId !== NONE && readU32(data, originatorId + headerLength(data, originatorId)) === own.bgpIdentifier) return 'originator-id';
  const clusterList = find(AttributeCode.ClusterList);
  if (clusterList !== NONE && hasOwnCluster(data, clusterList, own)) return 'cluster-list';
  if ((attributes.flags[attr]! & AttrFlag.BadNextHop) !== 0) return 'next-hop';
  if (hasOwnNextHop(attributes, start, end, peer)) return 'next-hop';
  if (peer.firstAs !== 0 && attributes.neighborAs[attr] !== peer.firstAs) return 'first-as';
  if ((attributes.flags[attr]! & AttrFlag.OddPath) !== 0 && asPath !== NONE) {
    const { rejectSets, rejectLong } = peer.options.asPath ?? {};
    const { hasSet, asns } = shapeOf(data, asPath);
    if (rejectSets === true && hasSet) return 'as-set';
    if (rejectLong === true && asns > LONG_PATH_ASNS) return 'as-path-length';
  }
  if (peer.kind === PeerKind.External) {
    const otc = find(AttributeCode.OnlyToCustomer);
    const { role, remoteAs } = peer.options;
    if (otc !== NONE && isLeak(role, readU32(data, otc + headerLength(data, otc)), remoteAs)) return 'route-leak';
  }
  return undefined;
}

/**
 * RFC 4271 §9.1.2: our AS is in the path, more often than is allowed. In a confederation our AS in it counts only in confederation segments, and
 * the number of the confederation everywhere (RFC 5065 §4): outside, another AS may well have the number of ours.
 */
function isLoop(data: Uint8Array, header: number, own: OwnIdentity, peer: RibPeer): boolean {
  const { localAs, confederation = localAs } = own;
  // Towards peers inside, the AS of the session is our AS.
  const sessionAs = peer.kind === PeerKind.External || own.confederation === undefined ? peer.localAs : confederation;
  let left = peer.options.asPath?.ownAllowed ?? 0;
  let at = header + headerLength(data, header);
  const end = at + valueLength(data, header);
  while (at < end) {
    const other = data[at]! >= SEGMENT_CONFED_SEQUENCE ? localAs : sessionAs;
    const next = at + 2 + 4 * data[at + 1]!;
    for (at += 2; at < next; at += 4) {
      const as = readU32(data, at);
      if ((as === confederation || as === other) && left-- === 0) return true;
    }
  }
  return false;
}

function hasOwnCluster(data: Uint8Array, header: number, own: OwnIdentity): boolean {
  const start = header + headerLength(data, header);
  const end = start + valueLength(data, header);
  for (let at = start; at < end; at += 4) if (own.isClusterId(readU32(data, at))) return true;
  return false;
}

/** What makes an AS_PATH odd: a set, and how many AS numbers it has. */
function shapeOf(data: Uint8Array, header: number): { readonly hasSet: boolean; readonly asns: number } {
  let hasSet = false;
  let asns = 0;
  let at = header + headerLength(data, header);
  const end = at + valueLength(data, header);
  while (at < end) {
    const type = data[at]!;
    const count = data[at + 1]!;
    if (type === SEGMENT_AS_SET || type === SEGMENT_CONFED_SET) hasSet = true;
    asns += count;
    at += 2 + 4 * count;
  }
  return { hasSet, asns };
}

function hasOwnNextHop(attributes: AttributeTable, start: number, end: number, peer: RibPeer): boolean {
  const { data, view } = attributes.arena;
  const nextHop = findAttribute(data, start, end, AttributeCode.NextHop);
  if (nextHop !== NONE) return isOurs(view, nextHop + headerLength(data, nextHop), 4, peer);
  const mpReach = findAttribute(data, start, end, AttributeCode.MpReachNlri);
  if (mpReach === NONE) return true;
  const value = mpReach + headerLength(data, mpReach);
  if (!isNextHopRead(view, value)) return false;
  const field = value + MP_NEXT_HOP_OFFSET;
  const fieldLength = data[field - 1]!;
  const length = addressLength(fieldLength);
  const skipped = distinguisherLength(fieldLength);
  for (let at = field; at < field + fieldLength; at += skipped + length) if (isOurs(view, at + skipped, length, peer)) return true;
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
