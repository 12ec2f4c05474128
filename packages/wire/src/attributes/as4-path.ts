/**
 * AS4_PATH, path attribute 17 (RFC 6793 §3): AS_PATH with four-octet numbers, carried past speakers that know two octets only.
 *
 * Malformed, or from a four-octet speaker, which has no use for it: discarded (RFC 6793 §4.1, §6). Confederation segments in it are not
 * malformed but ignored (§6): the value keeps them, `reconcileAs4` leaves them out.
 */
import { AttributeCode, UpdateError } from '../codes.ts';
import {
  type AsPathSegment,
  decodeSegments,
  encodeSegments,
  formatSegments,
  parseSegments,
  segmentsFromJson,
  segmentsProblem,
} from './as-path.ts';
import type { AttributeCodec } from './codec.ts';
import { attributeDiscard, OPTIONAL_TRANSITIVE } from './fields.ts';
import { attribute } from './shapes.ts';

export const as4Path: AttributeCodec<AsPathSegment[], 'as4-path'> = attribute<AsPathSegment[], 'as4-path'>({
  code: AttributeCode.As4Path,
  type: 'as4-path',
  name: 'AS4_PATH',
  label: 'AS4 path',
  flags: OPTIONAL_TRANSITIVE,
  holdsAsNumbers: true,
  exportRule: 'rebuilt',
  twoOctetOnly: true,
  check(bytes, start, end) {
    // RFC 6793 §6: an AS4_PATH carries at least one segment, hence six octets.
    const problem = end - start < 6 ? `of ${end - start} octets` : segmentsProblem(bytes, start, end, 4, true);
    return problem === undefined ? undefined : attributeDiscard(UpdateError.OptionalAttribute, `AS4_PATH ${problem}`);
  },
  decode: (bytes, start, end, { spans }) => decodeSegments(bytes, start, end, 4, spans),
  encode: (out, value) => encodeSegments(out, value, 4),
  format: formatSegments,
  parse: parseSegments,
  fromJson: segmentsFromJson,
});
