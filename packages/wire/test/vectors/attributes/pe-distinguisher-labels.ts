/** PE_DISTINGUISHER_LABELS. */
import fc from 'fast-check';
import { ipv4, ipv6, record, u24 } from '../../arbitraries/primitives.ts';
import type { AttributeVectors } from '../attributes.ts';
import { EBGP } from '../sessions.ts';

const labels = (address: fc.Arbitrary<string>) => fc.array(record({ peAddress: address, labelField: u24 }), { minLength: 1, maxLength: 3 });

export const vectors: AttributeVectors<'pe-distinguisher-labels'> = {
  type: 'pe-distinguisher-labels',
  examples: [
    ['c000020103e800', '192.0.2.1=16000'],
    ['0a0a0a01 04e380 0a0a1402 04e3c1', '10.10.10.1=20024 10.10.20.2=20028/1', 'two routers'],
    ['20010db8000000000000000000000001 04e380', '2001:db8::1=20024', 'IPv6'],
    ['c000020104e380', '192.0.2.1=20024'],
  ],
  verdicts: [['RFC 6514 §8', 'of eight octets', '0a0a0a0104e38000', EBGP, 'withdraw']],
  values: () => fc.oneof(labels(ipv4), labels(ipv6)),
  line: { message: { values: [{ peAddress: '10.10.10.1', labelField: 320_384 }] }, name: 'PE labels', text: '10.10.10.1=20024' },
};
