/** Identifies a packet of a capture. */
export interface PacketMark {
  /** Place in the file, from 1. */
  readonly number: number;
  /** Microseconds since 1970; undefined where the file does not say. */
  readonly timeMicros: number | undefined;
}

/** A packet of a capture. A snap length may have cut it off. */
export interface Packet extends PacketMark {
  /** https://www.tcpdump.org/linktypes.html */
  readonly linkType: number;
  readonly bytes: Uint8Array;
}

/** A capture file that cannot be read any further. The packets before that place are valid. */
export class CaptureError extends Error {
  override readonly name = 'CaptureError';
}

/** Capture tools write no longer packet. A larger length means that the file is damaged. */
export const PACKET_LENGTH_MAX: number = 1 << 20;

export function octets(count: number): string {
  return `${count} ${count === 1 ? 'octet' : 'octets'}`;
}
