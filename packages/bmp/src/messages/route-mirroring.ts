/** Route Mirroring (RFC 7854 §4.7): per-peer header and TLVs with BGP messages as they came, or with what became of them. */
import { BMP_PEER_HEADER_LENGTH, BmpType } from '../codes.ts';
import { decodePeer, encodePeer } from '../peer.ts';
import { decodeTlvs, encodeTlv } from '../tlv.ts';
import type { BmpKind } from './kind.ts';
import type { BmpRouteMirroring } from './values.ts';

export const routeMirroring: BmpKind<BmpRouteMirroring> = {
  type: 'route-mirroring',
  code: BmpType.RouteMirroring,
  hasPeer: true,
  decode(bytes, start, end) {
    const tlvs = decodeTlvs(bytes, start + BMP_PEER_HEADER_LENGTH, end);
    return tlvs === undefined ? 'a TLV runs past the message' : { type: 'route-mirroring', peer: decodePeer(bytes, start), tlvs };
  },
  encode(out, { peer, tlvs }) {
    encodePeer(out, peer);
    for (const tlv of tlvs) encodeTlv(out, tlv);
  },
};
