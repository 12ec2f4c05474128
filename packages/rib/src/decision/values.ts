/** What the steps of the decision process compare in a path. */
import { AttributeCode, readU32 } from '@tsbgp/wire';
import { addCost, metricOffset } from '../attributes/aigp-metric.ts';
import type { AttributeTable } from '../attributes/attribute-table.ts';
import { findAttribute, headerLength, valueLength } from '../attributes/block.ts';
import { AttrFlag } from '../attributes/facts.ts';
import { NONE } from '../columns.ts';
import { PeerKind, type RibPeer } from '../peer.ts';
import type { RibTable } from '../table.ts';

/**
 * The neighboring AS by which MULTI_EXIT_DISC is compared: the first AS of the AS_PATH. Where the path is empty or begins with a set, an
 * external peer's own AS, and for an internal peer, which then originated or aggregated the route, our AS. Deviates from RFC 4271 §9.1.2.2 c for
 * routes of a route server: the AS that the server had the route from counts, not that of the server, as in BIRD and FRR.
 */
export function neighboringAs(table: RibTable, path: number): number {
  const first = table.attributes.neighborAs[table.pathAttr[path]!]!;
  if (first !== 0) return first;
  const peer = table.peers[table.pathPeer[path]!]!;
  return peer.kind === PeerKind.External ? peer.options.remoteAs : peer.localAs;
}

/** The AIGP metric and the interior cost to the next hop (RFC 7311 §4.1). Only of paths with AIGP. Cold: few networks have it. */
export function aigpTotal(table: RibTable, path: number): bigint {
  const { attributes } = table;
  const attr = table.pathAttr[path]!;
  const { data, view } = attributes.arena;
  const start = attributes.offset[attr]!;
  const header = findAttribute(data, start, start + attributes.length[attr]!, AttributeCode.Aigp);
  const value = header + headerLength(data, header);
  const metric = view.getBigUint64(metricOffset(view, value, value + valueLength(data, header)));
  return addCost(metric, nextHopCost(table, path));
}

/** The interior cost to the next hop; 0 of our own routes, and where costs are not known. */
export function nextHopCost(table: RibTable, path: number): number {
  const { costOf } = table.attributes;
  if (costOf === undefined || table.peers[table.pathPeer[path]!]!.kind === PeerKind.Local) return 0;
  return costOf(table.pathAttr[path]!);
}

/** The BGP Identifier that a path is compared by: ORIGINATOR_ID, or that of the peer (RFC 4456 §9). */
export function originator(attributes: AttributeTable, attr: number, peer: RibPeer): number {
  const data = attributes.arena.data;
  const header = internalAttribute(attributes, attr, AttributeCode.OriginatorId);
  return header === NONE ? peer.options.bgpIdentifier : readU32(data, header + headerLength(data, header));
}

/** The length of CLUSTER_LIST (RFC 4456 §9). */
export function clusterCount(attributes: AttributeTable, attr: number): number {
  const header = internalAttribute(attributes, attr, AttributeCode.ClusterList);
  return header === NONE ? 0 : valueLength(attributes.arena.data, header) / 4;
}

/** Header of an attribute that only internal routes have, or NONE: nearly always by one bit. */
function internalAttribute(attributes: AttributeTable, attr: number, code: number): number {
  if ((attributes.flags[attr]! & AttrFlag.InternalOnly) === 0) return NONE;
  const start = attributes.offset[attr]!;
  return findAttribute(attributes.arena.data, start, start + attributes.length[attr]!, code);
}
