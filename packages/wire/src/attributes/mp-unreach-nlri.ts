/**
 * MP_UNREACH_NLRI, path attribute 15 (RFC 4760 §4): withdrawn routes of any family. Alone and without routes it is End-of-RIB (RFC 4724 §2).
 *
 *     | AFI, 2 octets | SAFI | withdrawn routes … |
 *
 * Without a whole header, or with NLRI that cannot be told apart, the session ends (RFC 7606 §5.3, §7.12).
 */
import { type ByteWriter, readU16 } from '../bytes.ts';
import { AttributeCode, AttributeFlag, NotificationCode, UpdateError } from '../codes.ts';
import { afiOf, type Family, family, formatFamily, safiOf } from '../family.ts';
import { Fault, ValueError } from '../fault.ts';
import { appendNlri, decodeNlri, formatNlri, type Nlri, nlriAreWhole } from '../nlri/nlri.ts';
import type { AttributeCodec } from './codec.ts';

export interface MpUnreachNlri {
  family: Family;
  nlri: Nlri[];
}

export const mpUnreachNlri: AttributeCodec<MpUnreachNlri> = {
  code: AttributeCode.MpUnreachNlri,
  type: 'mp-unreach-nlri',
  name: 'MP_UNREACH_NLRI',
  flags: AttributeFlag.Optional,
  check(bytes, start, end, context) {
    if (end - start < 3) return broken(`MP_UNREACH_NLRI of ${end - start} octets`);
    const of = family(readU16(bytes, start), bytes[start + 2]!);
    return nlriAreWhole(bytes, start + 3, end, of, context) ? undefined : broken(`NLRI of ${formatFamily(of)} cannot be read`);
  },
  decode(bytes, start, end, context) {
    const of = family(readU16(bytes, start), bytes[start + 2]!);
    return { family: of, nlri: decodeNlri(bytes, start + 3, end, of, context) };
  },
  encode(out: ByteWriter, value, context) {
    out.u16(afiOf(value.family));
    out.u8(safiOf(value.family));
    for (const nlri of value.nlri) appendNlri(out, nlri, context);
  },
  format: (value) => `${formatFamily(value.family)} nlri ${value.nlri.map(formatNlri).join(', ')}`,
  parse: () => {
    throw new ValueError('MP_UNREACH_NLRI has no text form to read; give its JSON form');
  },
};

function broken(reason: string): Fault {
  return new Fault('reset', NotificationCode.UpdateMessageError, UpdateError.OptionalAttribute, reason);
}
