/** Prefixes of operators, in the form in which the RIB's index takes them. */
import { equalBytes, formatAddress, maskAddress, parsePrefixOrAddress } from '@tsbgp/wire';

export interface WirePrefix {
  readonly bits: number;
  /** Bits of a whole address: 32 or 128. */
  readonly bitsMax: number;
  /** Length octet, then the whole address; zeros up to 17 octets. */
  readonly octets: Uint8Array;
}

/** Why a text is no prefix. */
export interface WrongPrefix {
  /** What is wrong where it looks like a prefix, and what may have been meant. */
  readonly because?: { readonly problem: string; readonly meant: readonly string[] };
}

/** A prefix, or an address as its longest prefix. Bits set after its length are refused. */
export function parseWirePrefix(text: string): WirePrefix | WrongPrefix {
  const prefix = parsePrefixOrAddress(text);
  if (prefix === undefined || /\/0\d/.test(text)) return {};
  const { address, bits } = prefix;
  const masked = maskAddress(address, bits);
  if (equalBytes(masked, address)) return wirePrefix(masked, bits);
  const meant = [`${formatAddress(masked)}/${bits}`, `${text.split('/')[0]}/${address.length * 8}`];
  return { because: { problem: `bits set after the first ${bits}`, meant } };
}

/** The canonical text: "192.0.2.0/24". */
export function formatWirePrefix({ octets, bits, bitsMax }: WirePrefix): string {
  return `${formatAddress(octets, 1, 1 + bitsMax / 8)}/${bits}`;
}

/** The prefix of `bits` bits that covers `prefix`. */
export function shortened(prefix: WirePrefix, bits: number): WirePrefix {
  return wirePrefix(maskAddress(prefix.octets.subarray(1, 1 + prefix.bitsMax / 8), bits), bits);
}

function wirePrefix(masked: Uint8Array, bits: number): WirePrefix {
  const octets = new Uint8Array(17);
  octets[0] = bits;
  octets.set(masked, 1);
  return { bits, bitsMax: masked.length * 8, octets };
}
