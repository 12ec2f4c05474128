/**
 * EVPN (AFI 25, SAFI 70): route type (1), length (1), and by type
 *
 *    1 ethernet-auto-discovery   RFC 7432 §7.1     6 selective-multicast        RFC 9251 §9.1
 *    2 mac-ip-advertisement      RFC 7432 §7.2     7 multicast-join-sync        RFC 9251 §9.2
 *    3 inclusive-multicast       RFC 7432 §7.3     8 multicast-leave-sync       RFC 9251 §9.3
 *    4 ethernet-segment          RFC 7432 §7.4     9 per-region-i-pmsi          RFC 9572 §3.1
 *    5 ip-prefix                 RFC 9136 §3.1    10 s-pmsi                     RFC 9572 §3.2
 *                                                 11 leaf-auto-discovery        RFC 9572 §3.3
 *
 * A label field keeps all its 24 bits: it is a VNI where the tunnel is VXLAN (RFC 8365 §5.1.3), else the upper 20 are an MPLS label.
 */
import { ADDRESS_EXAMPLES, addressBytes, formatAddress } from '../address.ts';
import { toHex } from '../bytes.ts';
import { Afi, makeFamily, Safi } from '../family.ts';
import { ValueError } from '../fault.ts';
import {
  ADDRESS_TEXT,
  COUNTED_ADDRESS,
  ESI,
  type Field,
  fail,
  OPTIONAL_COUNTED_ADDRESS,
  octets,
  RD,
  take,
  takeAddress,
  U8,
  U24,
  U32,
} from '../parts/fields.ts';
import type { Prefix } from '../parts/prefix-bits.ts';
import { RD_LENGTH } from '../parts/route-distinguisher.ts';
import type { FamilyCodec, FamilyNlri } from './family-codec.ts';
import { ROUTE_KEY } from './route-key.ts';
import { type RouteTable, routeRow, routeTable, typedFamily, type UnknownRoute } from './typed-routes.ts';

interface EthernetTag {
  rd: string;
  ethernetTag: number;
}

interface SegmentTag extends EthernetTag {
  esi: string;
}

interface Multicast {
  /** Absent: any source. */
  source?: string;
  group?: string;
  originatingRouter: string;
}

export interface EvpnEthernetAutoDiscovery extends SegmentTag {
  route: 'ethernet-auto-discovery';
  labelField: number;
}

export interface EvpnMacIpAdvertisement extends SegmentTag {
  route: 'mac-ip-advertisement';
  mac: string;
  ip?: string;
  /** One or two. */
  labelFields: number[];
}

export interface EvpnInclusiveMulticast extends EthernetTag {
  route: 'inclusive-multicast';
  originatingRouter: string;
}

export interface EvpnEthernetSegment {
  route: 'ethernet-segment';
  rd: string;
  esi: string;
  originatingRouter: string;
}

export interface EvpnIpPrefix extends SegmentTag {
  route: 'ip-prefix';
  /** Bits after the prefix are kept as sent. */
  prefix: string;
  gateway: string;
  labelField: number;
}

export interface EvpnSelectiveMulticast extends EthernetTag, Multicast {
  route: 'selective-multicast';
  flags: number;
}

export interface EvpnMulticastJoinSync extends SegmentTag, Multicast {
  route: 'multicast-join-sync';
  flags: number;
}

export interface EvpnMulticastLeaveSync extends SegmentTag, Multicast {
  route: 'multicast-leave-sync';
  reserved: number;
  maxResponseTime: number;
  flags: number;
}

export interface EvpnPerRegionIPmsi extends EthernetTag {
  route: 'per-region-i-pmsi';
  /** Eight octets, as an extended community. */
  regionId: string;
}

export interface EvpnSPmsi extends EthernetTag, Multicast {
  route: 's-pmsi';
}

export interface EvpnLeafAutoDiscovery {
  route: 'leaf-auto-discovery';
  /** The NLRI that the route answers, with its type and length. */
  routeKey: Uint8Array;
  originatingRouter: string;
}

/** The route types of EVPN that are known, to be told apart by `route`. */
export type EvpnRoute =
  | EvpnEthernetAutoDiscovery
  | EvpnMacIpAdvertisement
  | EvpnInclusiveMulticast
  | EvpnEthernetSegment
  | EvpnIpPrefix
  | EvpnSelectiveMulticast
  | EvpnMulticastJoinSync
  | EvpnMulticastLeaveSync
  | EvpnPerRegionIPmsi
  | EvpnSPmsi
  | EvpnLeafAutoDiscovery;

/** NLRI of EVPN (RFC 7432 §7). */
export type EvpnNlri = FamilyNlri<'evpn'> & (EvpnRoute | UnknownRoute);

/** A MAC address. Its length in bits, 48, precedes it (RFC 7432 §7.2). */
const MAC: Field<string> = {
  ...octets(6, ':'),
  read(reader) {
    const at = take(reader, 7);
    if (at < 0) return undefined;
    return reader.bytes[at] === 48 ? toHex(reader.bytes, at + 1, at + 7).replace(/..(?=.)/g, '$&:') : fail(reader);
  },
  write(out, value) {
    out.u8(48);
    octets(6, ':').write(out, value);
  },
};

const LABEL_FIELDS: Field<number[]> = {
  allowed: U24.allowed!,
  read(reader) {
    const first = U24.read(reader);
    if (first === undefined) return undefined;
    if (reader.at === reader.end) return [first];
    const second = U24.read(reader);
    return second === undefined ? undefined : [first, second];
  },
  write(out, value) {
    if (value.length < 1 || value.length > 2) throw new ValueError(`found ${value.length} label fields, allowed 1 or 2 (RFC 7432 §7.2)`);
    for (const label of value) U24.write(out, label);
  },
  format: (value) => value.join(','),
  parse: (text, family) => text.split(',').map((word) => U24.parse(word, family)),
};

/** RFC 9136 §3.1: the route's length tells the address family; 34 octets are IPv4, 58 are IPv6. */
const IPV6_ROUTE_LENGTH = 58;

/** A prefix with all octets of its address. */
const FULL_PREFIX: Field<string> = {
  allowed: ADDRESS_EXAMPLES,
  read(reader) {
    const size = reader.end - reader.start === IPV6_ROUTE_LENGTH ? 16 : 4;
    const at = take(reader, 1 + size);
    if (at < 0) return undefined;
    const bits = reader.bytes[at]!;
    return bits <= 8 * size ? `${formatAddress(reader.bytes, at + 1, at + 1 + size)}/${bits}` : fail(reader);
  },
  write(out, value) {
    const { address, bits } = parseFullPrefix(value);
    out.u8(bits);
    out.raw(address);
  },
  format: (value) => value,
  parse(text) {
    const { address, bits } = parseFullPrefix(text);
    return `${formatAddress(address)}/${bits}`;
  },
};

function parseFullPrefix(text: string): Prefix {
  const [host = '', length = ''] = text.split('/');
  const address = addressBytes(host);
  if (!/^\d{1,3}$/.test(length) || Number(length) > 8 * address.length)
    throw new ValueError(`"${text}" is not a prefix, e.g. "192.0.2.0/24"`);
  return { address, bits: Number(length) };
}

/** An address of the same size as the prefix. */
const GATEWAY: Field<string> = {
  ...ADDRESS_TEXT,
  read: (reader) => takeAddress(reader, reader.end - reader.start === IPV6_ROUTE_LENGTH ? 16 : 4),
  write: (out, value) => out.raw(addressBytes(value)),
};

const TAG = { rd: RD, ethernetTag: U32 } as const;
const SEGMENT_TAG = { rd: RD, esi: ESI, ethernetTag: U32 } as const;
const MULTICAST = { source: OPTIONAL_COUNTED_ADDRESS, group: OPTIONAL_COUNTED_ADDRESS, originatingRouter: COUNTED_ADDRESS } as const;

export const EVPN_ROUTES: RouteTable<EvpnRoute> = routeTable<EvpnRoute>(
  [
    routeRow<EvpnEthernetAutoDiscovery>(1, 'ethernet-auto-discovery', { ...SEGMENT_TAG, labelField: U24 }),
    routeRow<EvpnMacIpAdvertisement>(2, 'mac-ip-advertisement', {
      ...SEGMENT_TAG,
      mac: MAC,
      ip: OPTIONAL_COUNTED_ADDRESS,
      labelFields: LABEL_FIELDS,
    }),
    routeRow<EvpnInclusiveMulticast>(3, 'inclusive-multicast', { ...TAG, originatingRouter: COUNTED_ADDRESS }),
    routeRow<EvpnEthernetSegment>(4, 'ethernet-segment', { rd: RD, esi: ESI, originatingRouter: COUNTED_ADDRESS }),
    routeRow<EvpnIpPrefix>(5, 'ip-prefix', { ...SEGMENT_TAG, prefix: FULL_PREFIX, gateway: GATEWAY, labelField: U24 }),
    routeRow<EvpnSelectiveMulticast>(6, 'selective-multicast', { ...TAG, ...MULTICAST, flags: U8 }),
    routeRow<EvpnMulticastJoinSync>(7, 'multicast-join-sync', { ...SEGMENT_TAG, ...MULTICAST, flags: U8 }),
    routeRow<EvpnMulticastLeaveSync>(8, 'multicast-leave-sync', {
      ...SEGMENT_TAG,
      ...MULTICAST,
      reserved: U32,
      maxResponseTime: U8,
      flags: U8,
    }),
    routeRow<EvpnPerRegionIPmsi>(9, 'per-region-i-pmsi', { ...TAG, regionId: octets(8) }),
    routeRow<EvpnSPmsi>(10, 's-pmsi', { ...TAG, ...MULTICAST }),
    routeRow<EvpnLeafAutoDiscovery>(11, 'leaf-auto-discovery', { routeKey: ROUTE_KEY, originatingRouter: COUNTED_ADDRESS }),
  ],
  0xff,
);

const EVPN = makeFamily(Afi.L2vpn, Safi.Evpn);
const ESI_LENGTH = 10;
const TAG_LENGTH = 4;
/** The MAC address and the octet that says its length. */
const MAC_LENGTH = 7;
const LABEL_LENGTH = 3;

const IPV4_ROUTE_LENGTH = 34;
const AUTO_DISCOVERY_LENGTH = RD_LENGTH + ESI_LENGTH + TAG_LENGTH + LABEL_LENGTH;

const typed = typedFamily('evpn', EVPN_ROUTES);

/** As `decode`, of the types that a fabric has many of. */
function isWellFormed(bytes: Uint8Array, start: number, end: number): boolean {
  const fields = start + 2;
  switch (bytes[start]) {
    case 1:
      return end - fields === AUTO_DISCOVERY_LENGTH;
    case 2: {
      const mac = fields + RD_LENGTH + ESI_LENGTH + TAG_LENGTH;
      const ip = mac + MAC_LENGTH;
      if (ip >= end || bytes[mac] !== 48) return false;
      const bits = bytes[ip]!;
      if (bits !== 0 && bits !== 32 && bits !== 128) return false;
      const labels = end - (ip + 1 + bits / 8);
      return labels === LABEL_LENGTH || labels === 2 * LABEL_LENGTH;
    }
    case 5: {
      const bits = bytes[fields + RD_LENGTH + ESI_LENGTH + TAG_LENGTH]!;
      return (end - fields === IPV4_ROUTE_LENGTH && bits <= 32) || (end - fields === IPV6_ROUTE_LENGTH && bits <= 128);
    }
    default:
      return typed.decode(bytes, start, end, EVPN) !== undefined;
  }
}

export const evpn: FamilyCodec<EvpnNlri> = {
  ...typed,
  type: 'evpn',
  families: [EVPN],
  nextHopMeaning: 'bound',
  isWellFormed,
  key(out, bytes, start, end) {
    const fields = start + 2;
    const esi = fields + RD_LENGTH;
    const tag = esi + ESI_LENGTH;
    out.u8(bytes[start]!);
    switch (bytes[start]) {
      case 1: // RFC 7432 §7.1: the label is no part of the key
        out.raw(bytes, fields, end - LABEL_LENGTH);
        break;
      case 2: {
        // RFC 7432 §7.2: tag, MAC and IP address are part of it, the ESI and the labels are not
        const ipBits = tag + TAG_LENGTH + MAC_LENGTH;
        out.raw(bytes, fields, esi);
        out.raw(bytes, tag, ipBits + 1 + bytes[ipBits]! / 8);
        break;
      }
      case 5: // RFC 9136 §3.1: tag and prefix are part of it; the ESI, the gateway and the label are not
        out.raw(bytes, fields, esi);
        out.raw(bytes, tag, tag + TAG_LENGTH + 1 + (end - fields === IPV6_ROUTE_LENGTH ? 16 : 4));
        break;
      case 6: // RFC 9251 §9.1.1, §9.2.1: the flags are no part of it
      case 7:
        out.raw(bytes, fields, end - 1);
        break;
      case 8: // RFC 9251 §9.3.1: nor are the reserved octets and the maximum response time
        out.raw(bytes, fields, end - 6);
        break;
      default:
        out.raw(bytes, fields, end);
    }
  },
};
