/** Segments of an AS path, in the form in which they decode. */
import fc from 'fast-check';
import type { AsPathSegment } from '../../src/attributes/as-path.ts';
import type { WireContext } from '../../src/context.ts';
import { asn, record, unsigned } from './primitives.ts';

/** AS numbers that the session can carry. */
export function asnOf(session: WireContext): fc.Arbitrary<number> {
  return session.fourOctetAs ? asn : unsigned(0xffff, 1);
}

export function segments(number: fc.Arbitrary<number>): fc.Arbitrary<AsPathSegment[]> {
  const type = fc.constantFrom('sequence', 'set', 'confed-sequence', 'confed-set');
  const asns = fc.oneof(
    { weight: 8, arbitrary: fc.array(number, { minLength: 1, maxLength: 5 }) },
    { weight: 1, arbitrary: fc.array(number, { minLength: 255, maxLength: 255 }) },
  );
  return fc.array(record({ type, asns }), { maxLength: 4 });
}
