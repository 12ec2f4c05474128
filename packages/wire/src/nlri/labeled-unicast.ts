/**
 * Labeled unicast (SAFI 4, RFC 8277): a prefix and the labels that its next hop expects.
 *
 *     +-----------------+-----------------------+---------------+
 *     | all bits, 1     | labels, 3 octets each | prefix        |
 *     +-----------------+-----------------------+---------------+
 *
 * Text: `192.0.2.0/24 labels 16,17`.
 */
import type { ByteWriter } from '../bytes.ts';
import { Afi, makeFamily, Safi } from '../family.ts';
import { ValueError } from '../fault.ts';
import { PREFIX } from '../parts/fields.ts';
import { field } from '../parts/json-form.ts';
import { decodeLabels, encodeLabels, formatLabels, type Labels, labelsEnd, parseLabels, WITHDRAW_LABEL } from '../parts/labels.ts';
import {
  addressOctets,
  appendBits,
  appendLeadingBits,
  isPrefixOfBits,
  normalizePrefix,
  prefixOfSize,
  readPrefix,
} from '../parts/prefix-bits.ts';
import type { FamilyCodec, FamilyNlri } from './family-codec.ts';
import { LABEL_BITS, LABELS } from './json-members.ts';
import { IPV4_OR_IPV6 } from './next-hop.ts';

/** A prefix with its labels (RFC 8277 §2). */
export interface LabeledUnicastNlri extends FamilyNlri<'labeled-unicast'>, Labels {
  prefix: string;
}

/** `next` for NLRI that begin with a length in bits. */
export function nextOfBits(bytes: Uint8Array, at: number, end: number): number {
  const next = at + 1 + ((bytes[at]! + 7) >>> 3);
  return at < end && next <= end ? next : -1;
}

/** The prefix, with a length that does not count the labels. Labels may change while the route stays the same (RFC 8277 §2.4). */
export function keyWithoutLabels(out: ByteWriter, bytes: Uint8Array, start: number, end: number): void {
  const prefix = labelsEnd(bytes, start + 1, end);
  const bits = bytes[start]! - 8 * (prefix - start - 1);
  out.u8(bits);
  appendLeadingBits(out, bytes, prefix, bits);
}

/** With the withdraw label in place of its labels (RFC 8277 §2.4). */
export function withWithdrawLabel(out: ByteWriter, bytes: Uint8Array, start: number, end: number): void {
  const prefix = labelsEnd(bytes, start + 1, end);
  out.u8(bytes[start]! - 8 * (prefix - start - 1) + 24);
  out.u24(WITHDRAW_LABEL << 4);
  out.raw(bytes, prefix, end);
}

export const labeledUnicast: FamilyCodec<LabeledUnicastNlri> = {
  type: 'labeled-unicast',
  families: [makeFamily(Afi.Ipv4, Safi.LabeledUnicast), makeFamily(Afi.Ipv6, Safi.LabeledUnicast)],
  malformed: 'reset',
  keyLengthOctets: 1,
  nextHop: () => IPV4_OR_IPV6,
  nextHopMeaning: 'bound',
  next: nextOfBits,
  isWellFormed(bytes, start, end, family) {
    const prefix = labelsEnd(bytes, start + 1, end);
    return prefix > 0 && isPrefixOfBits(prefix, end, bytes[start]! - 8 * (prefix - start - 1), addressOctets(family));
  },
  decode(bytes, start, end, family, spans) {
    spans?.numbers(start, ['length', 1]);
    const stack = decodeLabels(bytes, start + 1, end, spans);
    if (stack === undefined) return undefined;
    const bits = bytes[start]! - 8 * (stack.end - start - 1);
    const prefix = readPrefix(bytes, stack.end, end, bits, addressOctets(family));
    spans?.leaf('prefix', stack.end, end, prefix);
    return prefix === undefined ? undefined : { type: 'labeled-unicast', family, ...stack.value, prefix };
  },
  encode(out, nlri) {
    const prefix = prefixOfSize(nlri.prefix, addressOctets(nlri.family));
    const total = 24 * nlri.labels.length + prefix.bits;
    if (total > 0xff) throw new ValueError(`found ${nlri.labels.length} labels and a /${prefix.bits}, allowed 255 bits in all`);
    out.u8(total);
    encodeLabels(out, nlri);
    appendBits(out, prefix);
  },
  key: keyWithoutLabels,
  withdrawn: withWithdrawLabel,
  format: (nlri) => `${nlri.prefix} labels ${formatLabels(nlri)}`,
  jsonMembers: (family) => ({ labels: LABELS, labelBits: LABEL_BITS, prefix: field(PREFIX, family) }),
  parse(text, family) {
    const words = /^(\S+) labels (\S+)$/.exec(text.trim());
    if (words === null) throw new ValueError(`"${text}" is not a labelled prefix, e.g. "192.0.2.0/24 labels 16"`);
    return { type: 'labeled-unicast', family, ...parseLabels(words[2]!), prefix: normalizePrefix(words[1]!, addressOctets(family)) };
  },
};
