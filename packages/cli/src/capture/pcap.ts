/**
 * Classic pcap files: https://datatracker.ietf.org/doc/draft-ietf-opsawg-pcap/
 *
 *     | magic, 4 | version, 4 | zone, 4 | accuracy, 4 | snap length, 4 | link type, 4 |
 *     | seconds, 4 | fraction, 4 | captured, 4 | original, 4 | captured octets … |      for each packet
 */
import type { ByteSource } from './byte-source.ts';
import { CaptureError, octets, PACKET_LENGTH_MAX, type Packet } from './packet.ts';

const FILE_HEADER_LENGTH = 24;
/** Magic number, read as big-endian -> byte order, units per microsecond, octets of a packet header (24 in the variant of Alexey Kuznetzov). */
const FORMATS: ReadonlyMap<number, { readonly little: boolean; readonly perMicro: number; readonly header: number }> = new Map([
  [0xa1b2_c3d4, { little: false, perMicro: 1, header: 16 }],
  [0xd4c3_b2a1, { little: true, perMicro: 1, header: 16 }],
  [0xa1b2_3c4d, { little: false, perMicro: 1000, header: 16 }],
  [0x4d3c_b2a1, { little: true, perMicro: 1000, header: 16 }],
  [0xa1b2_cd34, { little: false, perMicro: 1, header: 24 }],
  [0x34cd_b2a1, { little: true, perMicro: 1, header: 24 }],
]);

export function isPcap(magic: number): boolean {
  return FORMATS.has(magic);
}

/** Throws CaptureError where the file is damaged or ends within a packet. */
export async function* readPcap(source: ByteSource): AsyncIterable<Packet> {
  if (!(await source.has(FILE_HEADER_LENGTH))) throw new CaptureError('the file ends within its header');
  const header = viewOf(source.take(FILE_HEADER_LENGTH));
  const format = FORMATS.get(header.getUint32(0))!;
  // The upper 16 bits hold the length of a frame check sequence and reserved bits.
  const linkType = header.getUint32(20, format.little) & 0xffff;
  let number = 1;
  for (; await source.has(format.header); number++) {
    const packet = viewOf(source.take(format.header));
    const captured = packet.getUint32(8, format.little);
    if (captured > PACKET_LENGTH_MAX) throw new CaptureError(`packet ${number} claims ${captured} octets: the file is damaged there`);
    if (!(await source.has(captured))) {
      throw new CaptureError(`the file ends within packet ${number}: ${octets(captured - source.available)} missing`);
    }
    const timeMicros = packet.getUint32(0, format.little) * 1e6 + Math.floor(packet.getUint32(4, format.little) / format.perMicro);
    yield { number, timeMicros, linkType, bytes: source.take(captured) };
  }
  checkEnd(source, number);
}

/** Throws CaptureError when octets are left: too few for the header of packet `number`. */
export function checkEnd(source: ByteSource, number: number): void {
  if (source.available > 0)
    throw new CaptureError(`the file ends within the head of packet ${number}, of which it has ${octets(source.available)}`);
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
