/**
 * VPN prefixes: unicast with labels (SAFI 128, RFC 4364 §4.3.4, RFC 4659), multicast without labels (SAFI 129, RFC 6514 §8, §11.1).
 *
 *     +-----------------+-----------------------+--------+---------------+
 *     | all bits, 1     | labels (only in 128)  | RD, 8  | prefix        |
 *     +-----------------+-----------------------+--------+---------------+
 *
 * Text: `65000:1 192.0.2.0/24 labels 16`, `65000:1 192.0.2.0/24`.
 */
import { Afi, type Family, makeFamily, Safi, safiOf } from '../family.ts';
import { ValueError } from '../fault.ts';
import { PREFIX, RD } from '../parts/fields.ts';
import { field, optional } from '../parts/json-form.ts';
import { decodeLabels, encodeLabels, formatLabels, type Labels, labelsEnd, parseLabels } from '../parts/labels.ts';
import {
  addressOctets,
  appendBits,
  appendMaskedPrefix,
  isPrefixOfBits,
  normalizePrefix,
  prefixOfSize,
  readPrefix,
} from '../parts/prefix-bits.ts';
import { formatRd, parseRd, RD_LENGTH } from '../parts/route-distinguisher.ts';
import type { FamilyCodec, FamilyNlri } from './family-codec.ts';
import { LABEL_BITS, LABELS } from './json-members.ts';
import { keyWithoutLabels, nextOfBits, withWithdrawLabel } from './labeled-unicast.ts';
import type { NextHopForms } from './next-hop.ts';

/** A prefix of a VPN with its labels (RFC 4364 §4.3.4). */
export interface VpnNlri extends FamilyNlri<'vpn'>, Partial<Labels> {
  /** Text of the route distinguisher, see route-distinguisher.ts. */
  rd: string;
  prefix: string;
}

function hasLabels(family: Family): boolean {
  return safiOf(family) === Safi.MplsVpn;
}

const UNICAST_NEXT_HOP: NextHopForms = { ipv4: [12], ipv6: [24, 48], hasRouteDistinguisher: true };

/** RFC 6514 does not say whether a route distinguisher precedes the address. Speakers send both forms. */
const MULTICAST_NEXT_HOP: NextHopForms = { ipv4: [12, 4], ipv6: [24, 48, 16, 32], hasRouteDistinguisher: true };

export const vpn: FamilyCodec<VpnNlri> = {
  type: 'vpn',
  families: [
    makeFamily(Afi.Ipv4, Safi.MplsVpn),
    makeFamily(Afi.Ipv6, Safi.MplsVpn),
    makeFamily(Afi.Ipv4, Safi.MulticastVpn),
    makeFamily(Afi.Ipv6, Safi.MulticastVpn),
  ],
  malformed: 'reset',
  keyLengthOctets: 1,
  nextHop: (family) => (hasLabels(family) ? UNICAST_NEXT_HOP : MULTICAST_NEXT_HOP),
  nextHopMeaning: 'bound',
  next: nextOfBits,
  isWellFormed(bytes, start, end, family) {
    const rd = hasLabels(family) ? labelsEnd(bytes, start + 1, end) : start + 1;
    const prefix = rd + RD_LENGTH;
    return rd > 0 && isPrefixOfBits(prefix, end, bytes[start]! - 8 * (prefix - start - 1), addressOctets(family));
  },
  decode(bytes, start, end, family, spans) {
    spans?.numbers(start, ['length', 1]);
    const stack = hasLabels(family) ? decodeLabels(bytes, start + 1, end, spans) : { value: {}, end: start + 1 };
    if (stack === undefined || end - stack.end < RD_LENGTH) return undefined;
    const at = stack.end + RD_LENGTH;
    const prefix = readPrefix(bytes, at, end, bytes[start]! - 8 * (at - start - 1), addressOctets(family));
    if (prefix === undefined) return undefined;
    const rd = formatRd(bytes, stack.end);
    spans?.leaf('rd', stack.end, at, rd);
    spans?.leaf('prefix', at, end, prefix);
    return { type: 'vpn', family, ...stack.value, rd, prefix };
  },
  encode(out, nlri) {
    const prefix = prefixOfSize(nlri.prefix, addressOctets(nlri.family));
    const labels = hasLabels(nlri.family) ? (nlri.labels ?? []) : [];
    const total = 24 * labels.length + 8 * RD_LENGTH + prefix.bits;
    if (total > 0xff) throw new ValueError(`found ${labels.length} labels and a /${prefix.bits}, allowed 255 bits in all`);
    out.u8(total);
    if (hasLabels(nlri.family)) encodeLabels(out, { ...nlri, labels });
    out.raw(parseRd(nlri.rd));
    appendBits(out, prefix);
  },
  key: (out, bytes, start, end, family) =>
    hasLabels(family) ? keyWithoutLabels(out, bytes, start, end) : appendMaskedPrefix(out, bytes, start),
  withdrawn(out, bytes, start, end, family) {
    if (hasLabels(family)) withWithdrawLabel(out, bytes, start, end);
    else out.raw(bytes, start, end);
  },
  format(nlri) {
    const text = `${nlri.rd} ${nlri.prefix}`;
    return nlri.labels === undefined ? text : `${text} labels ${formatLabels({ ...nlri, labels: nlri.labels })}`;
  },
  jsonMembers: (family) => ({ labels: optional(LABELS), labelBits: LABEL_BITS, rd: field(RD, family), prefix: field(PREFIX, family) }),
  parse(text, family) {
    const words = /^(\S+) (\S+)(?: labels (\S+))?$/.exec(text.trim());
    if (words === null || (words[3] !== undefined) !== hasLabels(family)) {
      throw new ValueError(`"${text}" is not a VPN prefix, e.g. "65000:1 192.0.2.0/24${hasLabels(family) ? ' labels 16' : ''}"`);
    }
    return {
      type: 'vpn',
      family,
      ...(words[3] === undefined ? {} : parseLabels(words[3])),
      rd: formatRd(parseRd(words[1]!)),
      prefix: normalizePrefix(words[2]!, addressOctets(family)),
    };
  },
};
