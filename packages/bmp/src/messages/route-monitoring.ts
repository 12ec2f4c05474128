/**
 * Route Monitoring (RFC 7854 §4.6): per-peer header and an UPDATE. In version 4 TLVs with an index follow the header, one of which is the UPDATE
 * (draft-ietf-grow-bmp-tlv).
 */
import { readU16, ValueError } from '@tsbgp/wire';
import { BMP_PEER_HEADER_LENGTH, BmpType, BmpV4Tlv } from '../codes.ts';
import { decodePeer, encodePeer } from '../peer.ts';
import { decodeIndexedTlvs, encodeIndexedTlv } from '../tlv.ts';
import { bgpMessageEnd } from './bgp-message.ts';
import type { BmpKind } from './kind.ts';
import type { BmpRouteMonitoring } from './values.ts';

export const routeMonitoring: BmpKind<BmpRouteMonitoring> = {
  type: 'route-monitoring',
  code: BmpType.RouteMonitoring,
  hasPeer: true,
  decode(bytes, start, end, isVersion4) {
    const body = start + BMP_PEER_HEADER_LENGTH;
    const peer = decodePeer(bytes, start);
    if (!isVersion4) {
      const updateEnd = bgpMessageEnd(bytes, body, end);
      if (updateEnd === undefined) return 'the UPDATE is not whole';
      const message: BmpRouteMonitoring = { type: 'route-monitoring', peer, update: bytes.subarray(body, updateEnd) };
      if (updateEnd < end) message.trailing = bytes.subarray(updateEnd, end);
      return message;
    }
    const all = decodeIndexedTlvs(bytes, body, end);
    if (all === undefined) return 'a TLV runs past the message';
    const at = all.findIndex(({ type }) => type === BmpV4Tlv.BgpMessage);
    if (at === -1) return 'no TLV has a BGP message';
    const update = all[at]!.value;
    if (bgpMessageEnd(update, 0, update.length) !== update.length) return 'the UPDATE does not end with its TLV';
    return { type: 'route-monitoring', peer, update, tlvs: all.toSpliced(at, 1) };
  },
  encode(out, { peer, update, trailing, tlvs }) {
    if (update.length < 19 || readU16(update, 16) !== update.length)
      throw new ValueError('update: allowed is a whole BGP message with its header');
    encodePeer(out, peer);
    if (tlvs === undefined) {
      out.raw(update);
      if (trailing !== undefined) out.raw(trailing);
      return;
    }
    for (const tlv of tlvs) encodeIndexedTlv(out, tlv);
    encodeIndexedTlv(out, { type: BmpV4Tlv.BgpMessage, index: 0, value: update });
  },
};
