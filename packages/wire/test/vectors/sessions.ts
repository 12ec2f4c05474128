/** The sessions in which the octets of vectors are read. */
import { DEFAULT_CONTEXT, type WireContext } from '../../src/context.ts';

export const EBGP: WireContext = DEFAULT_CONTEXT;
export const IBGP: WireContext = { ...DEFAULT_CONTEXT, peerType: 'ibgp' };
/** Of an external and of an internal peer with two-octet AS numbers. */
export const TWO_OCTETS: WireContext = { ...EBGP, fourOctetAs: false };
export const TWO_OCTETS_INTERNAL: WireContext = { ...IBGP, fourOctetAs: false };
