/** Arbitrary values of every kind of record, for property tests. */

import { Afi, canonicalPrefix, formatAddress, IPV4_UNICAST, IPV6_UNICAST, makeFamily, Safi } from '@tsbgp/wire';
import fc from 'fast-check';
import { MrtType, OldBgpSubtype } from '../src/codes.ts';
import type { MrtPeer, MrtValue, RibRecord } from '../src/kinds/values.ts';

const u16 = fc.nat(0xffff);
const u32 = fc.nat(0xffff_ffff);
const octets = fc.uint8Array({ maxLength: 40 });
const address4 = fc.uint8Array({ minLength: 4, maxLength: 4 }).map((bytes) => formatAddress(bytes));
const address6 = fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => formatAddress(bytes));
const text = fc.string({ unit: 'grapheme', maxLength: 20 }).filter((each) => !each.includes('\0') && !each.includes('�'));
const degrees = fc.oneof(
  fc.constant(Number.NaN),
  fc.float({ min: -90, max: 90, noNaN: true }).filter((each) => !Object.is(each, -0)),
);
const prefix4 = fc.tuple(address4, fc.nat(32)).map(([address, bits]) => canonicalPrefix(`${address}/${bits}`));
const prefix6 = fc.tuple(address6, fc.nat(128)).map(([address, bits]) => canonicalPrefix(`${address}/${bits}`));

function asOf(fourOctetAs: boolean): fc.Arbitrary<number> {
  return fourOctetAs ? u32 : u16;
}

const peer: fc.Arbitrary<MrtPeer> = fc
  .boolean()
  .chain((fourOctetAs) =>
    fc.record({ bgpId: address4, address: fc.oneof(address4, address6), as: asOf(fourOctetAs), fourOctetAs: fc.constant(fourOctetAs) }),
  );

const rib: fc.Arbitrary<RibRecord> = fc
  .record({ ipv6: fc.boolean(), multicast: fc.boolean(), generic: fc.boolean(), addPath: fc.boolean() })
  .chain(({ ipv6, multicast, generic, addPath }) => {
    const family = makeFamily(ipv6 ? Afi.Ipv6 : Afi.Ipv4, multicast ? Safi.Multicast : Safi.Unicast);
    const entry = { peerIndex: u16, originatedTime: u32, attributes: octets };
    return fc.record({
      type: fc.constant('rib' as const),
      family: fc.constant(family),
      addPath: fc.constant(addPath),
      generic: fc.constant(generic),
      sequence: u32,
      nlri: (ipv6 ? prefix6 : prefix4).map((prefix) => ({ type: 'ip-prefix' as const, family, prefix })),
      entries: fc.array(addPath ? fc.record({ ...entry, pathIdentifier: u32 }) : fc.record(entry), { maxLength: 4 }),
    });
  });

const bgp4mpPeer = fc.tuple(fc.boolean(), fc.boolean()).chain(([fourOctetAs, ipv6]) =>
  fc.record({
    peerAs: asOf(fourOctetAs),
    localAs: asOf(fourOctetAs),
    interfaceIndex: u16,
    peerAddress: ipv6 ? address6 : address4,
    localAddress: ipv6 ? address6 : address4,
    fourOctetAs: fc.constant(fourOctetAs),
  }),
);

const oldType = fc.constantFrom(MrtType.Bgp, MrtType.Bgp4Plus, MrtType.Bgp4Plus01);

/** Kinds of BGP4MP, which have a form with microseconds. */
export const bgp4mpValue: fc.Arbitrary<MrtValue> = fc.oneof(
  fc
    .tuple(bgp4mpPeer, fc.boolean(), fc.boolean(), octets)
    // An interface of 65535 and AFI 65535 would be an OPEN of old Zebra; the AFI is never that.
    .map(([each, local, addPath, message]) => ({ type: 'bgp-message' as const, ...each, local, addPath, message })),
  fc.tuple(bgp4mpPeer, u16, u16).map(([each, oldState, newState]) => ({ type: 'state-change' as const, ...each, oldState, newState })),
  fc
    .tuple(bgp4mpPeer, u16, fc.nat(255), u32, fc.oneof(address4, address6), fc.oneof(prefix4, prefix6), octets)
    .map(([each, view, status, changedTime, nextHop, prefix, attributes]) => ({
      type: 'bgp4mp-entry' as const,
      ...each,
      peerAs: each.peerAs & 0xffff,
      localAs: each.localAs & 0xffff,
      fourOctetAs: false,
      view,
      status,
      changedTime,
      family: prefix.includes(':') ? IPV6_UNICAST : IPV4_UNICAST,
      nextHop,
      prefix,
      attributes,
    })),
  fc.record({ type: fc.constant('bgp4mp-snapshot' as const), view: u16, fileName: text }),
);

/** All other kinds. */
export const otherValue: fc.Arbitrary<MrtValue> = fc.oneof(
  fc.record({
    type: fc.constant('peer-index-table' as const),
    collectorBgpId: address4,
    viewName: text,
    peers: fc.array(peer, { maxLength: 5 }),
  }),
  fc.record({
    type: fc.constant('geo-peer-table' as const),
    collectorBgpId: address4,
    viewName: text,
    collector: fc.record({ latitude: degrees, longitude: degrees }),
    peers: fc.array(
      fc.tuple(peer, degrees, degrees).map(([each, latitude, longitude]) => ({ ...each, latitude, longitude })),
      { maxLength: 5 },
    ),
  }),
  rib,
  fc.tuple(fc.boolean(), fc.boolean()).chain(([ipv6, fourOctetAs]) =>
    fc.record({
      type: fc.constant('table-dump' as const),
      view: u16,
      sequence: u16,
      prefix: ipv6 ? prefix6 : prefix4,
      status: fc.nat(255),
      originatedTime: u32,
      peerAddress: ipv6 ? address6 : address4,
      peerAs: asOf(fourOctetAs),
      fourOctetAs: fc.constant(fourOctetAs),
      attributes: octets,
    }),
  ),
  oldType.chain((recordType) => {
    const address = recordType === MrtType.Bgp ? address4 : address6;
    return fc.oneof(
      fc.record({
        type: fc.constant('old-message' as const),
        recordType: fc.constant(recordType),
        subtype: fc.constantFrom(
          OldBgpSubtype.Update,
          OldBgpSubtype.PrefUpdate,
          OldBgpSubtype.Open,
          OldBgpSubtype.Notify,
          OldBgpSubtype.Keepalive,
        ),
        peerAs: u16,
        peerAddress: address,
        localAs: u16,
        localAddress: address,
        body: octets,
      }),
      fc.record({
        type: fc.constant('old-state-change' as const),
        recordType: fc.constant(recordType),
        peerAs: u16,
        peerAddress: address,
        oldState: u16,
        newState: u16,
      }),
      fc.record({ type: fc.constant('old-sync' as const), recordType: fc.constant(recordType), view: u16, fileName: text }),
    );
  }),
  fc.record({ type: fc.constant('unknown' as const), recordType: fc.integer({ min: 50, max: 500 }), subtype: fc.nat(255), body: octets }),
);
