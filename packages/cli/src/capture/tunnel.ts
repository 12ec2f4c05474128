/**
 * IP packets inside other IP packets: IP in IP (RFC 2003, RFC 2473, RFC 4213), GRE (RFC 2784, RFC 2890) that holds IP, Ethernet or MPLS, ERSPAN
 * (the mirrored port of a switch), and VXLAN (RFC 7348).
 */
import { readU16 } from '@tsbgp/wire';
import { type IpStart, ipInEthernet, ipOfEtherType } from './link-layer.ts';

export const IpProtocol = { Icmp: 1, Ipv4: 4, Tcp: 6, Udp: 17, Ipv6: 41, Gre: 47, Icmp6: 58, Ospf: 89 } as const;

const VXLAN_PORT = 4789;
const VXLAN_HEADER_LENGTH = 8;
const UDP_HEADER_LENGTH = 8;
const GRE_CHECKSUM = 0x8000;
const GRE_KEY = 0x2000;
const GRE_SEQUENCE = 0x1000;
const GRE_VERSION = 0x0007;
const GreType = { Ethernet: 0x6558, Erspan2: 0x88be, Erspan3: 0x22eb } as const;

/** Whether the payload of the protocol may hold a packet. */
export function isTunnel(protocol: number): boolean {
  return protocol === IpProtocol.Ipv4 || protocol === IpProtocol.Ipv6 || protocol === IpProtocol.Gre || protocol === IpProtocol.Udp;
}

/** The inner packet; undefined when the payload of `protocol` at `at` holds none. */
export function innerIp(protocol: number, bytes: Uint8Array, at: number): IpStart | undefined {
  switch (protocol) {
    case IpProtocol.Ipv4:
      return { version: 4, start: at };
    case IpProtocol.Ipv6:
      return { version: 6, start: at };
    case IpProtocol.Gre:
      return innerGre(bytes, at);
    case IpProtocol.Udp:
      if (at + UDP_HEADER_LENGTH > bytes.length || readU16(bytes, at + 2) !== VXLAN_PORT) return undefined;
      return ipInEthernet(bytes, at + UDP_HEADER_LENGTH + VXLAN_HEADER_LENGTH);
    default:
      return undefined;
  }
}

function innerGre(bytes: Uint8Array, at: number): IpStart | undefined {
  if (at + 4 > bytes.length) return undefined;
  const flags = readU16(bytes, at);
  const type = readU16(bytes, at + 2);
  if ((flags & GRE_VERSION) !== 0) return undefined;
  let start = at + 4;
  for (const flag of [GRE_CHECKSUM, GRE_KEY, GRE_SEQUENCE]) if ((flags & flag) !== 0) start += 4;
  switch (type) {
    case GreType.Ethernet:
      return ipInEthernet(bytes, start);
    case GreType.Erspan2:
      // Without sequence numbers it is ERSPAN type I, which has no ERSPAN header.
      return ipInEthernet(bytes, (flags & GRE_SEQUENCE) === 0 ? start : start + 8);
    case GreType.Erspan3: {
      if (start + 12 > bytes.length) return undefined;
      const hasSubheader = (bytes[start + 11]! & 1) !== 0;
      return ipInEthernet(bytes, start + 12 + (hasSubheader ? 8 : 0));
    }
    default:
      return ipOfEtherType(type, bytes, start);
  }
}
