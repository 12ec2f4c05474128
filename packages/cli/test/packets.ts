/** For tests: packets and capture files, written by hand. */

export function octets(...values: readonly number[]): Uint8Array {
  return Uint8Array.from(values);
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function u16(value: number): Uint8Array {
  return octets(value >>> 8, value);
}

function u32(value: number, little = false): Uint8Array {
  const bytes = octets(value >>> 24, value >>> 16, value >>> 8, value);
  return little ? bytes.reverse() : bytes;
}

export const Flag = { Fin: 1, Syn: 2, Rst: 4, Ack: 16 } as const;

export interface Segment {
  /** From the side that connected. @default true */
  readonly fromClient?: boolean;
  /** Of the side that connected. @default 50000 */
  readonly port?: number;
  readonly sequence: number;
  /** @default 0 */
  readonly acknowledgment?: number;
  readonly flags?: number;
  readonly payload?: Uint8Array;
}

export function tcp(segment: Segment): Uint8Array {
  const { fromClient = true, port = 50_000, sequence, acknowledgment = 0, flags = Flag.Ack, payload = new Uint8Array(0) } = segment;
  const ports = fromClient ? [port, 179] : [179, port];
  return concat(u16(ports[0]!), u16(ports[1]!), u32(sequence), u32(acknowledgment), octets(0x50, flags), u16(1000), u32(0), payload);
}

/** Fragment field: offset in units of eight octets, 0x2000 for more fragments. */
export function ipv4(payload: Uint8Array, fromClient = true, fragment = 0): Uint8Array {
  const [from, to] = fromClient ? [1, 2] : [2, 1];
  return concat(
    octets(0x45, 0),
    u16(20 + payload.length),
    u16(7),
    u16(fragment),
    octets(64, 6, 0, 0, 10, 0, 0, from!, 10, 0, 0, to!),
    payload,
  );
}

/** `extensions` are whole extension headers; `next` is the type of the first one, or TCP. */
export function ipv6(payload: Uint8Array, next = 6, extensions: Uint8Array = new Uint8Array(0)): Uint8Array {
  const host = (last: number): Uint8Array => octets(0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, last);
  return concat(octets(0x60, 0, 0, 0), u16(extensions.length + payload.length), octets(next, 64), host(1), host(2), extensions, payload);
}

export function ethernet(packet: Uint8Array, ...tags: readonly number[]): Uint8Array {
  const type = packet[0]! >>> 4 === 6 ? 0x86dd : 0x0800;
  return concat(new Uint8Array(12), ...tags.map((tag) => concat(u16(tag), u16(5))), u16(type), packet);
}

export function pcap(packets: readonly Uint8Array[], { little = true, nanoseconds = false, linkType = 1 } = {}): Uint8Array {
  const magic = nanoseconds ? 0xa1b2_3c4d : 0xa1b2_c3d4;
  const header = concat(u32(magic, little), u32(0, little), u32(0, little), u32(0, little), u32(65_535, little), u32(linkType, little));
  const records = packets.map((packet, i) =>
    concat(
      u32(1_700_000_000 + i, little),
      u32(nanoseconds ? 123_456_789 : 123_456, little),
      u32(packet.length, little),
      u32(packet.length, little),
      packet,
    ),
  );
  return concat(header, ...records);
}

export function block(type: number, body: Uint8Array, little: boolean): Uint8Array {
  const padded = concat(body, new Uint8Array(-body.length & 3));
  const length = u32(padded.length + 12, little);
  return concat(u32(type, little), length, padded, length);
}

/** Enhanced packet blocks of one interface whose times count in `10 ** -resolution` seconds. */
export function pcapng(packets: readonly Uint8Array[], { little = true, resolution = 6, linkType = 1 } = {}): Uint8Array {
  const pair = (value: number): Uint8Array => (little ? u16(value).reverse() : u16(value));
  const section = block(
    0x0a0d_0d0a,
    concat(u32(0x1a2b_3c4d, little), pair(1), pair(0), u32(0xffff_ffff, little), u32(0xffff_ffff, little)),
    little,
  );
  const options = concat(pair(9), pair(1), octets(resolution, 0, 0, 0), pair(0), pair(0));
  const device = block(1, concat(pair(linkType), pair(0), u32(0, little), options), little);
  const records = packets.map((packet, i) => {
    const time = BigInt(1_700_000_000 + i) * 10n ** BigInt(resolution);
    const [high, low] = [Number(time >> 32n), Number(time & 0xffff_ffffn)];
    const head = concat(u32(0, little), u32(high, little), u32(low, little), u32(packet.length, little), u32(packet.length, little));
    return block(6, concat(head, packet), little);
  });
  return concat(section, device, ...records);
}
