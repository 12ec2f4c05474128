/** Support for 4-octet AS numbers, capability 65 (RFC 6793 §3): the sender's AS number. */
import { readU32 } from '../bytes.ts';
import { parseNumber } from '../numbers.ts';
import { U32 } from '../parts/json-form.ts';
import { CapabilityCode } from './code.ts';
import type { CapabilityCodec } from './codec.ts';
import { noMoreWords } from './text.ts';

/** Four-octet AS numbers (RFC 6793 §3), with the AS number of the sender. */
export interface FourOctetAsCapability {
  type: 'four-octet-as';
  as: number;
}

export const fourOctetAs: CapabilityCodec<FourOctetAsCapability> = {
  code: CapabilityCode.FourOctetAs,
  type: 'four-octet-as',
  name: 'Support for 4-octet AS number capability',
  malformed: 'reset',
  members: { as: U32 },
  decode(bytes, start, end, spans) {
    if (end - start !== 4) return undefined;
    spans?.numbers(start, ['as', 4]);
    return { type: 'four-octet-as', as: readU32(bytes, start) };
  },
  encode(out, value) {
    out.u32(value.as);
  },
  format: (value) => String(value.as),
  parse([as, ...rest]) {
    noMoreWords(rest);
    return { type: 'four-octet-as', as: parseNumber(as, 0xffff_ffff, 'AS number') };
  },
};
