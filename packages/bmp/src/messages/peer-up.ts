/**
 * Peer Up (RFC 7854 §4.10): per-peer header, | local address, 16 octets | local port, 2 | remote port, 2 | sent OPEN … | received OPEN … | TLVs … |
 */
import { type ByteWriter, HEADER_LENGTH, readU16, ValueError } from '@tsbgp/wire';
import { BMP_PEER_HEADER_LENGTH, BmpType } from '../codes.ts';
import { decodePeer, encodePeer, readBmpAddress, writeBmpAddress } from '../peer.ts';
import { decodeTlvs, encodeTlv } from '../tlv.ts';
import { bgpMessageEnd } from './bgp-message.ts';
import type { BmpKind } from './kind.ts';
import type { BmpPeerUp } from './values.ts';

const FIXED = 20;

export const peerUp: BmpKind<BmpPeerUp> = {
  type: 'peer-up',
  code: BmpType.PeerUp,
  hasPeer: true,
  decode(bytes, start, end) {
    const at = start + BMP_PEER_HEADER_LENGTH;
    const sentAt = at + FIXED;
    const sentEnd = bgpMessageEnd(bytes, sentAt, end);
    if (sentEnd === undefined) return 'the sent OPEN is not whole';
    const receivedEnd = bgpMessageEnd(bytes, sentEnd, end);
    if (receivedEnd === undefined) return 'the received OPEN is not whole';
    const information = decodeTlvs(bytes, receivedEnd, end);
    if (information === undefined) return 'a TLV runs past the message';
    const peer = decodePeer(bytes, start);
    return {
      type: 'peer-up',
      peer,
      localAddress: readBmpAddress(bytes, at, peer.address.includes(':')),
      localPort: readU16(bytes, at + 16),
      remotePort: readU16(bytes, at + 18),
      sentOpen: bytes.subarray(sentAt, sentEnd),
      receivedOpen: bytes.subarray(sentEnd, receivedEnd),
      information,
    };
  },
  encode(out, message) {
    encodePeer(out, message.peer);
    writeBmpAddress(out, message.localAddress);
    out.u16(message.localPort);
    out.u16(message.remotePort);
    writeOpen(out, message.sentOpen, 'sentOpen');
    writeOpen(out, message.receivedOpen, 'receivedOpen');
    for (const tlv of message.information) encodeTlv(out, tlv);
  },
};

function writeOpen(out: ByteWriter, open: Uint8Array, name: string): void {
  if (bgpMessageEnd(open, 0, open.length) !== open.length) {
    throw new ValueError(`${name}: found ${open.length} octets, allowed is a whole OPEN with its header of ${HEADER_LENGTH} octets`);
  }
  out.raw(open);
}
