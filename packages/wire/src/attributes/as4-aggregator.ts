/**
 * AS4_AGGREGATOR, path attribute 18 (RFC 6793 §3): AGGREGATOR with a four-octet number, carried past speakers that know two octets only.
 *
 * Malformed, or from a four-octet speaker, which has no use for it: discarded (RFC 6793 §4.1, §6).
 */
import { AttributeCode, UpdateError } from '../codes.ts';
import {
  type AggregatorValue,
  checkAggregator,
  decodeAggregator,
  encodeAggregator,
  formatAggregator,
  parseAggregator,
} from './aggregator.ts';
import type { AttributeCodec } from './codec.ts';
import { attributeDiscard, OPTIONAL_TRANSITIVE } from './fields.ts';

export const as4Aggregator: AttributeCodec<AggregatorValue> = {
  code: AttributeCode.As4Aggregator,
  type: 'as4-aggregator',
  name: 'AS4_AGGREGATOR',
  flags: OPTIONAL_TRANSITIVE,
  check(bytes, start, end, context) {
    if (context.fourOctetAs) return attributeDiscard(UpdateError.OptionalAttribute, 'AS4_AGGREGATOR from a four-octet speaker');
    return checkAggregator('AS4_AGGREGATOR', bytes, start, end, 4);
  },
  decode: (bytes, start, _end, context) => decodeAggregator(bytes, start, 4, context),
  encode: (out, value) => encodeAggregator(out, value, 4),
  format: formatAggregator,
  parse: parseAggregator,
};
