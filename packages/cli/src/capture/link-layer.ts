/** Finds the IP packet in a captured frame. Link types: https://www.tcpdump.org/linktypes.html */
import { readU16, readU32 } from '@tsbgp/wire';

export interface IpStart {
  readonly version: 4 | 6;
  /** Where the IP header begins. */
  readonly start: number;
}

const EtherType = { Ipv4: 0x0800, Ipv6: 0x86dd, Mpls: 0x8847, MplsMulticast: 0x8848, Pppoe: 0x8864 } as const;
/** IEEE 802.1Q, 802.1ad, and the type used before 802.1ad. */
const VLAN_TAGS: ReadonlySet<number> = new Set([0x8100, 0x88a8, 0x9100]);
const Ppp = { Ipv4: 0x0021, Ipv6: 0x0057 } as const;

type Finder = (bytes: Uint8Array) => IpStart | undefined;

const FINDERS: ReadonlyMap<number, Finder> = new Map<number, Finder>([
  [0, nullLoopback],
  [1, (bytes) => ipInEthernet(bytes, 0)],
  [9, (bytes) => ppp(bytes)],
  [12, (bytes) => anyVersion(bytes, 0)],
  [14, (bytes) => anyVersion(bytes, 0)],
  [50, (bytes) => ppp(bytes)],
  [101, (bytes) => anyVersion(bytes, 0)],
  [104, (bytes) => (bytes.length < 4 ? undefined : etherPayload(bytes, 2))],
  [108, nullLoopback],
  [113, (bytes) => (bytes.length < 16 ? undefined : etherPayload(bytes, 14))],
  [178, (bytes) => juniper(bytes, ipInEthernet)],
  [179, (bytes) => juniper(bytes, ppp)],
  [181, (bytes) => juniper(bytes, (inner, at) => (inner.length < at + 4 ? undefined : etherPayload(inner, at + 2)))],
  [228, (bytes) => anyVersion(bytes, 0)],
  [229, (bytes) => anyVersion(bytes, 0)],
  [276, (bytes) => (bytes.length < 20 ? undefined : ipOfEtherType(readU16(bytes, 0), bytes, 20))],
]);

export function knowsLinkType(linkType: number): boolean {
  return FINDERS.has(linkType);
}

/** Undefined for a frame that holds no IP packet, and for link types that are not known. */
export function findIp(linkType: number, bytes: Uint8Array): IpStart | undefined {
  return FINDERS.get(linkType)?.(bytes);
}

/** After an address family of four octets. Its byte order and the number of IPv6 differ by system, so the packet tells the version. */
function nullLoopback(bytes: Uint8Array): IpStart | undefined {
  return bytes.length < 4 ? undefined : anyVersion(bytes, 4);
}

/** The IP packet in the Ethernet frame at `at`. */
export function ipInEthernet(bytes: Uint8Array, at: number): IpStart | undefined {
  return bytes.length < at + 14 ? undefined : etherPayload(bytes, at + 12);
}

/**
 * Captures of Junos begin each packet with "MGC" and a flags octet. With flag 0x80, a length of two octets and that many octets follow. With flag
 * 0x02, four octets replace the header of the link layer, and IP follows.
 */
function juniper(bytes: Uint8Array, linkLayer: (bytes: Uint8Array, at: number) => IpStart | undefined): IpStart | undefined {
  if (bytes.length < 6 || bytes[0] !== 0x4d || bytes[1] !== 0x47 || bytes[2] !== 0x43) return undefined;
  const flags = bytes[3]!;
  const at = (flags & 0x80) === 0 ? 4 : 6 + readU16(bytes, 4);
  return (flags & 0x02) === 0 ? linkLayer(bytes, at) : anyVersion(bytes, at + 4);
}

/** RFC 1661, with or without the address and control octets. Some captures use this link type for the HDLC of Cisco. */
function ppp(bytes: Uint8Array, from = 0): IpStart | undefined {
  if ((bytes[from] === 0x0f || bytes[from] === 0x8f) && bytes[from + 1] === 0 && bytes.length >= from + 4)
    return etherPayload(bytes, from + 2);
  const at = bytes[from] === 0xff && bytes[from + 1] === 0x03 ? from + 2 : from;
  return bytes.length < at + 2 ? undefined : byPppProtocol(readU16(bytes, at), bytes, at + 2);
}

function byPppProtocol(protocol: number, bytes: Uint8Array, start: number): IpStart | undefined {
  return protocol === Ppp.Ipv4 || protocol === Ppp.Ipv6 ? anyVersion(bytes, start) : undefined;
}

/** The packet after the EtherType at `at` and any VLAN tags. */
function etherPayload(bytes: Uint8Array, at: number): IpStart | undefined {
  let type = readU16(bytes, at);
  let start = at + 2;
  while (VLAN_TAGS.has(type)) {
    if (bytes.length < start + 4) return undefined;
    type = readU16(bytes, start + 2);
    start += 4;
  }
  return ipOfEtherType(type, bytes, start);
}

/** The IP packet in the payload at `start` of an EtherType. */
export function ipOfEtherType(type: number, bytes: Uint8Array, start: number): IpStart | undefined {
  switch (type) {
    case EtherType.Ipv4:
    case EtherType.Ipv6:
      return anyVersion(bytes, start);
    case EtherType.Mpls:
    case EtherType.MplsMulticast:
      return afterLabels(bytes, start);
    case EtherType.Pppoe:
      return bytes.length < start + 8 ? undefined : byPppProtocol(readU16(bytes, start + 6), bytes, start + 8);
    default:
      return undefined;
  }
}

/** RFC 3032: a label is four octets, and the last has the S bit. Nothing says what follows, so the first four bits must tell the IP version. */
function afterLabels(bytes: Uint8Array, from: number): IpStart | undefined {
  for (let at = from; at + 4 <= bytes.length; at += 4) {
    if ((readU32(bytes, at) & 0x100) !== 0) return anyVersion(bytes, at + 4);
  }
  return undefined;
}

function anyVersion(bytes: Uint8Array, start: number): IpStart | undefined {
  const version = (bytes[start] ?? 0) >>> 4;
  return version === 4 || version === 6 ? { version, start } : undefined;
}
