/**
 * Mobile user plane (SAFI 85, draft-ietf-bess-mup-safi §3.1): architecture (1), route type (2), length (1), and by type of architecture 1 (3GPP 5G)
 *
 *    1 interwork-segment-discovery   2 direct-segment-discovery   3 type-1-session-transformed   4 type-2-session-transformed
 *
 * Other architectures are kept as octets.
 */
import { addressBytes, formatAddress } from '../address.ts';
import { type ByteWriter, copyOf, readU16, readU32 } from '../bytes.ts';
import { Afi, makeFamily, Safi } from '../family.ts';
import { ValueError } from '../fault.ts';
import { ADDRESS_TO_END, COUNTED_ADDRESS, type Field, fail, PREFIX, RD, TRAILING_COUNTED_ADDRESS, take, U8, U32 } from '../parts/fields.ts';
import { U8 as JSON_U8, optional, TEXT } from '../parts/json-form.ts';
import { addressOctets, appendMaskedPrefix } from '../parts/prefix-bits.ts';
import { RD_LENGTH } from '../parts/route-distinguisher.ts';
import type { FamilyCodec, FamilyNlri } from './family-codec.ts';
import { nextTyped, type RouteTable, routeRow, routeTable, type UnknownRoute } from './typed-routes.ts';

export interface MupInterworkSegmentDiscovery {
  route: 'interwork-segment-discovery';
  rd: string;
  prefix: string;
}

export interface MupDirectSegmentDiscovery {
  route: 'direct-segment-discovery';
  rd: string;
  address: string;
}

export interface MupType1SessionTransformed {
  route: 'type-1-session-transformed';
  rd: string;
  prefix: string;
  teid: number;
  qfi: number;
  endpoint: string;
  source?: string;
}

/** An address and the leading bits of a tunnel endpoint identifier, aggregated like a prefix. */
export interface MupEndpoint {
  address: string;
  teid: number;
  /** How many leading bits of the identifier count, 0 to 32. */
  teidBits: number;
}

export interface MupType2SessionTransformed {
  route: 'type-2-session-transformed';
  rd: string;
  endpoint: MupEndpoint;
}

/** The route types of the 3GPP architecture, to be told apart by `route`. */
export type MupRoute = MupInterworkSegmentDiscovery | MupDirectSegmentDiscovery | MupType1SessionTransformed | MupType2SessionTransformed;

export interface MupUnknownRoute extends UnknownRoute {
  /** Absent when it is 1. */
  architecture?: number;
}

/** NLRI of BGP-MUP (draft-ietf-bess-mup-safi). */
export type MupNlri = FamilyNlri<'mup'> & (MupRoute | MupUnknownRoute);

const TEID_BITS = 32;
const ARCHITECTURE_5G = 1;
const HEAD_LENGTH = 4;
/** Route types in which a length in bits and that many bits follow the RD. The key ends after these bits. */
const ENDS_IN_BITS: ReadonlySet<number> = new Set([1, 3, 4]);

const ENDPOINT_EXAMPLE = 'e.g. "192.0.2.1,12345/32"';

/** Length in bits (1), an address of the family, and the octets that the bits of the identifier need. */
const ENDPOINT: Field<MupEndpoint> = {
  allowed: ENDPOINT_EXAMPLE,
  read(reader) {
    const head = take(reader, 1);
    if (head < 0) return undefined;
    const size = addressOctets(reader.family);
    const teidBits = reader.bytes[head]! - 8 * size;
    if (teidBits < 0 || teidBits > TEID_BITS) return fail(reader);
    const at = take(reader, size + ((teidBits + 7) >>> 3));
    if (at < 0) return undefined;
    const teid = new Uint8Array(4);
    teid.set(reader.bytes.subarray(at + size, reader.at));
    return { address: formatAddress(reader.bytes, at, at + size), teid: mask(readU32(teid, 0), teidBits), teidBits };
  },
  write(out, { address, teid, teidBits }) {
    const octets = addressBytes(address);
    checkBits(teidBits);
    out.u8(8 * octets.length + teidBits);
    out.raw(octets);
    writeLeading(out, mask(teid, teidBits), (teidBits + 7) >>> 3);
  },
  format: ({ address, teid, teidBits }) => `${address},${teid}/${teidBits}`,
  parse(text) {
    const parts = /^([^,]+),(\d{1,10})\/(\d{1,2})$/.exec(text);
    if (parts === null || Number(parts[2]) > 0xffff_ffff)
      throw new ValueError(`"${text}" is not an endpoint with its identifier, ${ENDPOINT_EXAMPLE}`);
    const teidBits = Number(parts[3]);
    checkBits(teidBits);
    return { address: formatAddress(addressBytes(parts[1]!)), teid: mask(Number(parts[2]), teidBits), teidBits };
  },
};

function checkBits(bits: number): void {
  if (!Number.isInteger(bits) || bits < 0 || bits > TEID_BITS)
    throw new ValueError(`tunnel endpoint identifier: found ${bits} bits, allowed 0 to ${TEID_BITS}`);
}

function mask(teid: number, bits: number): number {
  return bits === 0 ? 0 : (teid & (-1 << (TEID_BITS - bits))) >>> 0;
}

function writeLeading(out: ByteWriter, value: number, count: number): void {
  for (let i = 0; i < count; i++) out.u8((value >>> (24 - 8 * i)) & 0xff);
}

export const MUP_ROUTES: RouteTable<MupRoute> = routeTable<MupRoute>(
  [
    routeRow<MupInterworkSegmentDiscovery>(1, 'interwork-segment-discovery', { rd: RD, prefix: PREFIX }),
    routeRow<MupDirectSegmentDiscovery>(2, 'direct-segment-discovery', { rd: RD, address: ADDRESS_TO_END }),
    routeRow<MupType1SessionTransformed>(3, 'type-1-session-transformed', {
      rd: RD,
      prefix: PREFIX,
      teid: U32,
      qfi: U8,
      endpoint: COUNTED_ADDRESS,
      source: TRAILING_COUNTED_ADDRESS,
    }),
    routeRow<MupType2SessionTransformed>(4, 'type-2-session-transformed', { rd: RD, endpoint: ENDPOINT }),
  ],
  0xffff,
);

export const mup: FamilyCodec<MupNlri> = {
  type: 'mup',
  families: [makeFamily(Afi.Ipv4, Safi.Mup), makeFamily(Afi.Ipv6, Safi.Mup)],
  malformed: 'discard',
  nextHopMeaning: 'bound',
  next: (bytes, at, end) => nextTyped(bytes, at, end, HEAD_LENGTH),
  decode(bytes, start, end, family, spans) {
    spans?.numbers(start, ['architecture', 1], ['route-type', 2], ['length', 1]);
    const architecture = bytes[start]!;
    const routeType = readU16(bytes, start + 1);
    if (architecture !== ARCHITECTURE_5G) {
      return { type: 'mup', family, route: 'unknown', architecture, routeType, bytes: copyOf(bytes, start + 4, end) };
    }
    const route = MUP_ROUTES.decode(routeType, bytes, start + 4, end, family, spans);
    return route && { type: 'mup', family, ...route };
  },
  encode(out, nlri) {
    const architecture = nlri.route === 'unknown' ? (nlri.architecture ?? ARCHITECTURE_5G) : ARCHITECTURE_5G;
    MUP_ROUTES.encode(out, nlri, (routeType) => {
      out.u8(architecture);
      out.u16(routeType);
    });
  },
  /** RD and prefix, or RD and endpoint (draft-ietf-bess-mup-safi §3.1.1, §3.1.3, §3.1.4); the whole NLRI for all other routes. */
  key(out, bytes, start, end) {
    const routeType = readU16(bytes, start + 1);
    if (bytes[start] !== ARCHITECTURE_5G || !ENDS_IN_BITS.has(routeType)) {
      out.raw(bytes, start, end);
      return;
    }
    const bits = start + HEAD_LENGTH + RD_LENGTH;
    out.raw(bytes, start, start + HEAD_LENGTH - 1);
    out.raw(bytes, start + HEAD_LENGTH, bits);
    appendMaskedPrefix(out, bytes, bits);
  },
  format: (nlri) =>
    (nlri.route === 'unknown' && nlri.architecture !== undefined ? `architecture ${nlri.architecture} ` : '') + MUP_ROUTES.format(nlri),
  jsonMembers(family, json, path) {
    const members = MUP_ROUTES.jsonMembers(family, json, path);
    return json['route'] === 'unknown' ? { route: TEXT, architecture: optional(JSON_U8), ...members } : members;
  },
  parse(text, family) {
    const foreign = /^architecture (\d{1,3}) (unknown .*)$/.exec(text.trim());
    if (foreign === null) return { type: 'mup', family, ...MUP_ROUTES.parse(text, family) };
    const architecture = U8.parse(foreign[1]!, family);
    return { type: 'mup', family, ...(MUP_ROUTES.parse(foreign[2]!, family) as UnknownRoute), architecture };
  },
};
