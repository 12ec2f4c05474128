/**
 * AIGP, path attribute 26 (RFC 7311 §3): the metric of the path to the destination, summed over the ASes of one administration.
 *
 *     | type | length, 2 octets, with these three | value … |          type 1: metric, 8 octets
 *
 * TLVs of other types are kept, even without a metric. Malformed or empty: discarded (RFC 7311 §3). From an external peer: discarded, because
 * AIGP_SESSION is off by default there (§3.3). Text: `metric value=42`.
 */
import { AttributeCode, UpdateError } from '../codes.ts';
import { U64 } from '../parts/tlv-fields.ts';
import type { AttributeCodec } from './codec.ts';
import { attributeDiscard, OPTIONAL_NON_TRANSITIVE } from './fields.ts';
import { tlvAttribute } from './shapes.ts';
import { isUnknown, type Tlv, type TlvHeader, type TlvTable, tlvEnd, tlvRow } from './tlv.ts';

const METRIC = 1;
const METRIC_TLV_LENGTH = 11;

const header: TlvHeader = { codeOctets: 1, lengthOctets: () => 2, lengthCountsHeader: true };

export const AIGP_TLVS: TlvTable = { header, rows: [tlvRow(METRIC, 'metric', { value: U64 })] };

export const aigp: AttributeCodec<Tlv[], 'aigp'> = tlvAttribute(
  {
    code: AttributeCode.Aigp,
    type: 'aigp',
    name: 'AIGP',
    label: 'AIGP',
    flags: OPTIONAL_NON_TRANSITIVE,
    // RFC 7311 §3: with the transitive bit set it is malformed.
    wrongFlags: 'discard',
    internalOnly: 'confederation',
    check(bytes, start, end) {
      if (start === end) return attributeDiscard(UpdateError.OptionalAttribute, 'AIGP without a TLV');
      for (let at = start; at < end; ) {
        const next = tlvEnd(header, bytes, at, end);
        if (next < 0) return attributeDiscard(UpdateError.OptionalAttribute, 'AIGP whose TLVs do not add up');
        if (bytes[at] === METRIC && next - at !== METRIC_TLV_LENGTH) {
          return attributeDiscard(UpdateError.OptionalAttribute, `AIGP metric of ${next - at} octets`);
        }
        at = next;
      }
      return undefined;
    },
  },
  AIGP_TLVS,
);

/** The metric: that of the first such TLV (RFC 7311 §3). */
export function aigpMetric(tlvs: readonly Tlv[]): bigint | undefined {
  for (const tlv of tlvs) if (!isUnknown(tlv) && tlv.name === 'metric') return tlv.fields['value'] as bigint;
  return undefined;
}
