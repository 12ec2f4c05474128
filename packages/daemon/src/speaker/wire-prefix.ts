/** Prefixes of requests, in the form in which the RIB's index takes them. */
import { equalBytes, formatAddress, maskAddress, parsePrefixOrAddress } from '@tsbgp/wire';
import { type ControlError, invalidArgument } from '../control-plane.ts';
import { quote } from '../quote.ts';

export interface WirePrefix {
  readonly bits: number;
  /** Bits of a whole address: 32 or 128. */
  readonly bitsMax: number;
  /** Length octet, then the whole address; zeros up to 17 octets. */
  readonly octets: Uint8Array;
}

/** Reads a prefix, or an address as its longest prefix. Bits set after its length are refused. Throws ControlError. */
export function readPrefix(text: string, field: string): WirePrefix {
  const refused = (sentence: string): ControlError => invalidArgument(field, `found ${quote(text)}, ${sentence}`);
  const prefix = parsePrefixOrAddress(text);
  if (prefix === undefined || /\/0\d/.test(text)) {
    throw refused('allowed is an IPv4 or IPv6 prefix, e.g. "192.0.2.0/24" or "2001:db8::/32"');
  }
  const { address, bits } = prefix;
  const masked = maskAddress(address, bits);
  const bitsMax = address.length * 8;
  if (!equalBytes(masked, address)) {
    const asAddress = `${text.split('/')[0]}/${bitsMax}`;
    throw refused(`which has bits set after the first ${bits}; did you mean "${formatAddress(masked)}/${bits}" or "${asAddress}"?`);
  }
  return wirePrefix(masked, bits);
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
