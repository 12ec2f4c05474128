/**
 * Routes injected here take part as those of a peer: same table, same decision process, their own index (RFC 4271 §9.4 leaves it to us).
 *
 * Many routes usually share few attribute sets. The caller interns each set once, announces any number of prefixes with its id, and then
 * gives the id back.
 */
import { AttributeScan, DEFAULT_CONTEXT, type Fault, IPV4_UNICAST } from '@tsbgp/wire';
import type { AttrId } from './attributes/attribute-table.ts';
import { CanonicalBlock } from './attributes/canonical.ts';
import { NONE } from './columns.ts';
import type { RibPeer } from './peer.ts';
import type { RibTable } from './table.ts';

/** LOCAL_PREF is ours to set: attributes are judged as those of an internal peer. */
const CONTEXT = { ...DEFAULT_CONTEXT, peerType: 'ibgp' } as const;

/** Scratch of one call. */
const scan = new AttributeScan();
const canonical = new CanonicalBlock();

/** The fault that keeps these attributes from being announced. */
export function checkLocal(attributes: Uint8Array): Fault | undefined {
  scan.scan(attributes, 0, attributes.length, CONTEXT);
  return scan.fault;
}

/** The id of the set, of which the caller then holds one reference, or the fault that keeps it from being announced. */
export function internLocal(table: RibTable, attributes: Uint8Array): AttrId | Fault {
  const fault = checkLocal(attributes);
  if (fault !== undefined) return fault;
  canonical.write(attributes, scan, table.family === IPV4_UNICAST ? 'next-hop' : 'mp-reach');
  const attr = table.attributes.intern(canonical.bytes, canonical.start, canonical.end);
  table.attributes.hold(attr);
  return attr;
}

/** Announces the prefix in wire form at `offset` with a set that the caller holds. */
export function announceLocal(
  table: RibTable,
  peer: RibPeer,
  prefixes: Uint8Array,
  offset: number,
  attr: AttrId,
  nowSeconds: number,
): void {
  table.announce(table.index.insertWire(prefixes, offset), peer, 0, attr, 0, nowSeconds);
}

/** Withdraws the local route of the prefix in wire form at `offset`. Returns whether there was one. */
export function withdrawLocal(table: RibTable, peer: RibPeer, prefixes: Uint8Array, offset: number): boolean {
  const nlri = table.index.findWire(prefixes, offset);
  return nlri !== NONE && table.withdraw(nlri, peer, 0);
}
