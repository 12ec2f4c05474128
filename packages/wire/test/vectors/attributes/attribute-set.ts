/** ATTR_SET. */
import fc from 'fast-check';
import { makeAttributeSet, parseAttribute } from '../../../src/attributes/attributes.ts';
import { WELL_KNOWN } from '../../../src/attributes/fields.ts';
import { fromHex } from '../../../src/bytes.ts';
import { asn, u32 } from '../../arbitraries/primitives.ts';
import { segments } from '../../arbitraries/segments.ts';
import type { AttributeVectors } from '../attributes.ts';
import { EBGP } from '../sessions.ts';

export const vectors: AttributeVectors<'attribute-set'> = {
  type: 'attribute-set',
  examples: [
    ['0000fde840010100', 'origin-as 65000 attributes 0x40010100'],
    ['0000fde840010100400206020100000064400504000000c8', 'origin-as 65000 attributes 0x40010100400206020100000064400504000000c8'],
    ['0000fde9 400101004002060201 0000fdea', 'origin-as 65001 attributes 0x4001010040020602010000fdea'],
  ],
  verdicts: [
    ['RFC 6368 §5', 'of three octets', '000001', EBGP, 'withdraw'],
    ['RFC 6368 §5', 'with an attribute overrun', '0000fde840010209', EBGP, 'withdraw'],
  ],
  values: () =>
    fc
      .tuple(u32, u32, segments(asn))
      .map(([as, preference, path]) =>
        makeAttributeSet(as, [parseAttribute('LOCAL_PREF', String(preference)), { type: 'as-path', flags: WELL_KNOWN, value: path }]),
      ),
  line: {
    message: { originAs: 65_000, octets: fromHex('40010100400504000000c8') },
    name: 'attribute set',
    text: 'AS 65000; ORIGIN igp; LOCAL_PREF 200',
  },
};
