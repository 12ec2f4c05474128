/**
 * One direction of a TCP connection, put into order (RFC 9293 §3.4): retransmissions once, segments out of order in order, sequence numbers
 * modulo 2^32. What the capture missed is a gap, declared when so much has come behind it that it will not come any more.
 */
import { TcpFlag, type TcpSegment } from './ip.ts';

/** Octets in order, or how many are missing in between. `packet` is where the last of them came. */
export type Piece =
  | { readonly type: 'octets'; readonly bytes: Uint8Array; readonly packet: number }
  | { readonly type: 'missing'; readonly count: number; readonly packet: number };

interface Waiting {
  readonly sequence: number;
  readonly bytes: Uint8Array;
  readonly cutOff: number;
  readonly packet: number;
}

/** What waits behind a gap before it is declared one. */
const WAITING_SEGMENTS_MAX = 256;
const WAITING_OCTETS_MAX = 4 << 20;

export class TcpStream {
  /** Sequence number of the octet that comes next; undefined before the first segment. */
  #next: number | undefined;
  /** What came last were a SYN and octets with it. */
  #synWithOctets = false;
  /** In order of sequence numbers. */
  #waiting: Waiting[] = [];
  #waitingOctets = 0;

  /** Whether a SYN with this sequence number begins another connection than the present one. */
  isRestart(segment: TcpSegment): boolean {
    return (segment.flags & TcpFlag.Syn) !== 0 && this.#next !== undefined && this.#next !== (segment.sequence + 1) >>> 0;
  }

  push(segment: TcpSegment, packet: number): Piece[] {
    const { flags, payload, cutOff } = segment;
    const sequence = (flags & TcpFlag.Syn) === 0 ? segment.sequence : (segment.sequence + 1) >>> 0;
    this.#next ??= sequence;
    // Captures that were put together by hand forget that a SYN takes a number.
    if (this.#synWithOctets && payload.length > 0 && distance(sequence, this.#next) === 1) this.#next = sequence;
    this.#synWithOctets = (flags & TcpFlag.Syn) !== 0 && payload.length > 0;
    if (payload.length + cutOff > 0) this.#insert({ sequence, bytes: payload, cutOff, packet });
    const pieces: Piece[] = [];
    this.#deliver(pieces);
    while (this.#waiting.length > WAITING_SEGMENTS_MAX || this.#waitingOctets > WAITING_OCTETS_MAX) this.#skipGap(pieces);
    return pieces;
  }

  /** The connection is over, or the capture: what waits comes now, gaps and all. */
  finish(): Piece[] {
    const pieces: Piece[] = [];
    while (this.#waiting.length > 0) this.#skipGap(pieces);
    return pieces;
  }

  #insert(waiting: Waiting): void {
    let at = this.#waiting.length;
    while (at > 0 && distance(this.#waiting[at - 1]!.sequence, waiting.sequence) < 0) at--;
    this.#waiting.splice(at, 0, waiting);
    this.#waitingOctets += waiting.bytes.length;
  }

  #deliver(pieces: Piece[]): void {
    for (let first = this.#waiting[0]; first !== undefined; first = this.#waiting[0]) {
      const known = -distance(this.#next!, first.sequence);
      if (known < 0) return;
      this.#waiting.shift();
      this.#waitingOctets -= first.bytes.length;
      const { bytes, cutOff, packet } = first;
      if (known >= bytes.length + cutOff) continue;
      if (known < bytes.length) pieces.push({ type: 'octets', bytes: bytes.subarray(known), packet });
      if (cutOff > 0) pieces.push({ type: 'missing', count: cutOff - Math.max(0, known - bytes.length), packet });
      this.#next = (first.sequence + bytes.length + cutOff) >>> 0;
    }
  }

  #skipGap(pieces: Piece[]): void {
    const first = this.#waiting[0]!;
    pieces.push({ type: 'missing', count: distance(this.#next!, first.sequence), packet: first.packet });
    this.#next = first.sequence;
    this.#deliver(pieces);
  }
}

/** How far `to` is ahead of `from`, negative when it is behind. */
function distance(from: number, to: number): number {
  return (to - from) | 0;
}
