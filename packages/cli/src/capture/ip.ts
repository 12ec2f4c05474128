/**
 * Finds the TCP segment in an IP packet (RFC 791, RFC 8200, RFC 9293). Fragments wait until the datagram is complete. A segment that cannot be
 * read is reported if its ports are known.
 */
import { formatIpv4, formatIpv6, readU16, readU32, toHex } from '@tsbgp/wire';
import type { IpStart } from './link-layer.ts';
import { octets, type PacketMark } from './packet.ts';
import { IpProtocol, innerIp, isTunnel } from './tunnel.ts';

const NO_NEXT_HEADER = 59;
/** IPv6 extension headers with a length in units of eight octets: hop-by-hop, routing, destination, mobility, HIP, shim6. */
const EXTENSIONS: ReadonlySet<number> = new Set([0, 43, 60, 135, 139, 140]);
const FRAGMENT = 44;
const AUTHENTICATION = 51;
/** Most incomplete datagrams in memory. Beyond it the oldest is dropped. */
const DATAGRAMS_MAX = 64;
/** Deepest nesting of packets in packets. */
const DEPTH_MAX = 4;
/** Most fragments of one datagram: 65535 octets over links with the smallest MTU. */
const PIECES_MAX = 1024;

export const TcpFlag = { Fin: 1, Syn: 2, Rst: 4, Ack: 16 } as const;

export interface TcpEnds {
  readonly source: string;
  readonly sourcePort: number;
  readonly destination: string;
  readonly destinationPort: number;
}

export interface TcpSegment extends TcpEnds {
  readonly type: 'segment';
  readonly sequence: number;
  readonly acknowledgment: number;
  readonly flags: number;
  readonly payload: Uint8Array;
  /** Octets of the packet that the snap length cut off. */
  readonly cutOff: number;
}

/** A segment whose ports are known but whose sequence number is not. */
export interface BrokenSegment extends TcpEnds {
  readonly type: 'broken';
  readonly reason: string;
  readonly packet: PacketMark;
}

interface Datagram {
  readonly protocol: number;
  readonly source: string;
  readonly destination: string;
  /** The packet of the latest fragment. */
  packet: PacketMark;
  readonly pieces: { readonly offset: number; readonly bytes: Uint8Array }[];
  /** Known once the last fragment has arrived. */
  length: number | undefined;
}

export class IpReader {
  readonly #datagrams = new Map<string, Datagram>();
  #broken: BrokenSegment[] = [];
  /** Counts packets without a TCP segment, by IP protocol. */
  readonly otherProtocols: Map<number, number> = new Map();
  #depth = 0;

  /** The TCP segment that the packet holds or completes; undefined when there is none. Looks into tunnels. */
  read(bytes: Uint8Array, start: IpStart, packet: PacketMark): TcpSegment | undefined {
    this.#depth = 0;
    return this.#packet(bytes, start, packet);
  }

  #packet(bytes: Uint8Array, { version, start }: IpStart, packet: PacketMark): TcpSegment | undefined {
    return version === 4 ? this.#ipv4(bytes, start, packet) : this.#ipv6(bytes, start, packet);
  }

  #payload(
    protocol: number,
    bytes: Uint8Array,
    at: number,
    end: number,
    source: string,
    destination: string,
    packet: PacketMark,
  ): TcpSegment | undefined {
    if (protocol === IpProtocol.Tcp) return this.#segment(bytes, at, end, source, destination, packet);
    const inner = this.#depth < DEPTH_MAX ? innerIp(protocol, bytes, at) : undefined;
    if (inner === undefined) {
      this.otherProtocols.set(protocol, (this.otherProtocols.get(protocol) ?? 0) + 1);
      return undefined;
    }
    this.#depth++;
    return this.#packet(bytes, inner, packet);
  }

  /** The segments since the last call that could not be read. */
  takeBroken(): readonly BrokenSegment[] {
    if (this.#broken.length === 0) return this.#broken;
    const broken = this.#broken;
    this.#broken = [];
    return broken;
  }

  /** The capture has ended: incomplete datagrams become broken segments. */
  finish(): void {
    for (const datagram of this.#datagrams.values()) this.#giveUp(datagram);
    this.#datagrams.clear();
  }

  #ipv4(bytes: Uint8Array, start: number, packet: PacketMark): TcpSegment | undefined {
    if (bytes.length < start + 20) return undefined;
    const headerLength = (bytes[start]! & 0xf) * 4;
    const payload = start + headerLength;
    // Segmentation offload leaves a total length of 0. The packet then ends where the capture of it ends.
    const end = start + (readU16(bytes, start + 2) || bytes.length - start);
    const protocol = bytes[start + 9]!;
    if (headerLength < 20 || payload > bytes.length) return undefined;
    const source = formatIpv4(bytes, start + 12);
    const destination = formatIpv4(bytes, start + 16);
    const fragment = readU16(bytes, start + 6) & 0x3fff;
    // A first fragment that the snap length cut off will never be complete: read what is there.
    if (fragment === 0 || (fragment === 0x2000 && end > bytes.length) || !isAssembled(protocol)) {
      return this.#payload(protocol, bytes, payload, end, source, destination, packet);
    }
    const key = `${source} ${destination} ${readU16(bytes, start + 4)}`;
    const piece = bytes.subarray(payload, Math.min(end, bytes.length));
    return this.#assemble(key, protocol, source, destination, (fragment & 0x1fff) * 8, (fragment & 0x2000) === 0, piece, packet);
  }

  #ipv6(bytes: Uint8Array, start: number, packet: PacketMark): TcpSegment | undefined {
    if (bytes.length < start + 40) return undefined;
    const source = formatIpv6(bytes, start + 8);
    const destination = formatIpv6(bytes, start + 24);
    let next = bytes[start + 6]!;
    let at = start + 40;
    const end = at + (readU16(bytes, start + 4) || bytes.length - at);
    while (next !== IpProtocol.Tcp && !isTunnel(next)) {
      if (next === NO_NEXT_HEADER || at + 8 > bytes.length) return undefined;
      if (next === FRAGMENT) {
        const offset = readU16(bytes, at + 2);
        if ((offset & 0xfff9) === 0) {
          next = bytes[at]!;
          at += 8;
          continue;
        }
        if (!isAssembled(bytes[at]!)) return undefined;
        const key = `${source} ${destination} ${toHex(bytes.subarray(at + 4, at + 8))}`;
        const piece = bytes.subarray(at + 8, Math.min(end, bytes.length));
        return this.#assemble(key, bytes[at]!, source, destination, offset & 0xfff8, (offset & 1) === 0, piece, packet);
      }
      if (!EXTENSIONS.has(next) && next !== AUTHENTICATION) break;
      const length = next === AUTHENTICATION ? (bytes[at + 1]! + 2) * 4 : (bytes[at + 1]! + 1) * 8;
      next = bytes[at]!;
      at += length;
    }
    return this.#payload(next, bytes, at, end, source, destination, packet);
  }

  /** Adds a fragment. Returns the segment once the datagram is complete. */
  #assemble(
    key: string,
    protocol: number,
    source: string,
    destination: string,
    offset: number,
    isLast: boolean,
    bytes: Uint8Array,
    packet: PacketMark,
  ): TcpSegment | undefined {
    const datagram = this.#datagrams.get(key) ?? { protocol, source, destination, packet, pieces: [], length: undefined };
    this.#datagrams.delete(key);
    if (this.#datagrams.size >= DATAGRAMS_MAX) {
      const [oldestKey, oldest] = this.#datagrams.entries().next().value!;
      this.#datagrams.delete(oldestKey);
      this.#giveUp(oldest);
    }
    this.#datagrams.set(key, datagram);
    datagram.packet = packet;
    if (datagram.pieces.length >= PIECES_MAX) return undefined;
    // Copied, because the octets are a view of a large block of the file.
    datagram.pieces.push({ offset, bytes: bytes.slice() });
    if (isLast) datagram.length = offset + bytes.length;
    if (datagram.length === undefined) return undefined;
    const whole = new Uint8Array(datagram.length);
    let reached = 0;
    for (const piece of datagram.pieces.toSorted((a, b) => a.offset - b.offset)) {
      if (piece.offset > reached) return undefined;
      if (piece.offset >= whole.length) break;
      whole.set(piece.bytes.subarray(0, whole.length - piece.offset), piece.offset);
      reached = Math.max(reached, piece.offset + piece.bytes.length);
    }
    if (reached < whole.length) return undefined;
    this.#datagrams.delete(key);
    return this.#payload(protocol, whole, 0, whole.length, source, destination, packet);
  }

  #giveUp({ protocol, source, destination, packet, pieces, length }: Datagram): void {
    if (protocol !== IpProtocol.Tcp) return;
    const first = pieces.find(({ offset, bytes }) => offset === 0 && bytes.length >= 4)?.bytes;
    if (first === undefined) return;
    const there = pieces.reduce((sum, { bytes }) => sum + bytes.length, 0);
    const reason = length === undefined ? 'the last of its IP fragments is missing' : `IP fragments are missing, ${octets(length - there)}`;
    this.#broken.push({ type: 'broken', ...endsOf(first, 0, source, destination), reason, packet });
  }

  #segment(bytes: Uint8Array, start: number, end: number, source: string, destination: string, packet: PacketMark): TcpSegment | undefined {
    const captured = Math.min(end, bytes.length);
    if (captured < start + 4) return undefined;
    const ends = endsOf(bytes, start, source, destination);
    const payload = captured < start + 20 ? start + 20 : start + (bytes[start + 12]! >>> 4) * 4;
    if (captured < start + 20 || payload < start + 20 || payload > end) {
      const reason =
        captured < end ? `cut off within the TCP header, ${octets(end - captured)} missing` : 'a TCP header that cannot be right';
      this.#broken.push({ type: 'broken', ...ends, reason, packet });
      return undefined;
    }
    return {
      type: 'segment',
      ...ends,
      sequence: readU32(bytes, start + 4),
      acknowledgment: readU32(bytes, start + 8),
      flags: bytes[start + 13]!,
      payload: bytes.subarray(Math.min(payload, captured), captured),
      cutOff: end - Math.max(captured, payload),
    };
  }
}

/** Whether fragments of the protocol are reassembled. */
function isAssembled(protocol: number): boolean {
  return protocol === IpProtocol.Tcp || (isTunnel(protocol) && protocol !== IpProtocol.Udp);
}

function endsOf(bytes: Uint8Array, start: number, source: string, destination: string): TcpEnds {
  return { source, sourcePort: readU16(bytes, start), destination, destinationPort: readU16(bytes, start + 2) };
}
