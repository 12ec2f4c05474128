/** MP_UNREACH_NLRI. */
import fc from 'fast-check';
import { NLRI_FAMILIES, nlriList } from '../../arbitraries/nlri.ts';
import type { AttributeVectors } from '../attributes.ts';

export const vectors: AttributeVectors<'mp-unreach-nlri'> = {
  type: 'mp-unreach-nlri',
  examples: [['0002013020010db80001', 'ipv6-unicast nlri { 2001:db8:1::/48 }']],
  verdicts: [],
  values: (context) =>
    fc.constantFrom(...NLRI_FAMILIES).chain((family) => nlriList(family, context.addPath.has(family)).map((nlri) => ({ family, nlri }))),
};
