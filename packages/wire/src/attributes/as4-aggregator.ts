/**
 * AS4_AGGREGATOR, path attribute 18 (RFC 6793 §3): AGGREGATOR with a four-octet number, carried past speakers that know two octets only.
 *
 * Malformed, or from a four-octet speaker, which has no use for it: discarded (RFC 6793 §4.1, §6).
 */
import { AttributeCode } from '../codes.ts';
import { type AggregatorValue, aggregatorAttribute } from './aggregator.ts';
import type { AttributeCodec } from './codec.ts';

export const as4Aggregator: AttributeCodec<AggregatorValue, 'as4-aggregator'> = aggregatorAttribute(
  {
    code: AttributeCode.As4Aggregator,
    type: 'as4-aggregator',
    name: 'AS4_AGGREGATOR',
    label: 'AS4 aggregator',
    exportRule: 'rebuilt',
    twoOctetOnly: true,
  },
  () => 4,
);
