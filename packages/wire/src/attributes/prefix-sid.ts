/**
 * PREFIX_SID, path attribute 40 (RFC 8669 §3, RFC 9252 §2): the segment that leads to a prefix, and the SRv6 services that it has.
 *
 *     | type | length, 2 octets | value … |
 *
 *     1 label index    3 originator SRGB    5, 6 SRv6 L3, L2 service  >  1 SID information  >  1 SID structure
 *
 * TLVs that do not add up, and label index or SRGB of a wrong length: discarded (RFC 8669 §6). SRv6 services that do not add up:
 * treat-as-withdraw (RFC 9252 §7). Types that are not known are kept.
 */
import { readU16 } from '../bytes.ts';
import { AttributeCode, UpdateError } from '../codes.ts';
import type { Fault } from '../fault.ts';
import { U8, U16, U32 } from '../parts/fields.ts';
import { IPV6, LABEL_RANGE, listToEnd, reserved } from '../parts/tlv-fields.ts';
import type { AttributeCodec } from './codec.ts';
import { attributeDiscard, OPTIONAL_TRANSITIVE, treatAsWithdraw } from './fields.ts';
import { tlvAttribute } from './shapes.ts';
import { type Tlv, type TlvHeader, type TlvTable, tlvEnd, tlvRow, tlvsAreWhole } from './tlv.ts';

const LABEL_INDEX = 1;
const ORIGINATOR_SRGB = 3;
const SRV6_L3_SERVICE = 5;
const SRV6_L2_SERVICE = 6;
const SID_INFORMATION = 1;
/** Reserved, SID, flags, behavior, reserved. */
const SID_INFORMATION_LENGTH = 21;

const header: TlvHeader = { codeOctets: 1, lengthOctets: () => 2 };

const SID_INFORMATION_TLVS: TlvTable = {
  header,
  rows: [
    tlvRow(1, 'sid-structure', {
      locatorBlock: U8,
      locatorNode: U8,
      function: U8,
      argument: U8,
      transpositionLength: U8,
      transpositionOffset: U8,
    }),
  ],
};

const SERVICE_TLVS: TlvTable = {
  header,
  rows: [
    tlvRow(
      SID_INFORMATION,
      'sid-information',
      { reserved: reserved(1), sid: IPV6, flags: U8, behavior: U16, reserved2: reserved(1) },
      SID_INFORMATION_TLVS,
    ),
  ],
};

export const PREFIX_SID_TLVS: TlvTable = {
  header,
  rows: [
    tlvRow(LABEL_INDEX, 'label-index', { reserved: reserved(1), flags: U16, index: U32 }),
    tlvRow(ORIGINATOR_SRGB, 'originator-srgb', { flags: U16, srgbs: listToEnd(LABEL_RANGE) }),
    tlvRow(SRV6_L3_SERVICE, 'srv6-l3-service', { reserved: reserved(1) }, SERVICE_TLVS),
    tlvRow(SRV6_L2_SERVICE, 'srv6-l2-service', { reserved: reserved(1) }, SERVICE_TLVS),
  ],
};

export const prefixSid: AttributeCodec<Tlv[], 'prefix-sid'> = tlvAttribute(
  {
    code: AttributeCode.PrefixSid,
    type: 'prefix-sid',
    name: 'PREFIX_SID',
    label: 'prefix SID',
    flags: OPTIONAL_TRANSITIVE,
    check(bytes, start, end) {
      if (!tlvsAreWhole(header, bytes, start, end)) {
        return attributeDiscard(UpdateError.OptionalAttribute, 'PREFIX_SID whose TLVs do not add up');
      }
      let fault: Fault | undefined;
      for (let at = start; at < end; ) {
        const next = tlvEnd(header, bytes, at, end);
        const code = bytes[at]!;
        const length = next - at - 3;
        if ((code === SRV6_L3_SERVICE || code === SRV6_L2_SERVICE) && !serviceIsWhole(bytes, at + 3, next)) {
          return treatAsWithdraw(UpdateError.OptionalAttribute, 'PREFIX_SID with an SRv6 service that does not add up');
        }
        if (code === LABEL_INDEX && length !== 7) {
          fault = attributeDiscard(UpdateError.OptionalAttribute, `PREFIX_SID with a label index of ${length} octets, allowed is 7`);
        }
        if (code === ORIGINATOR_SRGB && (length < 8 || (length - 2) % 6 !== 0)) {
          fault = attributeDiscard(UpdateError.OptionalAttribute, `PREFIX_SID with an originator SRGB of ${length} octets`);
        }
        at = next;
      }
      return fault;
    },
  },
  PREFIX_SID_TLVS,
);

function serviceIsWhole(bytes: Uint8Array, start: number, end: number): boolean {
  if (start === end || !tlvsAreWhole(header, bytes, start + 1, end)) return false;
  for (let at = start + 1; at < end; ) {
    const value = at + 3;
    const next = value + readU16(bytes, at + 1);
    if (bytes[at] === SID_INFORMATION) {
      if (next - value < SID_INFORMATION_LENGTH || !tlvsAreWhole(header, bytes, value + SID_INFORMATION_LENGTH, next)) return false;
    }
    at = next;
  }
  return true;
}
