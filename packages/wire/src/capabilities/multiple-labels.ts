/** Multiple Labels, capability 8 (RFC 8277 §2.1): per family, how many labels a prefix may carry. */
import type { Family } from '../family.ts';
import { parseNumber } from '../numbers.ts';
import { U8 } from '../parts/json-form.ts';
import { CapabilityCode } from './code.ts';
import type { CapabilityCodec } from './codec.ts';
import { familiesCapability } from './families.ts';

/** Multiple Labels (RFC 8277 §2.1): how many labels the sender accepts with a route of each family. */
export interface MultipleLabelsCapability {
  type: 'multiple-labels';
  families: { family: Family; count: number }[];
}

export const multipleLabels: CapabilityCodec<MultipleLabelsCapability> = familiesCapability(
  { code: CapabilityCode.MultipleLabels, type: 'multiple-labels', name: 'Multiple Labels Capability' },
  {
    octets: 1,
    numbers: [['count', 1]],
    read: (bytes, at) => ({ count: bytes[at]! }),
    write: (out, { count }) => out.u8(count),
    format: ({ count }) => [count],
    parse: ([count]) => ({ count: parseNumber(count, 0xff, 'count of labels') }),
    members: { count: U8 },
  },
);
