/** Which packet of a capture. */
export interface PacketMark {
  /** Place in the file, from 1. */
  readonly number: number;
  /** Microseconds since 1970; undefined where the file does not say. */
  readonly timeMicros: number | undefined;
}

/** A packet of a capture, as far as it was captured. */
export interface Packet extends PacketMark {
  /** https://www.tcpdump.org/linktypes.html */
  readonly linkType: number;
  readonly bytes: Uint8Array;
}

/** A capture file that cannot be read any further: what came before it stands. */
export class CaptureError extends Error {
  override readonly name = 'CaptureError';
}

/** Longer ones no capture tool writes; whoever says so has lost the thread. */
export const PACKET_LENGTH_MAX: number = 1 << 20;

export function octets(count: number): string {
  return `${count} ${count === 1 ? 'octet' : 'octets'}`;
}
