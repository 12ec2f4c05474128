/** Labeled unicast. */

import type { LabeledUnicastNlri } from '../../../src/nlri/labeled-unicast.ts';
import { withLabels } from '../../arbitraries/nlri-parts.ts';
import type { NlriVectors } from '../nlri.ts';

export const vectors: NlriVectors<LabeledUnicastNlri> = {
  type: 'labeled-unicast',
  examples: [
    ['ipv4-labeled-unicast', 'RFC 8277 §2.2: one label', '30 000101 c00002', '192.0.2.0/24 labels 16'],
    ['ipv4-labeled-unicast', 'RFC 8277 §2.3: two labels', '48 000100 000111 c00002', '192.0.2.0/24 labels 16,17'],
    ['ipv4-labeled-unicast', 'RFC 8277 §2.4: withdraw label', '30 800000 c00002', '192.0.2.0/24 labels withdraw'],
    ['ipv4-labeled-unicast', 'RFC 8277 §2.2: reserved bits are kept', '30 000103 c00002', '192.0.2.0/24 labels 16/3'],
    ['ipv6-labeled-unicast', 'RFC 8277: IPv6', '38 000101 20010db8', '2001:db8::/32 labels 16'],
    ['ipv6-labeled-unicast', 'RFC 8277 §2.3: two labels, IPv6', '5000010000011120010db8', '2001:db8::/32 labels 16,17'],
  ],
  keys: [
    ['ipv4-labeled-unicast', 'RFC 8277 §2.4: without the label', '30 000101 c00002', '18 c00002'],
    ['ipv4-labeled-unicast', 'RFC 8277 §2.4: without a stack of labels', '48 000100 000111 c00002', '18 c00002'],
    ['ipv4-labeled-unicast', 'RFC 8277 §2.4: without the withdraw label', '30 800000 c00002', '18 c00002'],
    ['ipv6-labeled-unicast', 'RFC 8277 §2.2: without the bits after the prefix', '2c 000101 2001ff', '14 2001f0'],
  ],
  malformed: [
    ['ipv4-labeled-unicast', 'a prefix of more than 32 bits', '39 000101 c0000201 00'],
    ['ipv4-labeled-unicast', 'labels without end', '30 000100 000200'],
  ],
  refused: [
    ['ipv4-labeled-unicast', '192.0.2.0/24'],
    ['ipv4-labeled-unicast', '192.0.2.0/33 labels 16'],
    ['ipv4-labeled-unicast', '2001:db8::/32 labels 16'],
    ['ipv4-labeled-unicast', '192.0.2.0/24 labels 1048576'],
  ],
  members: (family) => withLabels(3, family),
  beside: ['labels', 'labelBits'],
  areas: ['labeled-unicast'],
  neutral: ({ labels, prefix }) => ({ labels, prefix }),
};
