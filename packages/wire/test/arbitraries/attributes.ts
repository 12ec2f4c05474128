/** Values of every path attribute, in the form in which they decode. */
import fc from 'fast-check';
import { AIGP_TLVS } from '../../src/attributes/aigp.ts';
import type { AsPathSegment } from '../../src/attributes/as-path.ts';
import type { KnownAttribute, PathAttribute, UnknownAttribute } from '../../src/attributes/attribute.ts';
import { makeAttributeSet, parseAttribute } from '../../src/attributes/attributes.ts';
import { BGP_LS_TLVS } from '../../src/attributes/bgp-ls-tlvs.ts';
import { PREFIX_SID_TLVS } from '../../src/attributes/prefix-sid.ts';
import { ATTRIBUTE_CODECS, attributeCodecByName } from '../../src/attributes/registry.ts';
import { TUNNEL_TLVS } from '../../src/attributes/tunnel-encapsulation.ts';
import { ByteWriter } from '../../src/bytes.ts';
import { DEFAULT_CONTEXT, type WireContext } from '../../src/context.ts';
import { Afi, afiOf, type Family, Safi, safiOf } from '../../src/family.ts';
import { community, extendedCommunity, ipv6ExtendedCommunity, largeCommunity } from './communities.ts';
import { NLRI_FAMILIES, nlriList } from './nlri.ts';
import { asn, ipv4, ipv6, octets, record, u8, u16, u24, u32, unsigned } from './primitives.ts';
import { tlvs } from './tlvs.ts';

type ValueOf<Type extends KnownAttribute['type']> = Extract<KnownAttribute, { type: Type }>['value'];

const OPTIONAL = 0x80;
const TRANSITIVE = 0x40;
const PARTIAL = 0x20;
const EXTENDED_LENGTH = 0x10;

/** An internal peer may send all of them; whether NLRI have path identifiers is the context's to say. */
export function attributeContext(addPath: boolean, fourOctetAs = true): WireContext {
  return { ...DEFAULT_CONTEXT, peerType: 'ibgp', fourOctetAs, extendedMessage: true, addPath: new Set(addPath ? NLRI_FAMILIES : []) };
}

function segments(number: fc.Arbitrary<number>): fc.Arbitrary<AsPathSegment[]> {
  const type = fc.constantFrom('sequence', 'set', 'confed-sequence', 'confed-set');
  const asns = fc.oneof(
    { weight: 8, arbitrary: fc.array(number, { minLength: 1, maxLength: 5 }) },
    { weight: 1, arbitrary: fc.array(number, { minLength: 255, maxLength: 255 }) },
  );
  return fc.array(record({ type, asns }), { maxLength: 4 });
}

/** A host's address. */
const hostAddress = octets(4).map((bytes) => `${1 + (bytes[0]! % 223)}.${bytes[1]}.${bytes[2]}.${bytes[3]}`);

function some<T>(value: fc.Arbitrary<T>): fc.Arbitrary<T[]> {
  return fc.array(value, { minLength: 1, maxLength: 4 });
}

/** Next hops a family may have (RFC 7606 §7.11), and octets that say more than addresses do. */
function nextHops(family: Family): fc.Arbitrary<Pick<ValueOf<'mp-reach-nlri'>, 'nextHops' | 'nextHopOctets'>> {
  const v6 = fc
    .oneof(
      ipv6.map((one) => [one]),
      fc.tuple(ipv6, ipv6),
    )
    .map((list) => ({ nextHops: list }));
  const v4 = ipv4.map((one) => ({ nextHops: [one] }));
  const any = fc.oneof(v4, v6);
  switch (safiOf(family)) {
    case Safi.Unicast:
    case Safi.Multicast:
      return afiOf(family) === Afi.Ipv4 ? any : v6;
    case Safi.LabeledUnicast:
      return any;
    case Safi.MplsVpn:
    case Safi.MulticastVpn: {
      const distinguished = fc
        .tuple(
          octets(8).filter((rd) => rd.some((octet) => octet !== 0)),
          octets(4),
        )
        .map(([rd, host]) => ({ nextHops: [host.join('.')], nextHopOctets: Uint8Array.from([...rd, ...host]) }));
      return fc.oneof(any, distinguished);
    }
    default:
      return fc.oneof(
        any,
        fc.constant({ nextHops: [] as string[] }),
        octets(5, 11).map((nextHopOctets) => ({ nextHops: [], nextHopOctets })),
      );
  }
}

const peLabels = (one: fc.Arbitrary<string>) => fc.array(record({ peAddress: one, labelField: u24 }), { minLength: 1, maxLength: 3 });

const bgpsecPath = fc.integer({ min: 1, max: 3 }).chain((count) => {
  const signature = record({ subjectKeyIdentifier: octets(20), signature: octets(0, 9) });
  const signatures = fc.array(signature, { minLength: count, maxLength: count });
  return record({
    securePath: fc.array(record({ prependCount: u8, flags: u8, as: u32 }), { minLength: count, maxLength: count }),
    signatureBlocks: fc.array(record({ algorithm: u8, signatures }), { minLength: 1, maxLength: 2 }),
  });
});

const pmsiTunnel = record({ flags: u8, tunnelType: unsigned(0xfe), labelField: u24, identifier: octets(0, 20) }).map((value) =>
  value.tunnelType === 6 ? { ...value, identifier: new Uint8Array(4) } : value,
);

/** For each attribute, its values. Of those that hold NLRI or AS numbers, what the context allows. */
export function attributeValues(context: WireContext): { readonly [Type in KnownAttribute['type']]: fc.Arbitrary<ValueOf<Type>> } {
  const number = context.fourOctetAs ? asn : unsigned(0xffff, 1);
  const family = fc.constantFrom(...NLRI_FAMILIES);
  const nlri = (each: Family) => nlriList(each, context.addPath.has(each));
  return {
    origin: fc.constantFrom('igp', 'egp', 'incomplete'),
    'as-path': segments(number),
    'next-hop': hostAddress,
    'multi-exit-disc': u32,
    'local-pref': u32,
    'atomic-aggregate': fc.constant(true as const),
    aggregator: record({ as: number, address: ipv4 }),
    communities: some(community),
    'originator-id': ipv4,
    'cluster-list': some(ipv4),
    'mp-reach-nlri': family.chain((each) =>
      fc.tuple(nextHops(each), nlri(each)).map(([hops, list]) => ({ family: each, ...hops, nlri: list })),
    ),
    'mp-unreach-nlri': family.chain((each) => nlri(each).map((list) => ({ family: each, nlri: list }))),
    'extended-communities': some(extendedCommunity),
    'ipv6-extended-communities': some(ipv6ExtendedCommunity),
    'as4-path': segments(asn),
    'as4-aggregator': record({ as: asn, address: ipv4 }),
    'pmsi-tunnel': pmsiTunnel,
    'tunnel-encapsulation': tlvs(TUNNEL_TLVS),
    aigp: tlvs(AIGP_TLVS).filter((list) => list.length > 0),
    'pe-distinguisher-labels': fc.oneof(peLabels(ipv4), peLabels(ipv6)),
    'bgp-ls': tlvs(BGP_LS_TLVS, 6),
    'large-communities': some(largeCommunity),
    'bgpsec-path': bgpsecPath,
    'only-to-customer': u32,
    'd-path': some(some(record({ globalAdministrator: u32, localAdministrator: u16, safi: u8 }))),
    'prefix-sid': tlvs(PREFIX_SID_TLVS),
    'attribute-set': fc
      .tuple(u32, u32, segments(asn))
      .map(([as, pref, path]) =>
        makeAttributeSet(as, [parseAttribute('LOCAL_PREF', String(pref)), { type: 'as-path', flags: TRANSITIVE, value: path }]),
      ),
  };
}

/** The attribute with a value of its type, with the flags that belong to it and to its length; Partial is the sender's choice. */
function withFlags(type: KnownAttribute['type'], value: unknown, partial: boolean, context: WireContext): PathAttribute {
  const codec = attributeCodecByName(type)!;
  const out = new ByteWriter();
  codec.encode(out, value, context);
  const mayBePartial = (codec.flags & (OPTIONAL | TRANSITIVE)) === (OPTIONAL | TRANSITIVE);
  const flags = codec.flags | (partial && mayBePartial ? PARTIAL : 0) | (out.length > 0xff ? EXTENDED_LENGTH : 0);
  return { type, flags, value } as PathAttribute;
}

/** Attributes of one type that pass its check. */
export function attributeOf(type: KnownAttribute['type'], context: WireContext): fc.Arbitrary<PathAttribute> {
  const codec = attributeCodecByName(type)!;
  const sound = (value: unknown) => {
    const out = new ByteWriter();
    codec.encode(out, value, context);
    return codec.check(out.bytes, 0, out.length, context) === undefined;
  };
  const values: fc.Arbitrary<unknown> = attributeValues(context)[type];
  return fc.tuple(values.filter(sound), fc.boolean()).map(([value, partial]) => withFlags(type, value, partial, context));
}

/** Optional ones: a well-known one that is not known ends the session. */
export const unknownAttribute: fc.Arbitrary<UnknownAttribute> = fc
  .tuple(
    u8.filter((code) => code > 0 && ATTRIBUTE_CODECS[code] === undefined),
    fc.constantFrom(0x80, 0xc0, 0xe0),
    fc.oneof(octets(0, 12), octets(256)),
  )
  .map(([code, flags, bytes]) => ({ type: 'unknown', code, flags: bytes.length > 0xff ? flags | EXTENDED_LENGTH : flags, bytes }));
