/**
 * BGPsec, capability 7 (RFC 8205 §2.1): version (4 bits), direction (1 bit: 0 receive, 1 send), 3 unassigned bits, AFI.
 */
import { readU16 } from '../bytes.ts';
import { parseNumber } from '../numbers.ts';
import { oneOf, optional, U16, unsigned } from '../parts/json-form.ts';
import { CapabilityCode } from './code.ts';
import type { CapabilityCodec } from './codec.ts';
import { noMoreWords, parseDirection } from './text.ts';

/** BGPsec (RFC 8205 §2.1): one direction, one address family. */
export interface BgpsecCapability {
  type: 'bgpsec';
  version: number;
  direction: 'receive' | 'send';
  afi: number;
  /** The three unassigned bits, when set. */
  reserved?: number;
}

export const bgpsec: CapabilityCodec<BgpsecCapability> = {
  code: CapabilityCode.Bgpsec,
  type: 'bgpsec',
  name: 'BGPsec Capability',
  members: { version: unsigned(0xf), direction: oneOf('receive', 'send'), afi: U16, reserved: optional(unsigned(7)) },
  decode(bytes, start, end, spans) {
    if (end - start !== 3) return undefined;
    spans?.numbers(start, ['version-and-direction', 1], ['afi', 2]);
    const first = bytes[start]!;
    const reserved = first & 0x7;
    return {
      type: 'bgpsec',
      version: first >>> 4,
      direction: (first & 0x8) !== 0 ? 'send' : 'receive',
      afi: readU16(bytes, start + 1),
      ...(reserved !== 0 && { reserved }),
    };
  },
  encode(out, value) {
    out.u8((value.version << 4) | (value.direction === 'send' ? 0x8 : 0) | (value.reserved ?? 0));
    out.u16(value.afi);
  },
  format(value) {
    const words = [value.version, value.direction, `afi-${value.afi}`];
    if (value.reserved !== undefined) words.push(value.reserved);
    return words.join(' ');
  },
  parse([version, direction, afi, reserved, ...rest]) {
    noMoreWords(rest);
    return {
      type: 'bgpsec',
      version: parseNumber(version, 0xf, 'BGPsec version'),
      direction: parseDirection(direction).send ? 'send' : 'receive',
      afi: parseNumber(afi?.replace(/^afi-/, ''), 0xffff, 'AFI'),
      ...(reserved !== undefined && { reserved: parseNumber(reserved, 7, 'unassigned bits') }),
    };
  },
};
