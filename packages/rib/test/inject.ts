/** One local route at once, as the daemon injects many. */
import { type Family, Fault } from '@tsbgp/wire';
import type { Rib } from '../src/rib.ts';

/** Announces a prefix in wire form. Returns the fault of attributes that are not acceptable. */
export function inject(rib: Rib, family: Family, prefix: Uint8Array, attributes: Uint8Array): Fault | undefined {
  const attr = rib.internLocal(family, attributes);
  if (attr instanceof Fault) return attr;
  rib.announceLocal(family, prefix, 0, attr);
  rib.releaseLocal(attr);
  return undefined;
}
