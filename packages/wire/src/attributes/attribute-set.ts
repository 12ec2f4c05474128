/**
 * ATTR_SET, path attribute 128 (RFC 6368 §5): the attributes of a customer's route, carried untouched through the provider's AS.
 *
 *     | origin AS, 4 octets | path attributes … |
 *
 * Shorter than 4 octets, or attributes that do not add up: treat-as-withdraw. The value keeps the octets of the attributes, so that
 * they leave the provider unchanged; `openAttributeSet` reads them, with the verdicts on each. Text: `origin-as 65000 attributes 0x40010100`.
 */
import { copyOf, fromHex, readU32, toHex } from '../bytes.ts';
import { AttributeCode, UpdateError } from '../codes.ts';
import { ValueError } from '../fault.ts';
import { parseU32, within } from '../numbers.ts';
import { OCTETS, object, U32 } from '../parts/json-form.ts';
import { attributeHeaderLength, attributeValueLength } from './block.ts';
import type { AttributeCodec } from './codec.ts';
import { OPTIONAL_TRANSITIVE, treatAsWithdraw } from './fields.ts';

/** ATTR_SET (RFC 6368 §5): a customer's own attributes, carried through a provider's VPN. See `openAttributeSet`. */
export interface AttributeSet {
  originAs: number;
  /** A block of path attributes, AS numbers in four octets. */
  attributes: Uint8Array;
}

export const attributeSet: AttributeCodec<AttributeSet, 'attribute-set'> = {
  code: AttributeCode.AttributeSet,
  type: 'attribute-set',
  name: 'ATTR_SET',
  flags: OPTIONAL_TRANSITIVE,
  check(bytes, start, end) {
    if (end - start < 4) return treatAsWithdraw(UpdateError.OptionalAttribute, `ATTR_SET of ${end - start} octets`);
    if (attributesAreWhole(bytes, start + 4, end)) return undefined;
    return treatAsWithdraw(UpdateError.OptionalAttribute, 'ATTR_SET whose attributes do not add up');
  },
  decode(bytes, start, end, { spans }) {
    const attributes = copyOf(bytes, start + 4, end);
    spans?.numbers(start, ['origin-as', 4]);
    spans?.leaf('attributes', start + 4, end, attributes);
    return { originAs: readU32(bytes, start), attributes };
  },
  encode(out, value) {
    out.u32(within('origin AS', value.originAs, 0xffff_ffff));
    if (!attributesAreWhole(value.attributes, 0, value.attributes.length)) throw new ValueError('the attributes of ATTR_SET do not add up');
    out.raw(value.attributes);
  },
  format: (value) => `origin-as ${value.originAs} attributes 0x${toHex(value.attributes)}`,
  parse(text) {
    const parts = /^origin-as (\d{1,10}) attributes 0x((?:[0-9a-fA-F]{2})*)$/.exec(text);
    if (parts === null) throw new ValueError(`found "${text}", allowed is e.g. "origin-as 65000 attributes 0x40010100"`);
    return { originAs: parseU32(parts[1]!), attributes: fromHex(parts[2]!) };
  },
  fromJson: object<AttributeSet>({ originAs: U32, attributes: OCTETS }),
};

function attributesAreWhole(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; ) {
    const headerLength = attributeHeaderLength(bytes, at);
    if (at + headerLength > end) return false;
    at += headerLength + attributeValueLength(bytes, at);
    if (at > end) return false;
  }
  return true;
}
