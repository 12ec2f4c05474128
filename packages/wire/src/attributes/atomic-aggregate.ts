/**
 * ATOMIC_AGGREGATE, path attribute 6 (RFC 4271 §4.3 f, §5.1.6): ASes may be missing from AS_PATH after aggregation. The attribute has no value.
 *
 * Any length but 0: discarded (RFC 7606 §7.6). As text `true`.
 */
import { AttributeCode, UpdateError } from '../codes.ts';
import { ValueError } from '../fault.ts';
import { oneOf } from '../parts/json-form.ts';
import type { AttributeCodec } from './codec.ts';
import { attributeDiscard, WELL_KNOWN } from './fields.ts';
import { attribute } from './shapes.ts';

export const atomicAggregate: AttributeCodec<true, 'atomic-aggregate'> = attribute({
  code: AttributeCode.AtomicAggregate,
  type: 'atomic-aggregate',
  name: 'ATOMIC_AGGREGATE',
  label: 'atomic aggr.',
  flags: WELL_KNOWN,
  check(_bytes, start, end) {
    if (start === end) return undefined;
    return attributeDiscard(UpdateError.AttributeLength, `ATOMIC_AGGREGATE of ${end - start} octets, allowed is 0`);
  },
  decode: () => true,
  encode: () => {},
  format: () => 'true',
  parse(text) {
    if (text !== '' && text !== 'true') throw new ValueError(`found "${text}", allowed is "true": without it the attribute is absent`);
    return true;
  },
  describe: () => 'yes',
  fromJson: oneOf(true),
});
