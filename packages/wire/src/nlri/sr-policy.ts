/**
 * SR Policy (SAFI 73, RFC 9830 §2.1): length in bits (1) of 96 or 192, distinguisher (4), color (4), endpoint (4 or 16, by AFI).
 *
 * Text: `distinguisher 1 color 100 endpoint 192.0.2.1`.
 */
import { Afi, makeFamily, Safi } from '../family.ts';
import { ValueError } from '../fault.ts';
import { ADDRESS_TO_END, type RecordCodec, record, U32 } from '../parts/fields.ts';
import { addressOctets } from '../parts/prefix-bits.ts';
import { type FamilyCodec, type FamilyNlri, wholeNlri } from './family-codec.ts';
import { jsonOfShape } from './json-members.ts';
import { nextOfBits } from './labeled-unicast.ts';

interface SrPolicyFields {
  distinguisher: number;
  color: number;
  endpoint: string;
}

/** An SR policy (RFC 9830 §2.1): color and endpoint. */
export interface SrPolicyNlri extends FamilyNlri<'sr-policy'>, SrPolicyFields {}

const SR_POLICY_FIELDS: RecordCodec<SrPolicyFields> = record<SrPolicyFields>({
  distinguisher: U32,
  color: U32,
  endpoint: ADDRESS_TO_END,
});

export const srPolicy: FamilyCodec<SrPolicyNlri> = {
  type: 'sr-policy',
  families: [makeFamily(Afi.Ipv4, Safi.SrPolicy), makeFamily(Afi.Ipv6, Safi.SrPolicy)],
  malformed: 'discard',
  nextHopMeaning: 'none',
  next: nextOfBits,
  decode(bytes, start, end, family, spans) {
    spans?.numbers(start, ['length', 1]);
    if (bytes[start] !== 8 * (8 + addressOctets(family))) return undefined;
    const fields = SR_POLICY_FIELDS.decode(bytes, start + 1, end, family, spans);
    return fields && { type: 'sr-policy', family, ...fields };
  },
  encode(out, nlri) {
    const octets = addressOctets(nlri.family);
    const start = out.length;
    out.u8(8 * (8 + octets));
    SR_POLICY_FIELDS.encode(out, nlri);
    if (out.length - start !== 9 + octets) throw new ValueError(`endpoint "${nlri.endpoint}" is not an address of the family`);
  },
  key: wholeNlri,
  format: (nlri) => SR_POLICY_FIELDS.format(nlri),
  jsonMembers: (family) => jsonOfShape(SR_POLICY_FIELDS.shape, family),
  parse(text, family) {
    const nlri: SrPolicyNlri = { type: 'sr-policy', family, ...SR_POLICY_FIELDS.parse(text.trim().split(/\s+/), family) };
    if (nlri.endpoint.includes(':') !== (addressOctets(family) === 16))
      throw new ValueError(`endpoint "${nlri.endpoint}" is not an address of the family`);
    return nlri;
  },
};
