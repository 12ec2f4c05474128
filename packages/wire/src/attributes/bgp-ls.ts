/**
 * BGP-LS, path attribute 29 (RFC 9552 §5.3): what is known of the node, link or prefix in the NLRI.
 *
 *     | type, 2 octets | length, 2 octets | value … |
 *
 * TLVs that do not add up: discarded (RFC 9552 §8.2.2). Values are kept as octets.
 */
import { AttributeCode, UpdateError } from '../codes.ts';
import type { AttributeCodec } from './codec.ts';
import { attributeDiscard, OPTIONAL_NON_TRANSITIVE } from './fields.ts';
import { type Tlv, type TlvHeader, type TlvTable, tlvsAreWhole } from './tlv.ts';
import { tlvAttribute } from './tlv-attribute.ts';

const header: TlvHeader = { codeOctets: 2, lengthOctets: () => 2 };

export const BGP_LS_TLVS: TlvTable = { header, rows: [] };

export const bgpLsAttribute: AttributeCodec<Tlv[]> = tlvAttribute(
  {
    code: AttributeCode.BgpLs,
    type: 'bgp-ls',
    name: 'BGP_LS',
    flags: OPTIONAL_NON_TRANSITIVE,
    check: (bytes, start, end) =>
      tlvsAreWhole(header, bytes, start, end)
        ? undefined
        : attributeDiscard(UpdateError.OptionalAttribute, 'BGP-LS attribute whose TLVs do not add up'),
  },
  BGP_LS_TLVS,
);
