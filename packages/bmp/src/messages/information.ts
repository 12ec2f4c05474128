/** Initiation and Termination (RFC 7854 §4.3 and §4.5): TLVs, and nothing else. */
import { BmpType } from '../codes.ts';
import { decodeTlvs, encodeTlv } from '../tlv.ts';
import type { BmpKind } from './kind.ts';
import type { BmpInitiation, BmpTermination } from './values.ts';

const RUNS_PAST = 'a TLV runs past the message';

export const initiation: BmpKind<BmpInitiation> = {
  type: 'initiation',
  code: BmpType.Initiation,
  hasPeer: false,
  decode(bytes, start, end) {
    const information = decodeTlvs(bytes, start, end);
    return information === undefined ? RUNS_PAST : { type: 'initiation', information };
  },
  encode(out, { information }) {
    for (const tlv of information) encodeTlv(out, tlv);
  },
};

export const termination: BmpKind<BmpTermination> = {
  type: 'termination',
  code: BmpType.Termination,
  hasPeer: false,
  decode(bytes, start, end) {
    const information = decodeTlvs(bytes, start, end);
    return information === undefined ? RUNS_PAST : { type: 'termination', information };
  },
  encode(out, { information }) {
    for (const tlv of information) encodeTlv(out, tlv);
  },
};
