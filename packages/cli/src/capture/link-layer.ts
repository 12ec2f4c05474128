/** From a captured frame to the IP packet in it. Link types: https://www.tcpdump.org/linktypes.html */
import { readU16, readU32 } from '@tsbgp/wire';

export interface IpStart {
  readonly version: 4 | 6;
  /** Where the IP header begins. */
  readonly start: number;
}

const EtherType = { Ipv4: 0x0800, Ipv6: 0x86dd, Mpls: 0x8847, MplsMulticast: 0x8848, Pppoe: 0x8864 } as const;
/** IEEE 802.1Q, 802.1ad, and what was used before it. */
const VLAN_TAGS: ReadonlySet<number> = new Set([0x8100, 0x88a8, 0x9100]);
const Ppp = { Ipv4: 0x0021, Ipv6: 0x0057 } as const;

type Finder = (bytes: Uint8Array) => IpStart | undefined;

const FINDERS: ReadonlyMap<number, Finder> = new Map<number, Finder>([
  [0, nullLoopback],
  [1, (bytes) => (bytes.length < 14 ? undefined : etherPayload(bytes, 12))],
  [9, ppp],
  [12, (bytes) => anyVersion(bytes, 0)],
  [14, (bytes) => anyVersion(bytes, 0)],
  [50, ppp],
  [101, (bytes) => anyVersion(bytes, 0)],
  [104, (bytes) => (bytes.length < 4 ? undefined : etherPayload(bytes, 2))],
  [108, nullLoopback],
  [113, (bytes) => (bytes.length < 16 ? undefined : etherPayload(bytes, 14))],
  [228, (bytes) => anyVersion(bytes, 0)],
  [229, (bytes) => anyVersion(bytes, 0)],
  [276, (bytes) => (bytes.length < 20 ? undefined : byEtherType(readU16(bytes, 0), bytes, 20))],
]);

export function knowsLinkType(linkType: number): boolean {
  return FINDERS.has(linkType);
}

/** Undefined for a frame that holds no IP packet, and for link types that are not known. */
export function findIp(linkType: number, bytes: Uint8Array): IpStart | undefined {
  return FINDERS.get(linkType)?.(bytes);
}

/** An address family in the byte order of the machine that captured: 2 is IPv4 everywhere, IPv6 differs by system. */
function nullLoopback(bytes: Uint8Array): IpStart | undefined {
  return bytes.length < 4 ? undefined : anyVersion(bytes, 4);
}

/** RFC 1661, with or without address and control; some captures have Cisco's HDLC under this name. */
function ppp(bytes: Uint8Array): IpStart | undefined {
  if ((bytes[0] === 0x0f || bytes[0] === 0x8f) && bytes[1] === 0 && bytes.length >= 4) return etherPayload(bytes, 2);
  const at = bytes[0] === 0xff && bytes[1] === 0x03 ? 2 : 0;
  return bytes.length < at + 2 ? undefined : byPppProtocol(readU16(bytes, at), bytes, at + 2);
}

function byPppProtocol(protocol: number, bytes: Uint8Array, start: number): IpStart | undefined {
  return protocol === Ppp.Ipv4 || protocol === Ppp.Ipv6 ? anyVersion(bytes, start) : undefined;
}

/** Behind the EtherType at `at`, and any VLAN tags. */
function etherPayload(bytes: Uint8Array, at: number): IpStart | undefined {
  let type = readU16(bytes, at);
  let start = at + 2;
  while (VLAN_TAGS.has(type)) {
    if (bytes.length < start + 4) return undefined;
    type = readU16(bytes, start + 2);
    start += 4;
  }
  return byEtherType(type, bytes, start);
}

function byEtherType(type: number, bytes: Uint8Array, start: number): IpStart | undefined {
  switch (type) {
    case EtherType.Ipv4:
    case EtherType.Ipv6:
      return anyVersion(bytes, start);
    case EtherType.Mpls:
    case EtherType.MplsMulticast:
      return behindLabels(bytes, start);
    case EtherType.Pppoe:
      return bytes.length < start + 8 ? undefined : byPppProtocol(readU16(bytes, start + 6), bytes, start + 8);
    default:
      return undefined;
  }
}

/** RFC 3032: four octets a label, the last one has the S bit. What it holds only its first half octet can tell. */
function behindLabels(bytes: Uint8Array, from: number): IpStart | undefined {
  for (let at = from; at + 4 <= bytes.length; at += 4) {
    if ((readU32(bytes, at) & 0x100) !== 0) return anyVersion(bytes, at + 4);
  }
  return undefined;
}

function anyVersion(bytes: Uint8Array, start: number): IpStart | undefined {
  const version = (bytes[start] ?? 0) >>> 4;
  return version === 4 || version === 6 ? { version, start } : undefined;
}
