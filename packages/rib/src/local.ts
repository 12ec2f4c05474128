/**
 * Routes injected here take part as those of a peer: same table, same decision process, their own index (RFC 4271 §9.4 leaves it to us).
 */
import { AttributeScan, DEFAULT_CONTEXT, type Fault, IPV4_UNICAST } from '@tsbgp/wire';
import { CanonicalBlock } from './attributes/canonical.ts';
import { NONE } from './columns.ts';
import type { RibPeer } from './peer.ts';
import type { RibTable } from './table.ts';

/** LOCAL_PREF is ours to set: attributes are judged as those of an internal peer. */
const CONTEXT = { ...DEFAULT_CONTEXT, peerType: 'ibgp' } as const;

/** The fault that keeps these attributes from being announced. */
export function checkLocal(attributes: Uint8Array): Fault | undefined {
  const scan = new AttributeScan();
  scan.scan(attributes, 0, attributes.length, CONTEXT);
  return scan.fault;
}

export function announceLocal(
  table: RibTable,
  peer: RibPeer,
  prefix: Uint8Array,
  attributes: Uint8Array,
  nowSeconds: number,
): Fault | undefined {
  const scan = new AttributeScan();
  scan.scan(attributes, 0, attributes.length, CONTEXT);
  if (scan.fault !== undefined) return scan.fault;
  const canonical = new CanonicalBlock();
  canonical.write(attributes, scan, table.family === IPV4_UNICAST ? 'next-hop' : 'mp-reach');
  const attr = table.attributes.intern(canonical.bytes, canonical.start, canonical.end);
  table.announce(table.index.insertWire(prefix, 0), peer, 0, attr, 0, nowSeconds);
  table.attributes.sweep(attr);
  return undefined;
}

export function withdrawLocal(table: RibTable, peer: RibPeer, prefix: Uint8Array): boolean {
  const nlri = table.index.findWire(prefix, 0);
  return nlri !== NONE && table.withdraw(nlri, peer, 0);
}
