/**
 * From an IP packet to the TCP segment in it (RFC 791, RFC 8200, RFC 9293). Fragments wait until all are there.
 */
import { formatIpv4, formatIpv6, readU16, readU32, toHex } from '@tsbgp/wire';
import type { IpStart } from './link-layer.ts';

const TCP = 6;
const ICMPV6_NONE = 59;
/** IPv6 extension headers that say how long they are: hop-by-hop, routing, destination, mobility, HIP, shim6. */
const EXTENSIONS: ReadonlySet<number> = new Set([0, 43, 60, 135, 139, 140]);
const FRAGMENT = 44;
const AUTHENTICATION = 51;
/** Datagrams whose fragments are kept at a time: the oldest goes first. */
const DATAGRAMS_MAX = 64;

export const TcpFlag = { Fin: 1, Syn: 2, Rst: 4 } as const;

export interface TcpSegment {
  readonly source: string;
  readonly sourcePort: number;
  readonly destination: string;
  readonly destinationPort: number;
  readonly sequence: number;
  readonly flags: number;
  readonly payload: Uint8Array;
  /** Octets that the packet had but the capture has not (snap length). */
  readonly cutOff: number;
}

interface Datagram {
  readonly pieces: { readonly offset: number; readonly bytes: Uint8Array }[];
  /** Known once the last fragment is there. */
  length: number | undefined;
}

export class IpReader {
  readonly #datagrams = new Map<string, Datagram>();

  /** The TCP segment that the packet holds or completes; undefined for all else. */
  read(bytes: Uint8Array, { version, start }: IpStart): TcpSegment | undefined {
    return version === 4 ? this.#ipv4(bytes, start) : this.#ipv6(bytes, start);
  }

  #ipv4(bytes: Uint8Array, start: number): TcpSegment | undefined {
    if (bytes.length < start + 20) return undefined;
    const headerLength = (bytes[start]! & 0xf) * 4;
    const payload = start + headerLength;
    // Segmentation offload leaves a total length of 0: then it is all that was captured.
    const end = start + (readU16(bytes, start + 2) || bytes.length - start);
    if (headerLength < 20 || bytes[start + 9] !== TCP || payload > bytes.length) return undefined;
    const source = formatIpv4(bytes, start + 12);
    const destination = formatIpv4(bytes, start + 16);
    const fragment = readU16(bytes, start + 6) & 0x3fff;
    // Of a first fragment that the capture cut off there will never be more.
    if (fragment === 0 || (fragment === 0x2000 && end > bytes.length)) return tcpSegment(bytes, payload, end, source, destination);
    const whole = this.#assemble(
      `${source} ${destination} ${readU16(bytes, start + 4)}`,
      (fragment & 0x1fff) * 8,
      (fragment & 0x2000) === 0,
      bytes.subarray(payload, Math.min(end, bytes.length)),
    );
    return whole && tcpSegment(whole, 0, whole.length, source, destination);
  }

  #ipv6(bytes: Uint8Array, start: number): TcpSegment | undefined {
    if (bytes.length < start + 40) return undefined;
    const source = formatIpv6(bytes, start + 8);
    const destination = formatIpv6(bytes, start + 24);
    let next = bytes[start + 6]!;
    let at = start + 40;
    const end = at + (readU16(bytes, start + 4) || bytes.length - at);
    while (next !== TCP) {
      if (next === ICMPV6_NONE || at + 8 > bytes.length) return undefined;
      if (next === FRAGMENT) {
        const offset = readU16(bytes, at + 2);
        if ((offset & 0xfff9) === 0) {
          next = bytes[at]!;
          at += 8;
          continue;
        }
        if (bytes[at] !== TCP) return undefined;
        const key = `${source} ${destination} ${toHex(bytes.subarray(at + 4, at + 8))}`;
        const whole = this.#assemble(key, offset & 0xfff8, (offset & 1) === 0, bytes.subarray(at + 8, Math.min(end, bytes.length)));
        return whole && tcpSegment(whole, 0, whole.length, source, destination);
      }
      if (!EXTENSIONS.has(next) && next !== AUTHENTICATION) return undefined;
      const length = next === AUTHENTICATION ? (bytes[at + 1]! + 2) * 4 : (bytes[at + 1]! + 1) * 8;
      next = bytes[at]!;
      at += length;
    }
    return tcpSegment(bytes, at, end, source, destination);
  }

  /** The datagram, when this fragment was the last one missing. */
  #assemble(key: string, offset: number, isLast: boolean, bytes: Uint8Array): Uint8Array | undefined {
    const datagram = this.#datagrams.get(key) ?? { pieces: [], length: undefined };
    this.#datagrams.delete(key);
    if (this.#datagrams.size >= DATAGRAMS_MAX) this.#datagrams.delete(this.#datagrams.keys().next().value!);
    this.#datagrams.set(key, datagram);
    datagram.pieces.push({ offset, bytes });
    if (isLast) datagram.length = offset + bytes.length;
    if (datagram.length === undefined) return undefined;
    const whole = new Uint8Array(datagram.length);
    let reached = 0;
    for (const piece of datagram.pieces.toSorted((a, b) => a.offset - b.offset)) {
      if (piece.offset > reached) return undefined;
      whole.set(piece.bytes.subarray(0, Math.max(0, whole.length - piece.offset)), piece.offset);
      reached = Math.max(reached, piece.offset + piece.bytes.length);
    }
    if (reached < whole.length) return undefined;
    this.#datagrams.delete(key);
    return whole;
  }
}

function tcpSegment(bytes: Uint8Array, start: number, end: number, source: string, destination: string): TcpSegment | undefined {
  if (bytes.length < start + 20 || end < start + 20) return undefined;
  const payload = start + (bytes[start + 12]! >>> 4) * 4;
  if (payload < start + 20 || payload > end) return undefined;
  const captured = Math.min(end, bytes.length);
  return {
    source,
    sourcePort: readU16(bytes, start),
    destination,
    destinationPort: readU16(bytes, start + 2),
    sequence: readU32(bytes, start + 4),
    flags: bytes[start + 13]!,
    payload: bytes.subarray(Math.min(payload, captured), captured),
    cutOff: end - Math.max(captured, payload),
  };
}
