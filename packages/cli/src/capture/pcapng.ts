/**
 * pcapng files: https://datatracker.ietf.org/doc/draft-ietf-opsawg-pcapng/
 *
 *     | block type, 4 | block length, 4 | body … | block length, 4 |
 *
 * A section header block sets the byte order and forgets the interfaces. Interface blocks give the link type and the unit of time. Enhanced,
 * simple and (obsolete) packet blocks hold packets. All other blocks are skipped.
 */
import type { ByteSource } from './byte-source.ts';
import { CaptureError, octets, PACKET_LENGTH_MAX, type Packet } from './packet.ts';
import { checkEnd, viewOf } from './pcap.ts';

export const SECTION_HEADER = 0x0a0d_0d0a;
const INTERFACE = 1;
const OBSOLETE_PACKET = 2;
const SIMPLE_PACKET = 3;
const ENHANCED_PACKET = 6;
const BYTE_ORDER_MAGIC = 0x1a2b_3c4d;
const OPTION_TSRESOL = 9;
const OPTION_TSOFFSET = 14;

interface Interface {
  readonly linkType: number;
  readonly snapLength: number;
  /** Units of a time stamp per second, and seconds to add to it. */
  readonly unitsPerSecond: number;
  readonly offsetSeconds: number;
}

/** Throws CaptureError where the file is damaged or ends within a block. */
export async function* readPcapng(source: ByteSource): AsyncIterable<Packet> {
  let little = false;
  let interfaces: Interface[] = [];
  let number = 0;
  while (await source.has(12)) {
    const head = viewOf(source.peek(12));
    const isSection = head.getUint32(0) === SECTION_HEADER;
    if (isSection) {
      little = head.getUint32(8, true) === BYTE_ORDER_MAGIC;
      if (!little && head.getUint32(8) !== BYTE_ORDER_MAGIC) throw new CaptureError('a section header without byte order magic');
      interfaces = [];
    }
    const type = head.getUint32(0, little);
    const length = head.getUint32(4, little);
    if (length < 12 || length % 4 !== 0 || length > 16 * PACKET_LENGTH_MAX) {
      throw new CaptureError(`behind packet ${number} a block claims ${length} octets: the file is damaged there`);
    }
    if (!(await source.has(length))) {
      const place = isPacket(type) ? `within packet ${number + 1}` : `behind packet ${number}, within a block`;
      throw new CaptureError(`the file ends ${place}: ${octets(length - source.available)} missing`);
    }
    const body = source.take(length).subarray(8, length - 4);
    if (type === INTERFACE && body.length >= 8) interfaces.push(interfaceOf(body, little));
    else if (isPacket(type)) {
      number++;
      yield packetOf(type, body, little, interfaces, number);
    }
  }
  checkEnd(source, number + 1);
}

function isPacket(type: number): boolean {
  return type === ENHANCED_PACKET || type === SIMPLE_PACKET || type === OBSOLETE_PACKET;
}

function interfaceOf(body: Uint8Array, little: boolean): Interface {
  const view = viewOf(body);
  let unitsPerSecond = 1e6;
  let offsetSeconds = 0;
  for (let at = 8; at + 4 <= body.length; ) {
    const code = view.getUint16(at, little);
    const length = view.getUint16(at + 2, little);
    if (code === 0 || at + 4 + length > body.length) break;
    if (code === OPTION_TSRESOL && length === 1) {
      const value = body[at + 4]!;
      unitsPerSecond = (value & 0x80) === 0 ? 10 ** value : 2 ** (value & 0x7f);
    } else if (code === OPTION_TSOFFSET && length === 8) {
      offsetSeconds = Number(view.getBigInt64(at + 4, little));
    }
    at += 4 + ((length + 3) & ~3);
  }
  return { linkType: view.getUint16(0, little), snapLength: view.getUint32(4, little), unitsPerSecond, offsetSeconds };
}

function packetOf(type: number, body: Uint8Array, little: boolean, interfaces: readonly Interface[], number: number): Packet {
  const view = viewOf(body);
  const damaged = (what: string): CaptureError => new CaptureError(`packet ${number} ${what}: the file is damaged there`);
  const header = type === SIMPLE_PACKET ? 4 : 20;
  if (body.length < header) throw damaged(`has a block of ${body.length} octets`);
  const place = type === ENHANCED_PACKET ? view.getUint32(0, little) : type === OBSOLETE_PACKET ? view.getUint16(0, little) : 0;
  const from = interfaces[place];
  if (from === undefined) throw damaged(`is from interface ${place}, which the file does not describe`);
  if (type === SIMPLE_PACKET) {
    const snap = from.snapLength === 0 ? Number.POSITIVE_INFINITY : from.snapLength;
    const captured = Math.min(view.getUint32(0, little), snap, body.length - 4);
    return { number, timeMicros: undefined, linkType: from.linkType, bytes: body.subarray(4, 4 + captured) };
  }
  const units = (BigInt(view.getUint32(4, little)) << 32n) | BigInt(view.getUint32(8, little));
  const captured = view.getUint32(12, little);
  if (header + captured > body.length) throw damaged(`claims ${captured} octets`);
  const perSecond = BigInt(from.unitsPerSecond);
  const micros = Number((units / perSecond) * 1_000_000n + ((units % perSecond) * 1_000_000n) / perSecond) + from.offsetSeconds * 1e6;
  return { number, timeMicros: micros, linkType: from.linkType, bytes: body.subarray(header, header + captured) };
}
