/**
 * The per-peer header (RFC 7854 §4.2; flags of Adj-RIB-Out RFC 8671 §4, of Loc-RIB RFC 9069 §4.2), 42 octets:
 *
 *     | peer type, 1 | flags, 1 | distinguisher, 8 | address, 16 | AS, 4 | BGP identifier, 4 | seconds, 4 | microseconds, 4 |
 *
 * An IPv4 address is in the last four octets of its field. A Loc-RIB has no address.
 */
import { addressBytes, type ByteWriter, formatAddress, formatIpv4, formatRd, parseRd, readU32, ValueError, writeU32 } from '@tsbgp/wire';
import { BMP_PEER_HEADER_LENGTH, BmpPeerType } from './codes.ts';

const IPV6 = 0x80;
const POST_POLICY = 0x40;
const TWO_OCTET_AS_PATH = 0x20;
const ADJ_RIB_OUT = 0x10;
/** Of a Loc-RIB: the bit that says IPV6 elsewhere. */
const FILTERED = 0x80;
const MICROS = 1e6;

/** Whom a message is about, and which of its RIBs. */
export interface BmpPeer {
  /** `BmpPeerType`. */
  peerType: number;
  /** Which of several peers with one address: of an Rd instance the route distinguisher. '0:0' when there is none. */
  distinguisher: string;
  /** '0.0.0.0' of a Loc-RIB. */
  address: string;
  as: number;
  bgpId: string;
  /** Seconds since 1970; 0 when the router does not know. */
  timestamp: number;
  microseconds: number;
  /** Routes after policy. In Peer Up and Peer Down it means nothing. */
  postPolicy: boolean;
  /** The AS_PATHs in the messages have AS numbers of two octets. */
  twoOctetAsPath: boolean;
  /** Routes that the router sent to the peer; false: those that it received. */
  adjRibOut: boolean;
  /** Of a Loc-RIB: it is not the whole of it. */
  filtered: boolean;
  /** Bits of the flags that no RFC uses. @default 0 */
  reservedFlags?: number;
}

/** The header at `at`, which must be whole. */
export function decodePeer(bytes: Uint8Array, at: number): BmpPeer {
  const peerType = bytes[at]!;
  const flags = bytes[at + 1]!;
  const isLocRib = peerType === BmpPeerType.LocRib;
  const isIpv6 = !isLocRib && (flags & IPV6) !== 0;
  const reserved = flags & (isLocRib ? ~FILTERED : 0x0f) & 0xff;
  return {
    peerType,
    distinguisher: formatRd(bytes, at + 2),
    address: readBmpAddress(bytes, at + 10, isIpv6),
    as: readU32(bytes, at + 26),
    bgpId: formatIpv4(bytes, at + 30),
    timestamp: readU32(bytes, at + 34),
    microseconds: readU32(bytes, at + 38),
    postPolicy: !isLocRib && (flags & POST_POLICY) !== 0,
    twoOctetAsPath: !isLocRib && (flags & TWO_OCTET_AS_PATH) !== 0,
    adjRibOut: !isLocRib && (flags & ADJ_RIB_OUT) !== 0,
    filtered: isLocRib && (flags & FILTERED) !== 0,
    ...(reserved !== 0 && { reservedFlags: reserved }),
  };
}

/** Appends the header. Throws ValueError for a value that cannot be written. */
export function encodePeer(out: ByteWriter, peer: BmpPeer): void {
  const isLocRib = peer.peerType === BmpPeerType.LocRib;
  const address = addressBytes(peer.address);
  if (isLocRib && (peer.postPolicy || peer.twoOctetAsPath || peer.adjRibOut || address.some((octet) => octet !== 0))) {
    throw new ValueError(
      'a Loc-RIB has no address, no policy and no Adj-RIB-Out (RFC 9069 §4.2): allowed is address "0.0.0.0", and only filtered',
    );
  }
  if (!isLocRib && peer.filtered) throw new ValueError('filtered: allowed for a Loc-RIB only (RFC 9069 §4.2)');
  const flags = isLocRib
    ? flag(peer.filtered, FILTERED)
    : flag(address.length === 16, IPV6) |
      flag(peer.postPolicy, POST_POLICY) |
      flag(peer.twoOctetAsPath, TWO_OCTET_AS_PATH) |
      flag(peer.adjRibOut, ADJ_RIB_OUT);
  out.u8(peer.peerType);
  out.u8(flags | (peer.reservedFlags ?? 0));
  out.raw(parseRd(peer.distinguisher));
  writeBmpAddress(out, peer.address);
  out.u32(peer.as);
  const bgpId = addressBytes(peer.bgpId);
  if (bgpId.length !== 4) throw new ValueError(`BGP identifier ${peer.bgpId}: allowed are four octets, e.g. "192.0.2.1"`);
  out.raw(bgpId);
  out.u32(peer.timestamp);
  out.u32(peer.microseconds);
}

/** Writes a time, in microseconds since 1970, into the header at `at`. */
export function stampPeer(bytes: Uint8Array, at: number, micros: number): void {
  writeU32(bytes, at + BMP_PEER_HEADER_LENGTH - 8, Math.floor(micros / MICROS));
  writeU32(bytes, at + BMP_PEER_HEADER_LENGTH - 4, Math.floor(micros % MICROS));
}

/** An address in its field of 16 octets. */
export function readBmpAddress(bytes: Uint8Array, at: number, isIpv6: boolean): string {
  return isIpv6 ? formatAddress(bytes, at, at + 16) : formatIpv4(bytes, at + 12);
}

export function writeBmpAddress(out: ByteWriter, text: string): void {
  const address = addressBytes(text);
  out.zeros(16 - address.length);
  out.raw(address);
}

/** What tells the peers of a router apart: in all messages about a peer it is the same. */
export function bmpPeerKey({ peerType, distinguisher, address }: BmpPeer): string {
  return `${peerType} ${distinguisher} ${address}`;
}

function flag(isSet: boolean, bit: number): number {
  return isSet ? bit : 0;
}
