/** Arbitrary messages of all types, for property tests. */
import { formatAddress, formatRd, makeFamily } from '@tsbgp/wire';
import fc from 'fast-check';
import { BmpPeerDownReason, BmpPeerType } from '../src/codes.ts';
import type { BmpMessage } from '../src/messages/values.ts';
import type { BmpPeer } from '../src/peer.ts';

const u16 = fc.nat(0xffff);
const u32 = fc.nat(0xffff_ffff);
const u64 = fc.bigInt({ min: 0n, max: 0xffff_ffff_ffff_ffffn });
const octets = fc.uint8Array({ maxLength: 20 });
const address4 = fc.uint8Array({ minLength: 4, maxLength: 4 }).map((bytes) => formatAddress(bytes));
const address6 = fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => formatAddress(bytes));
const distinguisher = fc.uint8Array({ minLength: 8, maxLength: 8 }).map((bytes) => formatRd(bytes));
const tlvs = fc.array(fc.record({ type: u16, value: octets }, { noNullPrototype: true }), { maxLength: 3 });

/** A BGP message of any type: BMP looks at its length only. */
const bgp = fc.tuple(fc.constantFrom(1, 2, 3, 4, 5), octets).map(([type, body]) => {
  const message = new Uint8Array(19 + body.length).fill(0xff, 0, 16);
  message[17] = message.length;
  message[18] = type;
  message.set(body, 19);
  return message;
});

const peer: fc.Arbitrary<BmpPeer> = fc.tuple(fc.constantFrom(...Object.values(BmpPeerType)), fc.boolean()).chain(([peerType, ipv6]) => {
  const isLocRib = peerType === BmpPeerType.LocRib;
  const bit = isLocRib ? fc.constant(false) : fc.boolean();
  return fc.record(
    {
      peerType: fc.constant(peerType),
      distinguisher,
      address: isLocRib ? fc.constant('0.0.0.0') : ipv6 ? address6 : address4,
      as: u32,
      bgpId: address4,
      timestamp: u32,
      microseconds: u32,
      postPolicy: bit,
      twoOctetAsPath: bit,
      adjRibOut: bit,
      filtered: isLocRib ? fc.boolean() : fc.constant(false),
    },
    { noNullPrototype: true },
  );
});

const statistic = fc.oneof(
  fc.record({ type: u16, counter: u32 }, { noNullPrototype: true }),
  fc.record({ type: u16, gauge: u64 }, { noNullPrototype: true }),
  fc.record(
    { type: u16, family: fc.tuple(u16, fc.nat(255)).map(([afi, safi]) => makeFamily(afi, safi)), gauge: u64 },
    { noNullPrototype: true },
  ),
  fc.record({ type: u16, bytes: fc.uint8Array({ minLength: 12, maxLength: 20 }) }, { noNullPrototype: true }),
);

const Reason = BmpPeerDownReason;

export const bmpMessage: fc.Arbitrary<BmpMessage> = fc.oneof(
  fc.tuple(peer, bgp).map(([each, update]) => ({ type: 'route-monitoring' as const, peer: each, update })),
  fc
    .tuple(
      peer,
      bgp,
      fc.array(fc.record({ type: fc.integer({ min: 5, max: 0xffff }), index: u16, value: octets }, { noNullPrototype: true }), {
        maxLength: 3,
      }),
    )
    .map(([each, update, indexed]) => ({ type: 'route-monitoring' as const, peer: each, update, tlvs: indexed })),
  fc
    .tuple(peer, fc.array(statistic, { maxLength: 5 }))
    .map(([each, statistics]) => ({ type: 'statistics-report' as const, peer: each, statistics })),
  fc
    .tuple(peer, fc.constantFrom(Reason.LocalNotification, Reason.RemoteNotification), bgp)
    .map(([each, reason, notification]) => ({ type: 'peer-down' as const, peer: each, reason, notification })),
  fc.tuple(peer, u16).map(([each, fsmEvent]) => ({ type: 'peer-down' as const, peer: each, reason: Reason.LocalFsmEvent, fsmEvent })),
  fc
    .tuple(peer, fc.constantFrom(Reason.RemoteNoNotification, Reason.Deconfigured))
    .map(([each, reason]) => ({ type: 'peer-down' as const, peer: each, reason })),
  fc.tuple(peer, tlvs).map(([each, list]) => ({ type: 'peer-down' as const, peer: each, reason: Reason.LocalTlvs, tlvs: list })),
  fc
    .tuple(peer, address4, address6, u16, u16, bgp, bgp, tlvs)
    .map(([each, local4, local6, localPort, remotePort, sentOpen, receivedOpen, information]) => ({
      type: 'peer-up' as const,
      peer: each,
      localAddress: each.address.includes(':') ? local6 : local4,
      localPort,
      remotePort,
      sentOpen,
      receivedOpen,
      information,
    })),
  tlvs.map((information) => ({ type: 'initiation' as const, information })),
  tlvs.map((information) => ({ type: 'termination' as const, information, version4: true })),
  fc.tuple(peer, tlvs).map(([each, list]) => ({ type: 'route-mirroring' as const, peer: each, tlvs: list })),
  fc.record({ type: fc.constant('unknown' as const), code: fc.integer({ min: 7, max: 255 }), body: octets }, { noNullPrototype: true }),
);
