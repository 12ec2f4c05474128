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
import { type ByteWriter, readU16, readU32 } from '../bytes.ts';
import { ValueError } from '../fault.ts';
import { parseAddressText } from './fields.ts';

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

const ENDPOINT_IPV6 = 0x80;
const ORIGINATOR_IPV6 = 0x40;

/** The descriptor in `bytes[start, end)`, undefined when it is not of its form. */
export function decodeCandidatePath(bytes: Uint8Array, start: number, end: number): CandidatePath | undefined {
  if (end - start < 4) return undefined;
  const flags = bytes[start + 1]!;
  const endpointLength = (flags & ENDPOINT_IPV6) === 0 ? 4 : 16;
  const originatorLength = (flags & ORIGINATOR_IPV6) === 0 ? 4 : 16;
  if (end - start !== 16 + endpointLength + originatorLength) return undefined;
  if ((flags & ~(ENDPOINT_IPV6 | ORIGINATOR_IPV6)) !== 0 || readU16(bytes, start + 2) !== 0) return undefined;
  const color = start + 4 + endpointLength;
  const originator = color + 8;
  return {
    origin: bytes[start]!,
    endpoint: formatAddress(bytes, start + 4, color),
    color: readU32(bytes, color),
    originatorAs: readU32(bytes, color + 4),
    originator: formatAddress(bytes, originator, originator + originatorLength),
    discriminator: readU32(bytes, end - 4),
  };
}

/** Throws ValueError. */
export function appendCandidatePath(out: ByteWriter, path: CandidatePath): void {
  const endpoint = parseAddressText(path.endpoint);
  const originator = parseAddressText(path.originator);
  out.u8(path.origin);
  out.u8((endpoint.length === 16 ? ENDPOINT_IPV6 : 0) | (originator.length === 16 ? ORIGINATOR_IPV6 : 0));
  out.u16(0);
  out.raw(endpoint);
  out.u32(path.color);
  out.u32(path.originatorAs);
  out.raw(originator);
  out.u32(path.discriminator);
}

export function formatCandidatePath({ origin, endpoint, color, originatorAs, originator, discriminator }: CandidatePath): string {
  const who = `originator-as ${originatorAs} originator ${originator}`;
  return `origin ${origin} endpoint ${endpoint} color ${color} ${who} discriminator ${discriminator}`;
}

/** Throws ValueError. */
export function parseCandidatePath(text: string): CandidatePath {
  const parts =
    /^origin (\d{1,3}) endpoint (\S+) color (\d{1,10}) originator-as (\d{1,10}) originator (\S+) discriminator (\d{1,10})$/.exec(text);
  if (parts === null) {
    throw new ValueError(
      `found "${text}", allowed is e.g. "origin 2 endpoint 192.0.2.1 color 100 originator-as 65001 originator 192.0.2.9 discriminator 1"`,
    );
  }
  const [, origin, endpoint, color, originatorAs, originator, discriminator] = parts as unknown as string[];
  return {
    origin: number('origin', origin!, 0xff),
    endpoint: formatAddress(parseAddressText(endpoint!)),
    color: number('color', color!, 0xffff_ffff),
    originatorAs: number('originator-as', originatorAs!, 0xffff_ffff),
    originator: formatAddress(parseAddressText(originator!)),
    discriminator: number('discriminator', discriminator!, 0xffff_ffff),
  };
}

function number(name: string, text: string, max: number): number {
  const value = Number(text);
  if (value > max) throw new ValueError(`${name}: found ${text}, allowed 0 to ${max}`);
  return value;
}
