/** Multiple Labels, capability 8 (RFC 8277 §2.1): per family, how many labels a prefix may carry. */
import { readU16 } from '../bytes.ts';
import { afiOf, type Family, makeFamily, safiOf } from '../family.ts';
import { parseNumber } from '../numbers.ts';
import { CapabilityCode } from './code.ts';
import type { CapabilityCodec } from './codec.ts';
import { formatItem, parseItem } from './text.ts';

/** Multiple Labels (RFC 8277 §2.1): how many labels the sender accepts with a route of each family. */
export interface MultipleLabelsCapability {
  type: 'multiple-labels';
  families: { family: Family; count: number }[];
}

export const multipleLabels: CapabilityCodec<MultipleLabelsCapability> = {
  code: CapabilityCode.MultipleLabels,
  type: 'multiple-labels',
  name: 'Multiple Labels Capability',
  malformed: 'ignore',
  decode(bytes, start, end, spans) {
    if ((end - start) % 4 !== 0) return undefined;
    const families: MultipleLabelsCapability['families'] = [];
    for (let at = start; at < end; at += 4) {
      spans?.numbers(at, ['afi', 2], ['safi', 1], ['count', 1]);
      families.push({ family: makeFamily(readU16(bytes, at), bytes[at + 2]!), count: bytes[at + 3]! });
    }
    return { type: 'multiple-labels', families };
  },
  encode(out, value) {
    for (const entry of value.families) {
      out.u16(afiOf(entry.family));
      out.u8(safiOf(entry.family));
      out.u8(entry.count);
    }
  },
  format: (value) => value.families.map((entry) => formatItem(entry.family, entry.count)).join(' '),
  parse(words) {
    const families = words.map((word) => {
      const { family, details } = parseItem(word);
      return { family, count: parseNumber(details[0], 0xff, 'count of labels') };
    });
    return { type: 'multiple-labels', families };
  },
};
