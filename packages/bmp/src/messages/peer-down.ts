/** Peer Down (RFC 7854 §4.9, RFC 9069 §5.3): per-peer header, a reason, and what belongs to it. In version 4 TLVs follow. */
import { type ByteWriter, readU16, ValueError } from '@tsbgp/wire';
import { BMP_PEER_HEADER_LENGTH, BmpType, BmpPeerDownReason as Reason } from '../codes.ts';
import { decodePeer, encodePeer } from '../peer.ts';
import { decodeTlvs, encodeTlv } from '../tlv.ts';
import { bgpMessageEnd } from './bgp-message.ts';
import type { BmpKind } from './kind.ts';
import type { BmpPeerDown } from './values.ts';

export const peerDown: BmpKind<BmpPeerDown> = {
  type: 'peer-down',
  code: BmpType.PeerDown,
  hasPeer: true,
  decode(bytes, start, end, isVersion4) {
    const reasonAt = start + BMP_PEER_HEADER_LENGTH;
    if (reasonAt >= end) return 'the reason is missing';
    const message: BmpPeerDown = { type: 'peer-down', peer: decodePeer(bytes, start), reason: bytes[reasonAt]! };
    const after = decodeReason(message, bytes, reasonAt + 1, end);
    if (typeof after === 'string') return after;
    if (!isVersion4 && message.reason !== Reason.LocalTlvs) return after === end ? message : `${end - after} octets follow the reason`;
    const tlvs = decodeTlvs(bytes, after, end);
    if (tlvs === undefined) return 'a TLV runs past the message';
    if (after < end || message.reason === Reason.LocalTlvs) message.tlvs = tlvs;
    return message;
  },
  encode(out, message) {
    encodePeer(out, message.peer);
    out.u8(message.reason);
    encodeReason(out, message);
    if (message.tlvs !== undefined && message.reason !== Reason.LocalTlvs && message.version4 !== true) {
      throw new ValueError(`TLVs: allowed with reason ${Reason.LocalTlvs}, and in version 4 (version4: true)`);
    }
    for (const tlv of message.tlvs ?? []) encodeTlv(out, tlv);
  },
};

/** Reads what belongs to the reason, and gives the end of it or what is wrong. */
function decodeReason(message: BmpPeerDown, bytes: Uint8Array, start: number, end: number): number | string {
  switch (message.reason) {
    case Reason.LocalNotification:
    case Reason.RemoteNotification: {
      if (start === end) return end;
      const after = bgpMessageEnd(bytes, start, end);
      if (after === undefined) return 'the NOTIFICATION is not whole';
      message.notification = bytes.subarray(start, after);
      return after;
    }
    case Reason.LocalFsmEvent:
      if (start + 2 > end) return 'the event is missing';
      message.fsmEvent = readU16(bytes, start);
      return start + 2;
    case Reason.RemoteNoNotification:
    case Reason.Deconfigured:
    case Reason.LocalTlvs:
      return start;
    default:
      if (start < end) message.data = bytes.subarray(start, end);
      return end;
  }
}

function encodeReason(out: ByteWriter, { reason, notification, fsmEvent, data }: BmpPeerDown): void {
  switch (reason) {
    case Reason.LocalNotification:
    case Reason.RemoteNotification:
      if (notification === undefined || bgpMessageEnd(notification, 0, notification.length) !== notification.length) {
        throw new ValueError(`reason ${reason} needs notification, a whole NOTIFICATION with its header`);
      }
      out.raw(notification);
      return;
    case Reason.LocalFsmEvent:
      out.u16(fsmEvent ?? 0);
      return;
    case Reason.RemoteNoNotification:
    case Reason.Deconfigured:
    case Reason.LocalTlvs:
      return;
    default:
      out.raw(data ?? new Uint8Array(0));
  }
}
