/**
 * Puts one direction of a TCP connection into order (RFC 9293 §3.4). Retransmissions are dropped, segments out of order are sorted, and sequence
 * numbers are modulo 2^32. A gap is what the capture missed. It is given up when the receiver has acknowledged octets after it, or when too
 * much has arrived after it.
 */
import { TcpFlag, type TcpSegment } from './ip.ts';
import type { PacketMark } from './packet.ts';

/** Octets in order, a gap of `count` octets, or a jump of the sequence numbers. `packet` is the packet that brought it. */
export type Piece =
  | { readonly type: 'octets'; readonly bytes: Uint8Array; readonly packet: PacketMark }
  | { readonly type: 'missing'; readonly count: number; readonly packet: PacketMark }
  | { readonly type: 'jump'; readonly packet: PacketMark };

interface Waiting {
  readonly sequence: number;
  readonly bytes: Uint8Array;
  readonly cutOff: number;
  readonly packet: PacketMark;
}

/** What may wait after a gap before the gap is given up. */
const WAITING_SEGMENTS_MAX = 256;
const WAITING_OCTETS_MAX = 4 << 20;
/** Farther than any window. Octets beyond it belong to another connection, or the capture missed too much to say. */
const JUMP_OCTETS = 1 << 26;

export class TcpStream {
  /** Sequence numbers of the first octet and of the next one to deliver; undefined before the first segment. */
  #first: number | undefined;
  #next: number | undefined;
  /** Whether the last segment was a SYN that carried octets. */
  #synWithOctets = false;
  /** In order of sequence numbers. */
  #waiting: Waiting[] = [];
  #waitingOctets = 0;

  /** Octets in memory. */
  get waitingOctets(): number {
    return this.#waitingOctets;
  }

  /** Whether a SYN begins another connection. A SYN that is repeated or late does not. */
  isRestart({ flags, sequence, payload }: TcpSegment): boolean {
    if ((flags & TcpFlag.Syn) === 0 || this.#next === undefined) return false;
    const first = (sequence + 1) >>> 0;
    return first !== this.#next && (first !== this.#first || payload.length > 0);
  }

  push({ flags, sequence: number, payload, cutOff }: TcpSegment, packet: PacketMark): Piece[] {
    const sequence = (flags & TcpFlag.Syn) === 0 ? number : (number + 1) >>> 0;
    const pieces: Piece[] = [];
    if (this.#next === undefined) this.#begin(sequence);
    // Handmade captures may forget that a SYN takes one sequence number.
    else if (this.#synWithOctets && payload.length > 0 && distance(sequence, this.#next) === 1) this.#next = sequence;
    else if (payload.length > 0 && Math.abs(distance(this.#next, sequence)) > JUMP_OCTETS) {
      pieces.push(...this.finish(), { type: 'jump', packet });
      this.#begin(sequence);
    }
    this.#synWithOctets = (flags & TcpFlag.Syn) !== 0 && payload.length > 0;
    if (payload.length + cutOff > 0) this.#insert({ sequence, bytes: payload, cutOff, packet });
    this.#deliver(pieces);
    while (this.#waiting.length > WAITING_SEGMENTS_MAX || this.#waitingOctets > WAITING_OCTETS_MAX) this.#skipGap(pieces);
    return pieces;
  }

  /** The other side has acknowledged everything before `sequence`. Gaps before it will never be filled. */
  acknowledged(sequence: number): Piece[] {
    const pieces: Piece[] = [];
    while (this.#waiting.length > 0 && distance(this.#waiting[0]!.sequence, sequence) > 0) this.#skipGap(pieces);
    return pieces;
  }

  /** The connection or the capture has ended. Delivers what waits, with its gaps. */
  finish(): Piece[] {
    const pieces: Piece[] = [];
    while (this.#waiting.length > 0) this.#skipGap(pieces);
    return pieces;
  }

  #begin(sequence: number): void {
    this.#first = sequence;
    this.#next = sequence;
  }

  #insert(waiting: Waiting): void {
    const isNext = this.#waiting.length === 0 && distance(this.#next!, waiting.sequence) <= 0;
    let at = this.#waiting.length;
    while (at > 0 && distance(this.#waiting[at - 1]!.sequence, waiting.sequence) < 0) at--;
    // Copied when it has to wait, because the octets are a view of a large block of the file.
    this.#waiting.splice(at, 0, isNext ? waiting : { ...waiting, bytes: waiting.bytes.slice() });
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

/** How far `to` is ahead of `from`; negative when `to` is before `from`. */
function distance(from: number, to: number): number {
  return (to - from) | 0;
}
