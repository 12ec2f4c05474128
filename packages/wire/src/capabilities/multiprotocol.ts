/**
 * Multiprotocol Extensions, capability 1 (RFC 4760 §8): one family; AFI, a reserved octet, SAFI.
 */
import { readU16 } from '../bytes.ts';
import { afiOf, type Family, makeFamily, safiOf } from '../family.ts';
import { parseNumber } from '../numbers.ts';
import { FAMILY, optional, U8 } from '../parts/json-form.ts';
import { CapabilityCode } from './code.ts';
import type { CapabilityCodec } from './codec.ts';
import { formatItem, noMoreWords, parseItem } from './text.ts';

/** Multiprotocol Extensions (RFC 4760 §8): one family that the sender speaks. */
export interface MultiprotocolCapability {
  type: 'multiprotocol';
  family: Family;
  /** The reserved octet; absent when it is 0. */
  reserved?: number;
}

export const multiprotocol: CapabilityCodec<MultiprotocolCapability> = {
  code: CapabilityCode.Multiprotocol,
  type: 'multiprotocol',
  name: 'Multiprotocol Extensions for BGP-4',
  malformed: 'reset',
  members: { family: FAMILY, reserved: optional(U8) },
  decode(bytes, start, end, spans) {
    if (end - start !== 4) return undefined;
    spans?.numbers(start, ['afi', 2], ['reserved', 1], ['safi', 1]);
    const family = makeFamily(readU16(bytes, start), bytes[start + 3]!);
    const reserved = bytes[start + 2]!;
    return { type: 'multiprotocol', family, ...(reserved !== 0 && { reserved }) };
  },
  encode(out, value) {
    out.u16(afiOf(value.family));
    out.u8(value.reserved ?? 0);
    out.u8(safiOf(value.family));
  },
  format: (value) => (value.reserved === undefined ? formatItem(value.family) : formatItem(value.family, value.reserved)),
  parse([word = '', ...rest]) {
    noMoreWords(rest);
    const { family, details } = parseItem(word);
    if (details.length === 0) return { type: 'multiprotocol', family };
    return { type: 'multiprotocol', family, reserved: parseNumber(details[0], 0xff, 'reserved octet') };
  },
};
