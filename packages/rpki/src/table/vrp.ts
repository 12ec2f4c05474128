/** A VRP as a value, for people and programs. The table itself holds no such objects. */
import { formatAddress } from '@tsbgp/wire';

/** Validated ROA Payload (RFC 6811 §2): the AS may announce the prefix, and its more specific prefixes up to the maximum length. */
export interface Vrp {
  /** "192.0.2.0/24", "2001:db8::/32". */
  readonly prefix: string;
  readonly maxLength: number;
  /** 0: nobody may announce the prefix (RFC 6483 §4). */
  readonly asn: number;
}

/** A VRP as octets, as it comes from a cache or a file. */
export interface VrpOctets {
  /** Holds the address, 4 or 16 octets, from `offset` on. Bits after the prefix mean nothing. */
  readonly bytes: Uint8Array;
  readonly offset: number;
  readonly ipv6: boolean;
  readonly length: number;
  readonly maxLength: number;
  readonly asn: number;
}

/** "192.0.2.0/24-24 AS64496". */
export function formatVrp({ prefix, maxLength, asn }: Vrp): string {
  return `${prefix}-${maxLength} AS${asn}`;
}

export function formatPrefix(address: Uint8Array, length: number): string {
  return `${formatAddress(address)}/${length}`;
}
