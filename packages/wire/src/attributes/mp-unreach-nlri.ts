/**
 * MP_UNREACH_NLRI, path attribute 15 (RFC 4760 §4): withdrawn routes of any family. Alone and without routes it is End-of-RIB (RFC 4724 §2).
 *
 *     | AFI, 2 octets | SAFI | withdrawn routes … |
 *
 * The session ends when the header is not whole or when the NLRI cannot be told apart (RFC 7606 §5.3, §7.12).
 * Text: `ipv6-unicast nlri { 2001:db8:1::/48; 2001:db8:2::/48 }`.
 */
import { AttributeCode } from '../codes.ts';
import { type Family, formatFamily, parseFamily, readFamily, writeFamily } from '../family.ts';
import { ValueError } from '../fault.ts';
import { nlriFromJson } from '../nlri/json.ts';
import { appendNlri, decodeNlri, formatNlri, type Nlri, nlriAreWhole, parseNlriList, sameFamily } from '../nlri/nlri.ts';
import { FAMILY, list, object } from '../parts/json-form.ts';
import { formatGroup } from '../words.ts';
import type { AttributeCodec } from './codec.ts';
import { OPTIONAL_NON_TRANSITIVE } from './fields.ts';
import { broken, nlriOfFamily } from './mp-nlri.ts';

/** Routes withdrawn (RFC 4760 §4). Without NLRI, and alone in an UPDATE, it is the End-of-RIB of the family (RFC 4724 §2). */
export interface MpUnreachNlri {
  family: Family;
  nlri: Nlri[];
}

export const mpUnreachNlri: AttributeCodec<MpUnreachNlri, 'mp-unreach-nlri'> = {
  code: AttributeCode.MpUnreachNlri,
  type: 'mp-unreach-nlri',
  name: 'MP_UNREACH_NLRI',
  flags: OPTIONAL_NON_TRANSITIVE,
  holdsNlri: true,
  check(bytes, start, end, context) {
    if (end - start < 3) return broken(`MP_UNREACH_NLRI of ${end - start} octets`);
    const family = readFamily(bytes, start);
    if (context.families?.has(family) === false) return undefined;
    return nlriAreWhole(bytes, start + 3, end, family, context) ? undefined : broken(`NLRI of ${formatFamily(family)} cannot be read`);
  },
  decode(bytes, start, end, context) {
    const family = readFamily(bytes, start);
    context.spans?.numbers(start, ['afi', 2], ['safi', 1]);
    return { family, nlri: decodeNlri(bytes, start + 3, end, family, context) };
  },
  encode(out, value, context) {
    writeFamily(out, value.family);
    for (const nlri of value.nlri) appendNlri(out, sameFamily(nlri, value.family), context);
  },
  format: (value) => `${formatFamily(value.family)} nlri ${formatGroup(value.nlri.map(formatNlri))}`,
  parse(text) {
    const parts = /^(\S+) nlri (\{.*\})$/.exec(text);
    const family = parseFamily(parts?.[1] ?? '');
    if (parts === null || family === undefined)
      throw new ValueError(`found "${text}", allowed is e.g. "ipv6-unicast nlri { 2001:db8:1::/48 }"`);
    return { family, nlri: parseNlriList(parts[2]!, family) };
  },
  fromJson: nlriOfFamily(object<MpUnreachNlri>({ family: FAMILY, nlri: list(nlriFromJson) })),
};
