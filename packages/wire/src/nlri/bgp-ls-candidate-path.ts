/**
 * The descriptor of an SR Policy's candidate path in BGP-LS NLRI (RFC 9857 §4.1).
 *
 *     | origin, 1 | flags, 1 | reserved, 2 | endpoint, 4 or 16 | color, 4 | originator AS, 4 | originator, 4 or 16 | discriminator, 4 |
 *
 * Two flags say which addresses are of IPv6. With any other flag or something in the reserved octets it is not read.
 *
 * Text: `origin 2 endpoint 192.0.2.1 color 100 originator-as 65001 originator 192.0.2.9 discriminator 1`.
 */
import { formatAddress } from '../address.ts';
import { type ByteWriter, readU16 } from '../bytes.ts';
import { ADDRESS_TO_END, type Field, fail, type RecordCodec, record, take, U8, U32 } from './fields.ts';

/** What names a candidate path of an SR Policy (RFC 9857 §4.1). */
export interface CandidatePath {
  /** Who brought it about: 1 PCEP, 2 BGP SR Policy, 3 configuration; ten times as much where a PCE tells of it. */
  origin: number;
  /** Where the policy ends, IPv4 or IPv6. */
  endpoint: string;
  color: number;
  originatorAs: number;
  /** Address of who originated it, IPv4 or IPv6. */
  originator: string;
  /** Tells apart the paths of one originator. */
  discriminator: number;
}

const FLAGS_AT = 1;
const ENDPOINT_IPV6 = 0x80;
const ORIGINATOR_IPV6 = 0x40;

/** The origin, and the flags and reserved octets behind it; the flags are set when the addresses are known. */
const ORIGIN: Field<number> = {
  ...U8,
  read(reader) {
    const at = take(reader, 4);
    if (at < 0) return undefined;
    const others = reader.bytes[at + FLAGS_AT]! & ~(ENDPOINT_IPV6 | ORIGINATOR_IPV6);
    return others === 0 && readU16(reader.bytes, at + 2) === 0 ? reader.bytes[at] : fail(reader);
  },
  write(out, value) {
    U8.write(out, value);
    out.zeros(3);
  },
};

/** Of 16 octets where the flag is set, else of four. */
function address(flag: number): Field<string> {
  return {
    ...ADDRESS_TO_END,
    read(reader) {
      const size = (reader.bytes[reader.start + FLAGS_AT]! & flag) === 0 ? 4 : 16;
      const at = take(reader, size);
      return at < 0 ? undefined : formatAddress(reader.bytes, at, at + size);
    },
  };
}

export const CANDIDATE_PATH: RecordCodec<CandidatePath> = record<CandidatePath>({
  origin: ORIGIN,
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
  out.bytes[start + FLAGS_AT] = (isIpv6(path.endpoint) ? ENDPOINT_IPV6 : 0) | (isIpv6(path.originator) ? ORIGINATOR_IPV6 : 0);
}
