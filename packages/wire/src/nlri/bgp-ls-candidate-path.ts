/**
 * The descriptor of an SR Policy's candidate path in BGP-LS NLRI (RFC 9857 §4.1).
 *
 *     | origin, 1 | flags, 1 | reserved, 2 | endpoint, 4 or 16 | color, 4 | originator AS, 4 | originator, 4 or 16 | discriminator, 4 |
 *
 * Two flags say which addresses are IPv6. The other flags and the reserved octets mean nothing; they are kept when they are not zero.
 *
 * Text: `origin 2 endpoint 192.0.2.1 color 100 originator-as 65001 originator 192.0.2.9 discriminator 1`.
 */

import type { ByteWriter } from '../bytes.ts';
import { copyOf } from '../bytes.ts';
import { NO_FAMILY } from '../family.ts';
import { ValueError } from '../fault.ts';
import {
  ADDRESS_TO_END,
  type Field,
  fixed,
  hexUnlessZero,
  type OptionalField,
  octets,
  type RecordCodec,
  record,
  takeAddress,
  U8,
  U32,
} from '../parts/fields.ts';

/** What identifies a candidate path of an SR Policy (RFC 9857 §4.1). */
export interface CandidatePath {
  /** Protocol that created the path: 1 PCEP, 2 BGP SR Policy, 3 configuration; 10, 20 or 30 when a PCE reports it. */
  origin: number;
  /** The flags that mean nothing and the reserved octets, three octets of hexadecimal text; absent when they are zero. */
  reserved?: string;
  /** Where the policy ends, IPv4 or IPv6. */
  endpoint: string;
  color: number;
  originatorAs: number;
  /** Address of the node that originated the path, IPv4 or IPv6. */
  originator: string;
  /** Distinguishes paths of one originator. */
  discriminator: number;
}

const FLAGS_AT = 1;
const ENDPOINT_IPV6 = 0x80;
const ORIGINATOR_IPV6 = 0x40;

const THREE_OCTETS: Field<string> = octets(3);

/** Flags and reserved octets without the two flags that follow from the addresses: `appendCandidatePath` sets these. */
const RESERVED: OptionalField<string> = {
  optional: true,
  read: fixed(3, (bytes, at) => {
    const found = copyOf(bytes, at, at + 3);
    found[0]! &= ~(ENDPOINT_IPV6 | ORIGINATOR_IPV6);
    return hexUnlessZero(found);
  }),
  write: (out, value) => THREE_OCTETS.write(out, parseReserved(value ?? '000000')),
  format: (value) => value,
  parse: parseReserved,
};

function parseReserved(text: string): string {
  const value = THREE_OCTETS.parse(text, NO_FAMILY);
  if (Number.parseInt(value.slice(0, 2), 16) < ORIGINATOR_IPV6) return value;
  throw new ValueError(`found "${text}", allowed are reserved bits, "000000" to "3fffff"`);
}

/** An address of 16 octets when the flag is set, else of four. */
function address(flag: number): Field<string> {
  return {
    ...ADDRESS_TO_END,
    read: (reader) => takeAddress(reader, (reader.bytes[reader.start + FLAGS_AT]! & flag) === 0 ? 4 : 16),
  };
}

export const CANDIDATE_PATH: RecordCodec<CandidatePath> = record<CandidatePath>({
  origin: U8,
  reserved: RESERVED,
  endpoint: address(ENDPOINT_IPV6),
  color: U32,
  originatorAs: U32,
  originator: address(ORIGINATOR_IPV6),
  discriminator: U32,
});

/** Throws ValueError. */
export function appendCandidatePath(out: ByteWriter, path: CandidatePath): void {
  const start = out.length;
  CANDIDATE_PATH.encode(out, path);
  const isIpv6 = (address: string): boolean => address.includes(':');
  out.bytes[start + FLAGS_AT]! |= (isIpv6(path.endpoint) ? ENDPOINT_IPV6 : 0) | (isIpv6(path.originator) ? ORIGINATOR_IPV6 : 0);
}
