/**
 * BGP-LS (AFI 16388; SAFI 71, and 72 with a route distinguisher), RFC 9552 §5.2: a piece of a network's topology.
 *
 *     +---------+-----------+- - - - - - - - +--------------+---------------+---------------------
 *     | type, 2 | length, 2 | RD, 8, SAFI 72 | protocol, 1  | identifier, 8 | descriptors: TLVs
 *     +---------+-----------+- - - - - - - - +--------------+---------------+---------------------
 *
 *   1 node   2 link   3 ipv4-prefix   4 ipv6-prefix   5 candidate-path (RFC 9857)   6 srv6-sid (RFC 9514)
 *
 * NLRI of other types are kept as octets. So are unknown descriptors (bgp-ls-descriptor.ts).
 *
 * Text: `node protocol 2 identifier 1 descriptors [local-node [as 65001, igp-router-id 192.0.2.1]]`.
 */
import { copyOf, fromHex, readU16, readU64, toHex } from '../bytes.ts';
import { Afi, type Family, makeFamily, Safi, safiOf } from '../family.ts';
import { ValueError } from '../fault.ts';
import { RD } from '../parts/fields.ts';
import { field, OCTETS, oneOf, optional, U8, U16, U64 } from '../parts/json-form.ts';
import { formatRd, parseRd, RD_LENGTH } from '../parts/route-distinguisher.ts';
import {
  type BgpLsDescriptor,
  DESCRIPTORS,
  decodeDescriptors,
  encodeDescriptors,
  formatDescriptors,
  parseDescriptors,
} from './bgp-ls-descriptor.ts';
import { type FamilyCodec, type FamilyNlri, wholeNlri } from './family-codec.ts';

/** Kinds of object in the order of their NLRI types, from 1. */
export const BGP_LS_KINDS = ['node', 'link', 'ipv4-prefix', 'ipv6-prefix', 'candidate-path', 'srv6-sid'] as const;

/** An object of the topology. Its descriptors identify it. */
export interface BgpLsObject {
  kind: (typeof BGP_LS_KINDS)[number];
  /** RFC 9552 table 2: 1 and 2 IS-IS levels, 3 OSPFv2, 4 direct, 5 static, 6 OSPFv3, 7 BGP, … */
  protocol: number;
  /** Tells instances of the protocol apart. */
  identifier: bigint;
  descriptors: BgpLsDescriptor[];
}

/** An NLRI of a type that is not known. */
export interface BgpLsUnknown {
  kind: 'unknown';
  nlriType: number;
  bytes: Uint8Array;
}

/** NLRI of BGP-LS (RFC 9552 §5.2). */
export type BgpLsNlri = FamilyNlri<'bgp-ls'> & { rd?: string } & (BgpLsObject | BgpLsUnknown);

const FIXED_LENGTH = 9;

function hasRd(family: Family): boolean {
  return safiOf(family) === Safi.BgpLsVpn;
}

export const bgpLs: FamilyCodec<BgpLsNlri> = {
  type: 'bgp-ls',
  families: [makeFamily(Afi.BgpLs, Safi.BgpLs), makeFamily(Afi.BgpLs, Safi.BgpLsVpn)],
  malformed: 'discard', // RFC 9552 §8.2.2
  next(bytes, at, end) {
    if (end - at < 4) return -1;
    const next = at + 4 + readU16(bytes, at + 2);
    return next <= end ? next : -1;
  },
  decode(bytes, start, end, family, spans) {
    const nlriType = readU16(bytes, start);
    spans?.numbers(start, ['type', 2], ['length', 2]);
    let at = start + 4;
    let rd: string | undefined;
    if (hasRd(family)) {
      if (end - at < RD_LENGTH) return undefined;
      rd = formatRd(bytes, at);
      spans?.leaf('rd', at, at + RD_LENGTH, rd);
      at += RD_LENGTH;
    }
    const head = { type: 'bgp-ls', family, ...(rd !== undefined && { rd }) } as const;
    const kind = BGP_LS_KINDS[nlriType - 1];
    if (kind === undefined) return { ...head, kind: 'unknown', nlriType, bytes: copyOf(bytes, at, end) };
    if (end - at < FIXED_LENGTH) return undefined;
    const identifier = readU64(bytes, at + 1);
    spans?.numbers(at, ['protocol', 1]);
    spans?.leaf('identifier', at + 1, at + FIXED_LENGTH, identifier);
    const descriptors = decodeDescriptors(bytes, at + FIXED_LENGTH, end, kind === 'ipv6-prefix' ? 16 : 4, spans);
    return descriptors && { ...head, kind, protocol: bytes[at]!, identifier, descriptors };
  },
  encode(out, nlri) {
    out.u16(nlri.kind === 'unknown' ? nlri.nlriType : BGP_LS_KINDS.indexOf(nlri.kind) + 1);
    out.counted16(() => {
      if (hasRd(nlri.family)) out.raw(parseRd(nlri.rd ?? ''));
      if (nlri.kind === 'unknown') {
        out.raw(nlri.bytes);
        return;
      }
      out.u8(nlri.protocol);
      out.u64(nlri.identifier);
      encodeDescriptors(out, nlri.descriptors);
    }, 'BGP-LS NLRI');
  },
  key: wholeNlri, // RFC 9552 §5.2
  format(nlri) {
    const rd = nlri.rd === undefined ? '' : `rd ${nlri.rd} `;
    if (nlri.kind === 'unknown') return `${rd}unknown ${nlri.nlriType} 0x${toHex(nlri.bytes)}`;
    return `${rd}${nlri.kind} protocol ${nlri.protocol} identifier ${nlri.identifier} descriptors [${formatDescriptors(nlri.descriptors)}]`;
  },
  jsonMembers: (family, json) => ({
    rd: optional(field(RD, family)),
    kind: oneOf('unknown', ...BGP_LS_KINDS),
    ...(json['kind'] === 'unknown' ? { nlriType: U16, bytes: OCTETS } : { protocol: U8, identifier: U64, descriptors: DESCRIPTORS }),
  }),
  parse(text, family) {
    const parts =
      /^(?:rd (\S+) )?(?:unknown (\d{1,5}) 0x((?:[0-9a-fA-F]{2})*)|(\S+) protocol (\d{1,3}) identifier (\d{1,20}) descriptors \[(.*)\])$/.exec(
        text.trim(),
      );
    if (parts === null || (parts[1] !== undefined) !== hasRd(family)) {
      throw new ValueError(
        `"${text}" is not a BGP-LS NLRI, e.g. "${hasRd(family) ? 'rd 65000:1 ' : ''}node protocol 2 identifier 0 descriptors [local-node [as 65001]]"`,
      );
    }
    const [, rd, nlriType, hex, kind, protocol, identifier, descriptors] = parts;
    const head = { type: 'bgp-ls', family, ...(rd !== undefined && { rd: formatRd(parseRd(rd)) }) } as const;
    if (Number(nlriType) > 0xffff) throw new ValueError(`found type ${nlriType}, allowed 0 to 65535`);
    if (nlriType !== undefined) return { ...head, kind: 'unknown', nlriType: Number(nlriType), bytes: fromHex(hex ?? '') };
    const known = BGP_LS_KINDS.find((name) => name === kind);
    if (known === undefined) throw new ValueError(`found "${kind}", allowed ${BGP_LS_KINDS.join(', ')}, unknown`);
    const value = BigInt(identifier!);
    if (Number(protocol) > 0xff || value >= 1n << 64n)
      throw new ValueError(`found protocol ${protocol}, identifier ${identifier}, allowed 8 and 64 bits`);
    return { ...head, kind: known, protocol: Number(protocol), identifier: value, descriptors: parseDescriptors(descriptors!) };
  },
};
